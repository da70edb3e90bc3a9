"""Take a lead out of the handoff before it was touched: recycled, a duplicate, or junk."""

from bot.flows.lead import timing
from bot.flows.lead.breach import breach_if_due
from bot.flows.lead.case import LeadCase
from bot.flows.lead.incidents import stop_climb
from bot.flows.lead.messages import show_lead
from bot.flows.lead.pause import resume_if_due
from handoff.audit import AuditFact
from handoff.lead import DeclineReason, LeadState, Outcome

_OUTCOMES = {
    DeclineReason.NOT_READY: Outcome.RECYCLED,
    DeclineReason.NOT_ICP: Outcome.RECYCLED,
    DeclineReason.DUPLICATE: Outcome.DUPLICATE,
    DeclineReason.JUNK: Outcome.DISQUALIFIED,
}


def dispose(case: LeadCase, *, reason: DeclineReason, by: str, note: str) -> None:
    """Close a lead that is open: before the due instant its clock stops, after it a breach stands.

    Args:
        case: The lead, locked and open.
        reason: One that recycles or closes.
        by: Who disposes of it.
        note: What they said.
    """
    resume_if_due(case)
    breach_if_due(case)
    case.end_assignment("disposed", note=note or None)
    timing.stop_clock(case)
    case.become(LeadState.DISPOSED, outcome=_OUTCOMES[reason], ended_at=case.now, resume_at=None)
    timing.stop_timers(case)
    case.record(AuditFact.LEAD_DISPOSED, by=by, data={"reason": reason.value, "note": note})
    stop_climb(case, because="disposed of")
    show_lead(case)
