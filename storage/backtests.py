"""Backtests that were asked for in Slack: the question, and what came out of it."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from handoff.model import Instant, Value
from storage.tables import backtest_table as backtests

_b = backtests.c


class StoredBacktest(Value):
    """A replay that somebody asked for.

    Attributes:
        by: Slack id of who asked, and gets the answer.
        design: A version, like `ENT-3@2`; None: `draft` says which draft.
        file: Slack id of the file of leads; None: the stored leads of so many `days`.
        mapping: Columns by field, `OURS=COLUMN` on lines of their own.
        problem: Why it could not be done, in words; None while it waits, or when it was done.
        figures: JSON of what came out.
        assignments: CSV of every lead.
        refused: CSV of the rows that could not be read.
    """

    workspace: str
    id: str
    by: str
    design: str | None = None
    draft: str | None = None
    file: str | None = None
    days: int | None = None
    mapping: str = ""
    at: Instant
    problem: str | None = None
    figures: str | None = None
    assignments: bytes | None = None
    refused: bytes | None = None

    @property
    def is_settled(self) -> bool:
        """Return True once it is known what came out."""
        return self.problem is not None or self.figures is not None


def add(connection: Connection, *, new: StoredBacktest) -> None:
    """Store what was asked."""
    connection.execute(insert(backtests).values(new.model_dump()))


def get(connection: Connection, *, workspace: str, id: str) -> StoredBacktest | None:
    """Return a backtest, or None."""
    found = select(backtests).where(_b.workspace == workspace, _b.id == id)
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        return None
    files = {name: _unpacked(row[name]) for name in ("assignments", "refused")}
    return StoredBacktest(**{**row, **files})


def settle(
    connection: Connection,
    *,
    workspace: str,
    id: str,
    problem: str | None = None,
    figures: str | None = None,
    assignments: bytes | None = None,
    refused: bytes | None = None,
) -> None:
    """Store what came out, see `StoredBacktest`."""
    values: Mapping[str, Any] = {
        "problem": problem,
        "figures": figures,
        "assignments": _packed(assignments),
        "refused": _packed(refused),
    }
    mine = update(backtests).where(_b.workspace == workspace, _b.id == id)
    connection.execute(mine.values(values))


def sweep(connection: Connection, *, workspace: str, before: datetime) -> int:
    """Forget the backtests that were asked for before an instant; return how many."""
    old = delete(backtests).where(_b.workspace == workspace, _b.at < before)
    return connection.execute(old).rowcount


def _packed(content: bytes | None) -> bytes | None:
    return None if content is None else zlib.compress(content)


def _unpacked(content: bytes | None) -> bytes | None:
    return None if content is None else zlib.decompress(content)
