"""Who holds a role, who is working, who can be reached: questions to the directory at an instant.

Being off hours is not being away: a person is *away* on time off or when deactivated, and
*working* when neither away nor outside their working hours (rules.md, "Routing").
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from handoff.brief import PersonKey
from handoff.calendars import BusinessCalendar, calendar_of
from handoff.directory import CalendarSpec, Directory, Person, Pod, TimeOff, UserGroup
from handoff.kept import Kept

DEFAULT_CALENDAR = "default"
FALLBACK_HOURS = {"mon-fri": "09:00-18:00"}
"""Working hours as long as the directory has no calendar."""


def find_person(*, directory: Directory, key: PersonKey) -> Person | None:
    """Return the person behind a key, or None when the directory does not know them."""
    return _index(directory).people.get(key)


def person_named(*, directory: Directory, told: object) -> PersonKey | None:
    """Return the person that a Slack id or an e-mail address names, or None."""
    if not isinstance(told, str) or not told.strip():
        return None
    known = find_person(directory=directory, key=told.strip())
    if known is not None:
        return known.key
    return _index(directory).by_address.get(told.strip().lower())


def find_pod(*, directory: Directory, name: str) -> Pod | None:
    """Return the pod of that name, or None."""
    return next((pod for pod in directory.pods if pod.name == name), None)


def display_name(*, directory: Directory, key: PersonKey) -> str:
    """Return the name of a person or user group; an unknown key is shown as it is."""
    people = {person.key: person.name for person in directory.people}
    groups = {group.key: group.name for group in directory.groups}
    return people.get(key) or groups.get(key) or key


def holders(
    *,
    directory: Directory,
    role: str,
    overrides: Mapping[str, tuple[PersonKey, ...]] | None = None,
) -> tuple[PersonKey, ...]:
    """Return the holders of a role: the first is in charge, the rest are substitutes in order.

    Args:
        directory: The workspace directory.
        role: A `Role`, or an owner role of the catalogue.
        overrides: A design's own holders by role; a role named there replaces the directory's.
    """
    if overrides and overrides.get(role):
        return overrides[role]
    return next((keys for held, keys in directory.roles.items() if held == role), ())


def persons_of(*, directory: Directory, keys: Iterable[PersonKey]) -> tuple[PersonKey, ...]:
    """Return the persons behind keys, in order: a user group stands for its members."""
    groups = _index(directory).groups
    found = (groups[key].members if key in groups else (key,) for key in keys)
    return tuple(dict.fromkeys(chain.from_iterable(found)))


def holds_any(*, directory: Directory, person: PersonKey, roles: Iterable[str]) -> bool:
    """Return True if somebody may act for one of the roles, or is an admin of the workspace.

    That is an active full member who holds it, stands in for it, or is in a user group that does.
    """
    known = find_person(directory=directory, key=person)
    if known is None or not known.is_active or known.is_guest or known.is_bot:
        return False
    mine = {person, *(group.key for group in directory.groups if person in group.members)}
    held = {key for role in roles for key in holders(directory=directory, role=role)}
    return known.is_admin or bool(mine & held)


def on_time_off(*, directory: Directory, person: PersonKey, at: datetime) -> bool:
    """Return True when the person's local date at `at` lies in one of their time-off spans."""
    spans = _index(directory).time_off.get(person)
    if spans is None:
        return False
    today = at.astimezone(zone_of(directory=directory, person=person)).date()
    return any(span.first <= today <= span.last for span in spans)


def is_reachable(*, directory: Directory, person: PersonKey, at: datetime) -> bool:
    """Return True when a call at `at` reaches somebody: active, human, not on time off.

    A user group is reachable while at least one of its members is. Off hours do not matter.
    """
    group = _index(directory).groups.get(person)
    if group is not None:
        return any(
            is_reachable(directory=directory, person=member, at=at) for member in group.members
        )
    known = find_person(directory=directory, key=person)
    if known is None or not known.is_active or known.is_bot:
        return False
    return not on_time_off(directory=directory, person=person, at=at)


