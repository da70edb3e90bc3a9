"""Route a lead: clock, owner, message; or hold, retry, fallback, routing failure."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.give import give
from bot.flows.lead.incidents import report, show_owner
from bot.flows.lead.messages import show_lead, tell_people
from bot.flows.lead.situation import situation_of
from bot.flows.rows import attempt
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.brief import Band, OnMissing
from handoff.directory import Role
from handoff.escalation.incident import IncidentKind
from handoff.lead import MOST_REROUTES, LeadState
from handoff.people import holders, is_reachable, persons_of
from handoff.routing.assignment import (
    AssignTo,
    Explanation,
    Hold,
    Incomplete,
    Situation,
    Unroutable,
    assign,
    assign_fallback,
    decide_missing,
    retry_after,
)
from handoff.routing.eligibility import NO_CAPS
from handoff.routing.fields import missing_fields
from handoff.routing.matching import compiled_rows
from handoff.routing.rules import RoutingRow
from storage import timers
from storage.timers import NewTimer, Timer, TimerKind

_ROUTABLE = frozenset({LeadState.NEW, LeadState.HELD})


def route_lead(connection: Connection, *, workspace: str, now: datetime, lead_id: str) -> None:
    """Give a stored lead to somebody, and start its clock.

    A failure inside (a broken rule, a record that cannot be read) keeps the lead and tries again
    after 1 and 5 minutes; it is never lost.

    Args:
        connection: The transaction that stored the lead; its design is locked here first.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: A cycle that was just stored, or is held; in any other state nothing is done.
    """
    _try(connection, workspace=workspace, now=now, lead_id=lead_id, tries=1)


def on_retry_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `route.retry`: try again, at last the fallback, then a routing failure."""
    _try(
        connection,
        workspace=timer.workspace,
        now=now,
        lead_id=timer.subject,
        tries=int(timer.slot) + 1,
    )


