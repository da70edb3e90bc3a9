"""Take a lead from its owner and find another; the clock never restarts."""

from bot.flows.lead.case import LeadCase
from bot.flows.lead.incidents import show_owner
from bot.flows.lead.route import fail, matching_row, settle
from bot.flows.lead.situation import situation_of
from handoff.audit import AuditFact
from handoff.lead import MOST_REROUTES
from handoff.routing.assignment import AssignTo, Unroutable, assign, assign_fallback

#: Why the fallback has a lead that reps had before.
REROUTED = f"re-routed {MOST_REROUTES} times"


def reroute(
    case: LeadCase,
    *,
    end: str,
    because: str,
    note: str | None = None,
    to_fallback: bool = False,
) -> None:
    """End the assignment that holds and give the lead to somebody else.

    Args:
        case: The lead, locked and assigned or accepted.
        end: Why the assignment ended, one word; `declined` and `silent` bar its rep.
        because: The same for people.
        note: What the owner said.
        to_fallback: Give it to the row's fallback, as after two re-routes.
    """
    _end(case, end=end, because=because, note=note)
    if case.work is None:
        fail(case, cause="no design takes this lead", explanation=None)
        show_owner(case)
        return
    situation = situation_of(case, with_preferred=False)
    row = case.row or matching_row(case)
    if to_fallback and row is not None:
        decision = assign_fallback(situation=situation, row=row, because=REROUTED)
        _carry_out(case, decision, because=because)
    else:
        _carry_out(case, assign(situation=situation), because=because)


def move_to(case: LeadCase, decision: AssignTo | Unroutable, *, end: str, because: str) -> None:
    """End the assignment that holds, and carry out what was decided instead."""
    _end(case, end=end, because=because, note=None)
    _carry_out(case, decision, because=because)


def _carry_out(case: LeadCase, decision: AssignTo | Unroutable, *, because: str) -> None:
    """Give the lead to the next one; who is called about it already sees who that is."""
    settle(case, decision, because=because)
    show_owner(case)


def _end(case: LeadCase, *, end: str, because: str, note: str | None) -> None:
    before = case.lead.owner
    case.end_assignment(end, note=note)
    case.record(AuditFact.LEAD_REROUTED, data={"from": before, "because": because})
