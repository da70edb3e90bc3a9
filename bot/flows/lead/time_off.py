"""Somebody is away or left: their untouched leads go to others, and RevOps gets the list."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.lead.breach import breach_if_due
from bot.flows.lead.case import LeadCase, lock
from bot.flows.lead.reroute import reroute
from handoff.directory import Directory, Role, TimeOff
from handoff.lead import LeadState
from handoff.lead_card import lead_name
from handoff.people import find_person, holders, is_reachable, persons_of
from handoff.sla.clock import ClockState
from storage import designs, leads, outbox, timers
from storage import directory as directories
from storage.leads import Lead
from storage.outbox import NewMessage, Priority
from storage.timers import NewTimer, Timer, TimerKind

_UNTOUCHED = frozenset({LeadState.ASSIGNED, LeadState.ACCEPTED})

#: How many leads are looked at in one transaction; other writers wait for so long at most.
_PART = 50

#: Stands in a timer's slot before the id of the last lead that was looked at.
_AFTER = " after "


def plan_time_off(
    connection: Connection, *, workspace: str, now: datetime, absence: str, time_off: TimeOff
) -> None:
    """Have a person's leads looked at when their time off starts; at once if it has.

    Args:
        connection: The connection that enters the time off.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        absence: Id of the time off.
        time_off: Whose, from when to when.
    """
    directory = directories.load(connection, workspace=workspace).directory
    starts_at = _midnight(directory, time_off.person, time_off.first)
    kind = TimerKind.AWAY_START
    due_at = max(now, starts_at)
    timers.schedule(connection, NewTimer(workspace, kind, time_off.person, due_at, slot=absence))


def on_away(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `away.start`: the person's time off begins, unless it was removed meanwhile."""
    reroute_soon(connection, workspace=timer.workspace, now=now, people=[timer.subject])


def reroute_soon(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    people: Collection[str] | None = None,
) -> None:
    """Have the untouched leads of those who are away now re-routed, each person's for itself.

    Thousands of them in one transaction would keep all other writers waiting.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        people: Only these, by Slack id; None for everybody who owns an open lead.
    """
    directory = directories.load(connection, workspace=workspace).directory
    owners = people
    if owners is None:
        owners = leads.owners(connection, workspace=workspace)
    away = [
        owner
        for owner in sorted(owners)
        if not is_reachable(directory=directory, person=owner, at=now)
    ]
    timers.schedule(connection, *(_part(workspace, owner, since=now, now=now) for owner in away))


def reroute_if_away(case: LeadCase) -> None:
    """Have the leads of somebody who is away looked at again: one is due earlier than it was.

    Args:
        case: That lead, as saved; nothing is done while its owner is here.
    """
    if case.lead.owner is not None:
        reroute_soon(
            case.connection, workspace=case.workspace, now=case.now, people=[case.lead.owner]
        )


def reroute_part(connection: Connection, *, timer: Timer, now: datetime) -> None:
    """Handle `away.move`: re-route the next so many leads of somebody who is away.

    Leads that are due only when their owner is back stay.

    Args:
        connection: The connection of `Database.write()`.
        timer: Its slot says after which lead to go on.
        now: The domain's instant, UTC-aware.
    """
    workspace, owner = timer.workspace, timer.subject
    directory = directories.load(connection, workspace=workspace).directory
    if is_reachable(directory=directory, person=owner, at=now):
        return
    since, _, after = timer.slot.partition(_AFTER)
    found = leads.untouched_of(
        connection, workspace=workspace, owner=owner, after=after, limit=_PART
    )
    if len(found) == _PART:
        following = _part(
            workspace, owner, since=datetime.fromisoformat(since), after=found[-1].id, now=now
        )
        timers.schedule(connection, following)
    affected = [lead for lead in found if _is_affected(lead, directory, now)]
    _reroute(connection, affected, owner=owner, directory=directory, now=now)


def _part(
    workspace: str, owner: str, *, since: datetime, now: datetime, after: str = ""
) -> NewTimer:
    slot = f"{since.isoformat()}{_AFTER}{after}"
    return NewTimer(workspace, TimerKind.AWAY_MOVE, owner, now, slot=slot)


def _reroute(
    connection: Connection,
    affected: Iterable[Lead],
    *,
    owner: str,
    directory: Directory,
    now: datetime,
) -> None:
    found = sorted(affected, key=lambda lead: lead.id)
    # All designs first, then the leads: the order in which everybody locks.
    for workspace, design in sorted({(lead.workspace, lead.design or "") for lead in found}):
        designs.lock(connection, workspace=workspace, key=design)
    moved: list[LeadCase] = []
    for lead in found:
        case = lock(connection, workspace=lead.workspace, lead_id=lead.id, now=now)
        if case is None or case.lead.owner != owner or case.lead.state not in _UNTOUCHED:
            continue
        breach_if_due(case)
        reroute(case, end="away", because="its owner is away")
        moved.append(case)
    if moved:
        _tell_revops(connection, moved, owner=owner, directory=directory, now=now)


def _tell_revops(
    connection: Connection,
    moved: list[LeadCase],
    *,
    owner: str,
    directory: Directory,
    now: datetime,
) -> None:
    """Give the RevOps Director the list: which leads, and who has them now."""
    lines = [
        {"lead": case.lead.id, "name": lead_name(case.lead.attributes), "to": case.lead.owner}
        for case in moved
    ]
    workspace = moved[0].workspace
    held = holders(directory=directory, role=Role.REVOPS_DIRECTOR)
    directors = persons_of(directory=directory, keys=held)
    reached = (key for key in directors if is_reachable(directory=directory, person=key, at=now))
    for director in list(reached)[:1]:
        message = NewMessage(
            workspace=workspace,
            kind="away.list",
            subject=owner,
            recipient=director,
            priority=Priority.REP,
            dedupe_key=f"away.list:{owner}:{moved[0].lead.id}:{now.isoformat()}",
            facts={"owner": owner, "leads": lines},
        )
        outbox.enqueue(connection, message, now=now)


def _is_affected(lead: Lead, directory: Directory, now: datetime) -> bool:
    """Tell whether an untouched lead is due before its owner is back, if they come back at all."""
    assert lead.owner is not None, "they were found by their owner"
    person = find_person(directory=directory, key=lead.owner)
    if person is None or not person.is_active or lead.clock is None:
        return True
    if lead.clock.state is ClockState.PAUSED:
        return False  # it has no due instant before it runs again, and is looked at anew then
    return lead.clock.due_at < _back_at(directory, lead.owner, now)


def _back_at(directory: Directory, person: str, now: datetime) -> datetime:
    """Return the midnight after the person's present time off, stretches that touch joined."""
    back = now
    while (span := _span_at(directory, person, back)) is not None:
        back = _midnight(directory, person, span.last + timedelta(days=1))
    return back


def _span_at(directory: Directory, person: str, at: datetime) -> TimeOff | None:
    today = at.astimezone(_zone(directory, person)).date()
    mine = (span for span in directory.time_off if span.person == person)
    return next((span for span in mine if span.first <= today <= span.last), None)


def _midnight(directory: Directory, person: str, day: date) -> datetime:
    """Return when a day begins where the person is, in UTC."""
    return datetime.combine(day, time(), _zone(directory, person)).astimezone(UTC)


def _zone(directory: Directory, person: str) -> ZoneInfo:
    known = find_person(directory=directory, key=person)
    return ZoneInfo(known.timezone if known else "UTC")
