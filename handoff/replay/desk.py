"""Reps and pods while leads are replayed: who carries what, who may take the next lead.

Who is eligible changes at few instants: when somebody starts or ends work, at midnight, when a
cap is reached, when a touch makes room under one. Between them the answer is remembered.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import lcm

from handoff.directory import PodMember
from handoff.replay.past import MICROSECONDS
from handoff.replay.rotation import Rotation
from handoff.replay.shifts import Shifts
from handoff.routing.eligibility import RepLoad

_MINUTE = 60 * MICROSECONDS
_NEVER = 2**62


@dataclass(eq=False, slots=True)
class Rep:
    """A person who gets leads, works them off one after the other, and counts them by day.

    Attributes:
        number: Of the person, in the office.
        shifts: When they work.
        handling_minutes: Of working time that a lead keeps them, other work included.
        touches: Instants of first touch of all leads so far, ascending.
        given: Leads by local day.
        pools: Those in which they stand.
        past: How many of the touches are known to be over.
    """

    number: int
    shifts: Shifts
    handling_minutes: float
    touches: list[int] = field(default_factory=list)
    given: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    free_at: int = -_NEVER
    pools: "list[tuple[Pool, Seat]]" = field(default_factory=list)
    past: int = 0

    def take(self, *, at: int, notify_at: int) -> int:
        """Put a lead that came at `at` behind what there is to do; return its first touch."""
        shifts, free_at = self.shifts, self.free_at
        day = shifts.day(notify_at)
        count = self.given[day] = self.given[day] + 1
        touched_at = shifts.works_at(free_at if free_at > notify_at else notify_at)
        self.touches.append(touched_at)
        self.free_at = shifts.after(touched_at, self.handling_minutes)
        for pool, seat in self.pools:
            if count >= seat.daily_cap or self.full_until(seat.open_cap) > at:
                pool.look_again()
        return touched_at

    def load(self, at: int) -> RepLoad:
        """Return what they carry at an instant after the last lead."""
        untouched = len(self.touches) - bisect_right(self.touches, at)
        given = {date.fromordinal(day): count for day, count in self.given.items()}
        return RepLoad(assigned_on=given, untouched=untouched)

    def full_until(self, open_cap: int) -> int:
        """Return when there are fewer untouched leads than a cap (again)."""
        if open_cap <= 0:
            return _NEVER
        return self.touches[-open_cap] if len(self.touches) >= open_cap else -_NEVER


@dataclass(eq=False, slots=True)
class Seat:
    """A rep's place in a pool; `works_from` and `day` are those of the pool's present stretch."""

    rep: Rep
    weight: int
    daily_cap: int
    open_cap: int
    works_from: int = 0
    day: int = 0

    @classmethod
    def of(cls, *, member: PodMember, rep: Rep) -> "Seat":
        """Return the place of a pod's member, whose caps the version froze."""
        daily = _NEVER if member.daily_cap is None else member.daily_cap
        untouched = _NEVER if member.open_cap is None else member.open_cap
        return cls(rep=rep, weight=member.weight, daily_cap=daily, open_cap=untouched)


class Pool:
    """The reps of one or more pods among whom a strategy picks."""

    def __init__(self, *, seats: Sequence[Seat], edges: Sequence[int]) -> None:
        """Seat the reps.

        Args:
            seats: In the order of the persons' keys.
            edges: Instants, ascending, between which nobody starts or ends anything.
        """
        self.seats = tuple(seats)
        weights = [seat.weight for seat in seats]
        self.rotation = Rotation(weights=weights)
        # a lead on a weight of 2 is half a lead, in whole numbers
        self._reps = [seat.rep for seat in seats]
        self._burdens = [lcm(*weights) // weight for weight in weights]
        for seat in seats:
            seat.rep.pools.append((self, seat))
        self._edges = edges
        self._stretch_ends = -_NEVER
        self._holds_until = -_NEVER
        self._ready: list[int] = []
        self._later: list[int] = []
        self._eligible: tuple[int, ...] = ()

    def look_again(self) -> None:
        """Forget who is eligible: somebody's load reached a cap."""
        self._holds_until = -_NEVER

    def eligible(self, at: int) -> tuple[int, ...]:
        """Return the numbers of the seats among which to pick at `at`, ascending.

        Args:
            at: Not before the last call's.
        """
        if at >= self._holds_until:
            if at >= self._stretch_ends:
                self._enter_stretch(at)
            self._holds_until = self._stretch_ends
            self._eligible = self._under_caps(self._ready, at) or self._first_to_start(at)
        return self._eligible

    def lightest(self, eligible: Sequence[int], at: int) -> int:
        """Return the seat with the fewest untouched leads for its weight.

        Args:
            eligible: Numbers of seats, ascending, at least one.
            at: Not before the last call's.
        """
        reps, burdens = self._reps, self._burdens
        best, least = eligible[0], _NEVER
        for number in eligible:
            rep = reps[number]
            touches, past = rep.touches, rep.past
            count = len(touches)
            if past < count and touches[past] <= at:
                past = rep.past = bisect_right(touches, at, past)
            burden = (count - past) * burdens[number]
            if burden < least:
                best, least = number, burden
        return best

    def _enter_stretch(self, at: int) -> None:
        place = bisect_right(self._edges, at)
        self._stretch_ends = self._edges[place] if place < len(self._edges) else _NEVER
        self._ready, self._later = [], []
        for number, seat in enumerate(self.seats):
            works_from = seat.rep.shifts.takes_from(at)
            if works_from is None:
                continue
            seat.works_from = 0 if works_from == at else works_from
            seat.day = seat.rep.shifts.day(works_from)
            starts_now = works_from - works_from % _MINUTE <= at
            (self._ready if starts_now else self._later).append(number)

    def _first_to_start(self, at: int) -> tuple[int, ...]:
        """Return those of the second tier: the earliest next working minute."""
        candidates = self._under_caps(self._later, at)
        starts = {n: self.seats[n].works_from // _MINUTE for n in candidates}
        first = min(starts.values(), default=0)
        return tuple(number for number in candidates if starts[number] == first)

    def _under_caps(self, numbers: Sequence[int], at: int) -> tuple[int, ...]:
        """Return the seats that no cap binds; see to it that the others are asked in time."""
        found = []
        for number in numbers:
            seat = self.seats[number]
            if seat.rep.given[seat.day] >= seat.daily_cap:
                continue
            full_until = seat.rep.full_until(seat.open_cap)
            if full_until > at:
                self._holds_until = min(self._holds_until, full_until)
            else:
                found.append(number)
        return tuple(found)
