"""Sales' first contact: by button, reaction, API or CRM. It closes the clock with its own time."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.breach import breach
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.incidents import stop_climb, void
from bot.flows.lead.messages import show_lead
from bot.flows.lead.pause import resume_if_due
from handoff.audit import AuditFact
from handoff.lead import LeadState, is_open
from handoff.sla.clock import ClockState, TouchVerdict, judge_touch, settle
from storage import touches
from storage.touches import Touch

_CLOCK_STATES = {
    TouchVerdict.MET: ClockState.MET,
    TouchVerdict.UNBREACHED: ClockState.MET,
}


class Touched(StrEnum):
    """What became of a touch.

    KNOWN: the same touch came before. TOO_EARLY and IN_FUTURE: its time does not fit the lead;
    it is kept, and changes nothing. NOT_OPEN: kept, the lead was touched or closed before.
    """

    MET = "met"
    LATE = "late"
    UNBREACHED = "unbreached"
    NOT_OPEN = "not_open"
    TOO_EARLY = "too_early"
    IN_FUTURE = "in_future"
    KNOWN = "known"
    UNKNOWN_LEAD = "unknown_lead"


def touch_lead(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    lead_id: str,
    occurred_at: datetime,
    by: str | None,
    via: str,
    external_id: str,
    kind: str = "contact",
) -> Touched:
    """Record that somebody in sales contacted a lead.

    It implies acceptance and does not change the owner. One that proves to be before the due
    instant reverses a breach: the incident is voided and the climb stops.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: When the touch became known, UTC-aware.
        lead_id: The cycle.
        occurred_at: The touch's own time; for a button, when it was received.
        by: Slack id or e-mail of who touched, None if the source does not say.
        via: The source: `slack`, or the name of an intake source.
        external_id: The touch's name at its source; the same twice is one touch.
        kind: Call, email, message, meeting, booking, … as the source calls it.
    """
    case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
    if case is None:
        return Touched.UNKNOWN_LEAD
    touch = Touch(
        workspace=workspace,
        lead=lead_id,
        source=via,
        external_id=external_id,
        kind=kind,
        actor=by,
        occurred_at=occurred_at,
        received_at=now,
    )
    if not touches.record(connection, touch=touch):
        return Touched.KNOWN
    resume_if_due(case)
    return _take(case, touch)


def _take(case: LeadCase, touch: Touch) -> Touched:
    clock = case.lead.clock
    verdict = (
        TouchVerdict.NO_CHANGE
        if clock is None
        else judge_touch(clock=clock, occurred_at=touch.occurred_at, now=case.now)
    )
    if verdict in (TouchVerdict.TOO_EARLY, TouchVerdict.IN_FUTURE):
        return Touched(verdict.value)
    if verdict is TouchVerdict.UNBREACHED:
        _settle(case, touch, verdict)
        _reverse(case, touch)
        return Touched.UNBREACHED
    if not is_open(case.lead.state):
        return Touched.NOT_OPEN
    if verdict is TouchVerdict.LATE and clock is not None and clock.state is ClockState.RUNNING:
        breach(case)
    _settle(case, touch, verdict)
    stop_climb(case, because="touched")
    return Touched.LATE if verdict is TouchVerdict.LATE else Touched.MET


def _settle(case: LeadCase, touch: Touch, verdict: TouchVerdict) -> None:
    """Save the touched lead and its clock, and let nothing more become due."""
    lead, clock = case.lead, case.lead.clock
    after = _CLOCK_STATES.get(verdict)
    touched_at = min(lead.touched_at or touch.occurred_at, touch.occurred_at)
    changes = {
        "clock": settle(clock=clock, state=after) if clock is not None and after else clock,
        "resume_at": None,
        "touched_at": touched_at,
        "accepted_at": lead.accepted_at or touch.occurred_at,
    }
    if is_open(lead.state):
        case.become(LeadState.TOUCHED, **changes)
    else:
        case.save(**changes)
    timing.stop_timers(case, is_told=False)
    data = {"at": touch.occurred_at.isoformat(), "via": touch.source, "kind": touch.kind}
    case.record(AuditFact.LEAD_TOUCHED, by=touch.actor or touch.source, data=data)
    if after is ClockState.MET:
        case.record(AuditFact.CLOCK_MET, data={"at": touch.occurred_at.isoformat()})
    show_lead(case)


def _reverse(case: LeadCase, touch: Touch) -> None:
    """Void the incident of a breach that was none."""
    data = {"touched_at": touch.occurred_at.isoformat(), "via": touch.source}
    case.record(AuditFact.BREACH_REVERSED, by=touch.actor or touch.source, data=data)
    void(case, because="an earlier touch was proven")
