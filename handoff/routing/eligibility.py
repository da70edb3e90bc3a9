"""Who may take a lead now: two tiers, caps, and a reason for everybody left out.

Source: rules.md "Routing" (tiers, caps, decliners).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from handoff.brief import PersonKey
from handoff.directory import Directory, Pod, PodMember
from handoff.model import Value
from handoff.people import find_person, is_reachable, next_working_at


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


class RepLoad(Value):
    """What a rep carries: leads by the local date on which they count, and untouched leads."""

    assigned_on: dict[date, int] = Field(default_factory=dict)
    untouched: int = 0


_NOTHING = RepLoad()


class Caps(Value):
    """New leads per local day and untouched leads that a strategy may give a rep."""

    daily: int
    untouched: int


@dataclass(frozen=True, kw_only=True)
class Eligible:
    """A rep who may take the lead; the ping goes out at `notify_at`, now or when work starts."""

    person: PersonKey
    weight: int
    notify_at: datetime
    load: RepLoad


@dataclass(frozen=True, kw_only=True)
class Available:
    """When a person works next and on which of their days, or why they take no lead."""

    works_at: datetime | None
    day: date | None
    excluded: Excluded | None


class Availability:
    """Who can take leads at an instant; each person is looked at once, however many leads come.

    Args:
        directory: Who is active, on time off, working.
        at: Decision instant, aware.
    """

    def __init__(self, *, directory: Directory, at: datetime) -> None:
        self._directory = directory
        self.at = at
        self._known: dict[PersonKey, Available] = {}

    def of(self, person: PersonKey) -> Available:
        """Return how it is with a person."""
        if person not in self._known:
            works_at, out = availability(directory=self._directory, person=person, at=self.at)
            day = works_at and local_date(directory=self._directory, person=person, at=works_at)
            self._known[person] = Available(works_at=works_at, day=day, excluded=out)
        return self._known[person]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The eligible reps, all of one tier (1: working now, 2: earliest to start), and the rest."""

    tier: int  # 0 when nobody is eligible
    eligible: tuple[Eligible, ...] = ()
    excluded: tuple[Excluded, ...] = ()


def select_reps(
    *,
    pods: Sequence[Pod],
    loads: Mapping[PersonKey, RepLoad],
    default_caps: Caps,
    barred: Mapping[PersonKey, Exclusion],
    availability: Availability,
) -> Selection:
    """Return the reps of `pods` among whom a strategy may pick.

    Args:
        pods: The row's pods; a rep in two of them stands once.
        loads: What each rep carries; a rep without an entry carries nothing.
        default_caps: Caps of reps without personal ones.
        barred: Reps who declined or stayed silent in this cycle.
        availability: Who works when, as of the decision's instant.

    Returns:
        Reps who work now; only if there are none, those with the earliest next working minute.
    """
    judge = _Judge(loads, default_caps, barred, availability)
    members = {member.person: member for pod in reversed(pods) for member in pod.members}
    judged = [judge.decide(members[person]) for person in sorted(members)]
    candidates = [found for found in judged if isinstance(found, Eligible)]
    excluded = [found for found in judged if isinstance(found, Excluded)]
    return _first_tier(candidates, excluded, availability.at)


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
    return at.astimezone(ZoneInfo(known.timezone if known else "UTC")).date()


@dataclass(frozen=True)
class _Judge:
    """Decides one rep at a time, by the same loads and instant."""

    loads: Mapping[PersonKey, RepLoad]
    default_caps: Caps
    barred: Mapping[PersonKey, Exclusion]
    availability: Availability

    def decide(self, member: PodMember) -> Eligible | Excluded:
        person = member.person
        if person in self.barred:
            return Excluded(person=person, reason=self.barred[person])
        found = self.availability.of(person)
        if found.excluded is not None:
            return found.excluded
        assert found.works_at is not None, "whoever is not excluded works some time"
        assert found.day is not None, "and on some day"
        load = self.loads.get(person, _NOTHING)
        return self._capped(member, load, found.day) or Eligible(
            person=person, weight=member.weight, notify_at=found.works_at, load=load
        )

    def _capped(self, member: PodMember, load: RepLoad, day: date) -> Excluded | None:
        """Tell whether a cap binds on the day the lead would count."""
        person, caps = member.person, self.default_caps
        daily = caps.daily if member.daily_cap is None else member.daily_cap
        untouched = caps.untouched if member.open_cap is None else member.open_cap
        count = load.assigned_on.get(day, 0)
        if count >= daily:
            detail = f"{count} of {daily} leads on {day}"
            return Excluded(person=person, reason=Exclusion.DAILY_CAP, detail=detail)
        if load.untouched >= untouched:
            detail = f"{load.untouched} of {untouched} untouched leads"
            return Excluded(person=person, reason=Exclusion.OPEN_CAP, detail=detail)
        return None


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
