"""The course of a replay: rules for all leads first, then one by one who gets it and when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from handoff.brief import PersonKey
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.replay.clocks import Instants, add_minutes, minutes_between
from handoff.replay.fates import Fate
from handoff.replay.office import REASONS, Find, Office, Span
from handoff.replay.past import PastLeads, instant
from handoff.replay.result import NONE, Backtest
from handoff.replay.sorting import NURTURED, OUTSIDE, Sorted, alike, sort_out
from handoff.replay.targets import targets_of
from handoff.replay.why import Moment, Replaying
from handoff.routing.assignment import NO_ROW_MATCHED, nobody_found

OTHERS_LEAD = "another design's lead"

_FATES = tuple(Fate)
_PART = 50_000
"""Leads of which plain numbers are held at a time."""


def run(
    *, design: HandoffDesign, directory: Directory, clock: BusinessCalendar, leads: PastLeads
) -> Backtest:
    """Replay leads through a design, see `handoff.backtest.replay`.

    Args:
        design: The version.
        directory: As the version froze it.
        clock: On which its targets count.
        leads: In any order.
    """
    order = leads.order()
    course = _course(design, directory, clock, leads, order)
    if len(leads):
        course.go(_office(design, directory, course.arrived))
    return course.result(ids=[leads.ids[place] for place in order.tolist()])


def moment_of(*, replaying: Replaying, leads: PastLeads, place: int) -> Moment:
    """Replay up to a lead; return how it is when that one comes.

    Args:
        replaying: What is replayed.
        leads: In any order.
        place: Of the lead in the order of the replay.
    """
    design, directory = replaying.design, replaying.directory
    order = leads.order()
    course = _course(design, directory, replaying.clock, leads, order)
    office = _office(design, directory, course.arrived)
    course.go(office, until=place)
    return Moment(
        fields=leads.fields(int(order[place])),
        loads=office.loads(int(course.arrived[place])),
        turns=office.turns(),
    )


def _course(
    design: HandoffDesign,
    directory: Directory,
    clock: BusinessCalendar,
    leads: PastLeads,
    order: npt.NDArray[np.int64],
) -> "_Course":
    by_rules = sort_out(
        leads=leads,
        matrix=design.binding.routing,
        table=design.binding.sla,
        directory=directory,
    ).in_order(order)
    arrived = np.frombuffer(leads.arrived, dtype=np.int64)[order]
    return _Course(design=design, clock=clock, arrived=arrived, rules=by_rules)


def _office(design: HandoffDesign, directory: Directory, arrived: Instants) -> Office:
    first, last = int(arrived[0]), int(arrived[-1])
    span = Span(first=first, last=last, first_year=instant(first).year)
    return Office(design=design, directory=directory, span=span)


@dataclass(kw_only=True)
class _Course:
    """What became of the leads, who are in order of arrival."""

    design: HandoffDesign
    clock: BusinessCalendar
    arrived: Instants
    rules: Sorted
    people: tuple[PersonKey, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.arrived)
        self.owner = np.full(count, -1, dtype=np.int32)
        self.reason = np.full(count, -1, dtype=np.int32)
        self.touched = np.full(count, NONE, dtype=np.int64)

    def go(self, office: Office, *, until: int | None = None) -> None:
        """Give every lead (before a place) that a row takes to somebody, one after the other."""
        places = np.flatnonzero(self.rules.row[:until] >= 0)
        find = _desks(office, self.design)
        for start in range(0, len(places), _PART):
            self._give(places[start : start + _PART], find)
        self.people = office.people

    def _give(self, places: npt.NDArray[np.int64], find: list[Find]) -> None:
        named = self.rules.people
        owners, reasons, touches = [], [], []
        for at, desk, told in zip(
            self.arrived[places].tolist(),
            (2 * self.rules.row[places] + self.rules.is_lacking[places]).tolist(),
            self.rules.person[places].tolist(),
            strict=True,
        ):
            given = find[desk](at, named[told])
            if given is None:
                owners.append(-1)
                reasons.append(-1)
                touches.append(NONE)
                continue
            rep, reason, notify_at = given
            owners.append(rep.number)
            reasons.append(reason)
            touches.append(rep.take(at=at, notify_at=notify_at))
        self.owner[places] = owners
        self.reason[places] = reasons
        self.touched[places] = touches

    def result(self, *, ids: list[str]) -> Backtest:
        """Return all of it; leads that nobody has keep neither row nor clock."""
        has_owner = np.flatnonzero(self.owner >= 0)
        row = np.full(len(ids), -1, dtype=np.int32)
        row[has_owner] = self.rules.row[has_owner]
        due = np.full(len(ids), NONE, dtype=np.int64)
        due[has_owner] = add_minutes(
            calendar=self.clock, starts=self.arrived[has_owner], minutes=self._targets(has_owner)
        )
        wait = np.full(len(ids), np.nan)
        wait[has_owner] = minutes_between(
            calendar=self.clock, starts=self.arrived[has_owner], ends=self.touched[has_owner]
        )
        because, reasons = self._because()
        has_band = (self.rules.row != OUTSIDE) & (self.rules.row != NURTURED)
        return Backtest(
            ids=ids,
            arrived=self.arrived,
            fate=self._fates(),
            owner=self.owner,
            row=row,
            band=np.where(has_band, self.rules.band, np.int8(-1)),
            because=because,
            due=due,
            touched=self.touched,
            wait=wait,
            people=self.people,
            rows=tuple(entry.id for entry in self.design.binding.routing.rows),
            reasons=reasons,
        )

    def _fates(self) -> npt.NDArray[np.int8]:
        fates = np.full(len(self.owner), _FATES.index(Fate.UNROUTABLE), dtype=np.int8)
        fates[self.owner >= 0] = _FATES.index(Fate.ASSIGNED)
        fates[self.rules.row == OUTSIDE] = _FATES.index(Fate.OUTSIDE)
        fates[self.rules.row == NURTURED] = _FATES.index(Fate.NURTURED)
        return fates

    def _targets(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the minutes that each of these leads may wait."""
        minutes = np.array(targets_of(self.design), dtype=np.float64)
        return np.asarray(minutes[self.rules.row[places], self.rules.band[places]])

    def _because(self) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
        """Return for each lead the index of its reason, and the reasons in words."""
        texts: dict[str, int] = {}
        because = np.zeros(len(self.owner), dtype=np.int32)
        everyone = np.ones(len(self.owner), dtype=np.bool_)
        for first, those in alike(everyone, [self.rules.row, self.reason, self.rules.note]):
            because[those] = texts.setdefault(self._words(first), len(texts))
        return because, tuple(texts)

    def _words(self, place: int) -> str:
        row = int(self.rules.row[place])
        note = self.rules.notes[int(self.rules.note[place])]
        if row < 0:
            return {OUTSIDE: OTHERS_LEAD, NURTURED: note}.get(row, NO_ROW_MATCHED)
        reason = int(self.reason[place])
        if reason >= 0:
            return ", ".join(filter(None, (REASONS[reason].value, note)))
        found = nobody_found(self.design.binding.routing.rows[row])
        return "; ".join(filter(None, (found, note)))


def _desks(office: Office, design: HandoffDesign) -> list[Find]:
    """Return two ways to an owner for each row: as it says, and straight to its fallback."""
    found: list[Find] = []
    for row in design.binding.routing.rows:
        found += [office.by_row(row), office.by_fallback(row)]
    return found
