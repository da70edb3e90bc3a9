"""A manager takes a lead or gives it to somebody; the fallback owner names a rep."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.accept import is_stand_in
from bot.flows.lead.breach import breach_if_due
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.give import give
from bot.flows.lead.incidents import is_called, show_owner
from bot.flows.lead.outcomes import Denied, Done
from handoff.lead import is_open
from handoff.routing.assignment import AssignTo, Explanation, Reason
from handoff.routing.eligibility import availability
from storage.database import Database


def reassign(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str, to: str
) -> Done | Denied:
    """Give an open lead to a named person; it does not count as a re-route.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload: the pod's manager, RevOps, who holds the lead as
            the fallback, or whoever is called about a lead that belongs to nobody.
        lead_id: The cycle.
        to: Slack id of the new owner; `by` itself to take it.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        if case is None:
            return Denied("I do not know this lead any more.")
        return _reassign(case, by=by, to=to)

    return database.run(work)


def may_reassign(case: LeadCase, by: str) -> bool:
    """Return True for the pod's manager, RevOps, and who holds the lead as the fallback.

    A lead that belongs to nobody is given to somebody by whoever is called about it, too.
    """
    if by in case.managers() or (by == case.lead.owner and is_stand_in(case.current())):
        return True
    return case.lead.owner is None and is_called(case, by)


def _reassign(case: LeadCase, *, by: str, to: str) -> Done | Denied:
    if not is_open(case.lead.state):
        return Denied("This lead is not open any more; its message shows what became of it.")
    if not may_reassign(case, by):
        return Denied("Only the pod's manager and RevOps can give a lead to somebody else.")
    if to == case.lead.owner and not is_stand_in(case.current()):
        return Denied("This person has the lead already.")
    works_at, out = availability(directory=case.directory, person=to, at=case.now)
    if out is not None or works_at is None:
        return Denied("This person is away, or not known here. Please choose somebody else.")
    if case.work is not None and case.lead.clock is None:
        # Routing failed before it could, and will not be tried again: by the band's own target.
        timing.start(case, row=None)
    breach_if_due(case)
    case.end_assignment("reassigned")
    explanation = Explanation(row=case.lead.rule, notes=(f"named by {by}",))
    decision = AssignTo(
        person=to,
        reason=Reason.REASSIGNED,
        # Whoever takes a lead is here, whatever their working hours say.
        notify_at=case.now if by == to else works_at,
        explanation=explanation,
    )
    give(case, decision, by=by, because="reassigned")
    show_owner(case)
    return Done("Done. The new owner is told." if by != to else "The lead is yours.")
