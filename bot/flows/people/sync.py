"""Keep what we know about people in step with Slack."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.lead.time_off import reroute_soon
from bot.flows.signoff.team_changed import team_changed
from handoff.audit import AuditFact
from handoff.directory import Directory, Person, UserGroup
from handoff.team_file import resolve_emails
from storage import audit, directory, events, people, timers, workspaces
from storage.database import Database
from storage.people import SyncReport
from storage.timers import NewTimer, TimerKind

#: When the nightly sweep runs, in the workspace's zone.
_NIGHTLY = time(3, 0)


def welcome(*, database: Database, workspace: str, name: str, now: datetime) -> None:
    """Remember the workspace, and have its people read soon; called at each start.

    Args:
        database: Where everything is kept.
        workspace: The Slack team.
        name: What the team is called.
        now: The domain's instant, UTC-aware.
    """

    def work(connection: Connection) -> None:
        known = workspaces.get(connection, workspace=workspace)
        zone = known.timezone if known else "UTC"
        workspaces.save(connection, workspace=workspace, name=name, timezone=zone, now=now)
        _schedule(connection, workspace, due_at=now, slot=f"start {now:%Y-%m-%dT%H:%M:%S}")

    database.run(work)


def save_everyone(
    connection: Connection,
    *,
    workspace: str,
    members: Sequence[Person],
    groups: Sequence[UserGroup] | None,
    now: datetime,
) -> SyncReport:
    """Save everybody as Slack describes them, and plan the next night: the same, and a sweep.

    The first time, the commonest time zone becomes the workspace's.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        members: All of its members, bots and former ones included.
        groups: All of its user groups; None: they are not known and stay as they were.
        now: When Slack said so, UTC-aware.

    Returns:
        Who is new, who was deactivated, and who is active again.
    """
    is_first = people.synced_at(connection, workspace=workspace) is None
    report = _save(connection, workspace=workspace, members=members, now=now)
    _refresh_directory(connection, workspace=workspace, groups=groups, now=now)
    reroute_soon(connection, workspace=workspace, now=now)
    team_changed(connection, workspace=workspace, now=now)
    known = workspaces.get(connection, workspace=workspace)
    zone = known.timezone if known else "UTC"
    if known and is_first:
        zone = _commonest_zone(members)
        workspaces.save(connection, workspace=workspace, name=known.name, timezone=zone, now=now)
    night = _next_night(now, zone)
    slot = f"{night:%Y-%m-%d}"
    _schedule(connection, workspace, due_at=night, slot=slot)
    sweep = NewTimer(workspace, TimerKind.RETENTION_SWEEP, workspace, night, slot)
    timers.schedule(connection, sweep)
    return report


def meet(*, database: Database, workspace: str, person: str, now: datetime) -> None:
    """Have the people read anew soon if somebody who is here is not known: an event was lost.

    Args:
        database: Where people are kept.
        workspace: The Slack team.
        person: Slack id; the same person brings it about once an hour at most.
        now: The domain's instant, UTC-aware.
    """
    with database.read() as connection:
        was_read = people.synced_at(connection, workspace=workspace) is not None
        known = people.get(connection, workspace=workspace, person=person)
    if was_read and known is None:
        slot = f"met {person} {now:%Y-%m-%dT%H}"
        database.run(lambda connection: _schedule(connection, workspace, due_at=now, slot=slot))


def person_changed(
    *, database: Database, workspace: str, event_id: str, member: Person, now: datetime
) -> SyncReport | None:
    """Save one person whom Slack told us about.

    Args:
        database: Where people are kept.
        workspace: The Slack team.
        event_id: Slack's id of the event; the same event twice is one.
        member: The person as they are now.
        now: The domain's instant, UTC-aware.

    Returns:
        What changed, or None if the event was handled before.
    """

    def work(connection: Connection) -> SyncReport | None:
        if not events.first_sight(connection, workspace=workspace, event_id=event_id, now=now):
            return None
        report = _save(connection, workspace=workspace, members=[member], now=now)
        if report.joined:
            _refresh_directory(connection, workspace=workspace, groups=None, now=now)
        if report.joined or report.deactivated or report.reactivated:
            team_changed(connection, workspace=workspace, now=now)
        return report

    return database.run(work)


def _save(
    connection: Connection, *, workspace: str, members: Sequence[Person], now: datetime
) -> SyncReport:
    """Save people, and record who left and who came back."""
    report = people.sync(connection, workspace=workspace, people=members, now=now)
    changes = (
        (AuditFact.PERSON_DEACTIVATED, report.deactivated),
        (AuditFact.PERSON_REACTIVATED, report.reactivated),
    )
    for kind, keys in changes:
        for key in keys:
            audit.record(
                connection, workspace=workspace, kind=kind, actor="handoff", subject=key, now=now
            )
    reroute_soon(connection, workspace=workspace, now=now, people=report.deactivated)
    return report


def _refresh_directory(
    connection: Connection,
    *,
    workspace: str,
    groups: Sequence[UserGroup] | None,
    now: datetime,
) -> None:
    """Save user groups, and let people stand where the directory awaited their e-mail address."""
    found = directory.load(connection, workspace=workspace)
    before = found.directory
    latest = before.groups if groups is None else tuple(sorted(groups, key=lambda one: one.key))
    after = resolve_emails(directory=before.model_copy(update={"groups": latest}))
    if after != before:
        directory.save(
            connection,
            workspace=workspace,
            directory=after,
            expected=found.revision,
            by="handoff",
            now=now,
        )
    _rekey_time_off(connection, workspace, after, now)


def _rekey_time_off(
    connection: Connection, workspace: str, current: Directory, now: datetime
) -> None:
    """Give time off that was imported for an e-mail address to its person."""
    keys = {one.email.lower(): one.key for one in current.people if one.email}
    for absence in directory.time_off(connection, workspace=workspace):
        key = keys.get(absence.time_off.person)
        if key is not None:
            directory.remove_time_off(connection, workspace=workspace, absence=absence.id)
            directory.add_time_off(
                connection,
                workspace=workspace,
                time_off=absence.time_off.model_copy(update={"person": key}),
                by=absence.changed_by,
                now=now,
            )


def _schedule(connection: Connection, workspace: str, *, due_at: datetime, slot: str) -> None:
    kind = TimerKind.PEOPLE_SYNC
    timers.schedule(connection, NewTimer(workspace, kind, workspace, due_at, slot))


def _commonest_zone(members: Sequence[Person]) -> str:
    zones = Counter(one.timezone for one in members if one.is_active and not one.is_bot)
    return min(zones, key=lambda zone: (-zones[zone], zone), default="UTC")


def _next_night(now: datetime, zone: str) -> datetime:
    """Return the next local 03:00 that is at least an hour away."""
    local = now.astimezone(ZoneInfo(zone)) + timedelta(hours=1)
    day = local.date() if local.time() < _NIGHTLY else local.date() + timedelta(days=1)
    return datetime.combine(day, _NIGHTLY, ZoneInfo(zone)).astimezone(now.tzinfo)
