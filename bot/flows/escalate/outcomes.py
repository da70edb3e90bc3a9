"""What people who act on an escalation are answered."""

from zoneinfo import ZoneInfo

from bot.flows.escalate.case import Case
from bot.flows.signoff.outcomes import Denied
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from handoff.people import display_name, find_person

UNKNOWN = Denied("I do not know this escalation. Please look at its newest message.")


def refusal(case: Case, *, by: str) -> Denied | None:
    """Say why a person may not act on an escalation, or None if they may; it is logged.

    Args:
        case: The escalation, locked.
        by: Slack id from the signed payload.
    """
    if case.has_ended:
        return Denied(_over(case, by))
    if case.may_act(by):
        return None
    case.record(AuditFact.ESCALATION_REFUSED, by=by)
    if by == case.owner:
        return Denied(
            "You own this lead, so somebody else has to take the escalation. Contact the lead "
            "and press Contacted on its message: that ends it."
        )
    called = dict.fromkeys(call.recipient for call in case.calls() if call.skipped is None)
    people = tuple(key for key in called if find_person(directory=case.directory, key=key))
    return Denied(
        "Only those who were called, the pod's manager and RevOps can do this.",
        tuple(key for key in people if key != case.owner),
    )


def taken(case: Case, *, by: str) -> Denied:
    """Say that somebody else has it."""
    now = case.escalation
    name = display_name(directory=case.directory, key=now.acknowledged_by or "")
    at = now.acknowledged_at or case.now
    return Denied(f"{name} has it already, since {at.astimezone(_zone(case, by)):%H:%M}.")


def _over(case: Case, by: str) -> str:
    now = case.escalation
    at = (now.ended_at or case.now).astimezone(_zone(case, by))
    if now.state is EscalationState.VOIDED:
        return "This was no breach after all: an earlier touch was proven. Nothing is left to do."
    known = find_person(directory=case.directory, key=now.ended_by or "")
    who = f" by {known.name}" if known else ""
    return f"This was resolved{who} on {at:%-d %b at %H:%M}. Nothing is left to do."


def _zone(case: Case, person: str) -> ZoneInfo:
    known = find_person(directory=case.directory, key=person)
    return ZoneInfo(known.timezone if known else "UTC")
