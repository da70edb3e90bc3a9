"""The words of the queue models: what arrives, who takes it up, and what came out.

Plain values without numpy, so that everything may import them. Time is cut into slots of a
quarter of an hour that start on a Monday at 00:00 in the zone of the design's calendar; slot 0
is 00:00 to 00:15. A model covers one or more whole weeks and repeats after them.
"""

from dataclasses import dataclass
from math import inf, isfinite, log
from typing import Literal

SLOT_MINUTES = 15
WEEK_SLOTS = 7 * 24 * 60 // SLOT_MINUTES
WEEK_HOURS = 7 * 24
HOUR_SLOTS = 60 // SLOT_MINUTES

#: How the leads of a pod find their rep. `shared`: whoever is free first takes the longest
#: waiting. `round_robin`: in turn by weight, among those working now or next. `least_loaded`:
#: the fewest untouched leads. `owner`: each lead has its own rep (account_owner, named_rep).
Strategy = Literal["shared", "round_robin", "least_loaded", "owner"]
Method = Literal["closed form", "transient chain", "simulation"]

#: Half-open runs of slots [start, stop), ascending and apart.
Hours = tuple[tuple[int, int], ...]


class ImpossibleModel(ValueError):
    """A queue model cannot have these inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBand:
    """A part of the leads that shares one response target."""

    #: Part of all leads, 0 to 1; the shares of a demand add up to 1.
    share: float
    #: Response target in minutes on the design's clock, > 0.
    target_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The leads of a typical week."""

    leads_per_week: float
    #: 168 relative weights, >= 0, from Monday 00:00; their sum does not matter.
    hour_weights: tuple[float, ...]
    bands: tuple[TargetBand, ...]

    def __post_init__(self) -> None:
        """Refuse numbers that no week can have.

        Raises:
            ImpossibleModel: naming the number.
        """
        if not (isfinite(self.leads_per_week) and self.leads_per_week > 0):
            raise ImpossibleModel(f"leads per week are above zero; got {self.leads_per_week}")
        if len(self.hour_weights) != WEEK_HOURS or min(self.hour_weights) < 0:
            raise ImpossibleModel("an arrival profile has 168 weights of zero or more")
        if not sum(self.hour_weights) > 0:
            raise ImpossibleModel("an arrival profile needs at least one hour with leads")
        if not self.bands or abs(sum(band.share for band in self.bands) - 1) > 1e-9:
            raise ImpossibleModel("the shares of the bands add up to 1")
        if min(band.target_minutes for band in self.bands) <= 0:
            raise ImpossibleModel("a response target is longer than zero minutes")

    def leads_by_hour(self) -> tuple[float, ...]:
        """Return the expected leads of each of the 168 hours of the week."""
        scale = self.leads_per_week / sum(self.hour_weights)
        return tuple(weight * scale for weight in self.hour_weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How long one lead occupies a rep who does nothing else."""

    mean_minutes: float
    #: Standard deviation as a share of the mean: 0 is always the same, 1 very uneven.
    cv: float = 1.0
    #: `exponential` has a cv of 1 by nature; `lognormal` with a cv of 0 is always the same.
    family: Literal["exponential", "lognormal"] = "exponential"

    def __post_init__(self) -> None:
        """Refuse times that no handling can take.

        Raises:
            ImpossibleModel: naming the number.
        """
        if not (isfinite(self.mean_minutes) and self.mean_minutes > 0):
            raise ImpossibleModel(
                f"handling takes more than zero minutes; got {self.mean_minutes}"
            )
        if not (isfinite(self.cv) and self.cv >= 0):
            raise ImpossibleModel(f"the spread of handling is zero or more; got {self.cv}")
        if self.family == "exponential" and self.cv != 1:
            raise ImpossibleModel("exponential handling has a spread of 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One rep's working time as the model sees it."""

    #: When the rep works; empty when away for the whole model.
    hours: Hours
    #: Part of the working time that leads may take, 0 < share <= 1. The rest stretches the
    #: handling: at 0.5 a lead of 10 minutes keeps the rep for 20.
    time_share: float = 1.0
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a seat that could never work a lead off.

        Raises:
            ImpossibleModel: naming the number.
        """
        if not 0 < self.time_share <= 1:
            raise ImpossibleModel(f"time for leads is above 0 up to 1; got {self.time_share}")
        if not self.weight > 0:
            raise ImpossibleModel(f"a weight is above zero; got {self.weight}")

    def open_minutes(self) -> float:
        """Return the minutes for leads in one period of the model."""
        return self.time_share * SLOT_MINUTES * sum(stop - start for start, stop in self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The reps of one pod, the clock they are measured by, and how a lead finds its rep."""

    seats: tuple[Seat, ...]
    #: When the response clock runs: the open slots of the design's calendar.
    clock: Hours
    weeks: int = 1
    strategy: Strategy = "shared"

    def __post_init__(self) -> None:
        """Refuse a clock that never runs and hours outside the period.

        Raises:
            ImpossibleModel: naming what is wrong.
        """
        if not self.clock:
            raise ImpossibleModel("the design's calendar is never open; give it working hours")
        for hours in (self.clock, *(seat.hours for seat in self.seats)):
            edges = [edge for run in hours for edge in run]
            if edges and (edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > self.slots):
                raise ImpossibleModel("hours are ascending, separate runs of slots in the period")

    @property
    def slots(self) -> int:
        """The slots of one period of the model."""
        return self.weeks * WEEK_SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much to simulate."""

    #: Independent futures, at least 2.
    futures: int
    #: Periods measured in each future, after the lead-in.
    periods: int = 1

    @classmethod
    def fitting(cls, *, demand: Demand, crew: Crew, leads: int = 60_000) -> "Effort":
        """Return the effort that measures about `leads` leads, with 24 to 600 futures."""
        futures = leads / (demand.leads_per_week * crew.weeks)
        return cls(futures=round(min(max(futures, 24), 600)))

    def lead_in_weeks(self, *, utilisation: float) -> int:
        """Return the weeks thrown away at the start, more for busier teams."""
        return 1 if utilisation < 0.8 else 2 if utilisation < 0.9 else 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOutcome:
    """What a team does to its leads in the long run. Minutes are on the design's clock."""

    #: Share of leads touched within their own target, 0 to 1, with its 95 % interval.
    attainment: float
    ci_low: float
    ci_high: float
    #: Time to first touch, in minutes; infinite when the queue grows without end.
    p50: float
    p90: float
    p95: float
    p99: float
    #: Work that arrives over work that the team can do; 1 and more never settles.
    utilisation: float
    #: 168 values: leads that wait untouched, on average over that hour of the week; none where
    #: they grow without end or nobody asked.
    backlog: tuple[float, ...]
    #: 168 values or none: of the leads that arrive in that hour, the share touched late.
    late_by_hour: tuple[float, ...]
    #: (minutes, share of leads touched within them), ascending in both.
    curve: tuple[tuple[float, float], ...]
    method: Method
    #: What the attainment may be off by: half the interval, or the numerical bound.
    error: float

    @property
    def is_stable(self) -> bool:
        """Whether the team keeps up at all."""
        return self.utilisation < 1

    def attainment_at(self, *, minutes: float) -> float:
        """Return the share of leads touched within `minutes`, by interpolation of the curve."""
        below = (0.0, 0.0)
        for point in self.curve:
            if point[0] >= minutes:
                span = point[0] - below[0]
                part = (minutes - below[0]) / span if span else 1.0
                return below[1] + part * (point[1] - below[1])
            below = point
        return below[1]


def utilisation_of(*, demand: Demand, crew: Crew, service: Service) -> float:
    """Return the work that arrives over the work the crew can do; infinite without a crew."""
    capacity = sum(seat.open_minutes() for seat in crew.seats) / crew.weeks
    return demand.leads_per_week * service.mean_minutes / capacity if capacity else inf


def overwhelmed(*, utilisation: float, method: Method) -> QueueOutcome:
    """Return the long run of a team with more work than it can do: everybody waits for ever."""
    return QueueOutcome(
        attainment=0.0,
        ci_low=0.0,
        ci_high=0.0,
        p50=inf,
        p90=inf,
        p95=inf,
        p99=inf,
        utilisation=utilisation,
        backlog=(),
        late_by_hour=(1.0,) * WEEK_HOURS,
        curve=((0.0, 0.0),),
        method=method,
        error=0.0,
    )


def percentile(*, curve: tuple[tuple[float, float], ...], share: float) -> float:
    """Return the minutes within which `share` of the leads are touched.

    Between two points of the curve the late share falls exponentially, as it does in queues;
    beyond the last point that fall goes on.

    Args:
        curve: (minutes, share of leads touched within them), ascending in both.
        share: 0 <= share < 1.

    Returns:
        Minutes; infinite where the curve never climbs.
    """
    below = curve[0]
    if share <= below[1]:
        return below[0]
    for above in curve[1:]:
        if above[1] > below[1]:
            slope = (_log_late(below) - _log_late(above)) / (above[0] - below[0])
            minutes = below[0] + (_log_late(below) - log(1 - share)) / slope
            if above[1] >= share or above is curve[-1]:
                return minutes
        below = above
    return inf


def _log_late(point: tuple[float, float]) -> float:
    return log(max(1 - point[1], 1e-12))


def always(*, weeks: int = 1) -> Hours:
    """Return the hours of somebody who never sleeps, for tests and for elapsed clocks."""
    return ((0, weeks * WEEK_SLOTS),)
