"""Assignments: who got a lead, and the whole explanation why."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from handoff.kept import Kept
from handoff.model import Instant, made
from handoff.routing.assignment import Explanation
from storage.prepared import Fresh, Query
from storage.tables import assignment_table as assignments

_a = assignments.c
_FRESH = Fresh(assignments)
_GIVEN = Query(
    select(_a.rep, _a.notify_at, func.count())
    .where(
        _a.workspace == bindparam("ws"),
        _a.rep.in_(bindparam("reps", expanding=True)),
        _a.notify_at >= bindparam("since"),
    )
    .group_by(_a.rep, _a.notify_at)
)

_OF_LEAD = Query(
    select(assignments)
    .where(_a.workspace == bindparam("ws"), _a.lead == bindparam("of_lead"))
    .order_by(_a.attempt)
)


#: Many leads that are given at once have the very same explanation.
_written = Kept(Explanation.model_dump_json)


@made
class Assignment:
    """One attempt to give a lead to a rep.

    Attributes:
        attempt: From 1 within the cycle.
        reason: Why this rep: one of `handoff.routing.assignment.Reason`, or a manager's choice.
        explanation: The row matched, every excluded candidate and why, the clock arithmetic.
        notify_at: When the rep is told: at once, or when their work starts.
        end: Why it ended (`declined`, `silent`, `reassigned`, …), or None while it holds.
    """

    workspace: str
    lead: str
    attempt: int
    rep: str
    pod: str | None = None
    reason: str
    explanation: Explanation
    at: Instant
    notify_at: Instant
    ended_at: Instant | None = None
    end: str | None = None
    note: str | None = None


def add(connection: Connection, *new: Assignment) -> None:
    """Store assignments.

    Raises:
        sqlalchemy.exc.IntegrityError: if an attempt is taken; lock the lead first.
    """
    _FRESH.add(connection, new, _row)


def end(
    connection: Connection,
    *,
    workspace: str,
    lead: str,
    reason: str,
    now: datetime,
    note: str | None = None,
) -> bool:
    """End a lead's current assignment; False if none holds."""
    mine = update(assignments).where(
        _a.workspace == workspace, _a.lead == lead, _a.ended_at.is_(None)
    )
    ended = {"ended_at": now, "end": reason, "note": note}
    return connection.execute(mine.values(ended)).rowcount == 1


def of_lead(connection: Connection, *, workspace: str, lead: str) -> list[Assignment]:
    """Return a lead's assignments, the first one first."""
    rows = _OF_LEAD.mappings(connection, ws=workspace, of_lead=lead)
    return [_assignment(row) for row in rows]


def given_since(
    connection: Connection, *, workspace: str, reps: Collection[str], since: datetime
) -> list[tuple[str, datetime, int]]:
    """Count what reps were given (what `daily_cap` limits): who, when they are told, how many.

    A lead that waits for somebody's work to start counts on the day of that start.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        reps: Slack ids.
        since: Leave out whoever was told before this instant, UTC-aware.
    """
    rows = _GIVEN.rows(connection, ws=workspace, reps=list(reps), since=since)
    return [(rep, notify_at, count) for rep, notify_at, count in rows]


def _row(new: Assignment) -> dict[str, Any]:
    """Return what is stored of an assignment."""
    return {**vars(new), "explanation": _written(new.explanation)}


def _assignment(row: Mapping[str, Any]) -> Assignment:
    """Read a row back into an assignment."""
    explanation = Explanation.model_validate_json(row["explanation"])
    return Assignment(**{**row, "explanation": explanation})
