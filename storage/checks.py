"""Contradictions in what is stored: the invariants that hold after every commit.

Each check is one statement that finds nothing while all is well. What clocks and climbs are is
compared with what the audit log says of them.

Source: reliability.md, invariants 1 to 9, 14 and 16.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
)
from sqlalchemy import literal_column as column

from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from handoff.lead import LeadState
from handoff.model import Value
from handoff.sla.clock import ClockState
from storage.escalations import EscalationKind
from storage.tables import (
    audit_fact_table,
    escalation_call_table,
    escalation_table,
    incident_table,
    lead_table,
    outbox_table,
    timer_table,
)
from storage.timers import TimerKind

#: A timer may be carried out this late before it is missed.
LATE = timedelta(seconds=60)

#: So many findings of one check are told at a time: if something is wrong with every lead, a
#: million findings would fill the memory. What is mended makes room for the rest.
MOST = 10_000

#: A message that is still on its way after so long will not arrive by itself.
STUCK = timedelta(hours=24)


class Check(StrEnum):
    """What must hold."""

    TIMER_MISSED = "a timer is long due and was not carried out"
    LEAD_WITHOUT_TIMER = "nothing more becomes due for an open lead"
    CLIMB_WITHOUT_TIMER = "nothing more becomes due for a running escalation"
    BREACH_WITHOUT_INCIDENT = "a breach has no incident"
    INCIDENT_WITHOUT_CLIMB = "an incident has no escalation"
    STEP_PASSED_OVER = "an escalation reached a step without calling or skipping the one before"
    CALL_AFTER_STOP = "somebody was called after the escalation was stopped"
    CLOCK_NOT_AS_AUDITED = "a clock is not in the state that the audit log tells"
    CLIMB_NOT_AS_AUDITED = "an escalation is not in the state that the audit log tells"
    GUARDRAIL_NOT_FIRED = "enough incidents came together and leadership was not called"
    MESSAGE_STUCK = "a message has been on its way for a day"
    CHAIN_BROKEN = "the audit log was changed"


class Finding(Value):
    """Something that contradicts an invariant.

    Attributes:
        check: Which one.
        subject: Id of what it was found at.
    """

    workspace: str
    check: Check
    subject: str


_l, _t, _e, _c = lead_table.c, timer_table.c, escalation_table.c, escalation_call_table.c
_i, _f, _o = incident_table.c, audit_fact_table.c, outbox_table.c

_CLOCK: Mapping[AuditFact, str] = {
    AuditFact.CLOCK_STARTED: ClockState.RUNNING,
    AuditFact.CLOCK_PAUSED: ClockState.PAUSED,
    AuditFact.CLOCK_RESUMED: ClockState.RUNNING,
    AuditFact.CLOCK_MET: ClockState.MET,
    AuditFact.BREACH_REVERSED: ClockState.MET,
    AuditFact.CLOCK_STOPPED: ClockState.STOPPED,
    AuditFact.CLOCK_BREACHED: ClockState.BREACHED,
}
_CLIMB: Mapping[AuditFact, str] = {
    AuditFact.ESCALATION_OPENED: EscalationState.OPEN,
    AuditFact.GUARDRAIL_FIRED: EscalationState.OPEN,
    AuditFact.ESCALATION_REOPENED: EscalationState.OPEN,
    AuditFact.ESCALATION_ACKNOWLEDGED: EscalationState.ACKNOWLEDGED,
    AuditFact.ESCALATION_RESOLVED: EscalationState.RESOLVED,
    AuditFact.GUARDRAIL_RESOLVED: EscalationState.RESOLVED,
    AuditFact.ESCALATION_VOIDED: EscalationState.VOIDED,
}
_WAITING_TO_ROUTE = (LeadState.NEW.value, LeadState.HELD.value)


def findings(connection: Connection, *, now: datetime, since: datetime) -> list[Finding]:
    """Return what contradicts the invariants, at most `MOST` a check; nothing while all is well.

    Args:
        connection: Any connection; nothing is locked.
        now: The domain's instant, UTC-aware.
        since: What ended before this instant is not looked at again.
    """
    given = {"late": now - LATE, "stuck": now - STUCK, "since": since, "most": MOST}
    return [
        Finding(workspace=row.workspace, check=check, subject=str(row.subject))
        for check, look in _LOOKS.items()
        for row in connection.execute(look, given)
    ]


# Private functions


def _lead_without_timer() -> Select[Any]:
    """Select open leads that wait for a time which nothing will bring."""

    def waits(*kinds: TimerKind, generation: bool = True) -> ColumnElement[bool]:
        mine = [_t.generation == _l.generation] if generation else []
        return _has_timer(_l.id, _l.workspace, kinds, *mine)

    running = and_(_l.clock_state == ClockState.RUNNING.value, ~waits(TimerKind.CLOCK_BREACH))
    paused = and_(_l.clock_state == ClockState.PAUSED.value, ~waits(TimerKind.CLOCK_RESUME))
    unrouted = and_(
        _l.state.in_(_WAITING_TO_ROUTE),
        ~waits(TimerKind.LEAD_HOLD, TimerKind.ROUTE_RETRY, generation=False),
    )
    found = select(_l.workspace, _l.id.label("subject"))
    return found.where(_l.ended_at.is_(None), or_(running, paused, unrouted))


def _climb_without_timer() -> Select[Any]:
    """Select running escalations that nothing will take further."""

    def waits(*kinds: TimerKind) -> ColumnElement[bool]:
        mine = _t.generation == _e.revision
        return _has_timer(_e.id, _e.workspace, kinds, mine)

    is_climb = _e.kind == EscalationKind.LEAD.value
    opened = and_(
        is_climb, _e.state == EscalationState.OPEN.value, ~waits(TimerKind.ESCALATION_STEP)
    )
    held = and_(
        is_climb,
        _e.state == EscalationState.ACKNOWLEDGED.value,
        ~waits(TimerKind.ACKNOWLEDGE_EXPIRE, TimerKind.PROMISE_DUE),
    )
    # Its time is set once; when that has come, the CRO was called and nothing more is due.
    guardrail = and_(
        _e.kind == EscalationKind.GUARDRAIL.value,
        ~exists().where(
            _t.workspace == _e.workspace,
            _t.subject == _e.id,
            _t.kind == TimerKind.GUARDRAIL_OVERDUE.value,
            _t.cancelled_at.is_(None),
        ),
    )
    found = select(_e.workspace, _e.id.label("subject"))
    return found.where(_e.ended_at.is_(None), or_(opened, held, guardrail))


def _has_timer(
    subject: ColumnElement[str],
    workspace: ColumnElement[str],
    kinds: tuple[TimerKind, ...],
    *more: ColumnElement[bool],
) -> ColumnElement[bool]:
    return exists().where(
        _t.workspace == workspace,
        _t.subject == subject,
        _t.kind.in_([kind.value for kind in kinds]),
        _t.fired_at.is_(None),
        _t.cancelled_at.is_(None),
        *more,
    )


def _missed() -> Select[Any]:
    is_open = and_(_t.fired_at.is_(None), _t.cancelled_at.is_(None))
    subject = (_t.kind + " " + _t.subject).label("subject")
    # Only the clock lane: slow work may take minutes, and says so itself when it fails.
    return select(_t.workspace, subject).where(
        is_open, _t.lane == "clock", _t.due_at < bindparam("late")
    )


def _breach_without_incident() -> Select[Any]:
    has_incident = exists().where(
        _i.workspace == _l.workspace, _i.lead == _l.id, _i.voided_at.is_(None)
    )
    return select(_l.workspace, _l.id.label("subject")).where(
        _l.clock_state == ClockState.BREACHED.value,
        _l.is_test.is_(False),
        or_(_l.ended_at.is_(None), _l.ended_at >= bindparam("since")),
        ~has_incident,
    )


def _incident_without_climb() -> Select[Any]:
    has_climb = exists().where(
        _e.workspace == _i.workspace,
        _e.kind == EscalationKind.LEAD.value,
        _e.subject == _i.id,
    )
    return select(_i.workspace, _i.id.label("subject")).where(
        _i.recorded_at >= bindparam("since"), ~has_climb
    )


def _step_passed_over() -> Select[Any]:
    before = escalation_call_table.alias("before")
    has_before = exists().where(
        before.c.workspace == _c.workspace,
        before.c.escalation == _c.escalation,
        before.c.step == _c.step - 1,
        before.c.at <= _c.at,
    )
    return (
        select(_c.workspace, _c.escalation.label("subject"))
        .join(escalation_table, and_(_e.workspace == _c.workspace, _e.id == _c.escalation))
        .where(
            _c.step > 0,
            _c.at >= bindparam("since"),
            _e.kind == EscalationKind.LEAD.value,
            ~has_before,
        )
        .distinct()
    )


def _call_after_stop() -> Select[Any]:
    said = _last_said(_f.workspace, _f.subject, _CLIMB, before=_f.seq)
    return (
        select(_f.workspace, _f.subject.label("subject"))
        .where(
            _f.kind == AuditFact.STEP_CALLED.value,
            _f.at >= bindparam("since"),
            said.is_distinct_from(EscalationState.OPEN.value),
        )
        .distinct()
    )


def _clock_not_as_audited() -> Select[Any]:
    said = _last_said(_l.workspace, _l.id, _CLOCK)
    return select(_l.workspace, _l.id.label("subject")).where(
        or_(_l.ended_at.is_(None), _l.ended_at >= bindparam("since")),
        _l.clock_state != "none",
        said.is_distinct_from(_l.clock_state),
    )


def _climb_not_as_audited() -> Select[Any]:
    said = _last_said(_e.workspace, _e.id, _CLIMB)
    return select(_e.workspace, _e.id.label("subject")).where(
        or_(_e.ended_at.is_(None), _e.ended_at >= bindparam("since")),
        said.is_distinct_from(_e.state),
    )


def _last_said(
    workspace: ColumnElement[str],
    subject: ColumnElement[str],
    states: Mapping[AuditFact, str],
    *,
    before: ColumnElement[int] | None = None,
) -> ScalarSelect[Any]:
    """Return the state that the last fact about a subject, before a place in the chain, left."""
    facts = audit_fact_table.alias("said")
    state = case({kind.value: str(state) for kind, state in states.items()}, value=facts.c.kind)
    found = select(state).where(
        facts.c.workspace == workspace,
        facts.c.subject == subject,
        facts.c.kind.in_([kind.value for kind in states]),
    )
    if before is not None:
        found = found.where(facts.c.seq < before)
    return found.order_by(facts.c.seq.desc()).limit(1).scalar_subquery()


def _stuck() -> Select[Any]:
    subject = (_o.kind + " " + _o.subject).label("subject")
    return select(_o.workspace, subject).where(
        _o.settled_at.is_(None), _o.enqueued_at < bindparam("stuck")
    )


#: Put together once; building them takes longer than running them.
_LOOKS: Mapping[Check, Select[Any]] = {
    check: look.order_by(column("subject")).limit(bindparam("most"))
    for check, look in {
        Check.TIMER_MISSED: _missed(),
        Check.LEAD_WITHOUT_TIMER: _lead_without_timer(),
        Check.CLIMB_WITHOUT_TIMER: _climb_without_timer(),
        Check.BREACH_WITHOUT_INCIDENT: _breach_without_incident(),
        Check.INCIDENT_WITHOUT_CLIMB: _incident_without_climb(),
        Check.STEP_PASSED_OVER: _step_passed_over(),
        Check.CALL_AFTER_STOP: _call_after_stop(),
        Check.CLOCK_NOT_AS_AUDITED: _clock_not_as_audited(),
        Check.CLIMB_NOT_AS_AUDITED: _climb_not_as_audited(),
        Check.MESSAGE_STUCK: _stuck(),
    }.items()
}
