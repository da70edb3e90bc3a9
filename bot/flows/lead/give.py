"""Give a lead to somebody: the assignment, its explanation, its timers, its message."""

from datetime import datetime

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase
from bot.flows.lead.messages import show_lead
from handoff.audit import AuditFact
from handoff.directory import Pod
from handoff.lead import LeadState
from handoff.routing.assignment import AssignTo, Turn
from handoff.routing.rotation import rotation
from storage.assignments import Assignment
from storage.timers import TimerKind


def give(case: LeadCase, decision: AssignTo, *, by: str = "handoff", because: str = "") -> None:
    """Carry out an assignment: the lead, its explanation, whoever is told, and when.

    Args:
        case: The lead, locked; an assignment before this one has ended.
        decision: Who gets it, and why.
        by: Who decided: the app, or the person who named the owner.
        because: Why again, for the audit log; empty the first time.
    """
    _take_turn(case, decision)
    row, before = decision.explanation.row, case.lead.owner
    pod = _pod_name(case, row, decision.person)
    case.become(
        LeadState.ASSIGNED,
        owner=decision.person,
        rule=row or case.lead.rule,
        pod=pod,
        assigned_at=case.lead.assigned_at or case.now,
        accepted_at=None,
    )
    attempt = _remember(case, decision)
    case.record(
        AuditFact.LEAD_REASSIGNED if by != "handoff" else AuditFact.LEAD_ASSIGNED,
        by=by,
        data={
            "to": decision.person,
            "from": before,
            "reason": decision.reason.value,
            "row": row,
            "attempt": attempt,
            "because": because,
        },
    )
    timing.set_accept_by(case, attempt=attempt)
    if decision.notify_at > case.now:
        notify_later(case, at=decision.notify_at, attempt=attempt)
    show_lead(case)


def notify_later(case: LeadCase, *, at: datetime, attempt: int, again: int = 0) -> None:
    """Tell the owner when their work starts, after looking again whether it does."""
    slot = f"{attempt}.{again}"
    case.records.schedule(timing.timer(case, TimerKind.LEAD_NOTIFY, due_at=at, slot=slot))


def _take_turn(case: LeadCase, decision: AssignTo) -> None:
    """Store the rotation after its pick; it was locked when the situation was read."""
    turn: Turn | None = decision.turn
    if turn is not None:
        case.records.take_turn(turn, picked=decision.person)


def _remember(case: LeadCase, decision: AssignTo) -> int:
    attempt = len(case.assignments()) + 1
    explanation = timing.with_arithmetic(case, decision.explanation)
    new = Assignment(
        workspace=case.workspace,
        lead=case.lead.id,
        attempt=attempt,
        rep=decision.person,
        pod=case.lead.pod,
        reason=decision.reason.value,
        explanation=explanation,
        at=case.now,
        notify_at=decision.notify_at,
    )
    case.records.assign(new, directory=case.directory)
    case.forget_assignments()
    return attempt


def _pod_name(case: LeadCase, row_id: str | None, person: str) -> str | None:
    """Return the pod through which the lead came: of the row's, the one that has the owner."""
    row = case.running.rows.get(row_id or "") if case.work else None
    names = row.pods if row else ()
    pods = rotation(directory=case.directory, names=names).pods
    mine = (pod.name for pod in pods if _is_in(pod, person))
    return next(mine, next(iter(names), case.lead.pod))


def _is_in(pod: Pod, person: str) -> bool:
    return any(member.person == person for member in pod.members)
