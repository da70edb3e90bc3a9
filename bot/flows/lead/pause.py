"""Stop a clock for a while, with a reason; it runs again by itself."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.breach import breach_if_due
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.messages import show_lead
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.time_off import reroute_if_away
from handoff.audit import AuditFact
from handoff.lead import is_open
from handoff.sla.clock import ClockState, latest_resume
from handoff.sla.clock import pause as pause_clock
from handoff.sla.clock import resume as resume_clock
from storage import timers
from storage.database import Database
from storage.timers import Timer, TimerKind


def pause(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    lead_id: str,
    reason: str,
    until: datetime | None = None,
    is_asked_by_prospect: bool = False,
) -> Done | Denied:
    """Pause a lead's clock.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload: the pod's manager or RevOps.
        lead_id: The cycle.
        reason: Why; it is reported.
        until: When it runs again; None, or anything later, means the latest allowed instant.
        is_asked_by_prospect: Then up to 5 working days instead of 1.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        denied = _denied(case, by)
        if case is None or denied is not None:
            return denied or Denied("I do not know this lead any more.")
        if not reason.strip():
            return Denied("Please say why the clock should stand still.")
        latest = latest_resume(
            now=now, is_asked_by_prospect=is_asked_by_prospect, calendar=case.calendar
        )
        resume_at = min(until, latest) if until is not None else latest
        return _pause(case, by=by, reason=reason.strip(), resume_at=resume_at)

    return database.run(work)


def resume(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str
) -> Done | Denied:
    """Let a paused clock run again before its time, as the pod's manager or RevOps."""

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        denied = _denied(case, by)
        if case is None or denied is not None:
            return denied or Denied("I do not know this lead any more.")
        if case.lead.clock is None or case.lead.clock.state is not ClockState.PAUSED:
            return Done("The clock runs already.")
        _resume(case, by=by)
        return Done("The clock runs again.")

    return database.run(work)


def on_resume_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `clock.resume`: the pause is over."""
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is None or not timing.is_current(case, timer) or not is_open(case.lead.state):
        return
    if case.lead.clock is not None and case.lead.clock.state is ClockState.PAUSED:
        # From the agreed instant, not from whenever this ran.
        _resume(case, by="handoff", at=timer.due_at)


def resume_if_due(case: LeadCase) -> None:
    """Let a clock run whose pause is over but not ticked yet, before anything else happens."""
    clock, resume_at = case.lead.clock, case.lead.resume_at
    is_paused = clock is not None and clock.state is ClockState.PAUSED
    if is_paused and resume_at is not None and resume_at <= case.now:
        _resume(case, by="handoff", at=resume_at)


def _denied(case: LeadCase | None, by: str) -> Denied | None:
    if case is None or not is_open(case.lead.state):
        return Denied("This lead is not open any more; its message shows what became of it.")
    if by not in case.managers():
        return Denied("Only the pod's manager and RevOps can pause a clock.")
    return None


def _pause(case: LeadCase, *, by: str, reason: str, resume_at: datetime) -> Done | Denied:
    breach_if_due(case)
    clock = timing.running_clock(case)
    if clock is None:
        return Denied("This clock does not run, so there is nothing to pause.")
    if resume_at <= case.now:
        return Denied("Please choose a time that is still to come.")
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.lead.id,
        now=case.now,
        kinds=timing.CLOCK_KINDS,
    )
    case.save(
        clock=pause_clock(clock=clock, now=case.now, calendar=case.calendar),
        resume_at=resume_at,
        generation=case.lead.generation + 1,
    )
    timing.set_timers(case)
    data = {"reason": reason, "until": resume_at.isoformat()}
    case.record(AuditFact.CLOCK_PAUSED, by=by, data=data)
    show_lead(case)
    return Done("Paused. The clock runs again by itself.")


def _resume(case: LeadCase, *, by: str, at: datetime | None = None) -> None:
    clock = case.lead.clock
    assert clock is not None, "only a paused clock is resumed"
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.lead.id,
        now=case.now,
        kinds=(TimerKind.CLOCK_RESUME,),
    )
    case.save(
        clock=resume_clock(clock=clock, now=at or case.now, calendar=case.calendar),
        resume_at=None,
        generation=case.lead.generation + 1,
    )
    timing.set_timers(case)
    reroute_if_away(case)
    case.record(AuditFact.CLOCK_RESUMED, by=by)
    show_lead(case)
