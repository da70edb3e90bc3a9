"""What an operator should know about the database, and what to do about it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.flows.keep.messages import MOST_LISTED, advice_on
from storage import migrations, outbox, timers, workspaces
from storage.database import (
    Database,
    StorageBusy,
    UnsupportedDatabase,
    UnusableDatabase,
    explained,
)
from storage.migrations import NewerDatabase

#: A timer that failed this often will not heal by itself.
_FAILING = 5

#: So many messages are told of one by one.
_MOST_TOLD = 10


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Attributes:
        text: What was found; for a warning or problem also what to do.
    """

    level: Level
    text: str


def examine_database(*, url: str) -> tuple[Finding, ...]:
    """Check that the database can be used, and whether anything is stuck in it.

    Args:
        url: `HANDOFF_DATABASE_URL`.

    Returns:
        The findings, in the order in which they were made.
    """
    try:
        database = Database(url)
    except UnsupportedDatabase as exc:
        return (Finding(Level.PROBLEM, str(exc)),)
    if database.is_sqlite and not (path := Path(database.url.database or "")).exists():
        return (_of_new_file(database, path.absolute().parent),)
    try:
        with explained():
            return tuple(_examine(database))
    except (UnusableDatabase, StorageBusy) as exc:
        return (Finding(Level.PROBLEM, str(exc)),)
    finally:
        database.close()


def _of_new_file(database: Database, folder: Path) -> Finding:
    """Tell whether the file of a SQLite database can be made."""
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Finding(Level.FINE, f"The database {database.url} will be created.")
    return Finding(
        Level.PROBLEM,
        f"The database {database.url} cannot be created. Make the folder {folder}, and let the "
        "user who runs Handoff write to it; or change HANDOFF_DATABASE_URL.",
    )


def _examine(database: Database) -> Iterator[Finding]:
    place = database.url.render_as_string(hide_password=True)
    with database.write():
        pass  # what can only be read is of no use
    yield Finding(Level.FINE, f"The database {place} can be opened.")
    if (advice := database.advice()) is not None:
        yield Finding(Level.WARNING, advice)
    if migrations.is_current(database):
        yield Finding(Level.FINE, "Its tables are those of this version.")
        yield from _stuck(database)
    elif migrations.is_newer(database):
        yield Finding(Level.PROBLEM, str(NewerDatabase.__doc__))
    elif database.is_sqlite:
        yield Finding(Level.FINE, "`handoff run` will create or upgrade its tables by itself.")
    else:
        yield Finding(
            Level.PROBLEM,
            "Its tables are not those of this version. Run `handoff db upgrade`.",
        )


def _stuck(database: Database) -> Iterator[Finding]:
    """Name timers that keep failing, and messages that an operator has to decide about."""
    with database.read() as connection:
        failing = timers.failing(connection, attempts=_FAILING)
        parked = [
            message
            for known in workspaces.everyone(connection)
            for message in outbox.in_state(
                connection,
                workspace=known.workspace,
                states=outbox.PARKED,
                limit=MOST_LISTED,
            )
        ]
    for timer, error in failing:
        yield Finding(
            Level.WARNING,
            f"The timer {timer.kind} of {timer.subject} failed {timer.attempts} times ({error}). "
            "Look for it in the log.",
        )
    for message in parked[:_MOST_TOLD]:
        yield Finding(
            Level.WARNING,
            f"The message {message.kind} of {message.subject} to {message.recipient} is "
            f"{message.state.value}: {message.error}. {advice_on(message)} Then send it: "
            f"`handoff messages resend {message.seq}`.",
        )
    if len(parked) > _MOST_TOLD:
        yield Finding(
            Level.WARNING,
            f"{len(parked) - _MOST_TOLD:,} more messages did not arrive. `handoff messages list` "
            "names them all.",
        )
