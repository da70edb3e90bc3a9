"""Acknowledge: a person says "I have it", which stops the climb for a while."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.announce import show
from bot.flows.escalate.case import Case, lock
from bot.flows.escalate.climb import lock_waiting, run_step, schedule, stop_waiting
from bot.flows.escalate.outcomes import UNKNOWN, refusal, taken
from bot.flows.signoff.outcomes import Denied, Done
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState, held_until, reopen
from storage import escalations
from storage.database import Database
from storage.escalations import EscalationKind
from storage.timers import Timer, TimerKind


def acknowledge(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    escalation_id: str,
    promised_at: datetime | None = None,
) -> Done | Denied:
    """Take an escalation: the climb stops, and every message already sent says who has it.

    Args:
        database: Where it is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        escalation_id: The climb, or a guardrail.
        promised_at: Until when the person promises to act, at most one working day ahead; None:
            it holds for two working hours. Who has it already may still give one.

    Returns:
        Done; or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, escalation_id=escalation_id, now=now)
        return UNKNOWN if case is None else _take(case, by=by, promised_at=promised_at)

    return database.run(work)


def acknowledge_all(
    *, database: Database, workspace: str, now: datetime, by: str, card: str
) -> Done | Denied:
    """Take every open climb that a message shows, as far as the person may.

    Args:
        database: Where they are.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        card: Id of the message.

    Returns:
        Done if at least one was taken; else why the first was not.
    """

    def work(connection: Connection) -> Done | Denied:
        shown = escalations.on_card(connection, workspace=workspace, card=card)
        # One design, locked first; its leads by their ids, as every flow locks them.
        ids = [one.id for one in sorted(shown, key=lambda one: one.lead or "")]
        return _take_all(connection, workspace=workspace, now=now, by=by, ids=ids)

    return database.run(work)


def on_acknowledge_expired(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `acknowledge.expire`: two working hours without a touch, so the step is called."""
    case = lock_waiting(connection, timer, now, EscalationState.ACKNOWLEDGED)
    if case is not None:
        take_up_again(case, because="the acknowledgement expired")


def take_up_again(case: Case, *, because: str) -> None:
    """Open an acknowledged climb again: it calls the same step once, then climbs on."""
    before = case.escalation.position
    policy = case.escalation.policy
    position = None if before is None else reopen(policy=policy, position=before)
    case.become(EscalationState.OPEN, position=position)
    case.record(
        AuditFact.ESCALATION_REOPENED,
        data={"because": because, "acknowledged_by": case.escalation.acknowledged_by},
    )
    run_step(case)


def hold(case: Case) -> None:
    """Look again when the promise or the two hours are over; a guardrail waits to be resolved.

    Args:
        case: The escalation, acknowledged and saved.
    """
    if case.escalation.kind is EscalationKind.GUARDRAIL:
        return
    stop_waiting(case)
    promised_at = case.escalation.promised_at
    until = held_until(
        acknowledged_at=case.escalation.acknowledged_at or case.now,
        promised_at=promised_at,
        calendar=case.rules.calendar,
    )
    kind = TimerKind.ACKNOWLEDGE_EXPIRE if promised_at is None else TimerKind.PROMISE_DUE
    schedule(case, kind, until)


# Private functions


def _take_all(
    connection: Connection, *, workspace: str, now: datetime, by: str, ids: Sequence[str]
) -> Done | Denied:
    outcomes: list[Done | Denied] = []
    for one in ids:
        case = lock(connection, workspace=workspace, escalation_id=one, now=now)
        if case is not None and case.is_open:
            outcomes.append(_take(case, by=by, promised_at=None))
    if any(isinstance(outcome, Done) for outcome in outcomes):
        return Done()
    return outcomes[0] if outcomes else Denied("Somebody has each of these already.")


def _take(case: Case, *, by: str, promised_at: datetime | None) -> Done | Denied:
    refused = refusal(case, by=by) or _promise_problem(case, promised_at)
    if refused is not None:
        return refused
    now = case.escalation
    if now.state is EscalationState.ACKNOWLEDGED:
        if now.acknowledged_by != by:
            return taken(case, by=by)
        if promised_at is None:
            return Done("You have it already.")
        case.save(promised_at=promised_at)
    else:
        case.become(
            EscalationState.ACKNOWLEDGED,
            acknowledged_by=by,
            acknowledged_at=case.now,
            promised_at=promised_at,
        )
    hold(case)
    promise = promised_at and promised_at.isoformat()
    case.record(AuditFact.ESCALATION_ACKNOWLEDGED, by=by, data={"promised_at": promise})
    show(case)
    return Done()


def _promise_problem(case: Case, promised_at: datetime | None) -> Denied | None:
    if promised_at is None:
        return None
    if promised_at <= case.now:
        return Denied("This time has passed. Please choose one that is still to come.")
    # One working day is what a pause may last, too: a promise must not silence a climb for good.
    calendar = case.rules.calendar
    if promised_at > calendar.add(case.now, calendar.day_minutes):
        return Denied("A promise reaches one working day ahead at most. Please choose it sooner.")
    return None
