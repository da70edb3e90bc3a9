"""The final error of an integration: a routing failure of the lead that it was about."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.incident import record_incident
from handoff.escalation.incident import SAME_ERROR, IncidentKind, is_same_failure
from handoff.lead import is_open
from storage import incidents, leads


def record_failure(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    lead_id: str,
    owner: str,
    integration: str,
    error: str,
) -> bool:
    """Record that an integration failed for good for a lead; an error that is retried is none.

    The same integration with the same error within an hour is one incident.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: When the error became final, UTC-aware.
        lead_id: The cycle.
        owner: Whom it was about; an owner who handed the lead on does not matter any more.
        integration: What failed, as people call it: "Slack".
        error: Its error, without what differs from case to case.

    Returns:
        False when it is part of an earlier incident, or the lead does not wait for this owner.
    """
    lead = leads.get(connection, workspace=workspace, lead=lead_id)
    if lead is None or not is_open(lead.state) or lead.owner != owner:
        return False
    cause = f"{integration}: {error}"
    earlier = incidents.failures_since(
        connection, workspace=workspace, cause=cause, since=now - SAME_ERROR
    )
    if is_same_failure(error_at=now, earlier_at=earlier):
        return False
    return record_incident(
        connection,
        workspace=workspace,
        now=now,
        lead_id=lead_id,
        kind=IncidentKind.ROUTING_FAILURE,
        occurred_at=now,
        cause=cause,
    )
