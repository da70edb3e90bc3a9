"""The design's desks: which rows hand to which pool, and who stands in when a pool has nobody."""

from collections.abc import Callable
from dataclasses import dataclass

from handoff.brief import OwnerModel, PersonKey
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.replay.desk import Pool, Rep, Seat
from handoff.replay.shifts import Shifts
from handoff.routing.assignment import Reason, Turn, rotation_of, stand_ins
from handoff.routing.eligibility import RepLoad
from handoff.routing.fairness import write_credit
from handoff.routing.rotation import Rotation, rotation
from handoff.routing.rules import STRATEGIES, RoutingRow

REASONS = tuple(Reason)
Given = tuple[Rep, int, int]
"""Who gets a lead, why (an index into REASONS), and from when they can know."""
Find = Callable[[int, PersonKey], Given | None]
"""From the instant of arrival and the person that row and lead name (or "") to who gets it."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """The arrivals that are replayed: the first and last instant, microseconds of the epoch."""

    first: int
    last: int
    first_year: int


class Office:
    """Everybody who can get a lead of a design, and the way each row finds them."""

    def __init__(self, *, design: HandoffDesign, directory: Directory, span: Span) -> None:
        """Open the desks.

        Args:
            design: The version.
            directory: As the version froze it, see `frozen_directory`.
            span: Of the leads.
        """
        capacity = design.brief.capacity
        self._minutes = capacity.handling_minutes * 100 / capacity.time_available_percent
        self._models = {pod.name: OwnerModel(pod.model) for pod in design.binding.pods}
        self._matrix = design.binding.routing
        self._directory, self._span = directory, span
        self._reps: dict[PersonKey, Rep] = {}
        self._pools: dict[tuple[str, ...], Pool] = {}

    @property
    def people(self) -> tuple[PersonKey, ...]:
        """Return everybody who was looked at, by the numbers of their records."""
        return tuple(self._reps)

    def rep(self, person: PersonKey) -> Rep:
        """Return the one record of a person."""
        found = self._reps.get(person)
        if found is None:
            shifts = Shifts(
                directory=self._directory, person=person, first_year=self._span.first_year
            )
            found = Rep(len(self._reps), shifts, self._minutes)
            self._reps[person] = found
        return found

    def loads(self, at: int) -> dict[PersonKey, RepLoad]:
        """Return what everybody carries at an instant after the last lead."""
        return {person: rep.load(at) for person, rep in self._reps.items()}

    def turns(self) -> dict[tuple[str, ...], Turn]:
        """Return whose turn it is, for each group of pods that was asked."""
        return {names: self._turn(names, pool) for names, pool in self._pools.items()}

    def by_row(self, row: RoutingRow) -> Find:
        """Return how a row finds the owner of a lead; None: nobody can take it."""
        fall_back = self.by_fallback(row)
        if row.owner_model not in STRATEGIES:
            return self._by_person(row, fall_back)
        asked = rotation_of(row=row, matrix=self._matrix, directory=self._directory)
        pool = self._pool(asked)
        model = row.owner_model
        if model is OwnerModel.POD and asked.pods:
            first = asked.pods[0]
            model = self._models.get(first.name, first.model)
        is_by_load = model is OwnerModel.LEAST_LOADED
        reason = REASONS.index(Reason.LEAST_LOADED if is_by_load else Reason.ROUND_ROBIN)
        seats, turn = pool.seats, pool.rotation.pick

        def find(at: int, told: PersonKey) -> Given | None:
            eligible = pool.eligible(at)
            if not eligible:
                return fall_back(at, told)
            seat = seats[pool.lightest(eligible, at) if is_by_load else turn(eligible)]
            return seat.rep, reason, max(at, seat.works_from)

        return find

    def by_fallback(self, row: RoutingRow) -> Find:
        """Return how a row's fallback, its substitutes or the pod's manager take a lead."""
        chain = [
            (self.rep(person), REASONS.index(reason))
            for person, reason in stand_ins(
                row=row, matrix=self._matrix, directory=self._directory
            )
        ]

        def find(at: int, _: PersonKey) -> Given | None:
            for rep, reason in chain:
                works_from = rep.shifts.takes_from(at)
                if works_from is not None:
                    return rep, reason, works_from
            return None

        return find

    def _by_person(self, row: RoutingRow, fall_back: Find) -> Find:
        is_by_account = row.owner_model is OwnerModel.ACCOUNT_OWNER
        reason = REASONS.index(Reason.ACCOUNT_OWNER if is_by_account else Reason.NAMED_REP)

        def find(at: int, told: PersonKey) -> Given | None:
            rep = self.rep(told)
            works_from = rep.shifts.takes_from(at)
            return fall_back(at, told) if works_from is None else (rep, reason, works_from)

        return find

    def _turn(self, names: tuple[str, ...], pool: Pool) -> Turn:
        people = tuple(self._reps)
        credits = zip(pool.seats, pool.rotation.credits, strict=True)
        return Turn(
            pods=names,
            key=rotation(directory=self._directory, names=names).key,
            credits={people[seat.rep.number]: write_credit(credit) for seat, credit in credits},
        )

    def _pool(self, asked: Rotation) -> Pool:
        if asked.names not in self._pools:
            seats = [Seat.of(member=one, rep=self.rep(one.person)) for one in asked.members]
            edges = [seat.rep.shifts.edges(self._span.first, self._span.last) for seat in seats]
            self._pools[asked.names] = Pool(seats=seats, edges=sorted(set().union(*edges)))
        return self._pools[asked.names]
