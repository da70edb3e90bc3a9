"""Receive a touch, or an outcome, that another system reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.keep.sources import Caller
from bot.flows.lead.outcome import close_lead
from bot.flows.lead.outcomes import Denied
from bot.flows.lead.receive import RequestKey, once
from bot.flows.lead.taking import Result, Status
from bot.flows.lead.touch import Touched, touch_lead
from handoff.intake.arriving import NotUnderstood, Problem
from handoff.intake.touching import IncomingTouch, read_touch
from storage import leads
from storage import people as people_storage
from storage.database import Database
from storage.leads import Lead

_UNKNOWN = Problem(
    pointer="/lead",
    detail="is not known; send the lead first, then this touch again: its own time counts",
)

#: Of a touch that is no contact of sales' own: nothing changes.
IGNORED = "ignored"


def receive_touch(
    *,
    database: Database,
    caller: Caller,
    item: Mapping[str, Any],
    key: RequestKey | None,
    now: datetime,
    wall: datetime,
) -> Result:
    """Record a touch with its own time, and close the lead if its outcome is told.

    Args:
        database: Where leads are.
        caller: Whose request it is.
        item: The touch as it came.
        key: Names the request; None if the sender gave no key.
        now: When it was received, UTC-aware.
        wall: The real clock, for how long the key is kept.

    Returns:
        Accepted with the lead's id and what the touch meant for its clock; or refused, and then
        nothing is kept: the sender has it.

    Raises:
        KeyTrouble: if the key was used for another body, or is in use.
        StorageBusy: if the database is busy; nothing was stored.
    """
    try:
        touch = read_touch(body=item, now=now)
    except NotUnderstood as exc:
        return Result(status=Status.REFUSED, errors=exc.problems)

    def work(connection: Connection) -> tuple[Result, ...]:
        return (_take(connection, caller, touch, now),)

    (result,) = once(
        database=database,
        caller=caller,
        key=key,
        wall=wall,
        work=work,
        # An unknown lead may arrive later: then the same request is another one.
        keeps=lambda results: results[0].status is Status.ACCEPTED,
    )
    return result


def _take(connection: Connection, caller: Caller, touch: IncomingTouch, now: datetime) -> Result:
    lead = _find(connection, caller, touch)
    if lead is None:
        return Result(status=Status.REFUSED, errors=(_UNKNOWN,))
    both = connection.begin_nested()
    touched = _touch(connection, caller, touch, lead, now) if touch.counts else None
    denied = _close(connection, caller, touch, lead, now)
    if denied is not None:
        both.rollback()  # it is refused whole, and the sender has it
        return Result(status=Status.REFUSED, id=lead.id, errors=(denied,))
    both.commit()
    return Result(
        status=Status.ACCEPTED,
        id=lead.id,
        duplicate=touched is Touched.KNOWN,
        outcome=touch.outcome.value if touch.outcome else (touched or IGNORED),
    )


def _find(connection: Connection, caller: Caller, touch: IncomingTouch) -> Lead | None:
    if touch.lead_id is not None:
        return leads.get(connection, workspace=caller.workspace, lead=touch.lead_id)
    return leads.find(
        connection,
        workspace=caller.workspace,
        source=touch.source or caller.source,
        external_id=touch.external_id,
        email_key=touch.email_key,
    )


def _touch(
    connection: Connection, caller: Caller, touch: IncomingTouch, lead: Lead, now: datetime
) -> Touched:
    return touch_lead(
        connection,
        workspace=caller.workspace,
        now=now,
        lead_id=lead.id,
        occurred_at=touch.occurred_at,
        by=_person(connection, caller.workspace, touch.actor),
        via=caller.source,
        external_id=touch.name,
        kind=touch.kind,
    )


def _close(
    connection: Connection, caller: Caller, touch: IncomingTouch, lead: Lead, now: datetime
) -> Problem | None:
    """Close the lead with the told outcome; return why that cannot be."""
    if touch.outcome is None:
        return None
    done = close_lead(
        connection,
        workspace=caller.workspace,
        now=now,
        lead_id=lead.id,
        by=caller.source,
        outcome=touch.outcome,
    )
    return Problem(pointer="/outcome", detail=done.message) if isinstance(done, Denied) else None


def _person(connection: Connection, workspace: str, email: str | None) -> str | None:
    """Return the Slack id behind an address, the address itself if nobody has it."""
    if email is None:
        return None
    found = people_storage.by_email(connection, workspace=workspace, email=email)
    return found.key if found else email
