"""Rebuild times that were lost: of a lead from its clock, of a climb from where it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.flows.escalate import case as climbs
from bot.flows.escalate.acknowledge import hold
from bot.flows.escalate.climb import schedule
from bot.flows.escalate.guardrail import watch_over
from bot.flows.lead import case as leads
from bot.flows.lead import timing
from bot.flows.rows import attempt
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from handoff.lead import LeadState, is_open
from storage import timers
from storage.checks import Check, Finding
from storage.database import Database
from storage.escalations import EscalationKind
from storage.timers import TimerKind

_WAITING_TO_ROUTE = (LeadState.NEW, LeadState.HELD)

#: The try after the last retry: it takes the fallback if the rules fail again.
_LAST_TRY = "2"


def mend(*, database: Database, findings: Sequence[Finding], now: datetime) -> int:
    """Give leads and climbs the times back without which nothing would happen to them any more.

    Args:
        database: Where they are.
        findings: As `check()` returned them; what has no timer is mended, the rest is left.
        now: The domain's instant, UTC-aware.

    Returns:
        How many were mended.
    """
    return sum(_mend_one(database, finding, now) for finding in findings)


def _mend_one(database: Database, finding: Finding, now: datetime) -> bool:
    work = _MENDS.get(finding.check)
    if work is None:
        return False
    run = partial(database.run, partial(work, finding=finding, now=now))
    return attempt(run, what="lost timer", subject=finding.subject) is None


def _mend_lead(connection: Connection, *, finding: Finding, now: datetime) -> None:
    """Set a lead's timers anew; its `due_at` is the truth."""
    case = leads.lock(connection, workspace=finding.workspace, lead_id=finding.subject, now=now)
    if case is None or not is_open(case.lead.state):
        return
    case.save(generation=case.lead.generation + 1)
    timing.set_timers(case)
    if case.lead.state in _WAITING_TO_ROUTE:
        kind = TimerKind.ROUTE_RETRY
        timers.schedule(connection, timing.timer(case, kind, due_at=now, slot=_LAST_TRY))
    case.record(AuditFact.TIMER_REBUILT)


def _mend_climb(connection: Connection, *, finding: Finding, now: datetime) -> None:
    """Let an escalation go on: its next step at once, or the end of what was promised."""
    case = climbs.lock(
        connection, workspace=finding.workspace, escalation_id=finding.subject, now=now
    )
    if case is None or case.has_ended:
        return
    case.save()  # a revision of its own, which is its timers' generation
    if case.escalation.kind is EscalationKind.GUARDRAIL:
        watch_over(case)
    elif case.escalation.state is EscalationState.ACKNOWLEDGED:
        hold(case)
    else:
        schedule(case, TimerKind.ESCALATION_STEP, now)
    case.record(AuditFact.TIMER_REBUILT)


_MENDS: Mapping[Check, Callable[..., None]] = {
    Check.LEAD_WITHOUT_TIMER: _mend_lead,
    Check.CLIMB_WITHOUT_TIMER: _mend_climb,
}
