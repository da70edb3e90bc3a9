"""Record an incident: store it, open its climb, and look at the guardrail."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.climb import open_climb, tell_late
from bot.flows.escalate.guardrail import check_guardrail
from bot.flows.escalate.rules import Rules, rules_at
from handoff.audit import AuditFact
from handoff.escalation.incident import IncidentKind, is_incident
from handoff.lead import LeadState
from storage import audit, designs, incidents, leads
from storage import directory as directories
from storage.ids import new_id
from storage.incidents import IncidentRecord
from storage.leads import Lead


def record_incident(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    lead_id: str,
    kind: IncidentKind,
    occurred_at: datetime,
    cause: str | None = None,
) -> bool:
    """Record a breach or a routing failure of a lead, unless this cycle has an incident already.

    Opens the climb by the policy of the lead's version, tells its owner and the design's channel,
    runs the first step at once, and fires or joins the guardrail. Owner, row and version are
    read from the lead as it is stored, so save it first.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: The cycle.
        kind: What went wrong.
        occurred_at: Its own time: a breach's due instant, or when routing failed.
        cause: What a routing failure was caused by, in words.

    Returns:
        False when it is no incident: a test lead, one disposed of, or not the cycle's first.
    """
    lead = _locked(connection, workspace=workspace, lead_id=lead_id, now=now)
    if lead is None:
        return False
    earlier = incidents.of_lead(connection, workspace=workspace, lead=lead_id)
    is_disposed = lead.state is LeadState.DISPOSED
    if not is_incident(
        is_test=lead.is_test, is_disposed=is_disposed, has_incident=earlier is not None
    ):
        return False
    incident = IncidentRecord(
        workspace=workspace,
        id=new_id("inc", now=now),
        design=lead.design or designs.UNMATCHED,
        lead=lead.id,
        kind=kind,
        rule=lead.rule,
        owner=lead.owner,
        source=lead.source,
        cause=cause,
        occurred_at=occurred_at,
        recorded_at=now,
    )
    _store(connection, incident=incident, version=lead.version, now=now)
    return True


def call_again(
    connection: Connection, *, workspace: str, now: datetime, lead_id: str, is_breach: bool
) -> None:
    """Call people about a lead whose cycle has its incident already, and that went wrong again.

    It counts once, and is not silent: somebody found an owner for it and resolved the climb, and
    then the owner did not answer; or it was late, and then there was nobody to give it to. While
    its climb runs, whoever is called knows; the owner of a breach is told.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        lead_id: The cycle, as it is saved now.
        is_breach: It was due just now.
    """
    lead = _locked(connection, workspace=workspace, lead_id=lead_id, now=now)
    incident = incidents.of_lead(connection, workspace=workspace, lead=lead_id)
    if lead is None or incident is None or lead.state is LeadState.DISPOSED:
        return
    if is_breach and tell_late(connection, workspace=workspace, now=now, lead_id=lead_id):
        return
    design = lead.design or designs.UNMATCHED
    policy = _rules(connection, workspace, design=design, version=lead.version).policy
    newest = incident.model_copy(update={"design": design})
    open_climb(connection, incident=newest, policy=policy, now=now, is_again=True)


def _store(
    connection: Connection, *, incident: IncidentRecord, version: int | None, now: datetime
) -> None:
    incidents.record(connection, incident=incident)
    audit.record(
        connection,
        workspace=incident.workspace,
        kind=AuditFact.INCIDENT_RECORDED,
        actor="handoff",
        subject=incident.lead or incident.id,
        now=now,
        data={
            "incident": incident.id,
            "kind": incident.kind.value,
            "design": incident.design,
            "occurred_at": incident.occurred_at.isoformat(),
            "cause": incident.cause,
        },
    )
    rules = _rules(connection, incident.workspace, design=incident.design, version=version)
    open_climb(connection, incident=incident, policy=rules.policy, now=now)
    check_guardrail(connection, incident=incident, now=now)


def _rules(connection: Connection, workspace: str, *, design: str, version: int | None) -> Rules:
    return rules_at(
        connection,
        workspace=workspace,
        design=design,
        version=version,
        directory=directories.load(connection, workspace=workspace).directory,
    )


def _locked(connection: Connection, *, workspace: str, lead_id: str, now: datetime) -> Lead | None:
    """Lock the design, then the lead, which whoever called may have locked already."""
    seen = leads.get(connection, workspace=workspace, lead=lead_id)
    if seen is None:
        return None
    design = seen.design or designs.UNMATCHED
    if design == designs.UNMATCHED:
        designs.reserve_unmatched(connection, workspace=workspace, now=now)
    designs.lock(connection, workspace=workspace, key=design)
    return next(iter(leads.lock(connection, workspace=workspace, ids=[lead_id])), None)
