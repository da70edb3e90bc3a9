"""What people see of a lead: its card, as one reader sees it."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.accept import is_stand_in
from bot.flows.lead.case import LeadCase, load
from handoff.lead import LeadState
from handoff.lead_card import MOST_SHOWN, LeadCard
from handoff.routing.assignment import Reason
from storage import assignments, leads
from storage.assignments import Assignment
from storage.database import Database
from storage.leads import Lead


def card_of(case: LeadCase, *, reader: str, attempt: int | None = None) -> LeadCard:
    """Return a lead's card as `reader` (Slack id) sees it.

    Args:
        case: The lead.
        reader: Slack id.
        attempt: The assignment whose message it is; only the last one's is the owner's.
    """
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
        because=_because(current),
        is_mine=reader == lead.owner and attempt in (None, len(case.assignments())),
        is_stand_in=is_stand_in(current),
        is_test=lead.is_test,
        clock=clock.state if clock else None,
        due_at=clock.due_at if clock else None,
        accept_by_at=_accept_by(case),
        resume_at=lead.resume_at,
        touched_at=lead.touched_at,
        outcome=lead.outcome,
    )


def _accept_by(case: LeadCase) -> datetime | None:
    """Return until when the owner is asked to accept, None if nothing waits for that."""
    clock = timing.running_clock(case)
    if clock is None or case.lead.state is not LeadState.ASSIGNED or is_stand_in(case.current()):
        return None
    at = case.times(clock).accept_by_at
    return at if at is not None and case.now < at < clock.due_at else None


def _because(current: Assignment | None) -> str | None:
    """Return why no rep was asked before the fallback, None if one was, or none could take it."""
    notes = current.explanation.notes if current and is_stand_in(current) else ()
    return next(iter(notes), None)


def my_cards(connection: Connection, *, workspace: str, by: str) -> tuple[LeadCard, ...]:
    """Return a person's open leads, the one that is due first first, as they see them.

    One more than is shown at once, if they have more.
    """
    mine = leads.open_of(connection, workspace=workspace, owner=by, limit=MOST_SHOWN + 1)
    return tuple(_short_card(connection, lead) for lead in mine)


def _short_card(connection: Connection, lead: Lead) -> LeadCard:
    given = assignments.of_lead(connection, workspace=lead.workspace, lead=lead.id)
    current = next((one for one in given if one.ended_at is None), None)
    clock = lead.clock
    return LeadCard(
        lead=lead.id,
        state=lead.state,
        fields=lead.attributes,
        design=lead.design,
        pod=lead.pod,
        band=lead.band,
        owner=lead.owner,
        reason=Reason(current.reason) if current else None,
        is_stand_in=is_stand_in(current),
        is_test=lead.is_test,
        clock=clock.state if clock else None,
        due_at=clock.due_at if clock else None,
        resume_at=lead.resume_at,
        touched_at=lead.touched_at,
    )


def look_at(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str
) -> LeadCard | None:
    """Return a lead's card for somebody who opens one of its forms, or None."""
    with database.read() as connection:
        case = load(connection, workspace=workspace, lead_id=lead_id, now=now)
        return None if case is None else card_of(case, reader=by)
