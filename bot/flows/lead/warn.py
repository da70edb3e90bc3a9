"""Warn the owner at 50% and 80% of the target, in their working hours, once."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.messages import tell_owner
from handoff.audit import AuditFact
from handoff.lead import is_open
from handoff.people import next_working_at
from handoff.sla.clock import Clock
from storage import timers
from storage.timers import Timer, TimerKind


def on_warning_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `clock.warn`: tell the owner how much time is left.

    A warning that a later one (or the breach) has overtaken is recorded and not sent; one for an
    owner who is not at work waits for them, if that is still before the due instant.
    """
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is None or not timing.is_current(case, timer) or not is_open(case.lead.state):
        return
    clock = timing.running_clock(case)
    percent = timer.slot.partition(".")[0]
    if clock is None:
        return
    if _is_overtaken(case, clock, percent):
        case.record(AuditFact.CLOCK_WARNING_SKIPPED, data={"percent": int(percent)})
        return
    if case.lead.owner is not None and _waits_for_work(case, clock, timer):
        return
    facts = {"percent": int(percent), "due_at": clock.due_at.isoformat(), "why": "warning"}
    event = f"{percent}:{timer.generation}"
    tell_owner(case, kind="clock.warning", event=event, facts=facts)
    case.record(AuditFact.CLOCK_WARNED, data={"percent": int(percent), "owner": case.lead.owner})


def _is_overtaken(case: LeadCase, clock: Clock, percent: str) -> bool:
    times = case.times(clock)
    next_at = times.warn_80_at if percent == "50" else clock.due_at
    return case.now >= clock.due_at or (next_at is not None and case.now >= next_at)


def _waits_for_work(case: LeadCase, clock: Clock, timer: Timer) -> bool:
    """Put the warning off until the owner works; too late then, it is recorded as skipped."""
    owner = str(case.lead.owner)
    works_at = next_working_at(directory=case.directory, person=owner, at=case.now)
    if works_at is not None and works_at <= case.now:
        return False
    percent, _, again = timer.slot.partition(".")
    if works_at is None or works_at >= clock.due_at:
        case.record(AuditFact.CLOCK_WARNING_SKIPPED, data={"percent": int(percent)})
        return True
    slot = f"{percent}.{int(again or 0) + 1}"
    later = timing.timer(case, TimerKind.CLOCK_WARN, due_at=works_at, slot=slot)
    timers.schedule(case.connection, later)
    return True
