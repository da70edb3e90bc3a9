"""Escalations: running climbs, and whom they called."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, case, func, select, update

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
_c = calls.c

#: The step of those who are told on a breach, before anybody is called.
TOLD = -1


class EscalationKind(StrEnum):
    """A climb for one lead, or the leadership escalation of the guardrail."""

    LEAD = "lead"
    GUARDRAIL = "guardrail"

    @property
    def card(self) -> str:
        """Return the kind of the messages that show it."""
        return "escalation" if self is EscalationKind.LEAD else "guardrail"


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
        step: 0-based index of the step; `TOLD` for who is told before the first step.
        repeat: 0 for the first call of the step.
        recipient: Slack id of the person or channel; the role where nobody could be called.
        skipped: Why nobody was called, in words, or None.
        card: The message that it is shown on, shared by calls at about the same time; None
            where nobody was called.
    """

    escalation: str
    reopen: int
    step: int
    repeat: int
    recipient: str
    role: str
    is_substitute: bool = False
    skipped: str | None = None
    card: str | None = None
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
    columns = [_c[name] for name in EscalationCall.model_fields]
    mine = select(*columns).where(_c.workspace == workspace, _c.escalation == escalation)
    in_order = mine.order_by(_c.at, _c.reopen, _c.step, _c.repeat, _c.recipient)
    return [EscalationCall(**row) for row in connection.execute(in_order).mappings()]


def shared_card(
    connection: Connection,
    *,
    climb: Escalation,
    step: int,
    recipient: str,
    now: datetime,
    within: timedelta,
) -> str | None:
    """Return the message on which a call of `climb` can be shown as well, or None.

    It has the same recipient, step and design, was first called on less than `within` ago,
    shows a climb that is still open, and not yet this one: to be called again needs a new one.

    Args:
        connection: The connection whose transaction locked the design.
        climb: Whose call it is.
        step: 0-based index of the step, or `TOLD`.
        recipient: Slack id of the person or channel.
        now: When the call is made, UTC-aware.
        within: How long a message takes further calls.
    """
    same = and_(
        _e.workspace == _c.workspace,
        _e.id == _c.escalation,
        _e.design == climb.design,
        _e.kind == climb.kind.value,
    )
    recent = (
        select(_c.card)
        .join(escalations, same)
        .where(
            _c.workspace == climb.workspace,
            _c.recipient == recipient,
            _c.step == step,
            _c.card.is_not(None),
            # No message has calls further apart than `within`, so these are all of its calls.
            _c.at > now - 2 * within,
        )
        .group_by(_c.card)
        .having(
            func.min(_c.at) > now - within,
            func.max(case((_e.state == EscalationState.OPEN.value, 1), else_=0)) == 1,
            func.max(case((_e.id == climb.id, 1), else_=0)) == 0,
        )
    )
    newest = recent.order_by(func.min(_c.at).desc(), _c.card).limit(1)
    card: str | None = connection.execute(newest).scalar_one_or_none()
    return card


def on_card(
    connection: Connection, *, workspace: str, card: str, recipient: str | None = None
) -> list[Escalation]:
    """Return the climbs that a message shows, the oldest first.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        card: Id of the message; who were called at once have it on messages of one id.
        recipient: Whose of them: what they were called about; None for all that any shows.
    """
    shown = select(_c.escalation).where(_c.workspace == workspace, _c.card == card)
    if recipient is not None:
        shown = shown.where(_c.recipient == recipient)
    found = select(escalations).where(_e.workspace == workspace, _e.id.in_(shown))
    rows = connection.execute(found.order_by(_e.opened_at, _e.id)).mappings()
    return [_escalation(row) for row in rows]


def sharing(connection: Connection, *, workspace: str, cards: Collection[str]) -> list[str]:
    """Return the ids of the climbs that some messages show."""
    shown = select(_c.escalation).where(_c.workspace == workspace, _c.card.in_(sorted(cards)))
    return list(connection.execute(shown.distinct()).scalars())


def waiting_for(
    connection: Connection, *, workspace: str, person: str, limit: int
) -> list[Escalation]:
    """Return the escalations that a person was called about and nobody has, the oldest first."""
    called = select(1).where(
        _c.workspace == _e.workspace,
        _c.escalation == _e.id,
        _c.recipient == person,
        _c.step != TOLD,
        _c.skipped.is_(None),
    )
    found = select(escalations).where(
        _e.workspace == workspace,
        _e.state == EscalationState.OPEN,
        _e.ended_at.is_(None),
        called.exists(),
    )
    rows = connection.execute(found.order_by(_e.opened_at, _e.id).limit(limit)).mappings()
    return [_escalation(row) for row in rows]


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
