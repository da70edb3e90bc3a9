"""The guardrail: several incidents on one design call leadership, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.flows.escalate.announce import CHANNEL, call, show
from bot.flows.escalate.case import Case, load, lock
from bot.flows.escalate.rules import Rules, rules_now
from handoff.audit import AuditFact
from handoff.directory import Role
from handoff.escalation.guardrail import (
    JOIN_EVERY,
    OVERDUE_DAYS,
    FireGuardrail,
    Incident,
    JoinGuardrail,
    decide_guardrail,
    overdue_at,
)
from handoff.escalation.policy import EscalationPolicy, EscalationStep
from handoff.people import persons_of
from storage import audit, escalations, incidents, outbox, timers
from storage import directory as directories
from storage.escalations import TOLD, Escalation, EscalationKind
from storage.ids import new_id
from storage.incidents import IncidentRecord
from storage.outbox import NewMessage, Priority
from storage.timers import NewTimer, Timer, TimerKind

_CRO_STEP = 2


def check_guardrail(connection: Connection, *, incident: IncidentRecord, now: datetime) -> None:
    """Fire or join the guardrail of a design after an incident was stored.

    Args:
        connection: The transaction, which locked the design: two incidents at once would
            otherwise each count only one.
        incident: Just stored; its own time decides, not `now`.
        now: The domain's instant, UTC-aware.
    """
    here = {"workspace": incident.workspace, "design": incident.design}
    directory = directories.load(connection, workspace=incident.workspace).directory
    rules = rules_now(connection, directory=directory, **here)
    window = timedelta(hours=rules.guardrail.window_hours)
    known = incidents.between(
        connection,
        after=incident.occurred_at - window,
        until=incident.occurred_at + window,
        **here,
    )
    running = escalations.open_guardrail(connection, **here)
    decision = decide_guardrail(
        incident=_timed(incident),
        others=[_timed(one) for one in known],
        guardrail=rules.guardrail,
        last_resolved_at=escalations.last_guardrail_end(connection, **here),
        is_open=running is not None,
    )
    if isinstance(decision, FireGuardrail):
        _fire(connection, incident, decision, rules, now)
    elif isinstance(decision, JoinGuardrail) and running is not None:
        _join(connection, incident, running, now)


def on_join_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `guardrail.join`: tell in its thread which incidents joined since the last time."""
    case = lock(connection, workspace=timer.workspace, escalation_id=timer.subject, now=now)
    if case is None or case.has_ended:
        return
    joined = _joined(case, slot=int(timer.slot))
    messages = [
        NewMessage(
            workspace=case.workspace,
            kind="guardrail.join",
            subject=case.escalation.id,
            recipient=recipient,
            priority=Priority.ESCALATION,
            dedupe_key=f"guardrail.join:{timer.subject}:{timer.slot}:{recipient}",
            thread=card,
            facts={"incidents": joined},
        )
        for card, recipient in _cards(case)
        if joined
    ]
    outbox.enqueue(connection, *messages, now=now)


def on_call_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `guardrail.call`: call those of leadership who were not here when it fired."""
    case = lock(connection, workspace=timer.workspace, escalation_id=timer.subject, now=now)
    if case is None or case.has_ended:
        return
    for slot in _missed(case):
        people = _call_slot(case, slot)
        if people:
            case.record(AuditFact.STEP_CALLED, data={"step": slot, "people": people})
            show(case)
    _call_missed_tomorrow(case, tries=int(timer.slot))


def on_overdue_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `guardrail.overdue`: nobody resolved it within five working days, so call the CRO."""
    case = lock(connection, workspace=timer.workspace, escalation_id=timer.subject, now=now)
    if case is None or case.has_ended:
        return
    # Whoever was called for want of leadership is called again, on a message of its own.
    people = _call_slot(case, _CRO_STEP, repeat=1)
    case.record(AuditFact.GUARDRAIL_OVERDUE, data={"people": people})
    show(case)
    if not people:
        _try_tomorrow(case, timer)


