"""The command line `handoff`. Each command imports what it needs when it runs."""

import typer

from bot.cli.accounts import commands as accounts_commands
from bot.cli.audit import commands as audit_commands
from bot.cli.backtest import backtest
from bot.cli.database import commands as database_commands
from bot.cli.demo import demo
from bot.cli.designs import commands as designs_commands
from bot.cli.doctor import doctor
from bot.cli.draft import draft
from bot.cli.leads import commands as leads_commands
from bot.cli.messages import commands as messages_commands
from bot.cli.model import model
from bot.cli.run import run
from bot.cli.schema import schema
from bot.cli.sources import commands as sources_commands
from bot.cli.team import commands as team_commands
from bot.cli.why import why

main = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Design, prove, sign off and run the handoff of leads from marketing to sales, in Slack.",
)
main.command()(demo)
main.command()(run)
main.command()(draft)
main.command()(model)
main.command()(backtest)
main.command()(schema)
main.command()(doctor)
main.command()(why)
main.add_typer(team_commands, name="team")
main.add_typer(sources_commands, name="sources")
main.add_typer(leads_commands, name="leads")
main.add_typer(messages_commands, name="messages")
main.add_typer(designs_commands, name="designs")
main.add_typer(accounts_commands, name="accounts")
main.add_typer(database_commands, name="db")
main.add_typer(audit_commands, name="audit")
