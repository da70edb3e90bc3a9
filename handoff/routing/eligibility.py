"""Who may take a lead now: two tiers, caps, and a reason for everybody left out.

Source: rules.md "Routing" (tiers, caps, decliners).
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handoff.brief import PersonKey
from handoff.directory import Directory, PodMember
from handoff.kept import Kept
from handoff.model import Value, made
from handoff.open_table import EPOCH
from handoff.people import (
    find_person,
    is_reachable,
    next_working_at,
    working_calendar,
    zone_of,
)


class Exclusion(StrEnum):
    """Why a rep could not get a lead."""

    UNKNOWN = "unknown"
    DEACTIVATED = "deactivated"
    TIME_OFF = "time_off"
    DECLINED = "declined"
    SILENT = "silent"
    DAILY_CAP = "daily_cap"
    OPEN_CAP = "open_cap"
    NOT_WORKING = "not_working"
    STARTS_LATER = "starts_later"


class Excluded(Value):
    """A candidate who did not get the lead, with the reason and its numbers in words."""

    person: PersonKey
    reason: Exclusion
    detail: str = ""


@made
class RepLoad:
    """What a rep carries: leads by the local date on which they count, and untouched leads."""

    assigned_on: Mapping[date, int] = field(default_factory=dict)
    untouched: int = 0


_NOTHING = RepLoad()
_QUARTER = timedelta(minutes=15)


class Caps(Value):
    """New leads per local day and untouched leads that a strategy may give a rep."""

    daily: int
    untouched: int


NO_CAPS = Caps(daily=1_000_000, untouched=1_000_000)
"""Caps that never bind: members of a frozen team carry the version's own defaults already."""


class Eligible(NamedTuple):
    """A rep who may take the lead; the ping goes out at `notify_at`, now or when work starts."""

    person: PersonKey
    weight: int
    notify_at: datetime
    load: RepLoad


class Available(NamedTuple):
    """When a person works next and on which of their days, or why they take no lead."""

    works_at: datetime | None
    day: date | None
    excluded: Excluded | None


class _Stretch(NamedTuple):
    """How it is with a person from an instant until another; a directory says no more.

    `works_at` is None while they work: whoever asks may have them at once.
    """

    since: datetime
    until: datetime
    works_at: datetime | None
    day: date | None
    excluded: Excluded | None


class Availability:
    """Who can take leads at an instant.

    Each person is looked at once, however many leads come, until it may be otherwise: until
    their work starts or ends, and at their midnight.

    Args:
        directory: Who is active, on time off, working.
        at: Decision instant, aware.
    """

    def __init__(self, *, directory: Directory, at: datetime) -> None:
        self._directory = directory
        self._known = _stretches(directory)
        self._found: dict[PersonKey, Available] = {}
        self.at = at.astimezone(UTC)

    def of(self, person: PersonKey) -> Available:
        """Return how it is with a person."""
        found = self._found.get(person)
        if found is None:
            found = self._found[person] = self._look(person)
        return found

    def _look(self, person: PersonKey) -> Available:
        known = self._known.get(person)
        if known is None or not known.since <= self.at < known.until:
            known = _stretch(directory=self._directory, person=person, at=self.at)
            self._known[person] = known
        works_at = known.works_at or (None if known.excluded else self.at)
        return Available(works_at=works_at, day=known.day, excluded=known.excluded)


@made
class Selection:
    """The eligible reps, all of one tier (1: working now, 2: earliest to start), and the rest."""

    tier: int  # 0 when nobody is eligible
    eligible: tuple[Eligible, ...] = ()
    excluded: tuple[Excluded, ...] = ()


def select_reps(
    *,
    members: Sequence[PodMember],
    loads: Mapping[PersonKey, RepLoad],
    default_caps: Caps,
    barred: Mapping[PersonKey, Exclusion],
    availability: Availability,
) -> Selection:
    """Return the reps among whom a strategy may pick.

    Args:
        members: Of the row's pods, each person once.
        loads: What each rep carries; a rep without an entry carries nothing.
        default_caps: Caps of reps without personal ones.
        barred: Reps who declined or stayed silent in this cycle.
        availability: Who works when, as of the decision's instant.

    Returns:
        Reps who work now; only if there are none, those with the earliest next working minute.
    """
    candidates: list[Eligible] = []
    excluded: list[Excluded] = []
    look, at = availability.of, availability.at
    is_anybody_later = False
    for member in members:
        person = member.person
        if person in barred:
            excluded.append(Excluded(person=person, reason=barred[person]))
            continue
        works_at, day, out = look(person)
        if works_at is None or day is None:
            assert out is not None, "whoever is not excluded works some time, on some day"
            excluded.append(out)
            continue
        load = loads.get(person, _NOTHING)
        full = _full(member, load, day, default_caps)
        if full is not None:
            excluded.append(full)
            continue
        candidates.append(Eligible(person, member.weight, works_at, load))
        is_anybody_later = is_anybody_later or works_at > at
    if candidates and not is_anybody_later:
        return Selection(tier=1, eligible=tuple(candidates), excluded=tuple(excluded))
    return _first_tier(candidates, excluded, at)


