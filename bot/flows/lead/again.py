"""The same lead arrives again: sooner if its band says so, and its owner is told."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead import timing
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.messages import show_lead, tell_owner
from bot.flows.lead.route import matching_row, route_after_all, route_if_complete
from bot.flows.lead.time_off import reroute_if_away
from handoff.brief import Band
from handoff.lead import LeadState, is_open
from handoff.sla.clock import merge


def came_again(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    lead_id: str,
    arrival: str,
    source: str,
    band: Band | None,
) -> None:
    """Carry out what an arrival of a known lead means; what it brought is stored already.

    Who contacted the lead, or closed it, is told as well: the person is asking again. While it
    is open, due is the earlier of the old instant and the new band's. A lead that was held for
    fields is routed as soon as it has them, and one that nobody could take is tried again.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: When it arrived again, UTC-aware.
        lead_id: The cycle that it was merged into or recorded on.
        arrival: Names this arrival for ever, so that its owner is told once.
        source: Where it came from this time.
        band: Its band now; None when it does not qualify by itself.
    """
    case = lock(connection, workspace=workspace, lead_id=lead_id, now=now)
    if case is None:
        return
    if not is_open(case.lead.state):
        tell_owner(case, kind="lead.again", event=arrival, facts={"source": source})
        return
    if band is not None and case.work is not None:
        _hasten(case, band)
    if case.lead.state is LeadState.HELD:
        route_if_complete(case)
    elif case.lead.state is LeadState.UNROUTABLE:
        route_after_all(case)
    elif case.lead.owner is not None:
        tell_owner(case, kind="lead.again", event=arrival, facts={"source": source})
        show_lead(case)


def _hasten(case: LeadCase, band: Band) -> None:
    """Set an earlier due instant with its timers; a later one changes nothing."""
    clock = case.lead.clock
    if clock is None:
        return
    target = case.running.target_minutes(case.row or matching_row(case), band)
    sooner = merge(clock=clock, arrived_at=case.now, target_minutes=target, calendar=case.calendar)
    if sooner == clock:
        return
    case.save(clock=sooner, band=band, generation=case.lead.generation + 1)
    timing.set_timers(case)
    reroute_if_away(case)
