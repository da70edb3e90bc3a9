"""What one write transaction remembers until it commits."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

_KEY = "handoff.notes"


@dataclass
class Notes:
    """Notes of one open write transaction; they die with it."""

    #: Audit facts waiting for the chain, in order. Each is a row without its place and hash.
    facts: list[dict[str, Any]] = field(default_factory=list)
    #: Something new is due: whoever committed wakes its own process.
    wake: bool = False
    #: How many facts there were when each open savepoint began, the innermost last.
    marks: list[int] = field(default_factory=list)


class NotWriting(RuntimeError):
    """This connection is not inside Database.write(); open one and pass its connection."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def begin_notes(connection: Connection) -> Notes:
    """Start fresh notes for the transaction on `connection`."""
    notes = connection.info[_KEY] = Notes()
    return notes


def end_notes(connection: Connection) -> None:
    """Forget the notes, whether the transaction was kept or rolled back."""
    connection.info.pop(_KEY, None)


def notes_of(connection: Connection) -> Notes:
    """Return the notes of the write transaction on `connection`.

    Raises:
        NotWriting: if the connection was not opened by `Database.write()`.
    """
    try:
        notes: Notes = connection.info[_KEY]
    except KeyError:
        raise NotWriting from None
    return notes


def drop_facts_with_savepoints(engine: Engine) -> None:
    """Make a savepoint that is rolled back take its audit facts with it.

    Facts wait in memory for the commit, so the database alone would not forget them.
    """

    def mark(connection: Connection, _name: None) -> None:
        with suppress(NotWriting):
            notes = notes_of(connection)
            notes.marks.append(len(notes.facts))

    def forget(connection: Connection, _name: str, _context: None) -> None:
        with suppress(NotWriting):
            notes = notes_of(connection)
            del notes.facts[notes.marks.pop() :]

    def keep(connection: Connection, _name: str, _context: None) -> None:
        with suppress(NotWriting):
            notes_of(connection).marks.pop()

    event.listen(engine, "savepoint", mark)
    event.listen(engine, "rollback_savepoint", forget)
    event.listen(engine, "release_savepoint", keep)
