"""The reps of a crew in many simulated futures at once: when each is free, and who is working."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from handoff.sla.opentime import OpenTime
from handoff.sla.queue import SLOT_MINUTES, Crew

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Untouched leads remembered per seat; only more than that makes a count too small.
_REMEMBERED = 32


@dataclass
class Seats:
    """State of all seats in all futures; arrays are (seats, futures) unless said otherwise.

    Each seat has a clock of its own working minutes. `busy_until` is on that clock, so what a
    rep still has to do is busy_until - worked, and nights need no special case.
    """

    times: tuple[OpenTime, ...]
    #: Elapsed minutes that one minute of handling takes, per seat: 1 / time share.
    stretch: Floats
    weights: Floats
    remember_starts: bool
    busy_until: Floats
    #: Working minutes of each seat passed at the instant of the lead in hand.
    worked: Floats
    #: The slot of the lead in hand, per future.
    slot: Whole
    _opened: Floats = field(repr=False)
    _open: Floats = field(repr=False)
    _next_open: Whole = field(repr=False)
    _slot_of: Whole = field(repr=False)
    _starts: Floats = field(repr=False)
    _given: Whole = field(repr=False)
    _futures: Whole = field(repr=False)
    _now: Floats = field(repr=False)

    @classmethod
    def of(cls, *, crew: Crew, periods: int, futures: int) -> "Seats":
        """Lay out the seats of a crew for whole periods; all free at the start.

        Args:
            crew: Seats without any hours are left out; at least one must have some.
            periods: Periods laid end to end; work beyond them is never finished.
            futures: Columns.
        """
        seats = [seat for seat in crew.seats if seat.hours]
        times = tuple(
            OpenTime.of(hours=seat.hours, period=crew.slots, repeats=periods) for seat in seats
        )
        longest = max(len(time.slot_of) for time in times)
        end = crew.slots * periods
        shape = (len(seats), futures)
        remember = crew.strategy == "least_loaded"
        return cls(
            times=times,
            stretch=np.array([1 / seat.time_share for seat in seats]),
            weights=np.array([seat.weight for seat in seats]),
            remember_starts=remember,
            busy_until=np.zeros(shape),
            worked=np.zeros(shape),
            slot=np.zeros(futures, dtype=np.int64),
            _opened=np.stack([time.opened for time in times]),
            _open=np.stack([np.append(time.is_open, 0.0) for time in times]),
            _next_open=np.stack([_next_open(time, end) for time in times]),
            _slot_of=np.stack([_padded(time.slot_of, longest) for time in times]),
            _starts=np.full((*shape, _REMEMBERED if remember else 1), -1.0),
            _given=np.zeros(shape, dtype=np.int64),
            _futures=np.arange(futures),
            _now=np.zeros(futures),
        )

    def advance(self, now: Floats) -> None:
        """Let time pass to the next lead of each future, at `now` elapsed minutes."""
        self._now = now
        self.slot = np.minimum((now / SLOT_MINUTES).astype(np.int64), self._open.shape[1] - 1)
        inside = now - self.slot * SLOT_MINUTES
        self.worked = self._opened[:, self.slot] + self._open[:, self.slot] * inside

    def free_at(self) -> Floats:
        """Return the elapsed minute at which each seat could start the lead in hand."""
        ready = np.maximum(self.busy_until, self.worked)
        turn = np.minimum((ready / SLOT_MINUTES).astype(np.int64), self._slot_of.shape[1] - 1)
        slot = np.take_along_axis(self._slot_of, turn, axis=1)
        free = slot * float(SLOT_MINUTES) + (ready - turn * SLOT_MINUTES)
        return np.where(slot >= self._open.shape[1] - 1, np.inf, free)

    def opens_in(self) -> Whole:
        """Return the slot in which each seat works next; its own slot if working now."""
        opens: Whole = self._next_open[:, self.slot]
        return opens

    def untouched(self) -> Whole:
        """Return how many leads each seat was given and has not begun."""
        count: Whole = (self._starts > self._now[:, None]).sum(axis=2)
        return count

    def give(self, chosen: Whole, handling: Floats) -> Floats:
        """Give the lead in hand to one seat per future; return its first touch.

        Args:
            chosen: Seat per future.
            handling: Undisturbed minutes per future.

        Returns:
            Elapsed minutes; infinite where the seat gets to it only after the layout ends.
        """
        at = (chosen, self._futures)
        ready = np.maximum(self.busy_until[at], self.worked[at])
        self.busy_until[at] = ready + handling * self.stretch[chosen]
        turn = np.minimum((ready / SLOT_MINUTES).astype(np.int64), self._slot_of.shape[1] - 1)
        slot = self._slot_of[chosen, turn]
        start: Floats = slot * float(SLOT_MINUTES) + (ready - turn * SLOT_MINUTES)
        start[slot >= self._open.shape[1] - 1] = np.inf
        if self.remember_starts:
            self._starts[chosen, self._futures, self._given[at] % _REMEMBERED] = start
            self._given[at] += 1
        return start


def _padded(slots: Whole, length: int) -> Whole:
    return np.append(slots, np.full(length - len(slots), slots[-1]))


def _next_open(time: OpenTime, end: int) -> Whole:
    """Return for each slot, and for the end, the first open slot from there on."""
    is_open = np.append(time.is_open, 1.0) > 0
    positions = np.where(is_open, np.arange(end + 1), end)
    return np.minimum.accumulate(positions[::-1])[::-1]
