"""What people see of a lead: its card, as one reader sees it."""

from datetime import datetime

from bot.flows.lead.accept import is_stand_in
from bot.flows.lead.case import LeadCase, load
from handoff.lead_card import LeadCard
from handoff.routing.assignment import Reason
from storage.database import Database


def card_of(case: LeadCase, *, reader: str) -> LeadCard:
    """Return a lead's card as `reader` (Slack id) sees it."""
    lead, current, row, clock = case.lead, case.current(), case.row, case.lead.clock
    return LeadCard(
        lead=lead.id,
        state=lead.state,
        fields=lead.attributes,
        design=lead.design,
        row_name=row.name if row else None,
        pod=lead.pod,
        band=lead.band,
        score=lead.score,
        owner=lead.owner,
        reason=Reason(current.reason) if current else None,
        is_mine=reader == lead.owner,
        is_stand_in=is_stand_in(current),
        is_test=lead.is_test,
        clock=clock.state if clock else None,
        due_at=clock.due_at if clock else None,
        resume_at=lead.resume_at,
        touched_at=lead.touched_at,
        outcome=lead.outcome,
    )


def look_at(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str
) -> LeadCard | None:
    """Return a lead's card for somebody who opens one of its forms, or None."""
    with database.read() as connection:
        case = load(connection, workspace=workspace, lead_id=lead_id, now=now)
        return None if case is None else card_of(case, reader=by)
