"""The owner commits to a lead (MQL becomes SAL), or lets the time to do so pass."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.messages import show_lead, tell_owner
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.reroute import REROUTED, move_to
from bot.flows.lead.route import matching_row
from bot.flows.lead.situation import situation_of
from handoff.audit import AuditFact
from handoff.lead import MOST_REROUTES, LeadState, is_open
from handoff.people import is_working
from handoff.routing.assignment import STAND_INS, AssignTo, Reason, assign, assign_fallback
from handoff.routing.eligibility import Exclusion
from storage import timers
from storage.assignments import Assignment
from storage.database import Database
from storage.timers import Timer, TimerKind

_STRATEGIES = frozenset({Reason.ROUND_ROBIN.value, Reason.LEAST_LOADED.value})
_STAND_INS = frozenset(reason.value for reason in STAND_INS)


def accept(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str
) -> Done | Denied:
    """Accept a lead as its owner.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        lead_id: The cycle.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        return Denied("I do not know this lead any more.") if case is None else _accept(case, by)

    return database.run(work)


def on_accept_by_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `clock.accept`: who stays silent loses the lead to a rep who works now, once.

    Only a rotation or the least loaded rep is replaced; everybody else is reminded.
    """
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is None or not timing.is_current(case, timer):
        return
    current = case.current()
    is_waiting = case.lead.state is LeadState.ASSIGNED and timing.running_clock(case) is not None
    if current is None or current.attempt != int(timer.slot) or not is_waiting:
        return
    decision = _replacement(case, current)
    if decision is not None:
        # It is one of the two re-routes after which the fallback has it: silence costs a lead as
        # much time as a decline does.
        if decision.reason not in STAND_INS:
            case.save(reroutes=case.lead.reroutes + 1)
        move_to(case, decision, end="silent", because="not accepted in time")
        return
    _remind(case, current)


def is_stand_in(current: Assignment | None) -> bool:
    """Return True while a lead is held as the fallback: to dispose of it, or to name a rep."""
    return current is not None and current.reason in _STAND_INS


def _accept(case: LeadCase, by: str) -> Done | Denied:
    state, owner = case.lead.state, case.lead.owner
    if not is_open(state):
        return Denied("This lead is not open any more; its message shows what became of it.")
    if by != owner:
        return Denied("This lead is not yours now; its message shows who has it.")
    if state is LeadState.ACCEPTED:
        return Done("You have accepted this lead already.")
    if is_stand_in(case.current()):
        # the fallback may only dispose of it or name a rep. A stand-in that
        # could accept would keep the lead from the reps for good; a touch counts all the same.
        return Denied("You hold this lead as the fallback: name a rep for it, or dispose of it.")
    case.become(LeadState.ACCEPTED, accepted_at=case.now)
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.lead.id,
        now=case.now,
        kinds=(TimerKind.CLOCK_ACCEPT, TimerKind.LEAD_NOTIFY),
    )
    case.record(AuditFact.LEAD_ACCEPTED, by=by)
    show_lead(case)
    return Done("Accepted. The clock runs until you have contacted the lead.")


def _replacement(case: LeadCase, current: Assignment) -> AssignTo | None:
    """Return who works now and takes over from a silent rep, or None.

    That is another rep; after two re-routes it is the fallback, as after a decline.
    """
    if current.reason not in _STRATEGIES or any(o.end == "silent" for o in case.assignments()):
        return None
    situation = situation_of(
        case, with_preferred=False, also_barred={current.rep: Exclusion.SILENT}
    )
    row = case.row or matching_row(case)
    if case.lead.reroutes < MOST_REROUTES or row is None:
        decision, wanted = assign(situation=situation), _STRATEGIES
    else:
        decision = assign_fallback(situation=situation, row=row, because=REROUTED)
        wanted = _STAND_INS
    if not isinstance(decision, AssignTo) or decision.reason.value not in wanted:
        return None
    return decision if decision.notify_at <= case.now else None


def _remind(case: LeadCase, current: Assignment) -> None:
    """Remind an owner who is at work; one who is not yet will be told when work starts."""
    if is_working(directory=case.directory, person=current.rep, at=case.now):
        clock = timing.running_clock(case)
        due_at = clock.due_at.isoformat() if clock else None
        facts = {"due_at": due_at, "why": "accept"}
        tell_owner(case, kind="clock.warning", event=f"accept:{current.attempt}", facts=facts)
