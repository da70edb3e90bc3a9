"""The climb for one lead: opened by an incident, one step after the other, closed by a touch."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.announce import call, show, tell
from bot.flows.escalate.case import Case, load, lock
from handoff.audit import AuditFact
from handoff.escalation.climb import (
    Call,
    EscalationState,
    Position,
    Skip,
    SkipReason,
    next_call,
    not_reached,
)
from handoff.escalation.incident import IncidentKind
from handoff.escalation.policy import EscalationPolicy
from handoff.people import display_name, is_reachable, persons_of
from storage import audit, escalations, incidents, timers
from storage.escalations import Escalation, EscalationCall, EscalationKind
from storage.ids import new_id
from storage.incidents import IncidentRecord
from storage.timers import NewTimer, Timer, TimerKind

#: Who ends a climb that no person resolved.
APP = "handoff"

#: What waits for something to happen in an escalation.
WAITING = (
    TimerKind.ESCALATION_STEP,
    TimerKind.ACKNOWLEDGE_EXPIRE,
    TimerKind.PROMISE_DUE,
    TimerKind.GUARDRAIL_CALL,
    TimerKind.GUARDRAIL_JOIN,
    TimerKind.GUARDRAIL_OVERDUE,
)


def open_climb(
    connection: Connection,
    *,
    incident: IncidentRecord,
    policy: EscalationPolicy,
    now: datetime,
    is_again: bool = False,
) -> None:
    """Open the climb for an incident: tell owner and channel, and run the first step at once.

    Args:
        connection: The transaction, which locked the design and the lead.
        incident: Just stored.
        policy: Snapshot from when the lead's clock started.
        now: The domain's instant, UTC-aware.
        is_again: Its lead went wrong once more; then only if no climb runs.
    """
    climb_id = new_id("esc", now=now)
    if is_again and _unended(
        connection, workspace=incident.workspace, lead_id=incident.lead or ""
    ):
        return
    climb = Escalation(
        workspace=incident.workspace,
        id=climb_id,
        kind=EscalationKind.LEAD,
        subject=f"{incident.id}/{climb_id}" if is_again else incident.id,
        design=incident.design,
        lead=incident.lead,
        policy=policy,
        opened_at=now,
    )
    if not escalations.start(connection, escalation=climb):
        return
    case = load(connection, workspace=climb.workspace, escalation_id=climb.id, now=now)
    if case is None:
        return
    case.record(AuditFact.ESCALATION_OPENED, data={"incident": incident.id, "lead": climb.lead})
    tell(case)
    run_step(case)


def on_step_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `escalation.step`: nobody acknowledged in time, so call the next one."""
    case = lock_waiting(connection, timer, now, EscalationState.OPEN)
    if case is not None:
        run_step(case, due_at=timer.due_at)


def go_past(
    connection: Connection, *, workspace: str, now: datetime, card: str, person: str
) -> None:
    """Let the next call of the climbs on a message be due at once, if their last reached nobody.

    Args:
        connection: The transaction. It holds a message, so no climb is locked here: the time that
            is brought forward leads to the next call, which locks.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        card: The message that Slack would not take.
        person: Who could not be told. If others got the same call, the climb waits for them.
    """
    for climb in escalations.on_card(connection, workspace=workspace, card=card, recipient=person):
        case = load(connection, workspace=workspace, escalation_id=climb.id, now=now)
        if case and case.is_open and person in _called_last(case) and _reached_nobody(case):
            timers.bring_forward(
                connection,
                workspace=workspace,
                subject=climb.id,
                kind=TimerKind.ESCALATION_STEP,
                generation=climb.revision,
                due_at=now,
            )


def run_step(case: Case, *, due_at: datetime | None = None) -> None:
    """Decide the next call of an open climb, make it, and set the time of the one after it.

    Args:
        case: The climb, locked.
        due_at: When it was due, for the record of how late it is; None at once.
    """
    position = case.escalation.position
    if position is not None and _reached_nobody(case):
        position = not_reached(position)
    decision = next_call(
        policy=case.escalation.policy,
        position=position,
        reachable=lambda step: _reachable(case, step),
        now=case.now,
        calendar=case.rules.calendar,
        members=case.members(),
    )
    _note(case, decision.skipped, decision.position)
    if isinstance(decision, Call):
        case.save(position=decision.position)
        _call(case, decision, due_at=due_at)
    else:
        case.save()  # a revision of its own, for the time that is set next
    schedule(case, TimerKind.ESCALATION_STEP, decision.next_at)
    show(case)


