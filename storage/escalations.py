"""Escalations: running climbs, and whom they called."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, update

from handoff.brief import PersonKey
from handoff.design import canonical_json
from handoff.escalation.climb import EscalationState, Position
from handoff.escalation.policy import EscalationPolicy
from handoff.model import Instant, Value
from storage.revisions import StaleRevision
from storage.tables import escalation_call_table as calls
from storage.tables import escalation_table as escalations
from storage.upsert import for_each_database

_OPEN = for_each_database(lambda into: into(escalations).on_conflict_do_nothing())
_CALL = for_each_database(lambda into: into(calls).on_conflict_do_nothing())
_e = escalations.c


class EscalationKind(StrEnum):
    """A climb for one lead, or the leadership escalation of the guardrail."""

    LEAD = "lead"
    GUARDRAIL = "guardrail"


class Escalation(Value):
    """A running climb of a policy.

    Attributes:
        revision: Grows with every stored change.
        subject: Id of the incident that started it.
        policy: Snapshot from when the clock started.
        position: How far it has come, or None before its first call.
        promised_at: Until when whoever acknowledged promised to act, or None.
        cause: Cause code given on resolving.
    """

    workspace: str
    id: str
    revision: int = 1
    kind: EscalationKind
    subject: str
    design: str
    lead: str | None = None
    policy: EscalationPolicy
    position: Position | None = None
    state: EscalationState = EscalationState.OPEN
    opened_at: Instant
    acknowledged_by: PersonKey | None = None
    acknowledged_at: Instant | None = None
    promised_at: Instant | None = None
    ended_by: str | None = None
    ended_at: Instant | None = None
    cause: str | None = None


class EscalationCall(Value):
    """One call of one person in a climb, or the note that nobody could be called.

    Attributes:
        reopen: The position's `reopens` at the time.
        step: 0-based index of the step.
        repeat: 0 for the first call of the step.
        recipient: Slack id of the person or channel; the role where nobody could be called.
        skipped: Why nobody was called, in words, or None.
    """

    escalation: str
    reopen: int
    step: int
    repeat: int
    recipient: str
    role: str
    is_substitute: bool = False
    skipped: str | None = None
    at: Instant


def start(connection: Connection, *, escalation: Escalation) -> bool:
    """Store a new climb. Lock the design first, then the lead.

    Returns:
        False if this subject has one already, or if the design's guardrail is already open.
    """
    statement = _OPEN[connection.dialect.name]
    return connection.execute(statement, _row(escalation)).rowcount == 1


def get(connection: Connection, *, workspace: str, escalation: str) -> Escalation | None:
    """Return an escalation by id, or None."""
    return _first(connection, _named(workspace, escalation))


def lock(connection: Connection, *, workspace: str, escalation: str) -> Escalation | None:
    """Lock an escalation until the transaction ends, and return it as it is now, or None.

    Lock its design first, then its lead.
    """
    return _first(connection, _named(workspace, escalation).with_for_update(key_share=True))


def save(connection: Connection, *, escalation: Escalation) -> Escalation:
    """Store a changed escalation and return it at its next revision.

    Raises:
        StaleRevision: if it was changed since it was loaded.
    """
    saved = escalation.model_copy(update={"revision": escalation.revision + 1})
    mine = update(escalations).where(
        _e.workspace == escalation.workspace,
        _e.id == escalation.id,
        _e.revision == escalation.revision,
    )
    if connection.execute(mine.values(_row(saved))).rowcount != 1:
        raise StaleRevision(escalation.id, escalation.revision)
    return saved


def of_lead(connection: Connection, *, workspace: str, lead: str) -> Escalation | None:
    """Return the climb for a lead's cycle, ended or not, or None."""
    mine = select(escalations).where(
        _e.workspace == workspace,
        _e.lead == lead,
        _e.kind == EscalationKind.LEAD.value,
    )
    return _first(connection, mine.order_by(_e.opened_at.desc()).limit(1))


def running(
    connection: Connection, *, workspace: str, design: str | None = None
) -> list[Escalation]:
    """Return the climbs that have not ended, of one design or of all, the oldest first."""
    found = select(escalations).where(_e.workspace == workspace, _e.ended_at.is_(None))
    if design is not None:
        found = found.where(_e.design == design)
    rows = connection.execute(found.order_by(_e.opened_at, _e.id)).mappings()
    return [_escalation(row) for row in rows]


def open_guardrail(connection: Connection, *, workspace: str, design: str) -> Escalation | None:
    """Return a design's leadership escalation that has not ended, or None."""
    mine = select(escalations).where(
        _e.workspace == workspace,
        _e.design == design,
        _e.kind == EscalationKind.GUARDRAIL.value,
        _e.ended_at.is_(None),
    )
    return _first(connection, mine)


def last_guardrail_end(connection: Connection, *, workspace: str, design: str) -> datetime | None:
    """Return when a design's guardrail was last resolved; incidents count from there anew."""
    found = select(func.max(_e.ended_at)).where(
        _e.workspace == workspace,
        _e.design == design,
        _e.kind == EscalationKind.GUARDRAIL.value,
    )
    instant: datetime | None = connection.execute(found).scalar_one()
    return instant


def call(connection: Connection, *, workspace: str, call: EscalationCall) -> bool:
    """Store a call before its message is queued; False if this very call was made before."""
    row = call.model_dump() | {"workspace": workspace}
    return connection.execute(_CALL[connection.dialect.name], row).rowcount == 1


def calls_of(connection: Connection, *, workspace: str, escalation: str) -> list[EscalationCall]:
    """Return whom a climb called, and which steps it skipped, in order."""
    _c = calls.c
    columns = [_c[name] for name in EscalationCall.model_fields]
    mine = select(*columns).where(_c.workspace == workspace, _c.escalation == escalation)
    in_order = mine.order_by(_c.at, _c.reopen, _c.step, _c.repeat, _c.recipient)
    return [EscalationCall(**row) for row in connection.execute(in_order).mappings()]


def _named(workspace: str, escalation: str) -> Select[tuple[Any, ...]]:
    """Select one escalation."""
    return select(escalations).where(_e.workspace == workspace, _e.id == escalation)


def _first(connection: Connection, found: Select[tuple[Any, ...]]) -> Escalation | None:
    """Run a query for one escalation."""
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _escalation(row)


def _row(escalation: Escalation) -> dict[str, Any]:
    """Return what is stored of an escalation."""
    position = escalation.position
    return escalation.model_dump() | {
        "policy": canonical_json(escalation.policy),
        "position": None if position is None else canonical_json(position),
    }


def _escalation(row: RowMapping) -> Escalation:
    """Read a row back into an escalation."""
    position = row["position"]
    return Escalation(
        **{
            **row,
            "policy": EscalationPolicy.model_validate_json(row["policy"]),
            "position": position and Position.model_validate_json(position),
        }
    )
