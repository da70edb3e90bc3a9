"""`why`: the whole story of a lead, for whoever asks."""

from datetime import datetime

from bot.flows.lead.case import LeadCase, load
from bot.flows.lead.reassign import may_reassign
from bot.flows.lead.view import card_of
from bot.flows.look.suggest import suggestion_for
from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from handoff.lead import LeadState
from handoff.lead_why import Attempt, LeadWhy
from handoff.routing.assignment import Reason
from handoff.sla.clock import TimeChain, time_lost
from storage import audit, leads
from storage.database import Database

#: Which fact says what keeps a lead in such a state from an owner, and under which name.
_OBSTACLES = {
    LeadState.UNROUTABLE: (AuditFact.ROUTING_FAILED, "cause"),
    LeadState.NURTURED: (AuditFact.LEAD_NURTURED, "reasons"),
    LeadState.HELD: (AuditFact.LEAD_HELD, "missing"),
}


def why(
    *, database: Database, workspace: str | None, now: datetime, by: str, asked: str
) -> LeadWhy | None:
    """Return why a lead is where it is, None when nothing is known by that name.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request; None, on the host, for the only one.
        now: The domain's instant, UTC-aware.
        by: Slack id of the reader, or `cli`.
        asked: The lead's id, e-mail address, or name at its source.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    name = asked.strip()
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        lead = leads.named(connection, workspace=team, name=name) if name else None
        case = lead and load(connection, workspace=team, lead_id=lead.id, now=now)
        return _why(case, by) if case else None


def _why(case: LeadCase, by: str) -> LeadWhy:
    lead = case.lead
    chain = TimeChain(
        arrived_at=lead.arrived_at,
        assigned_at=lead.assigned_at,
        notified_at=lead.notified_at,
        accepted_at=lead.accepted_at,
        touched_at=lead.touched_at,
    )
    until = lead.ended_at or case.now
    has_clock = case.work is not None and lead.clock is not None
    return LeadWhy(
        card=card_of(case, reader=by),
        attempts=_attempts(case),
        chain=chain,
        lost=time_lost(chain=chain, until=until, calendar=case.calendar) if has_clock else None,
        obstacles=_obstacles(case),
        suggestion=suggestion_for(case),
        rows={key: row.name for key, row in case.work.rows.items()} if case.work else {},
        may_manage=may_reassign(case, by),
    )


def _attempts(case: LeadCase) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            number=one.attempt,
            rep=one.rep,
            reason=Reason(one.reason),
            explanation=one.explanation,
            at=one.at,
            notify_at=one.notify_at,
            ended_at=one.ended_at,
            end=one.end,
            note=one.note,
        )
        for one in case.assignments()
    )


def _obstacles(case: LeadCase) -> tuple[str, ...]:
    """Return what keeps the lead from an owner, while something does."""
    if case.lead.state not in _OBSTACLES:
        return ()
    kind, name = _OBSTACLES[case.lead.state]
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.lead.id)
    told = next((fact.data[name] for fact in reversed(facts) if fact.kind is kind), ())
    return (told,) if isinstance(told, str) else tuple(told)