def call_another(
    connection: Connection, *, workspace: str, now: datetime, card: str, person: str
) -> None:
    """Call the next of the same side for a leader to whom Slack lets us say nothing.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        card: The packet that Slack would not take.
        person: Who could not be told.
    """
    for fired in escalations.on_card(connection, workspace=workspace, card=card, recipient=person):
        case = lock(connection, workspace=workspace, escalation_id=fired.id, now=now)
        if case is not None and not case.has_ended:
            _call_instead(case, person)


def watch_over(case: Case) -> None:
    """Set when the CRO is called if nobody resolves the guardrail."""
    fired = case.escalation
    due_at = overdue_at(fired_at=fired.opened_at, calendar=case.rules.calendar)
    kind = TimerKind.GUARDRAIL_OVERDUE
    timer = NewTimer(case.workspace, kind, fired.id, due_at, generation=fired.revision)
    timers.schedule(case.connection, timer)


# Private functions


def _timed(incident: IncidentRecord) -> Incident:
    return Incident(id=incident.id, occurred_at=incident.occurred_at)


def _fire(
    connection: Connection,
    incident: IncidentRecord,
    decision: FireGuardrail,
    rules: Rules,
    now: datetime,
) -> None:
    fired = Escalation(
        workspace=incident.workspace,
        id=new_id("grd", now=now),
        kind=EscalationKind.GUARDRAIL,
        subject=incident.id,
        design=incident.design,
        policy=_policy(rules),
        opened_at=now,
    )
    if not escalations.start(connection, escalation=fired):
        return
    incidents.join(
        connection,
        workspace=incident.workspace,
        ids=decision.incidents,
        guardrail=fired.id,
    )
    case = load(connection, workspace=incident.workspace, escalation_id=fired.id, now=now)
    if case is None:
        return
    if rules.channel is not None:
        call(case, step=TOLD, repeat=0, recipient=rules.channel, role=CHANNEL)
    sales = _call_slot(case, 0)
    people = [*sales, *_call_slot(case, 1, besides=sales)] or _call_slot(case, _CRO_STEP)
    facts = {"design": incident.design, "incidents": list(decision.incidents), "people": people}
    case.record(AuditFact.GUARDRAIL_FIRED, data=facts)
    watch_over(case)
    _call_missed_tomorrow(case, tries=0)
    show(case)


def _policy(rules: Rules) -> EscalationPolicy:
    """Return whom the guardrail calls: leadership of both sides, at last the CRO."""
    minutes = round(OVERDUE_DAYS * rules.calendar.day_minutes)
    slots = (
        (Role.SALES_LEADERSHIP, rules.guardrail.sales_leadership),
        (Role.MARKETING_LEADERSHIP, rules.guardrail.marketing_leadership),
        (Role.CRO, ()),
    )
    return EscalationPolicy(
        name="guardrail",
        steps=tuple(
            EscalationStep(role=role, holders=keys, acknowledge_minutes=minutes)
            for role, keys in slots
        ),
    )


def _call_slot(
    case: Case, slot: int, *, repeat: int = 0, besides: Sequence[str] = ()
) -> list[str]:
    """Call the first of a slot who can be reached, or all the members of a user group.

    Who was called for another slot just now has the packet already.
    """
    step = case.escalation.policy.steps[slot]
    keys = case.keys_of(step)
    found = next((key for key in keys if case.can_reach(key)), None)
    if found is None:
        return []
    people = [one for one in case.members().get(found, (found,)) if one not in besides]
    for person in people:
        call(
            case,
            step=slot,
            repeat=repeat,
            recipient=person,
            role=step.role,
            is_substitute=found != keys[0],
        )
    return people


