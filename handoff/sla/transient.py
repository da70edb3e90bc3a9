"""The exact queue when arrivals and reps change through the week: M(t)/M/c(t) by uniformisation.

The number of leads in the system is a birth-and-death chain whose rates are constant within a
slot. Uniformisation turns each slot into a Poisson-weighted sum of steps of a discrete chain:
only positive terms, so the error is the cut tail and nothing else. The week is repeated until it
reproduces itself. From the state at an instant, the wait of a lead that arrives then follows by
looking ahead: nobody overtakes it, so only departures count, and those are Poisson as well.

A rep who goes home passes the open lead on; it is the first to be taken up again. Handling is
exponential; whatever is not, is for `simulation`.

Source: A. Jensen (1953); D. Gross and D. Miller, Operations Research 32 (1984) 343; waits in
queues with changing servers: A. Ingolfsson et al., INFORMS Journal on Computing 19 (2007) 201.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, exp, inf, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.sla.opentime import OpenTime
from handoff.sla.queue import (
    HOUR_SLOTS,
    SLOT_MINUTES,
    WEEK_HOURS,
    Crew,
    Demand,
    ImpossibleModel,
    QueueOutcome,
    Service,
    overwhelmed,
    percentile,
)

Floats = npt.NDArray[np.float64]

#: Probability that may be cut off anywhere: by the Poisson sum, the largest queue, the repeats.
TAIL = 1e-13
_LARGEST_QUEUE = 3_000
_MOST_PERIODS = 60
_DENSE_STATES = 1_000

Nodes = tuple[tuple[float, float], ...]
SIMPSON: Nodes = ((0.0, 1 / 6), (0.5, 4 / 6), (1.0, 1 / 6))
MIDDLE: Nodes = ((0.5, 1.0),)

#: Minutes at which the curve of waits is read, next to the targets themselves.
_READ_AT = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1440)


class QueueTooLong(ImpossibleModel):
    """The queue is too long, or settles too slowly, to be followed exactly."""


@dataclass(frozen=True)
class Chain:
    """Rates of the chain, slot by slot, for one period."""

    #: Leads per elapsed minute, by slot.
    arrivals: Floats
    #: Reps at work, by slot.
    reps: npt.NDArray[np.int64]
    #: Leads that one rep at work finishes per minute.
    rate: float
    clock: OpenTime

    @property
    def slots(self) -> int:
        """The slots of one period."""
        return len(self.arrivals)

    @cached_property
    def utilisation(self) -> float:
        """Arrivals of the period over what its reps can finish."""
        work = float(self.reps.sum()) * self.rate
        return float(self.arrivals.sum()) / work if work else inf

    @cached_property
    def run_starts(self) -> list[int]:
        """The slots at which the number of reps changes, over all laid out periods."""
        reps = np.tile(self.reps, len(self.clock.is_open) // self.slots)
        return [0, *(np.flatnonzero(np.diff(reps)) + 1).tolist()]


@dataclass(frozen=True)
class Course:
    """The distribution of the number of leads in the system, slot by slot."""

    #: Rows: each slot's start and middle in turn, then the end; columns: 0, 1, 2, ... leads.
    states: Floats
    #: Largest difference between the start and the end of the period, plus the mass cut off.
    error: float


def solve(*, demand: Demand, crew: Crew, service: Service) -> QueueOutcome:
    """Return what a shared queue does through the week, exactly.

    Args:
        demand: Leads of the week and their bands.
        crew: Reps whose hours follow the slots; strategy `shared`.
        service: Handling; only its mean counts, the chain is exponential.

    Returns:
        The outcome; its interval is the attainment plus and minus the numerical bound. A team
        that cannot keep up has attainment 0 and infinite percentiles.

    Raises:
        QueueTooLong: if the simulation has to answer.
    """
    chain = build(demand=demand, crew=crew, service=service)
    if chain.utilisation >= 1:
        return overwhelmed(utilisation=chain.utilisation, method="transient chain")
    course = follow(chain=chain)
    return _outcome(demand=demand, chain=chain, course=course)


def build(*, demand: Demand, crew: Crew, service: Service) -> Chain:
    """Return the rates of the chain for a crew that shares one queue.

    Args:
        demand: Leads of the week and their bands.
        crew: Its seats may differ in hours; their shares of time are averaged by hours.
        service: Handling; only its mean counts.
    """
    per_hour = np.asarray(demand.leads_by_hour())
    arrivals = np.tile(np.repeat(per_hour / 60, HOUR_SLOTS), crew.weeks)
    reps = np.zeros(crew.slots, dtype=np.int64)
    for seat in crew.seats:
        for start, stop in seat.hours:
            reps[start:stop] += 1
    worked = float(reps.sum()) * SLOT_MINUTES
    share = sum(seat.open_minutes() for seat in crew.seats) / worked if worked else 1.0
    longest = max(band.target_minutes for band in demand.bands)
    clock = _clock(crew, beyond=longest)
    return Chain(arrivals=arrivals, reps=reps, rate=share / service.mean_minutes, clock=clock)


def follow(*, chain: Chain, empty_at_start: bool = False) -> Course:
    """Return the course of the chain through one period.

    Args:
        chain: Utilisation below 1 unless `empty_at_start`.
        empty_at_start: Follow one period from an empty system instead of the one that repeats.

    Raises:
        QueueTooLong: if the queue is longer than this model follows, or does not settle.
    """
    largest = _first_guess(chain)
    while largest <= _LARGEST_QUEUE:
        course = _follow(chain, largest, 1 if empty_at_start else _MOST_PERIODS)
        if course is not None:
            return course
        largest = largest * 3 // 2
    raise QueueTooLong("the queue grows too long to be followed; use the simulation")


def late_shares(
    *, chain: Chain, course: Course, target_minutes: float, nodes: Nodes = SIMPSON
) -> Floats:
    """Return P(W > target) for a lead that arrives in each slot; one value per slot.

    Args:
        chain: The chain that gave the course.
        course: The states through the period.
        target_minutes: Response target on the clock, > 0; as near 0 as you like for P(W > 0).
        nodes: Where in the slot to look and with which weight; the state moves smoothly there.
            Slots without arrivals are left at 0.
    """
    ahead = _LookAhead(chain=chain, states=course.states.shape[1])
    late = np.zeros(chain.slots)
    for slot in np.flatnonzero(chain.arrivals).tolist():
        for place, weight in nodes:
            state = course.states[2 * slot + int(2 * place)]
            late[slot] += weight * ahead.late(slot, place, state, target_minutes)
    return late


# Private functions


def _clock(crew: Crew, *, beyond: float) -> OpenTime:
    open_minutes = sum(stop - start for start, stop in crew.clock) * SLOT_MINUTES
    repeats = 2 + ceil(max(beyond, 5 * open_minutes / crew.weeks) / open_minutes)
    return OpenTime.of(hours=crew.clock, period=crew.slots, repeats=repeats)


def _first_guess(chain: Chain) -> int:
    grown = np.cumsum(np.tile((chain.arrivals - chain.reps * chain.rate) * SLOT_MINUTES, 2))
    backlog = float((grown - np.minimum.accumulate(np.minimum(grown, 0))).max())
    stationary = log(TAIL) / log(min(max(chain.utilisation, 0.5), 0.9))
    return int(chain.reps.max() + backlog + 8 * sqrt(backlog) + min(stationary, 150))


def _follow(chain: Chain, largest: int, periods: int) -> Course | None:
    """Return the course with queues up to `largest`, or None if that cuts too much off."""
    step = _Step(largest=largest, rate=chain.rate)
    start = np.zeros(largest + 1)
    start[0] = 1.0
    states = np.empty((2 * chain.slots + 1, largest + 1))
    moves: list[Floats] = []
    for _ in range(periods):
        _walk(chain, step, start, states)
        if states[:, -1].max() > 100 * TAIL:
            return None
        moves.append(states[-1] - start)
        if periods == 1 or np.abs(moves[-1]).sum() < 100 * TAIL:
            change = float(np.abs(moves[-1]).sum()) if periods > 1 else 0.0
            return Course(states=states, error=change + float(states[:, -1].max()))
        start = _next_start(states[-1].copy(), moves)
    raise QueueTooLong("the queue does not settle; use the simulation")


def _walk(chain: Chain, step: "_Step", state: Floats, states: Floats) -> None:
    """Fill in the states of one period from its start."""
    states[0] = state
    for slot, (arrivals, reps) in enumerate(
        zip(chain.arrivals.tolist(), chain.reps.tolist(), strict=True)
    ):
        states[2 * slot + 1] = half = step(states[2 * slot], arrivals, reps)
        states[2 * slot + 2] = step(half, arrivals, reps)


def _next_start(end: Floats, moves: list[Floats]) -> Floats:
    """Return where to start the next period: the end of this one, or a leap along its trend.

    The last error to die shrinks by the same factor each period; every third period the sum of
    that series is added at once (Aitken). A leap that is wrong only costs periods.
    """
    if len(moves) % 3:
        return end
    before, last = moves[-2], moves[-1]
    ratio = float(last @ before) / float(before @ before)
    if not 0 < ratio < 0.999:
        return end
    leap = np.maximum(end + last * (ratio / (1 - ratio)), 0)
    start: Floats = leap / leap.sum()
    return start


@dataclass
class _Step:
    """One half slot of the chain, remembered as a matrix where that is cheaper."""

    largest: int
    rate: float
    _matrices: dict[tuple[float, int], Floats] = field(default_factory=dict)

    def __call__(self, state: Floats, arrivals: float, reps: int) -> Floats:
        if arrivals == 0 and reps == 0:
            return state
        if self.largest > _DENSE_STATES:
            return self._uniformise(state, arrivals, reps)
        key = (arrivals, reps)
        if key not in self._matrices:
            self._matrices[key] = self._uniformise(np.eye(self.largest + 1), arrivals, reps)
        after: Floats = state @ self._matrices[key]
        return after

    def _uniformise(self, state: Floats, arrivals: float, reps: int) -> Floats:
        """Return the state, or each row of states, after half a slot."""
        busy = np.minimum(np.arange(self.largest + 1), reps) * self.rate
        pace = arrivals + reps * self.rate
        up, down = arrivals / pace, busy[1:] / pace
        stay = 1 - up - busy / pace
        stay[-1] += up  # a lead beyond the largest queue is cut off; `follow` checks how rare
        weights = _poisson(pace * SLOT_MINUTES / 2)
        total: Floats = weights[0] * state
        for weight in weights[1:]:
            after = state * stay
            after[..., 1:] += up * state[..., :-1]
            after[..., :-1] += down * state[..., 1:]
            state = after
            total += weight * state
        return total


@dataclass
class _LookAhead:
    """The chance of still waiting at the due instant, by the number of leads ahead."""

    chain: Chain
    states: int
    _known: dict[tuple[tuple[int, float], ...], Floats] = field(default_factory=dict)

    def late(self, slot: int, place: float, state: Floats, target: float) -> float:
        """Return P(W > target) for a lead that arrives `place` of the way into `slot`."""
        runs = self._runs(slot, place, self._due(slot, place, target))
        if runs not in self._known:
            self._known[runs] = self._still_waiting(runs)
        return float(state @ self._known[runs])

    def _due(self, slot: int, place: float, target: float) -> float:
        clock = self.chain.clock
        turn = clock.opened[slot] + clock.is_open[slot] * place * SLOT_MINUTES
        quarters, rest = divmod(float(turn) + target, SLOT_MINUTES)
        if rest == 0:  # due at closing time, not at the next opening
            quarters, rest = quarters - 1, float(SLOT_MINUTES)
        return int(clock.slot_of[int(quarters)]) * SLOT_MINUTES + rest

    def _runs(self, slot: int, place: float, due: float) -> tuple[tuple[int, float], ...]:
        """Return (reps, minutes) in turn from arrival to due.

        At the very end of a slot the lead still meets the reps of that slot, for no time.
        """
        starts, chain, runs, at = (
            self.chain.run_starts,
            self.chain,
            [],
            (slot + place) * SLOT_MINUTES,
        )
        run = bisect_right(starts, slot) - 1
        while at < due:
            last = run + 1 >= len(starts)
            until = due if last else min(due, starts[run + 1] * SLOT_MINUTES)
            runs.append((int(chain.reps[starts[run] % chain.slots]), round(until - at, 9)))
            at, run = until, run + 1
        return tuple(runs)

    def _still_waiting(self, runs: tuple[tuple[int, float], ...]) -> Floats:
        """Return P(still waiting after the runs), by the number of leads ahead.

        A lead is taken up as soon as fewer are ahead of it than reps are at work. While it
        waits, every rep is busy, so departures are Poisson. Solved from the due instant back.
        """
        waiting = np.ones(self.states)
        for reps, minutes in reversed(runs):
            if not reps:
                continue
            behind = np.zeros(self.states)
            gone = _poisson(reps * self.chain.rate * minutes)[: self.states - reps]
            behind[reps:] = np.convolve(waiting[reps:], gone)[: self.states - reps]
            waiting = behind
        return waiting


def _poisson(mean: float) -> Floats:
    """Return P(0), P(1), ... of a Poisson count until less than TAIL is left."""
    if mean > 500:  # exp(-mean) would underflow; the terms are built out from the middle
        return _poisson_from_mode(mean)
    size = int(mean + 9 * sqrt(mean) + 25)
    ratios: Floats = np.concatenate(([exp(-mean)], mean / np.arange(1, size)))
    weights: Floats = np.multiply.accumulate(ratios)
    return weights


def _poisson_from_mode(mean: float) -> Floats:
    size = int(mean + 9 * sqrt(mean) + 25)
    steps = np.concatenate(([0.0], np.log(mean / np.arange(1, size))))
    logs = np.cumsum(steps)
    raised = np.exp(logs - logs.max())
    weights: Floats = raised / raised.sum()
    return weights


def _outcome(*, demand: Demand, chain: Chain, course: Course) -> QueueOutcome:
    arrivals = chain.arrivals / chain.arrivals.sum()
    late = sum(
        band.share * late_shares(chain=chain, course=course, target_minutes=band.target_minutes)
        for band in demand.bands
    )
    attainment = 1 - float(arrivals @ late)
    return QueueOutcome(
        attainment=attainment,
        ci_low=max(0.0, attainment - course.error),
        ci_high=min(1.0, attainment + course.error),
        **_waits(chain, course, arrivals, {band.target_minutes for band in demand.bands}),
        utilisation=chain.utilisation,
        backlog=_backlog(chain, course),
        late_by_hour=_by_hour(np.asarray(late)),
        method="transient chain",
        error=course.error,
    )


def _waits(chain: Chain, course: Course, arrivals: Floats, targets: set[float]) -> dict[str, Any]:
    """Return the curve of waits and its percentiles, read at a few minutes."""
    curve = [(0.0, _on_time(chain, course, arrivals, 1e-9))]
    for minutes in sorted(targets | set(_READ_AT)):
        if curve[-1][1] > 0.9995 and minutes > max(targets):
            break
        share = _on_time(chain, course, arrivals, minutes)
        curve.append((float(minutes), max(share, curve[-1][1])))
    shares = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
    return {"curve": tuple(curve)} | {
        name: percentile(curve=tuple(curve), share=share) for name, share in shares.items()
    }


def _on_time(chain: Chain, course: Course, arrivals: Floats, minutes: float) -> float:
    late = late_shares(chain=chain, course=course, target_minutes=minutes, nodes=MIDDLE)
    return 1 - float(arrivals @ late)


def _by_hour(values: Floats) -> tuple[float, ...]:
    hourly = values.reshape(-1, WEEK_HOURS, HOUR_SLOTS).mean(axis=(0, 2))
    return tuple(hourly.tolist())


def _backlog(chain: Chain, course: Course) -> tuple[float, ...]:
    leads = np.arange(course.states.shape[1])
    waiting = np.maximum(leads[None, :] - chain.reps[:, None], 0)
    return _by_hour((course.states[1::2] * waiting).sum(axis=1))
