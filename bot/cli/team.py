"""`handoff team …`: the directory as a file."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.input_file import failing_in, read_text
from bot.cli.opening import Workspace, open_database_or_fail

commands = typer.Typer(no_args_is_help=True, help="Roles, pods, hours and time off as a file.")


@commands.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML or JSON.")],
    workspace: Workspace = None,
) -> None:
    """Replace roles, calendars and pods by a file's, and add its time off."""
    from bot.clocks import RunningClocks
    from bot.flows.people.team import Refused
    from bot.flows.people.team_file import import_team
    from bot.flows.workspace import WorkspaceUnclear

    text = read_text(file)
    with (
        open_database_or_fail() as database,
        failing_in(file),
        failing_on(WorkspaceUnclear),
    ):
        done = import_team(
            database=database,
            text=text,
            now=RunningClocks().now(),
            workspace=workspace,
        )
    if isinstance(done, Refused):
        problems = (f"{file}: roles: {role}: {problem}" for role, problem in done.errors.items())
        fail(problems, code=BAD_INPUT)
    typer.echo(f"The directory is imported (revision {done.revision}).")
    if done.unknown:
        typer.echo(f"Not in Slack yet, and known as soon as they are: {', '.join(done.unknown)}.")


@commands.command(name="export")
def export_file(workspace: Workspace = None) -> None:
    """Print the directory as a file that `import` reads back."""
    from bot.flows.people.team_file import export_team
    from bot.flows.workspace import WorkspaceUnclear

    with open_database_or_fail() as database, failing_on(WorkspaceUnclear):
        typer.echo(export_team(database=database, workspace=workspace), nl=False)
