"""From a brief and the directory to what the queue models take: seats, hours, leads.

Hours are laid out in quarters of an hour of the wall clock of the design's calendar. Four weeks
from go-live are looked at; if all four are alike (no leave, no holiday), one stands for them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from handoff.brief import Band, HandoffBrief, OwnerModel, PersonKey
from handoff.calendars import BusinessCalendar
from handoff.defaults.catalogue import catalogue
from handoff.directory import Directory, PodMember
from handoff.people import (
    DEFAULT_CALENDAR,
    calendar_named,
    find_person,
    find_pod,
    working_calendar,
)
from handoff.regions import pods_by_region
from handoff.sla.queue import (
    SLOT_MINUTES,
    WEEK_HOURS,
    WEEK_SLOTS,
    Crew,
    Demand,
    Hours,
    Seat,
    Service,
    Strategy,
    TargetBand,
)

BAND_SHARES = {Band.A: 0.2, Band.B: 0.3, Band.C: 0.5}
"""How leads spread over the bands: an assumption until there is history."""
WEEKS = 4
_HARDLY_ANY = 1e-6
_NOT_A_STRATEGY = (OwnerModel.ACCOUNT_OWNER, OwnerModel.NAMED_REP, OwnerModel.POD)

_STRATEGIES: dict[OwnerModel, Strategy] = {
    OwnerModel.LEAST_LOADED: "least_loaded",
    OwnerModel.ACCOUNT_OWNER: "owner",
    OwnerModel.NAMED_REP: "owner",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffedPod:
    """A pod as the models see it; `share` is its part of the leads, 0 to 1."""

    name: str
    share: float
    crew: Crew
    #: How far the clocks of its region are ahead of the design's, in whole hours.
    hours_ahead: int = 0
    #: The rep behind each seat; a seat that was added by a what-if has none.
    reps: tuple[PersonKey, ...] = ()

    def demand(self, whole: Demand) -> Demand:
        """Return this pod's part of the leads, in the daytime of its region."""
        turn = self.hours_ahead % WEEK_HOURS
        return replace(
            whole,
            leads_per_week=max(whole.leads_per_week * self.share, _HARDLY_ANY),
            hour_weights=whole.hour_weights[turn:] + whole.hour_weights[:turn],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """All that the feasibility models need to know of a brief."""

    #: The first of the days looked at, where the design's calendar is.
    first: date
    demand: Demand
    service: Service
    pods: tuple[StaffedPod, ...]

    @property
    def team_size(self) -> int:
        """The seats of all pods; a rep in two pods is counted once by `reps`."""
        return sum(len(pod.crew.seats) for pod in self.pods)

    def leads_by_hour(self) -> tuple[float, ...]:
        """Return the leads of all pods by hour of the week, 168 values."""
        pods = [pod.demand(self.demand).leads_by_hour() for pod in self.pods]
        return tuple(map(sum, zip(*pods, strict=True)))

    def with_volume(self, factor: float) -> "Staffing":
        """Return the same team with more or fewer leads."""
        leads = self.demand.leads_per_week * factor
        return replace(self, demand=replace(self.demand, leads_per_week=leads))

    def with_targets(self, bands: tuple[TargetBand, ...]) -> "Staffing":
        """Return the same team and leads with other response targets."""
        return replace(self, demand=replace(self.demand, bands=bands))

    def with_team(self, size: int) -> "Staffing":
        """Return a team of `size` seats, spread over the pods by their share of the leads.

        A larger pod repeats its members from the first on, a smaller one loses its last.
        """
        sizes = _spread(size, [pod.share for pod in self.pods])
        pods = tuple(_resized(pod, count) for pod, count in zip(self.pods, sizes, strict=True))
        return replace(self, pods=pods)

    def with_changed_pod(self, name: str, change: int) -> "Staffing":
        """Return the staffing with one pod larger or smaller by some seats."""
        pods = tuple(
            _resized(pod, max(0, len(pod.crew.seats) + change)) if pod.name == name else pod
            for pod in self.pods
        )
        return replace(self, pods=pods)

    def with_longer_days(self, slots: int) -> "Staffing":
        """Return the staffing with every rep staying on longer at the end of each shift."""
        return replace(self, pods=tuple(_staying(pod, slots) for pod in self.pods))


def staffing(
    *, brief: HandoffBrief, directory: Directory, calendar: BusinessCalendar, as_of: datetime
) -> Staffing:
    """Return the seats, hours and leads of a brief.

    Args:
        brief: Volume (one lead a week stands in for None), handling, targets, pods.
        directory: Members of the pods, their hours, time off, who is active.
        calendar: The design's clock.
        as_of: The day of the proof, aware; the weeks looked at start at go-live if that is
            later.
    """
    # the clock may never close and then has no zone of its own; arrivals follow the office's
    zone = ZoneInfo(calendar_named(directory=directory, name=brief.targets.calendar).timezone)
    live = datetime.combine(brief.go_live, datetime.min.time(), zone)
    window = _Window(first=max(as_of, live).astimezone(zone).date(), zone=zone)
    clock = window.slots(calendar.intervals(*window.span))
    groups = tuple(_groups(brief, directory))
    reps = {member.person for group in groups for member in group.members}
    hours = {rep: _working_slots(rep, directory, window) for rep in reps}
    weeks = 1 if all(_is_weekly(slots) for slots in (clock, *hours.values())) else WEEKS
    layout = _Layout(
        clock=_runs(clock, weeks),
        hours={rep: _runs(slots, weeks) for rep, slots in hours.items()},
        weeks=weeks,
        free=brief.capacity.time_available_percent / 100,
        times=Counter(member.person for group in groups for member in group.members),
    )
    return Staffing(
        first=window.first,
        demand=_demand(brief),
        service=_service(brief),
        pods=tuple(
            _staffed(group, share, layout, _hours_ahead(group, directory, window))
            for group, share in zip(groups, _shares(groups), strict=True)
        ),
    )


def bands_under(*, brief: HandoffBrief, response_sla: float) -> tuple[TargetBand, ...]:
    """Return the bands under another response SLA; a faster A and a slower C keep theirs.

    Args:
        brief: Its targets of A and C.
        response_sla: Minutes on the design's clock, > 0.
    """
    targets = brief.targets
    minutes = {
        Band.A: min(targets.a_minutes, response_sla),
        Band.B: response_sla,
        Band.C: max(targets.c_minutes or 0, response_sla),
    }
    return tuple(
        TargetBand(share=share, target_minutes=minutes[band])
        for band, share in BAND_SHARES.items()
    )


# Private functions


@dataclass(frozen=True, slots=True)
class _Window:
    """The days looked at, on the wall clock of the design's calendar.

    Models take whole weeks from a Monday. When the first day is a Wednesday, the Monday and
    Tuesday of the first week are those at the end.
    """

    first: date
    zone: ZoneInfo

    @property
    def monday(self) -> datetime:
        """Midnight of the Monday before or at the first day."""
        day = self.first - timedelta(days=self.first.weekday())
        return datetime.combine(day, datetime.min.time())

    @property
    def span(self) -> tuple[datetime, datetime]:
        """All days looked at, and those of the last week besides."""
        start = self.monday.replace(tzinfo=self.zone)
        return start, start + timedelta(weeks=WEEKS + 1)

    def slots(self, spans: Iterable[tuple[datetime, datetime]]) -> frozenset[int]:
        """Return the quarters of an hour that the spans cover, rounded to the nearest edge."""
        found: set[int] = set()
        for start, end in spans:
            found.update(range(self._edge(start), self._edge(end)))
        begin, whole = self.first.weekday() * WEEK_SLOTS // 7, WEEKS * WEEK_SLOTS
        return frozenset(slot % whole for slot in found if begin <= slot < begin + whole)

    def _edge(self, at: datetime) -> int:
        local = at.astimezone(self.zone).replace(tzinfo=None)
        return round((local - self.monday) / timedelta(minutes=SLOT_MINUTES))


@dataclass(frozen=True, slots=True)
class _Group:
    """Pods of one region, which take leads in one rotation."""

    name: str
    model: OwnerModel
    members: tuple[PodMember, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all groups have in common."""

    clock: Hours
    hours: dict[PersonKey, Hours]
    weeks: int
    free: float
    times: Counter[PersonKey]


def _groups(brief: HandoffBrief, directory: Directory) -> Iterator[_Group]:
    """Yield the pods as the routing matrix puts them together, with their active members."""
    asked = next((m for m in brief.people.owner_models if m not in _NOT_A_STRATEGY), None)
    for _, names in pods_by_region(brief=brief, directory=directory):
        pods = [pod for name in names if (pod := find_pod(directory=directory, name=name))]
        yield _Group(
            name=" + ".join(names),
            model=asked or (pods[0].model if pods else OwnerModel.ROUND_ROBIN),
            members=tuple(
                member
                for pod in pods
                for member in pod.members
                if _is_active(member.person, directory)
            ),
        )


def _shares(groups: tuple[_Group, ...]) -> list[float]:
    """Return each group's part of the leads: an assumption, by the weights of its members."""
    weights = [sum(member.weight for member in group.members) for group in groups]
    if not any(weights):
        return [1 / len(groups)] * len(groups)
    return [weight / sum(weights) for weight in weights]


def _hours_ahead(group: _Group, directory: Directory, window: _Window) -> int:
    """Return how many hours the group's clock shows more than the design's.

    The leads of a region arrive in the daytime of that region, where its reps are.
    """
    if not group.members:
        return 0
    name = group.members[0].calendar or DEFAULT_CALENDAR
    zone = ZoneInfo(calendar_named(directory=directory, name=name).timezone)
    there = window.monday.replace(tzinfo=zone).utcoffset() or timedelta()
    here = window.monday.replace(tzinfo=window.zone).utcoffset() or timedelta()
    return round((there - here) / timedelta(hours=1))


def _is_active(key: PersonKey, directory: Directory) -> bool:
    person = find_person(directory=directory, key=key)
    return person is not None and person.is_active and not person.is_bot


def _working_slots(rep: PersonKey, directory: Directory, window: _Window) -> frozenset[int]:
    start, end = window.span
    working = working_calendar(directory=directory, person=rep, at=start)
    slots = window.slots(working.intervals(start, end))
    person = find_person(directory=directory, key=rep)
    zone = ZoneInfo(person.timezone if person else "UTC")
    away = [
        (
            datetime.combine(span.first, datetime.min.time(), zone).astimezone(UTC),
            datetime.combine(span.last + timedelta(days=1), datetime.min.time(), zone).astimezone(
                UTC
            ),
        )
        for span in directory.time_off
        if span.person == rep
    ]
    inside = [(max(a, start), min(b, end)) for a, b in away if a < end and b > start]
    return slots - window.slots(inside)


def _is_weekly(slots: frozenset[int]) -> bool:
    first = {slot for slot in slots if slot < WEEK_SLOTS}
    return slots == {slot + week * WEEK_SLOTS for slot in first for week in range(WEEKS)}


def _runs(slots: frozenset[int], weeks: int) -> Hours:
    """Return the slots of the first weeks as runs."""
    runs: list[list[int]] = []
    for slot in sorted(slots):
        if slot >= weeks * WEEK_SLOTS:
            break
        if runs and runs[-1][1] == slot:
            runs[-1][1] = slot + 1
        else:
            runs.append([slot, slot + 1])
    return tuple((start, stop) for start, stop in runs)


def _demand(brief: HandoffBrief) -> Demand:
    weights = brief.capacity.arrival_weights or catalogue().arrival_weights(
        segment=brief.segment.base
    )
    return Demand(
        leads_per_week=brief.capacity.leads_per_week or 1.0,
        hour_weights=weights,
        bands=tuple(
            TargetBand(share=share, target_minutes=brief.targets.minutes(band))
            for band, share in BAND_SHARES.items()
        ),
    )


def _service(brief: HandoffBrief) -> Service:
    capacity = brief.capacity
    return Service(
        mean_minutes=capacity.handling_minutes,
        cv=capacity.handling_cv,
        family="exponential" if capacity.handling_cv == 1 else "lognormal",
    )


def _staffed(group: _Group, share: float, layout: _Layout, hours_ahead: int) -> StaffedPod:
    seats = tuple(
        Seat(
            hours=layout.hours[member.person],
            time_share=layout.free / layout.times[member.person],
            weight=member.weight,
        )
        for member in group.members
    )
    return StaffedPod(
        name=group.name,
        share=share,
        reps=tuple(member.person for member in group.members),
        hours_ahead=hours_ahead,
        crew=Crew(
            seats=seats,
            clock=layout.clock,
            weeks=layout.weeks,
            strategy=_STRATEGIES.get(group.model, "round_robin"),
        ),
    )


def _spread(size: int, shares: list[float]) -> list[int]:
    """Return `size` split by shares in whole numbers; the largest remainders get the rest."""
    exact = [size * share for share in shares]
    counts = [int(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda i: (counts[i] - exact[i], i))
    for i in order[: size - sum(counts)]:
        counts[i] += 1
    return counts


def _resized(pod: StaffedPod, size: int) -> StaffedPod:
    seats = pod.crew.seats or (Seat(hours=pod.crew.clock),)
    crew = replace(pod.crew, seats=tuple(islice(cycle(seats), size)))
    return replace(pod, crew=crew, reps=pod.reps[:size])


def _staying(pod: StaffedPod, slots: int) -> StaffedPod:
    seats = tuple(
        replace(seat, hours=_stretched(seat.hours, slots, pod.crew.slots))
        for seat in pod.crew.seats
    )
    clock = _stretched(pod.crew.clock, slots, pod.crew.slots)
    return replace(pod, crew=replace(pod.crew, seats=seats, clock=clock))


def _stretched(hours: Hours, slots: int, end: int) -> Hours:
    """Return the runs, each longer at its end; runs that meet become one."""
    runs: list[tuple[int, int]] = []
    for start, stop in hours:
        longer = (start, min(stop + slots, end))
        if runs and runs[-1][1] >= start:
            longer = (runs.pop()[0], longer[1])
        runs.append(longer)
    return tuple(runs)
