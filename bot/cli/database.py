"""`handoff db …`: the tables."""

import typer

from bot.cli.failing import failing_on, settings_or_fail

commands = typer.Typer(no_args_is_help=True, help="The database's tables.")


@commands.callback()
def _group() -> None:
    """Keep `upgrade` a command of its own, although it is the only one so far."""


@commands.command()
def upgrade() -> None:
    """Bring the tables to what this version needs. `run` and `demo` do it on SQLite."""
    settings = settings_or_fail()

    from bot.flows.keep.opening import REFUSALS, upgrade_database

    with failing_on(*REFUSALS):
        upgrade_database(settings.handoff_database_url)
    typer.echo("The database is up to date.")