def reachable(
    *,
    directory: Directory,
    role: str,
    at: datetime,
    overrides: Mapping[str, tuple[PersonKey, ...]] | None = None,
) -> tuple[PersonKey, ...]:
    """Return the holders of a role who can be reached at `at`, the one in charge first."""
    return tuple(
        key
        for key in holders(directory=directory, role=role, overrides=overrides)
        if is_reachable(directory=directory, person=key, at=at)
    )


def is_working(*, directory: Directory, person: PersonKey, at: datetime) -> bool:
    """Return True when the person is reachable and `at` lies in their working hours."""
    if not is_reachable(directory=directory, person=person, at=at):
        return False
    return working_calendar(directory=directory, person=person, at=at).is_open(at)


def next_working_at(*, directory: Directory, person: PersonKey, at: datetime) -> datetime | None:
    """Return the earliest instant from `at` on (UTC) at which the person is working.

    None when they are deactivated or unknown. Time off is skipped day by day.
    """
    known = find_person(directory=directory, key=person)
    if known is None or not known.is_active or known.is_bot:
        return None
    zone = zone_of(directory=directory, person=person)
    calendar = working_calendar(directory=directory, person=person, at=at)
    here = calendar.next_open(at)
    while on_time_off(directory=directory, person=person, at=here):
        tomorrow = here.astimezone(zone).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, datetime.min.time(), zone)
        here = calendar.next_open(midnight.astimezone(UTC))
    return here


def working_calendar(*, directory: Directory, person: PersonKey, at: datetime) -> BusinessCalendar:
    """Return a person's own working hours, holidays expanded for the years around `at`.

    A pod member's named calendar counts; without one it is the workspace default. Everybody else
    keeps the hours of the workspace default in their own time zone.
    """
    years = range(at.year - 1, at.year + 3)
    for pod in directory.pods:
        for member in pod.members:
            if member.person == person:
                name = member.calendar or DEFAULT_CALENDAR
                return calendar_of(
                    spec=calendar_named(directory=directory, name=name), years=years
                )
    spec = calendar_named(directory=directory, name=DEFAULT_CALENDAR)
    known = find_person(directory=directory, key=person)
    if known is not None:
        spec = spec.model_copy(update={"timezone": known.timezone})
    return calendar_of(spec=spec, years=years)


def calendar_named(*, directory: Directory, name: str) -> CalendarSpec:
    """Return a calendar of the directory; an unknown name gives the default one.

    The default is the calendar named so, else the first, else Monday to Friday 09:00-18:00 UTC.
    """
    by_name = {calendar.name: calendar for calendar in directory.calendars}
    if found := by_name.get(name) or by_name.get(DEFAULT_CALENDAR):
        return found
    if directory.calendars:
        return directory.calendars[0]
    return CalendarSpec(name=DEFAULT_CALENDAR, timezone="UTC", hours=FALLBACK_HOURS)


def local_today(*, directory: Directory, person: PersonKey, now: datetime) -> date:
    """Return today's date where the person is."""
    return now.astimezone(zone_of(directory=directory, person=person)).date()


def zone_of(*, directory: Directory, person: PersonKey) -> ZoneInfo:
    """Return the time zone where a person is."""
    known = find_person(directory=directory, key=person)
    return ZoneInfo(known.timezone if known is not None else "UTC")


# Private


@dataclass(frozen=True)
class _Index:
    """A directory, to be looked up in; of two with one key or address the first counts."""

    people: Mapping[PersonKey, Person]
    by_address: Mapping[str, PersonKey]
    groups: Mapping[PersonKey, UserGroup]
    time_off: Mapping[PersonKey, list[TimeOff]]


def _indexed(directory: Directory) -> _Index:
    time_off: dict[PersonKey, list[TimeOff]] = defaultdict(list)
    for span in directory.time_off:
        time_off[span.person].append(span)
    people = list(reversed(directory.people))
    return _Index(
        people={person.key: person for person in people},
        by_address={person.email.lower(): person.key for person in people if person.email},
        groups={group.key: group for group in reversed(directory.groups)},
        time_off=dict(time_off),
    )


_index = Kept(_indexed, most=8)
