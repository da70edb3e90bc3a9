"""The owner hands a lead back: it goes to another rep, is recycled or closed."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead.accept import is_stand_in
from bot.flows.lead.breach import breach_if_due
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.dispose import dispose
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.reroute import reroute
from handoff.audit import AuditFact
from handoff.lead import AfterDecline, DeclineReason, LeadState, decide_decline
from storage.database import Database

_OWNED = frozenset({LeadState.ASSIGNED, LeadState.ACCEPTED})


def decline(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    lead_id: str,
    reason: DeclineReason,
    note: str = "",
) -> Done | Denied:
    """Hand a lead back with a reason code; the clock runs on.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        lead_id: The cycle.
        reason: Decides between re-route, recycle and close.
        note: More in words.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        if case is None:
            return Denied("I do not know this lead any more.")
        return _decline(case, by=by, reason=reason, note=note.strip())

    return database.run(work)


def _decline(case: LeadCase, *, by: str, reason: DeclineReason, note: str) -> Done | Denied:
    if case.lead.state not in _OWNED:
        return Denied("This lead is not open any more; its message shows what became of it.")
    if by != case.lead.owner:
        return Denied("This lead is not yours now; its message shows who has it.")
    then = decide_decline(
        reason=reason,
        reroutes=case.lead.reroutes,
        is_fallback_owner=is_stand_in(case.current()),
    )
    if then is AfterDecline.REFUSE:
        return Denied(
            "You hold this lead as the fallback, so it has nowhere else to go. "
            "Name a rep for it, or choose a reason that closes it."
        )
    case.record(AuditFact.LEAD_DECLINED, by=by, data={"reason": reason.value, "note": note})
    if then in (AfterDecline.RECYCLE, AfterDecline.CLOSE):
        dispose(case, reason=reason, by=by, note=note)
        return Done("Thank you. The lead is closed for now, and marketing can see why.")
    breach_if_due(case)
    is_last = then is AfterDecline.FALLBACK
    case.save(reroutes=case.lead.reroutes + (0 if is_last else 1))
    words = reason.value.replace("_", " ")
    told = f"{words}: {note}" if note else words
    reroute(case, end="declined", because=f"declined: {words}", note=told, to_fallback=is_last)
    return Done("Thank you. The lead goes to somebody else.")
