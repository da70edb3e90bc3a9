"""Assignments: who got a lead, and the whole explanation why."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from handoff.design import canonical_json
from handoff.model import Instant, Value
from handoff.routing.assignment import Explanation
from storage.tables import assignment_table as assignments

_a = assignments.c


class Assignment(Value):
    """One attempt to give a lead to a rep.

    Attributes:
        attempt: From 1 within the cycle.
        reason: Why this rep: one of `handoff.routing.assignment.Reason`, or a manager's choice.
        explanation: The row matched, every excluded candidate and why, the clock arithmetic.
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
    ended_at: Instant | None = None
    end: str | None = None
    note: str | None = None


def add(connection: Connection, *new: Assignment) -> None:
    """Store assignments.

    Raises:
        sqlalchemy.exc.IntegrityError: if an attempt is taken; lock the lead first.
    """
    if new:
        rows = [one.model_dump() | {"explanation": canonical_json(one.explanation)} for one in new]
        connection.execute(insert(assignments), rows)


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
    found = select(assignments).where(_a.workspace == workspace, _a.lead == lead)
    rows = connection.execute(found.order_by(_a.attempt)).mappings()
    return [_assignment(row) for row in rows]


def count_since(connection: Connection, *, workspace: str, rep: str, since: datetime) -> int:
    """Count what a rep was given from an instant on (what `daily_cap` limits).

    Args:
        connection: Any connection.
        workspace: The Slack team.
        rep: Slack id.
        since: The start of the rep's local day, UTC-aware; included.
    """
    found = select(func.count()).where(_a.workspace == workspace, _a.rep == rep, _a.at >= since)
    return connection.execute(found).scalar_one()


def _assignment(row: RowMapping) -> Assignment:
    """Read a row back into an assignment."""
    explanation = Explanation.model_validate_json(row["explanation"])
    return Assignment(**{**row, "explanation": explanation})
