"""Simulation of real weeks: hours, spread of handling, pods that hand out leads by a strategy.

Many independent futures run side by side. The first lead of every future is placed, then the
second of every future, and so on: one lead costs a few operations on arrays of (seats, futures).
Each seat keeps its own clock of working minutes, so that nights, weekends and leave cost
nothing: a lead that a rep starts at closing time is finished the next morning.

First touch is the moment a rep turns to the lead. The wait is measured on the design's clock.

Source: the recursion of J. Kiefer and J. Wolfowitz (1955) with one workload per seat; arrivals
by inversion of the cumulative rate, E. Cinlar, Introduction to Stochastic Processes (1975) 4.7.
"""

from dataclasses import dataclass
from math import ceil, inf, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.sla.interval import Estimate, share_of
from handoff.sla.opentime import OpenTime
from handoff.sla.placing import Placing, placing_for
from handoff.sla.queue import (
    WEEK_HOURS,
    Crew,
    Demand,
    Effort,
    QueueOutcome,
    Service,
    overwhelmed,
    utilisation_of,
)
from handoff.sla.seats import Seats
from handoff.sla.stationary import draw_handling

Floats = npt.NDArray[np.float64]

#: Minutes at which the curve of waits is read, next to the targets themselves.
_READ_AT = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1440)
_WEEK = WEEK_HOURS * 60
_SPARE_WEEKS = 8  # work may spill over the end; whoever still waits after that is late


@dataclass(frozen=True, slots=True)
class Leads:
    """What happened to the leads that were measured; one value per lead, in no special order."""

    #: The future each lead belongs to.
    future: npt.NDArray[np.int64]
    #: Minute of the week of the arrival, 0 up to 10,080.
    minute: Floats
    #: Minutes on the design's clock from arrival to first touch.
    wait: Floats
    #: Elapsed minutes from arrival to first touch.
    elapsed: Floats
    #: The seat that took the lead.
    seat: npt.NDArray[np.int64]


def solve(
    *,
    demand: Demand,
    crew: Crew,
    service: Service,
    rng: np.random.Generator,
    effort: Effort | None = None,
) -> QueueOutcome:
    """Return what a crew does through the week, with a 95 % interval.

    Args:
        demand: Leads of the week and their bands.
        crew: Seats with their own hours and shares of time, and how leads find them.
        service: Handling with its spread.
        rng: Source of all chance; the same state gives the same answer.
        effort: How much to simulate; None for a tenth of a second to a few seconds.

    Returns:
        The outcome; a team that cannot keep up has attainment 0 and infinite percentiles.
    """
    utilisation = utilisation_of(demand=demand, crew=crew, service=service)
    if utilisation >= 1:
        return overwhelmed(utilisation=utilisation, method="simulation")
    effort = effort or Effort.fitting(demand=demand, crew=crew)
    leads = run(demand=demand, crew=crew, service=service, rng=rng, effort=effort)
    return _outcome(demand, crew, leads, effort, utilisation)


def run(
    *, demand: Demand, crew: Crew, service: Service, rng: np.random.Generator, effort: Effort
) -> Leads:
    """Return the fate of every lead of the measured periods.

    Args:
        demand: Leads of the week; bands are not used, nobody overtakes.
        crew: At least one seat with hours.
        service: Handling with its spread.
        rng: Source of all chance.
        effort: How much to simulate.
    """
    chance = rng.spawn(3)  # apart, so that one change of the inputs leaves the rest as it was
    lead_in = effort.lead_in_weeks(
        utilisation=utilisation_of(demand=demand, crew=crew, service=service)
    )
    start = ceil(lead_in / crew.weeks) * crew.weeks
    end = start + effort.periods * crew.weeks
    arrived = _WEEK * (start - lead_in) + _arrivals(
        demand, end - start + lead_in, effort.futures, chance[0]
    )
    handling = draw_handling(service=service, shape=arrived.shape, rng=chance[1])
    periods = ceil((end + _SPARE_WEEKS) / crew.weeks)
    seats = Seats.of(crew=crew, periods=periods, futures=effort.futures)
    touched, seat = _place(arrived, handling, seats, placing_for(crew=crew, rng=chance[2]))
    measured = (arrived >= start * _WEEK) & (arrived < end * _WEEK)
    clock = OpenTime.of(hours=crew.clock, period=crew.slots, repeats=periods)
    return Leads(
        future=np.nonzero(measured)[1],
        minute=arrived[measured] % _WEEK,
        wait=_waits(clock, arrived[measured], touched[measured]),
        elapsed=touched[measured] - arrived[measured],
        seat=seat[measured],
    )


