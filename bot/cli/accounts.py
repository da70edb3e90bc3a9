"""`handoff accounts …`: companies and who owns them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.blocks.kit import count
from bot.cli.failing import BAD_INPUT, failing_on
from bot.cli.input_file import read_text
from bot.cli.opening import Workspace, open_database_or_fail
from bot.cli.repair_file import RepairFile, survey

_TOLD = 10

commands = typer.Typer(no_args_is_help=True, help="Companies and who owns them.")


@commands.callback()
def _group() -> None:
    """Keep `import` a subcommand although it is the only one."""


@commands.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8.")],
    workspace: Workspace = None,
) -> None:
    """Take in accounts: domain, name, owner_email, country, kind, aliases.

    Leads of these domains go to the account's owner where the design says so. Refused rows go to
    FILE.repair.csv with what is wrong. The names that CRMs give to columns are understood as well.
    """
    from bot.clocks import RunningClocks
    from bot.flows.keep.accounts import columns_left_out, import_accounts
    from bot.flows.workspace import WorkspaceUnclear
    from handoff.intake.csv_rows import BadCsv

    text = read_text(file)
    header, rows = survey(file, text)
    repair = RepairFile(file, header)
    stored = 0
    strangers: set[str] = set()
    with (
        open_database_or_fail() as database,
        failing_on(WorkspaceUnclear),
        failing_on(BadCsv, code=BAD_INPUT),
        repair,
        typer.progressbar(length=rows, label="Accounts") as bar,
    ):
        for done in import_accounts(
            database=database, text=text, now=RunningClocks().now(), workspace=workspace
        ):
            if done.problem is None:
                stored += 1
            else:
                repair.add(done.row.cells, done.problem)
            if done.stranger is not None:
                strangers.add(done.stranger)
            bar.update(1)
    typer.echo(f"Stored: {count(stored, 'row')}.")
    _tell("Columns that say nothing about an account", columns_left_out(header))
    _tell("Owners whom nobody in Slack is (yet)", sorted(strangers))
    repair.report()


def _tell(what: str, names: Sequence[str]) -> None:
    """Tell of what was left alone, the first ones by name."""
    if names:
        more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
        typer.echo(f"{what}: {', '.join(names[:_TOLD])}{more}.")
