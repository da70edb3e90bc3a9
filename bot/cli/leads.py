"""`handoff leads …`: leads from files, and those that were refused."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.input_file import read_text
from bot.cli.loading import loading_for_good
from bot.cli.opening import Workspace, open_database_or_fail
from bot.cli.refused import dismiss, refused, retry
from bot.cli.repair_file import RepairFile, survey
from handoff.words import counted

commands = typer.Typer(no_args_is_help=True, help="Leads from files, and refused leads.")

_WORDS = {
    "taken": "taken in",
    "known": "known already",
    "nurtured": "kept for later (below the design's gates)",
    "refused": "refused",
}
_NO_FIELD = (
    "The first line names no field of a lead, such as `email` or `external_id`. Put a line with "
    "the names of the columns before the first lead."
)
_MISSPELT = (
    "The column “{column}” is no field of a lead, and is kept under its own name. "
    "If it is `{field}`, name it so and import the file again."
)
_TOLD = 5  # of the problems; the repair file has them all


commands.command()(refused)
commands.command()(retry)
commands.command()(dismiss)


@commands.command(name="import")
def import_file(  # noqa: PLR0917 - the options of the command, not called from code
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8.")],
    design: Annotated[
        str | None, typer.Option(help="Key of the design that takes them all, like ENT-3.")
    ] = None,
    source: Annotated[str, typer.Option(help="What their source is called.")] = "csv",
    start_clocks: Annotated[
        bool,
        typer.Option("--start-clocks", help="Leads older than the response SLA: route them now."),
    ] = False,
    history: Annotated[
        bool,
        typer.Option("--history", help="Leads older than the response SLA: keep them, closed."),
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Take in leads from a CSV file; the first line names the fields.

    Refused rows go to FILE.repair.csv with what is wrong: mend and import that file. Stopped
    half-way, or in doubt, run the same command again: no lead is taken twice.
    """
    with loading_for_good():
        from bot.clocks import RunningClocks
        from bot.flows.lead.import_rows import Old, UnknownDesign, import_leads
        from bot.flows.workspace import WorkspaceUnclear
        from handoff.intake.arriving import LONGEST_NAME
        from handoff.intake.columns import misspelt_columns, names_a_lead
        from handoff.intake.csv_rows import BadCsv

    if not 1 <= len(source.strip()) <= LONGEST_NAME:
        fail([f"--source: a name has 1 to {LONGEST_NAME} characters."], code=BAD_INPUT)
    if start_clocks and history:
        fail(["Say --start-clocks or --history, not both."], code=BAD_INPUT)
    text = read_text(file)
    clocks = RunningClocks()
    counts: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    header, rows = survey(file, text)
    if not names_a_lead(header):
        fail([f"{file}: {_NO_FIELD}"], code=BAD_INPUT)
    for column, field in misspelt_columns(header).items():
        typer.echo(_MISSPELT.format(column=column, field=field), err=True)
    repair = RepairFile(file, header)
    with (
        open_database_or_fail() as database,
        failing_on(BadCsv, UnknownDesign, WorkspaceUnclear),
        repair,
        typer.progressbar(length=rows, label="Leads") as bar,
    ):
        for done in import_leads(
            database=database,
            text=text,
            source=source.strip(),
            design=design,
            old=Old.TAKE if start_clocks else Old.RECORD if history else Old.ASK,
            now=clocks.now,
            wall=clocks.wall,
            workspace=workspace,
        ):
            counts[done.became.value] += 1
            if done.problems:
                problems.update(done.problems)
                repair.add(done.row.cells, "; ".join(done.problems))
            bar.update(1)
    _report(counts, problems, repair)


def _report(counts: "Counter[str]", problems: "Counter[str]", repair: RepairFile) -> None:
    """Say what became of the rows; end with an error if some need repair."""
    for name, words in _WORDS.items():
        if counts[name]:
            typer.echo(f"{counts[name]:,} {words}.")
    if not counts.total():
        typer.echo("There are no rows in the file.")
    for problem, times in problems.most_common(_TOLD):
        typer.echo(f"{counted(times, 'row')}: {problem}")
    repair.report()