def close_climb(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str, because: str
) -> None:
    """Resolve the climb of a lead's cycle, if one runs: the lead was touched or disposed of.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: The cycle.
        because: What resolved it, in words: "touched".
    """
    case = _running(connection, workspace=workspace, now=now, lead_id=lead_id)
    if case is not None:
        finish(case, EscalationState.RESOLVED, by=APP, cause=because)
        case.record(AuditFact.ESCALATION_RESOLVED, data={"cause": because})


def may_act_on(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str, person: str
) -> bool:
    """Tell whether a climb runs for a lead that this person may acknowledge."""
    found = _unended(connection, workspace=workspace, lead_id=lead_id)
    if found is None:
        return False
    case = load(connection, workspace=workspace, escalation_id=found.id, now=now)
    return case is not None and case.may_act(person)


def show_climb(connection: Connection, *, workspace: str, now: datetime, lead_id: str) -> None:
    """Update what a lead's climb shows, if one runs: the lead has another owner."""
    case = _running(connection, workspace=workspace, now=now, lead_id=lead_id)
    if case is not None:
        show(case)


def tell_late(connection: Connection, *, workspace: str, now: datetime, lead_id: str) -> bool:
    """Tell a lead's owner and channel that it is late while its climb runs; False if none does."""
    case = _running(connection, workspace=workspace, now=now, lead_id=lead_id)
    if case is None:
        return False
    tell(case)
    show(case)
    return True


def void_incident(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str, because: str
) -> None:
    """Void the breach of a lead's cycle and stop its climb: an earlier touch was proven.

    A packet that leadership already has stays, with a note. A routing failure stays what it was,
    whenever the lead was touched; its climb is over all the same.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: The cycle.
        because: What was proven, in words.
    """
    found = incidents.of_lead(connection, workspace=workspace, lead=lead_id)
    if found is not None and found.kind is not IncidentKind.BREACH:
        close_climb(connection, workspace=workspace, now=now, lead_id=lead_id, because="touched")
        return
    case = _running(connection, workspace=workspace, now=now, lead_id=lead_id)
    incident = incidents.void(connection, workspace=workspace, lead=lead_id, now=now)
    if case is not None:
        finish(case, EscalationState.VOIDED, by=APP, cause=because)
        case.record(AuditFact.ESCALATION_VOIDED, data={"cause": because})
    if incident is not None:
        _record_void(connection, incident=incident, because=because, now=now)


def finish(case: Case, state: EscalationState, *, by: str, cause: str) -> None:
    """End a climb for good: nothing more is due, and all its messages say so."""
    case.become(state, ended_by=by, ended_at=case.now, cause=cause)
    stop_waiting(case)
    show(case)


def stop_waiting(case: Case) -> None:
    """Cancel whatever the climb waits for."""
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.escalation.id,
        now=case.now,
        kinds=WAITING,
    )


def schedule(case: Case, kind: TimerKind, due_at: datetime) -> None:
    """Set what the climb waits for next; it replaces an earlier time of the same kind."""
    generation = case.escalation.revision
    timer = NewTimer(case.workspace, kind, case.escalation.id, due_at, generation=generation)
    timers.schedule(case.connection, timer)


def lock_waiting(
    connection: Connection, timer: Timer, now: datetime, state: EscalationState
) -> Case | None:
    """Lock the climb of a timer and return it if it still waits for just this timer."""
    case = lock(connection, workspace=timer.workspace, escalation_id=timer.subject, now=now)
    if case is None or case.escalation.state is not state:
        return None
    return case if case.escalation.revision == timer.generation else None


# Private functions