# Private functions


def _arrivals(demand: Demand, weeks: int, futures: int, rng: np.random.Generator) -> Floats:
    """Return arrival minutes, shape (leads, futures); the last ones lie beyond the weeks."""
    expected = demand.leads_per_week * weeks
    count = ceil(expected + 6 * sqrt(expected) + 10)
    unit = np.cumsum(rng.standard_exponential((count, futures)), axis=0)
    week, inside = np.divmod(unit, demand.leads_per_week)
    known = np.concatenate(([0.0], np.cumsum(demand.leads_by_hour())))
    edges = np.arange(WEEK_HOURS + 1) * 60.0
    known[-1] = demand.leads_per_week
    arrived: Floats = week * edges[-1] + np.interp(inside, known, edges)
    return arrived


def _place(
    arrived: Floats, handling: npt.NDArray[Any], seats: Seats, placing: Placing
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return when each lead was first touched, and by which seat."""
    touched = np.empty_like(arrived)
    taken = np.empty(arrived.shape, dtype=np.int64)
    for lead in range(len(arrived)):
        seats.advance(arrived[lead])
        chosen = placing(seats)
        taken[lead] = chosen
        touched[lead] = seats.give(chosen, handling[lead])
    return touched, taken


def _waits(clock: OpenTime, arrived: Floats, touched: Floats) -> Floats:
    wait = np.full(len(arrived), inf)
    known = np.isfinite(touched)
    wait[known] = clock.minutes_at(touched[known]) - clock.minutes_at(arrived[known])
    return wait


def _outcome(
    demand: Demand, crew: Crew, leads: Leads, effort: Effort, utilisation: float
) -> QueueOutcome:
    on_time = sum(band.share * (leads.wait < band.target_minutes) for band in demand.bands)
    estimate = _by_future(np.asarray(on_time), leads, effort.futures)
    p50, p90, p95, p99 = np.quantile(
        leads.wait, (0.5, 0.9, 0.95, 0.99), method="inverted_cdf"
    ).tolist()
    hour = (leads.minute / 60).astype(np.int64)
    counts = np.bincount(hour, minlength=WEEK_HOURS)
    late = np.bincount(hour, weights=1 - np.asarray(on_time), minlength=WEEK_HOURS)
    return QueueOutcome(
        attainment=estimate.share,
        ci_low=estimate.low,
        ci_high=estimate.high,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        utilisation=utilisation,
        backlog=_backlog(leads, effort.futures * effort.periods * crew.weeks),
        late_by_hour=tuple((late / np.maximum(counts, 1)).tolist()),
        curve=_curve(leads.wait, {band.target_minutes for band in demand.bands}),
        method="simulation",
        error=estimate.half_width,
    )


def _by_future(on_time: Floats, leads: Leads, futures: int) -> Estimate:
    return share_of(
        hits=np.bincount(leads.future, weights=on_time, minlength=futures),
        counts=np.bincount(leads.future, minlength=futures),
    )


def _backlog(leads: Leads, weeks: int) -> tuple[float, ...]:
    """Return the leads waiting on average at the middle of each hour of the week.

    A lead waits at a middle if it arrived before and was touched after it: a step up at the
    first middle after its arrival, a step down at the first after its touch.
    """
    waits = np.minimum(leads.elapsed, 4 * WEEK_HOURS * 60.0)
    first = np.ceil(leads.minute / 60 - 0.5).astype(np.int64)
    last = np.ceil((leads.minute + waits) / 60 - 0.5).astype(np.int64)
    whole, rest = np.divmod(last - first, WEEK_HOURS)
    steps = np.bincount(first % WEEK_HOURS, minlength=2 * WEEK_HOURS + 1)
    ends = first % WEEK_HOURS + rest
    steps = steps - np.bincount(ends, minlength=2 * WEEK_HOURS + 1)
    waiting = np.cumsum(steps)[: 2 * WEEK_HOURS].reshape(2, WEEK_HOURS).sum(axis=0)
    return tuple(((waiting + whole.sum()) / weeks).tolist())


def _curve(waits: Floats, targets: set[float]) -> tuple[tuple[float, float], ...]:
    ordered = np.sort(waits)
    curve: list[tuple[float, float]] = []
    for minutes in sorted(targets | {float(m) for m in _READ_AT}):
        side = "right" if minutes == 0 else "left"
        share = int(np.searchsorted(ordered, minutes, side=side)) / len(ordered)  # type: ignore[call-overload]
        curve.append((minutes, share))
        if share > 0.9995 and minutes >= max(targets):
            break
    return tuple(curve)
