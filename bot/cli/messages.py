"""`handoff messages …`: what Slack would not take."""

import json
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.opening import Workspace, open_database_or_fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.flows.context import Database

commands = typer.Typer(no_args_is_help=True, help="Messages that Slack would not take.")


class Format(StrEnum):
    """How messages are listed."""

    TEXT = "text"
    JSON = "json"


@commands.command(name="list")
def show(
    form: Annotated[Format, typer.Option("--format", help="How to print them.")] = Format.TEXT,
    workspace: Workspace = None,
) -> None:
    """List the messages that failed or are held, with the reason and what to do."""
    from bot.flows.keep.messages import MOST_LISTED, advice_on, parked_messages

    with _at_work() as database:
        found = parked_messages(database=database, workspace=workspace)
    if form is Format.JSON:
        names = ("seq", "state", "kind", "subject", "recipient", "error", "enqueued_at")
        listed = [
            {name: one.model_dump(mode="json")[name] for name in names} | {"do": advice_on(one)}
            for one in found
        ]
        typer.echo(json.dumps(listed, indent=2))
        return
    for one in found:
        since = f"{one.enqueued_at:%Y-%m-%d %H:%M} UTC"
        about = f"{one.kind} of {one.subject} to {one.recipient}"
        typer.echo(f"{one.seq}  {one.state.value} since {since}: {about}: {one.error}")
        typer.echo(f"    {advice_on(one)}")
    if not found:
        typer.echo("Slack took every message.")
    elif len(found) == MOST_LISTED:
        typer.echo(f"These are the oldest {MOST_LISTED:,}; there are more.")
    else:
        typer.echo("Then `handoff messages resend NUMBER…`, or `--all`.")


@commands.command(name="resend")
def resend(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="As `handoff messages list` tells them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that failed or are held.")] = False,
    workspace: Workspace = None,
) -> None:
    """Send messages that failed or are held once more; what has arrived is never sent twice.

    The running app sends them. What may have arrived is looked up first. What nobody needs any
    more, such as a call that somebody has answered, is not sent.
    """
    from bot.clocks import RunningClocks
    from bot.flows.keep.messages import Answer, parked_messages
    from bot.flows.keep.messages import send_again as wish

    if bool(numbers) == every:
        fail(["Name the numbers of messages, or --all."], code=BAD_INPUT)
    with _at_work() as database:
        ids = tuple(numbers or ())
        if every:
            ids = tuple(one.seq for one in parked_messages(database=database, workspace=workspace))
        answers = wish(
            database=database,
            now=RunningClocks().now(),
            ids=ids,
            by=_user(),
            workspace=workspace,
        )
    for number, answer in answers.items():
        if answer != Answer.UNKNOWN:
            typer.echo(f"{number} {answer}.")
    fail_on = [f"{n} {answer}." for n, answer in answers.items() if answer == Answer.UNKNOWN]
    if fail_on:
        fail(fail_on)
    if not answers:
        typer.echo("Slack took every message.")


def _user() -> str:
    """Return the user of this machine who typed the command."""
    import getpass

    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container may know no name for its user
        return "unknown"


@contextmanager
def _at_work() -> "Iterator[Database]":
    """Open the database; what an operator can do something about becomes a sentence."""
    from bot.flows.workspace import WorkspaceUnclear

    with open_database_or_fail() as database, failing_on(WorkspaceUnclear):
        yield database