def _called_last(case: Case) -> dict[str, str | None]:
    """Return whom the last call went to, each with its card."""
    position = case.escalation.position
    if position is None:
        return {}
    at = (position.reopens, position.step, position.repeats[position.step] - 1)
    return {
        one.recipient: one.card
        for one in case.calls()
        if (one.reopen, one.step, one.repeat) == at and one.skipped is None
    }


def _reached_nobody(case: Case) -> bool:
    """Tell whether Slack would take the last call for nobody."""
    called = _called_last(case)
    return bool(called) and all(
        (card, person) in case.undelivered for person, card in called.items()
    )


def _reachable(case: Case, step: int) -> list[str]:
    """Return whom a step reaches now, in order, user groups by their key."""
    keys = case.keys_of(case.escalation.policy.steps[step])
    return [key for key in keys if case.can_reach(key)]


def _call(case: Case, made: Call, *, due_at: datetime | None) -> None:
    """Call the person of a step, or those of a user group who stand in no other step."""
    step = case.escalation.policy.steps[made.step]
    members = case.members()
    others = {
        person
        for at, key in made.position.standing.items()
        if at != made.step
        for person in members.get(key, (key,))
    }
    people = [one for one in members.get(made.person, (made.person,)) if one not in others]
    is_substitute = made.person != case.keys_of(step)[0]
    for person in people:
        call(
            case,
            step=made.step,
            repeat=made.repeat,
            recipient=person,
            role=step.role,
            is_substitute=is_substitute,
        )
    facts = {"step": made.step, "repeat": made.repeat, "reopen": made.reopen, "people": people}
    late = {} if due_at is None else {"late_seconds": (case.now - due_at).total_seconds()}
    case.record(AuditFact.STEP_CALLED, data=facts | late)


def _note(case: Case, skips: Sequence[Skip], position: Position | None) -> None:
    """Remember the steps that were passed over, and why."""
    for skip in skips:
        role = case.escalation.policy.steps[skip.step].role
        note = EscalationCall(
            escalation=case.escalation.id,
            reopen=position.reopens if position else 0,
            step=skip.step,
            repeat=position.repeats.get(skip.step, 0) if position else 0,
            recipient=role,
            role=role,
            skipped=_words(case, skip),
            at=case.now,
        )
        if escalations.call(case.connection, workspace=case.workspace, call=note):
            facts = {"step": skip.step, "reason": skip.reason.value, "person": skip.person}
            case.record(AuditFact.STEP_SKIPPED, data=facts)


def _words(case: Case, skip: Skip) -> str:
    directory = case.directory
    if skip.reason is SkipReason.STANDS_IN_EARLIER_STEP and skip.person is not None:
        return f"{display_name(directory=directory, key=skip.person)} was called already"
    people = persons_of(
        directory=directory, keys=case.keys_of(case.escalation.policy.steps[skip.step])
    )
    if case.owner in people and is_reachable(directory=directory, person=case.owner, at=case.now):
        return f"{display_name(directory=directory, key=case.owner)} owns the lead"
    return "nobody can be reached"


def _running(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str
) -> Case | None:
    """Lock and return the climb of a lead's cycle unless it has ended."""
    found = _unended(connection, workspace=workspace, lead_id=lead_id)
    if found is None:
        return None
    case = lock(connection, workspace=workspace, escalation_id=found.id, now=now)
    return None if case is None or case.has_ended else case


def _unended(connection: Connection, *, workspace: str, lead_id: str) -> Escalation | None:
    found = escalations.of_lead(connection, workspace=workspace, lead=lead_id)
    return found if found is not None and found.ended_at is None else None


def _record_void(
    connection: Connection, *, incident: IncidentRecord, because: str, now: datetime
) -> None:
    """Remember that an incident was none, and say so on the packet that leadership has."""
    workspace = incident.workspace
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.INCIDENT_VOIDED,
        actor=APP,
        subject=incident.lead or incident.id,
        now=now,
        data={"incident": incident.id, "cause": because},
    )
    if incident.guardrail is not None:
        packet = load(connection, workspace=workspace, escalation_id=incident.guardrail, now=now)
        if packet is not None:
            show(packet)
