"""What an operator should know about the database, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from storage import migrations, outbox, timers, workspaces
from storage.database import Database, StorageBusy, UnsupportedDatabase
from storage.outbox import MessageState

#: A timer that failed this often will not heal by itself.
_FAILING = 5


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
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return (Finding(Level.FINE, f"The database {database.url} will be created."),)
    try:
        return tuple(_examine(database))
    except (SQLAlchemyError, StorageBusy) as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()[0]
        return (
            Finding(
                Level.PROBLEM,
                f"The database cannot be opened: {reason}. Check HANDOFF_DATABASE_URL, and that "
                "the file or server may be written to from here.",
            ),
        )
    finally:
        database.close()


def _examine(database: Database) -> Iterator[Finding]:
    place = database.url.render_as_string(hide_password=True)
    yield Finding(Level.FINE, f"The database {place} can be opened.")
    if (advice := database.advice()) is not None:
        yield Finding(Level.WARNING, advice)
    if migrations.is_current(database):
        yield Finding(Level.FINE, "Its tables are those of this version.")
        yield from _stuck(database)
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
                states=(MessageState.HELD, MessageState.FAILED),
            )
        ]
    for timer, error in failing:
        yield Finding(
            Level.WARNING,
            f"The timer {timer.kind} of {timer.subject} failed {timer.attempts} times ({error}). "
            "Look for it in the log.",
        )
    for message in parked:
        yield Finding(
            Level.WARNING,
            f"The message {message.kind} of {message.subject} to {message.recipient} is "
            f"{message.state.value}: {message.error}.",
        )