def availability(
    *, directory: Directory, person: PersonKey, at: datetime
) -> tuple[datetime | None, Excluded | None]:
    """Return when a person works next, at or after `at`, or why they take no lead.

    Being off hours is not being away: only unknown, deactivated and people on time off are out.
    """
    known = find_person(directory=directory, key=person)
    if known is None or known.is_bot:
        return None, Excluded(person=person, reason=Exclusion.UNKNOWN)
    if not known.is_active:
        return None, Excluded(person=person, reason=Exclusion.DEACTIVATED)
    if not is_reachable(directory=directory, person=person, at=at):
        return None, Excluded(person=person, reason=Exclusion.TIME_OFF)
    return next_working_at(directory=directory, person=person, at=at), None


def local_date(*, directory: Directory, person: PersonKey, at: datetime) -> date:
    """Return the date of `at` where a person is: the day on which a lead counts."""
    known = find_person(directory=directory, key=person)
    return _date_in(known.timezone if known else "UTC", (at - EPOCH) // _QUARTER)


@lru_cache(maxsize=8192)
def _date_in(zone: str, quarter: int) -> date:
    """Return the date in a zone: its midnights are on quarters of an hour since the epoch."""
    return (EPOCH + quarter * _QUARTER).astimezone(ZoneInfo(zone)).date()


def _nothing_known(_: Directory) -> dict[PersonKey, _Stretch]:
    return {}


_stretches = Kept(_nothing_known, most=8)


def _stretch(*, directory: Directory, person: PersonKey, at: datetime) -> _Stretch:
    """Return how it is with a person at an instant, and how long it surely stays like that."""
    works_at, out = availability(directory=directory, person=person, at=at)
    midnight = _midnight_after(directory=directory, person=person, at=at)
    if works_at is None:
        return _Stretch(since=at, until=midnight, works_at=None, day=None, excluded=out)
    day = local_date(directory=directory, person=person, at=works_at)
    if works_at > at:
        until = min(midnight, works_at)
        return _Stretch(since=at, until=until, works_at=works_at, day=day, excluded=None)
    calendar = working_calendar(directory=directory, person=person, at=at)
    _, closes = calendar.next_stretch(at)
    until = min(midnight, closes)
    return _Stretch(since=at, until=until, works_at=None, day=day, excluded=None)


def _midnight_after(*, directory: Directory, person: PersonKey, at: datetime) -> datetime:
    tomorrow = local_date(directory=directory, person=person, at=at) + timedelta(days=1)
    zone = zone_of(directory=directory, person=person)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _full(member: PodMember, load: RepLoad, day: date, default: Caps) -> Excluded | None:
    """Return which cap a rep has reached, None while there is room."""
    given, untouched = load.assigned_on.get(day, 0), load.untouched
    daily = default.daily if member.daily_cap is None else member.daily_cap
    most = default.untouched if member.open_cap is None else member.open_cap
    if given < daily and untouched < most:
        return None
    # The cap of the day on which the lead would count is told first.
    if given >= daily:
        reason, detail = Exclusion.DAILY_CAP, f"{given} of {daily} leads on {day}"
    else:
        reason, detail = Exclusion.OPEN_CAP, f"{untouched} of {most} untouched leads"
    return Excluded(person=member.person, reason=reason, detail=detail)


def _first_tier(
    candidates: Sequence[Eligible], excluded: Sequence[Excluded], at: datetime
) -> Selection:
    if not candidates:
        return Selection(tier=0, excluded=tuple(excluded))
    starts = {found.person: _minute(found.notify_at) for found in candidates}
    first = min(starts.values())
    tier = 1 if first <= at else 2
    reason = Exclusion.NOT_WORKING if tier == 1 else Exclusion.STARTS_LATER
    later = [
        Excluded(person=found.person, reason=reason, detail=f"works from {starts[found.person]}")
        for found in candidates
        if starts[found.person] > first and starts[found.person] > at
    ]
    left_out = {entry.person for entry in later}
    return Selection(
        tier=tier,
        eligible=tuple(found for found in candidates if found.person not in left_out),
        excluded=(*excluded, *later),
    )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
