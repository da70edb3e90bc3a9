"""The owner's work starts: tell them now, after looking again whether they can take the lead."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead.case import lock
from bot.flows.lead.give import notify_later
from bot.flows.lead.messages import show_lead
from bot.flows.lead.reroute import reroute
from handoff.lead import LeadState
from handoff.people import next_working_at
from handoff.routing.eligibility import availability
from storage.timers import Timer


def on_notify_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `lead.notify`: the ping goes out, later, or to somebody else.

    Whoever's lead was touched before their work started is told all the same: they say what
    became of it.
    """
    attempt, _, again = timer.slot.partition(".")
    case = lock(connection, workspace=timer.workspace, lead_id=timer.subject, now=now)
    if case is None or case.lead.state not in (LeadState.ASSIGNED, LeadState.TOUCHED):
        return
    current = case.current()
    if current is None or current.attempt != int(attempt):
        return
    works_at, excluded = availability(directory=case.directory, person=current.rep, at=now)
    if excluded is not None and case.lead.state is LeadState.TOUCHED:
        # It stays theirs: what became of it is asked when they are back, of nobody who left.
        works_at = next_working_at(directory=case.directory, person=current.rep, at=now)
    elif excluded is not None or works_at is None:
        reroute(case, end="away", because="not at work when the lead was to be told")
        return
    if works_at is None:
        return
    if works_at > now:
        notify_later(case, at=works_at, attempt=current.attempt, again=int(again) + 1)
    else:
        show_lead(case)
