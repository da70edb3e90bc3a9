"""The due instant has come without a first touch: a breach, dated when it was due."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.incidents import report
from bot.flows.lead.messages import show_lead
from handoff.audit import AuditFact
from handoff.escalation.incident import IncidentKind
from handoff.lead import is_open
from handoff.sla.clock import ClockState, is_breached, settle
from storage import timers
from storage.timers import Timer, TimerKind


def on_breach_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `clock.breach`: an incident, whose climb tells everybody."""
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is None or not timing.is_current(case, timer) or not is_open(case.lead.state):
        return
    if case.lead.clock is not None and is_breached(clock=case.lead.clock, now=now):
        breach(case)
        show_lead(case)


def breach(case: LeadCase) -> None:
    """Store a breach of a running clock: dated `due_at`, whenever it is noticed."""
    clock = case.lead.clock
    assert clock is not None, "only a lead with a clock can breach"
    case.save(clock=settle(clock=clock, state=ClockState.BREACHED))
    kinds = (TimerKind.CLOCK_WARN, TimerKind.CLOCK_ACCEPT, TimerKind.CLOCK_BREACH)
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.lead.id,
        now=case.now,
        kinds=kinds,
    )
    late_by = (case.now - clock.due_at).total_seconds()
    case.record(
        AuditFact.CLOCK_BREACHED,
        data={"due_at": clock.due_at.isoformat(), "late_by_seconds": late_by},
    )
    report(case, kind=IncidentKind.BREACH, occurred_at=clock.due_at)


def breach_if_due(case: LeadCase) -> None:
    """Store the breach that is due but not ticked yet, before anything else happens."""
    clock = case.lead.clock
    if clock is not None and is_breached(clock=clock, now=case.now):
        breach(case)
