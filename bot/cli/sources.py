"""`handoff sources …`: where leads come from, and the keys that prove it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import failing_on, settings_or_fail
from bot.cli.opening import Workspace, open_database_or_fail

if TYPE_CHECKING:
    from bot.flows.context import Database

commands = typer.Typer(
    no_args_is_help=True, help="Where leads come from, and the keys that prove it."
)

_Name = Annotated[str, typer.Argument(help="The source's name, such as `website`.")]


@commands.command(name="list")
def show(workspace: Workspace = None) -> None:
    """List the sources and their live keys; secrets are never shown again."""
    from bot.flows.keep.sources import list_sources

    with _at_work() as database:
        found = list_sources(database=database, workspace=workspace)
    if not found:
        typer.echo("There are no sources yet besides `default`. Add one: `handoff sources add`.")
    for one in found:
        state = "on" if one.source.is_on else "off"
        bound = f", bound to {one.source.design}" if one.source.design else ""
        typer.echo(f"{one.source.name}: {state}{bound}")
        for key in one.keys:
            typer.echo(f"  {key.kind.value:9} {key.id}  made {key.created_at:%Y-%m-%d}")


@commands.command()
def add(
    name: _Name,
    design: Annotated[
        str | None, typer.Option(help="Key of the design that takes all of its leads.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Add a source."""
    from bot.clocks import RunningClocks
    from bot.flows.keep.sources import add_source

    with _at_work() as database:
        add_source(
            database=database,
            name=name,
            design=design,
            now=RunningClocks().now(),
            workspace=workspace,
        )
    typer.echo(f"“{name}” is added. Make its first key with `handoff sources key {name}`.")


@commands.command()
def key(
    name: _Name,
    bearer: Annotated[
        bool,
        typer.Option("--bearer", help="A token to send, for systems that cannot sign requests."),
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Make a key and show it once: a secret to sign with, or with --bearer a token."""
    from bot.clocks import RunningClocks
    from bot.flows.keep.sources import KeyKind, add_key

    secret = settings_or_fail().handoff_encryption_key
    with _at_work() as database:
        made = add_key(
            database=database,
            name=name,
            kind=KeyKind.BEARER if bearer else KeyKind.SIGNATURE,
            now=RunningClocks().now(),
            encryption_key=secret.get_secret_value() if secret else None,
            workspace=workspace,
        )
    typer.echo("Keep this now; it is not shown again:")
    typer.echo(made.secret)
    use = (
        "Send it as `Authorization: Bearer …`"
        if bearer
        else f"Sign with it as Standard Webhooks does, and post to …/v1/leads?source={name}"
    )
    typer.echo(f"{use}. Revoke it with `handoff sources revoke {made.id}`.")


@commands.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `handoff sources list` shows it.")],
    workspace: Workspace = None,
) -> None:
    """Let a key open nothing any more."""
    from bot.clocks import RunningClocks
    from bot.flows.keep.sources import revoke_key

    with _at_work() as database:
        revoke_key(database=database, key=key, now=RunningClocks().now(), workspace=workspace)
    typer.echo("The key is revoked.")


@commands.command()
def on(name: _Name, workspace: Workspace = None) -> None:
    """Take a source's leads again."""
    _change(name, workspace, is_on=True)
    typer.echo(f"Leads of “{name}” are taken.")


@commands.command()
def off(name: _Name, workspace: Workspace = None) -> None:
    """Take no more leads of a source; its requests are answered with 403."""
    _change(name, workspace, is_on=False)
    typer.echo(f"Leads of “{name}” are not taken any more.")


@commands.command()
def bind(
    name: _Name,
    design: Annotated[
        str | None, typer.Argument(help="Key of the design; none for the entry rules.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Let one design take all leads of a source, or let the entry rules decide again."""
    _change(name, workspace, design=design)
    taker = f"{design} takes" if design else "the entry rules decide about"
    typer.echo(f"From now on {taker} the leads of “{name}”.")


def _change(name: str, workspace: str | None, **changes: object) -> None:
    from bot.clocks import RunningClocks
    from bot.flows.keep.sources import change_source

    with _at_work() as database:
        change_source(
            database=database,
            name=name,
            now=RunningClocks().now(),
            changes=changes,
            workspace=workspace,
        )


@contextmanager
def _at_work() -> "Iterator[Database]":
    """Open the database; what an operator can do something about becomes a sentence."""
    from bot.flows.keep.sources import SourceRefused
    from bot.flows.workspace import WorkspaceUnclear

    with (
        open_database_or_fail() as database,
        failing_on(SourceRefused, WorkspaceUnclear),
    ):
        yield database
