"""`handoff team …`: the directory as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail, failing_on, settings_or_fail
from bot.cli.input_file import failing_in, read_text

if TYPE_CHECKING:
    from bot.flows.context import Database

commands = typer.Typer(no_args_is_help=True, help="Roles, pods, hours and time off as a file.")

_Workspace = Annotated[
    str | None, typer.Option(help="The Slack team's id; needed only if there are several.")
]


@commands.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML or JSON.")],
    workspace: _Workspace = None,
) -> None:
    """Replace roles, calendars and pods by a file's, and add its time off."""
    from bot.app import RunningClocks
    from bot.flows.people.team import Refused
    from bot.flows.people.team_file import import_team
    from bot.flows.workspace import NoWorkspace, SeveralWorkspaces

    text = read_text(file)
    with (
        _database() as database,
        failing_in(file),
        failing_on(NoWorkspace, SeveralWorkspaces),
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
def export_file(workspace: _Workspace = None) -> None:
    """Print the directory as a file that `import` reads back."""
    from bot.flows.people.team_file import export_team
    from bot.flows.workspace import NoWorkspace, SeveralWorkspaces

    with _database() as database, failing_on(NoWorkspace, SeveralWorkspaces):
        typer.echo(export_team(database=database, workspace=workspace), nl=False)


@contextmanager
def _database() -> "Iterator[Database]":
    """Open the database beside a running app, and close it again."""
    settings = settings_or_fail()

    from bot.app import REFUSALS, open_database

    with failing_on(*REFUSALS):
        database = open_database(settings.handoff_database_url)
    try:
        yield database
    finally:
        database.close()
