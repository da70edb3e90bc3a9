"""The replay as a plain loop: each lead qualified and assigned by the functions of live routing.

Slow and simple on purpose: what `handoff.replay` must agree with, and what it is measured by.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from handoff.backtest import Backtest, Fate, PastLead, Replayed, clock_of
from handoff.brief import Band, OnMissing, PersonKey
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign, frozen_directory
from handoff.directory import Directory
from handoff.people import next_working_at, working_calendar
from handoff.routing.assignment import (
    AssignTo,
    Incomplete,
    Situation,
    Turn,
    Unroutable,
    assign,
    assign_fallback,
    decide_missing,
)
from handoff.routing.eligibility import NO_CAPS, RepLoad, local_date
from handoff.routing.entry import Nurtured, qualify
from handoff.routing.evaluation import is_satisfied


def plain_replay(
    *, design: HandoffDesign, directory: Directory, leads: Iterable[PastLead]
) -> Backtest:
    """Replay leads one after the other, in order of arrival."""
    frozen = frozen_directory(design=design, directory=directory)
    world = _World(design=design, directory=frozen, clock=clock_of(design))
    ordered = sorted(leads, key=lambda lead: (lead.arrived_at, lead.id))
    return Backtest.of(world.take(lead) for lead in ordered)


@dataclass
class _World:
    """The pods while the replay runs: who carries what, whose turn it is."""

    design: HandoffDesign
    directory: Directory
    clock: BusinessCalendar
    turns: dict[tuple[str, ...], Turn] = field(default_factory=dict)
    given: dict[PersonKey, Counter[date]] = field(default_factory=dict)
    touches: dict[PersonKey, list[datetime]] = field(default_factory=dict)
    free_at: dict[PersonKey, datetime] = field(default_factory=dict)

    def take(self, lead: PastLead) -> Replayed:
        """Return the fate of the next lead."""
        routing, table = self.design.binding.routing, self.design.binding.sla
        told = {"id": lead.id, "arrived_at": lead.arrived_at}
        if not is_satisfied(rule=routing.entry, lead=lead.fields):
            return Replayed(fate=Fate.OUTSIDE, because="another design's lead", **told)
        passed = qualify(lead=lead.fields, matrix=routing, table=table)
        if isinstance(passed, Nurtured):
            return Replayed(fate=Fate.NURTURED, because="; ".join(passed.reasons), **told)
        decided, note = self._decide(lead)
        because = decided.because if isinstance(decided, Unroutable) else decided.reason.value
        if not isinstance(decided, AssignTo):
            because = "; ".join(filter(None, (because, note)))
            return Replayed(fate=Fate.UNROUTABLE, because=because, band=passed.band, **told)
        touched_at = self._give(decided)
        return Replayed(
            fate=Fate.ASSIGNED,
            because=", ".join(filter(None, (because, note))),
            owner=decided.person,
            row=decided.explanation.row,
            band=passed.band,
            due_at=self._due_at(lead, passed.band, decided.explanation.row),
            touched_at=touched_at,
            wait_minutes=self.clock.between(lead.arrived_at, touched_at),
            **told,
        )

    def _decide(self, lead: PastLead) -> tuple[AssignTo | Unroutable, str]:
        situation = self._situation(lead)
        rows = self.design.binding.routing.rows
        row = next((r for r in rows if is_satisfied(rule=r.when, lead=lead.fields)), None)
        lacks = row and decide_missing(row=row, lead=lead.fields, target_minutes=1, was_held=True)
        if isinstance(lacks, Incomplete) and lacks.then is not OnMissing.ROUTE_ANYWAY:
            note = f"still missing: {', '.join(lacks.fields)}"
            return assign_fallback(situation=situation, row=row), note
        return assign(situation=situation), ""

    def _situation(self, lead: PastLead) -> Situation:
        return Situation(
            matrix=self.design.binding.routing,
            lead=lead.fields,
            directory=self.directory,
            default_caps=NO_CAPS,
            at=lead.arrived_at,
            loads={person: self._load(person, lead.arrived_at) for person in self.given},
            turns=self.turns,
            pod_models={pod.name: pod.model for pod in self.design.binding.pods},
        )

    def _load(self, person: PersonKey, at: datetime) -> RepLoad:
        waiting = self.touches[person] = [t for t in self.touches[person] if t > at]
        return RepLoad(assigned_on=dict(self.given[person]), untouched=len(waiting))

    def _give(self, decided: AssignTo) -> datetime:
        """Put the lead behind what its owner has to do; return the first touch."""
        person, capacity = decided.person, self.design.brief.capacity
        if decided.turn is not None:
            self.turns[decided.turn.pods] = decided.turn
        day = local_date(directory=self.directory, person=person, at=decided.notify_at)
        self.given.setdefault(person, Counter())[day] += 1
        ready = max(decided.notify_at, self.free_at.get(person, decided.notify_at))
        touched = next_working_at(directory=self.directory, person=person, at=ready)
        assert touched is not None
        self.touches.setdefault(person, []).append(touched)
        minutes = capacity.handling_minutes * 100 / capacity.time_available_percent
        hours = working_calendar(directory=self.directory, person=person, at=touched)
        self.free_at[person] = hours.add(touched, minutes)
        return touched.astimezone(UTC)

    def _due_at(self, lead: PastLead, band: Band, row: str | None) -> datetime:
        rows: Mapping[str, Mapping[Band, int]] = {
            entry.id: entry.band_targets for entry in self.design.binding.routing.rows
        }
        usual = {entry.band: entry.target_minutes for entry in self.design.binding.sla.rows}
        targets = rows.get(row or "", usual)
        return self.clock.add(lead.arrived_at, targets.get(band, usual[band]))
