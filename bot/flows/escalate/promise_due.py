"""A promise is due: if the lead is still not touched, it was not kept."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.acknowledge import take_up_again
from bot.flows.escalate.climb import lock_waiting
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from storage.timers import Timer


def on_promise_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `promise.due`: a touch would have resolved the climb, so the promise is broken."""
    case = lock_waiting(connection, timer, now, EscalationState.ACKNOWLEDGED)
    if case is None:
        return
    promised_at = case.escalation.promised_at
    case.record(
        AuditFact.PROMISE_BROKEN,
        data={
            "by": case.escalation.acknowledged_by,
            "promised_at": promised_at and promised_at.isoformat(),
        },
    )
    take_up_again(case, because="the promise was not kept")