def _call_instead(case: Case, person: str) -> None:
    """Call the next of a leader's side; the CRO if nobody of leadership could be told."""
    made = [one for one in case.calls() if one.step != TOLD]
    slot = next((one.step for one in made if one.recipient == person), None)
    if slot is None:
        return
    called = [one.recipient for one in made]
    people = _call_slot(case, slot, besides=called)
    if not people and all((one.card, one.recipient) in case.undelivered for one in made):
        people = _call_slot(case, _CRO_STEP, besides=called)
    if people:
        facts = {"step": slot, "instead": person, "people": people}
        case.record(AuditFact.STEP_CALLED, data=facts)
        show(case)


def _missed(case: Case) -> list[int]:
    """Return the slots of leadership of which nobody has the packet, nor the CRO instead."""
    calls = [one for one in case.calls() if one.step != TOLD]
    if any(one.step == _CRO_STEP for one in calls):
        return []
    called = {one.recipient for one in calls}
    steps = case.escalation.policy.steps[:_CRO_STEP]
    return [
        slot
        for slot, step in enumerate(steps)
        if called.isdisjoint(persons_of(directory=case.directory, keys=case.keys_of(step)))
    ]


def _call_missed_tomorrow(case: Case, *, tries: int) -> None:
    """Look for leadership again when the next day opens, until the CRO is called instead."""
    fired_at, calendar = case.escalation.opened_at, case.rules.calendar
    due_at = _tomorrow(case)
    if _missed(case) and due_at < overdue_at(fired_at=fired_at, calendar=calendar):
        kind, slot = TimerKind.GUARDRAIL_CALL, str(tries + 1)
        timer = NewTimer(case.workspace, kind, case.escalation.id, due_at, slot=slot)
        timers.schedule(case.connection, timer)


def _try_tomorrow(case: Case, timer: Timer) -> None:
    """Look for the CRO again when the next day opens; the calls must not end with nobody."""
    again = str(int(timer.slot or 0) + 1)
    timers.schedule(
        case.connection,
        NewTimer(case.workspace, timer.kind, timer.subject, _tomorrow(case), slot=again),
    )


def _tomorrow(case: Case) -> datetime:
    """Return when the next day opens on the design's clock."""
    calendar = case.rules.calendar
    return calendar.opens_on(calendar.local_date(case.now) + timedelta(days=1))


def _join(
    connection: Connection, incident: IncidentRecord, running: Escalation, now: datetime
) -> None:
    """Let an incident join an open guardrail; those of a quarter of an hour are told together."""
    incidents.join(
        connection, workspace=incident.workspace, ids=[incident.id], guardrail=running.id
    )
    slot = (now - running.opened_at) // JOIN_EVERY
    due_at = running.opened_at + (slot + 1) * JOIN_EVERY
    timers.schedule(
        connection,
        NewTimer(incident.workspace, TimerKind.GUARDRAIL_JOIN, running.id, due_at, slot=str(slot)),
    )
    case = load(connection, workspace=incident.workspace, escalation_id=running.id, now=now)
    if case is None:
        return
    case.record(AuditFact.GUARDRAIL_JOINED, data={"incident": incident.id})
    show(case)


def _joined(case: Case, *, slot: int) -> list[str]:
    """Return what joined in a quarter of an hour, by the audit log; the slot may be negative.

    Not by when incidents were recorded: on a clock that was set back, those that join come before
    those that fired it. What joined at the very instant of firing is in the packet already.
    """
    opened_at = case.escalation.opened_at
    start = opened_at + slot * JOIN_EVERY
    history = audit.history(case.connection, workspace=case.workspace, subject=case.escalation.id)
    return [
        fact.data["incident"]
        for fact in history
        if fact.kind is AuditFact.GUARDRAIL_JOINED
        and start <= fact.at < start + JOIN_EVERY
        and fact.at != opened_at
    ]


def _cards(case: Case) -> Iterator[tuple[str, str]]:
    for one in case.calls():
        if one.card is not None:
            yield one.card, one.recipient