def on_hold_over(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `lead.hold`: the wait for enrichment is over; do what the row says."""
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is not None and case.lead.state is LeadState.HELD:
        route(case, tries=1)


def route(case: LeadCase, *, tries: int) -> None:
    """Route a lead that is locked.

    Args:
        case: The lead, new or held.
        tries: Which try this is, from 1; the third takes the fallback whatever is missing.
    """
    if case.work is None:
        fail(case, cause="no design takes this lead", explanation=None)
        return
    row = matching_row(case)
    if case.lead.clock is None:
        timing.start(case, row=row)
    if row is not None and case.state is VersionState.PAUSED:
        # At once, whatever it lacks: waiting for fields would only cost the fallback time.
        situation = situation_of(case, with_preferred=True)
        _fall_back(case, situation, row, because="the design is paused")
    elif row is None or _is_complete(case, row, tries):
        settle(case, assign(situation=situation_of(case, with_preferred=True)))


def route_if_complete(case: LeadCase) -> None:
    """Route a held lead that has all its fields by now; else it goes on waiting as it does."""
    row = matching_row(case)
    if row is None or not missing_fields(required=row.required_fields, lead=case.fields):
        route(case, tries=1)


def route_after_all(case: LeadCase) -> None:
    """Try again for a lead that nobody could take: it came again, and may find somebody now.

    If it does not, everything stays as it is, and with whoever was called about it. The clock of
    a lead that no design took starts now: there is no earlier due instant.
    """
    row = matching_row(case) if case.work is not None else None
    if row is None or missing_fields(required=row.required_fields, lead=case.fields):
        return
    situation = situation_of(case, with_preferred=True)
    if case.state is VersionState.PAUSED or case.lead.reroutes >= MOST_REROUTES:
        decision = assign_fallback(situation=situation, row=row)
    else:
        decision = assign(situation=situation)
    if not isinstance(decision, AssignTo):
        return
    if case.lead.clock is None:
        timing.start(case, row=row, at=case.now)
    give(case, decision, because="it came again")
    show_owner(case)


def settle(case: LeadCase, decision: AssignTo | Unroutable, *, because: str = "") -> None:
    """Carry out whatever was decided about the owner."""
    if isinstance(decision, AssignTo):
        give(case, decision, because=because)
    else:
        fail(case, cause=decision.because, explanation=decision.explanation)


def fail(case: LeadCase, *, cause: str, explanation: Explanation | None) -> None:
    """Store that nobody could be found: a routing failure, dated now. The clock runs on."""
    case.become(LeadState.UNROUTABLE, owner=None)
    data = {"cause": cause}
    if explanation is not None:
        data["explanation"] = explanation.model_dump_json()
    case.record(AuditFact.ROUTING_FAILED, data=data)
    show_lead(case)
    report(case, kind=IncidentKind.ROUTING_FAILURE, occurred_at=case.now, cause=cause)


def matching_row(case: LeadCase) -> RoutingRow | None:
    """Return the first row whose conditions the lead meets."""
    fields = case.fields
    rows = compiled_rows(case.running.design.binding.routing)
    return next((one.row for one in rows if one.is_met(fields)), None)


def _try(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str, tries: int
) -> None:
    """Route in a savepoint; what fails is tried again later, at last without the rules."""

    def work() -> None:
        with connection.begin_nested():
            case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
            if case is not None and case.lead.state in _ROUTABLE:
                route(case, tries=tries)

    error = attempt(work, what="routing", workspace=workspace, lead=lead_id, tries=tries)
    if error is None:
        return
    again = _retry(workspace, lead_id, now=now, tries=tries)
    if again is not None:
        timers.schedule(connection, again)
        return
    case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
    if case is not None and case.lead.state in _ROUTABLE:
        _last_resort(case, cause=f"routing failed {tries} times: {type(error).__name__}")


def _last_resort(case: LeadCase, *, cause: str) -> None:
    """After the retries: the fallback of the last row, read without the rules; else a failure."""
    row = case.running.design.binding.routing.rows[-1] if case.work else None
    if row is None:
        fail(case, cause=cause, explanation=None)
        return
    if case.lead.clock is None:
        timing.start(case, row=row)
    directory = case.running.as_frozen(case.directory)
    situation = Situation(
        matrix=case.running.design.binding.routing,
        lead={},
        directory=directory,
        default_caps=NO_CAPS,
        at=case.now,
    )
    _fall_back(case, situation, row, because=cause)


def _is_complete(case: LeadCase, row: RoutingRow, tries: int) -> bool:
    """Return True when the lead can go on to an owner; else see to what it waits for.

    A lead that lacks required fields is held, the clock running; then the row decides.
    """
    was_held = case.lead.state is LeadState.HELD
    found = decide_missing(
        row=row,
        lead=case.fields,
        target_minutes=case.running.target_minutes(row, case.lead.band or Band.C),
        was_held=was_held,
    )
    match found:
        case Hold():
            _hold(case, found)
            return False
        case Incomplete(then=OnMissing.FALLBACK):
            _to_fallback(case, row, found.fields)
            return False
        case Incomplete(then=OnMissing.ASK_MARKETING):
            return _ask_marketing(case, row, found.fields, tries)
        case _:
            return True


def _hold(case: LeadCase, hold: Hold) -> None:
    over_at = case.calendar.add(case.now, hold.minutes)
    case.become(LeadState.HELD)
    case.record(
        AuditFact.LEAD_HELD,
        data={"missing": list(hold.fields), "until": over_at.isoformat()},
    )
    case.records.schedule(timing.timer(case, TimerKind.LEAD_HOLD, due_at=over_at))


def _to_fallback(case: LeadCase, row: RoutingRow, missing: Sequence[str]) -> None:
    situation = situation_of(case, with_preferred=False)
    _fall_back(case, situation, row, because=f"still missing: {', '.join(missing)}")


def _fall_back(case: LeadCase, situation: Situation, row: RoutingRow, *, because: str) -> None:
    decision = assign_fallback(situation=situation, row=row, because=because)
    settle(case, decision, because=because)


def _ask_marketing(case: LeadCase, row: RoutingRow, missing: Sequence[str], tries: int) -> bool:
    """Ask marketing once for what is missing, look again after each retry, then fall back."""
    again = _retry(case.workspace, case.lead.id, now=case.now, tries=tries)
    if again is None:
        _to_fallback(case, row, missing)
        return False
    facts = {"missing": list(missing)}
    asked = _marketing(case)
    tell_people(case, people=asked, kind="lead.incomplete", event="missing", facts=facts)
    case.records.schedule(again)
    return False


def _marketing(case: LeadCase) -> Sequence[str]:
    """Return who leads marketing: the first who is here; if nobody is, who is in charge."""
    directory = case.directory
    keys = case.running.design.binding.guardrail.marketing_leadership or holders(
        directory=directory, role=Role.MARKETING_LEADERSHIP
    )
    people = persons_of(directory=directory, keys=keys)
    here = [one for one in people if is_reachable(directory=directory, person=one, at=case.now)]
    return (here or people)[:1]


def _retry(workspace: str, lead_id: str, *, now: datetime, tries: int) -> NewTimer | None:
    """Return the timer of the next try, None after the last."""
    wait = retry_after(attempts=tries)
    if wait is None:
        return None
    return NewTimer(workspace, TimerKind.ROUTE_RETRY, lead_id, now + wait, slot=str(tries))
