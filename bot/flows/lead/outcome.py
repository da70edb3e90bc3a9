"""What became of a touched lead, by one tap or by API."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import lock
from bot.flows.lead.messages import show_lead
from bot.flows.lead.outcomes import Denied, Done
from handoff.audit import AuditFact
from handoff.lead import LeadState, Outcome, is_open
from storage.database import Database
from storage.leads import Lead


def close(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str, outcome: Outcome
) -> Done | Denied:
    """Close a touched lead with its outcome, as its owner or one of the managers.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        lead_id: The cycle.
        outcome: What became of it.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
        if case is None:
            return Denied("I do not know this lead any more.")
        if by not in case.managers() | {case.lead.owner}:
            return Denied("Only the lead's owner and the managers can say what became of it.")
        return close_lead(
            connection, workspace=workspace, now=now, lead_id=lead_id, by=by, outcome=outcome
        )

    return database.run(work)


def close_lead(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    lead_id: str,
    by: str,
    outcome: Outcome,
) -> Done | Denied:
    """Close a touched lead; `by` is a person or a source that is trusted to say so.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: The cycle.
        by: Slack id, or the name of an intake source.
        outcome: What became of it.
    """
    case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
    if case is None:
        return Denied("I do not know this lead any more.")
    if is_open(case.lead.state):
        return Denied("This lead was not contacted yet. Record the first touch, then its outcome.")
    if case.lead.state is not LeadState.TOUCHED:
        return _ended(case.lead, outcome)
    case.end_assignment("closed")
    case.become(LeadState.CLOSED, outcome=outcome, ended_at=now)
    timing.stop_timers(case)
    case.record(AuditFact.LEAD_CLOSED, by=by, data={"outcome": outcome.value})
    show_lead(case)
    return Done("Thank you. That closes the lead.")


def _ended(lead: Lead, outcome: Outcome) -> Done | Denied:
    """Answer for a lead that is over: the same again changes nothing, and nothing else counts."""
    if lead.outcome is outcome:
        return Done("This lead is closed already.")
    if lead.state is LeadState.NURTURED:
        return Denied("This lead was not handed over, so nothing became of it yet.")
    stands = f"as {lead.outcome.value.replace('_', ' ')}" if lead.outcome else "as history"
    return Denied(f"This lead is closed already, {stands}; that stays.")
