"""Commands that work beside a running app open its database, and close it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import failing_on, settings_or_fail

if TYPE_CHECKING:
    from bot.flows.context import Database

Workspace = Annotated[
    str | None, typer.Option(help="The Slack team's id; needed only if there are several.")
]


@contextmanager
def open_database_or_fail() -> "Iterator[Database]":
    """Open the database; end the command with a sentence if that cannot be, or it is busy."""
    settings = settings_or_fail()

    from bot.flows.context import explained
    from bot.flows.keep.opening import REFUSALS, open_database

    with failing_on(*REFUSALS):
        database = open_database(settings.handoff_database_url)
    try:
        with failing_on(*REFUSALS), explained():
            yield database
    finally:
        database.close()
