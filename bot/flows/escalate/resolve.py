"""Resolve: a person ends an escalation for good, with a cause."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.case import Case, lock
from bot.flows.escalate.climb import finish
from bot.flows.escalate.outcomes import UNKNOWN, refusal
from bot.flows.escalate.shown import lead_title
from bot.flows.signoff.outcomes import Denied, Done
from handoff.audit import AuditFact
from handoff.escalation.causes import CauseCode
from handoff.escalation.climb import EscalationState
from handoff.escalation.shown import NO_DESIGN
from storage.database import Database
from storage.escalations import EscalationKind

_FACTS = {
    EscalationKind.LEAD: AuditFact.ESCALATION_RESOLVED,
    EscalationKind.GUARDRAIL: AuditFact.GUARDRAIL_RESOLVED,
}


def resolve(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    escalation_id: str,
    cause: CauseCode,
    note: str = "",
) -> Done | Denied:
    """End an escalation with a cause. A guardrail counts incidents anew from here.

    Args:
        database: Where it is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        escalation_id: The climb, or a guardrail.
        cause: What went wrong.
        note: More about it, in the person's words; may be empty.

    Returns:
        Done; or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, escalation_id=escalation_id, now=now)
        if case is None:
            return UNKNOWN
        refused = refusal(case, by=by)
        if refused is not None:
            return refused
        _resolve(case, by=by, cause=cause, note=note.strip())
        return Done()

    return database.run(work)


def about(
    *, database: Database, workspace: str, now: datetime, by: str, escalation_id: str
) -> str | Denied:
    """Return what an escalation is about, for a form, or why the person may not act on it."""

    def work(connection: Connection) -> str | Denied:
        case = lock(connection, workspace=workspace, escalation_id=escalation_id, now=now)
        if case is None:
            return UNKNOWN
        is_lead = case.escalation.kind is EscalationKind.LEAD
        name = lead_title(case.lead) if is_lead else f"the guardrail of {case.design or NO_DESIGN}"
        return refusal(case, by=by) or name

    return database.run(work)


def _resolve(case: Case, *, by: str, cause: CauseCode, note: str) -> None:
    data = {"cause": cause.value, "note": note}
    case.record(_FACTS[case.escalation.kind], by=by, data=data)
    finish(case, EscalationState.RESOLVED, by=by, cause=cause.value)
