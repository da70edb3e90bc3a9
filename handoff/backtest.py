"""The backtest: past leads replayed through a design, and what two designs do differently.

Every lead is qualified and assigned by the very functions that route live leads, in the order of
arrival, with the directory as it is today. Reps work their leads off one after the other, each
in mean handling time; that gives the first touch, and with it the predicted attainment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from math import ceil

from pydantic import Field

from handoff.brief import Band, PersonKey
from handoff.calendars import BusinessCalendar, clock_calendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.model import Instant, Value
from handoff.people import next_working_at, working_calendar
from handoff.routing.assignment import AssignTo, Situation, Turn, assign
from handoff.routing.eligibility import Caps, RepLoad, local_date
from handoff.routing.entry import Nurtured, qualify
from handoff.routing.evaluation import is_satisfied


class Fate(StrEnum):
    """What became of a replayed lead."""

    ASSIGNED = "assigned"
    NURTURED = "nurtured"
    OUTSIDE = "outside"
    UNROUTABLE = "unroutable"


class PastLead(Value):
    """A lead as it came in; `fields` are named as rules name them."""

    id: str
    arrived_at: Instant
    fields: dict[str, object] = Field(default_factory=dict)


class Replayed(Value):
    """One lead after the replay: who would have got it, by which row, and how fast."""

    id: str
    arrived_at: Instant
    fate: Fate
    because: str
    owner: PersonKey | None = None
    row: str | None = None
    band: Band | None = None
    due_at: Instant | None = None
    touched_at: Instant | None = None
    wait_minutes: float | None = Field(default=None, description="of the design's clock")

    @property
    def is_on_time(self) -> bool:
        """Return True when the predicted first touch comes before the due instant."""
        return (
            self.touched_at is not None
            and self.due_at is not None
            and (self.touched_at < self.due_at)
        )


class Backtest(Value):
    """A replay as a whole, leads in order of arrival."""

    leads: tuple[Replayed, ...]

    def count(self, fate: Fate) -> int:
        """Return how many leads met this fate."""
        return sum(lead.fate is fate for lead in self.leads)

    @property
    def attainment_percent(self) -> float | None:
        """Return the percent of assigned leads on time; None without any."""
        assigned = [lead for lead in self.leads if lead.fate is Fate.ASSIGNED]
        if not assigned:
            return None
        return round(100 * sum(lead.is_on_time for lead in assigned) / len(assigned), 2)

    def wait_minutes(self, *, share: float) -> float | None:
        """Return the minutes that `share` (0 to 1) of the touched leads do not exceed."""
        waits = sorted(lead.wait_minutes for lead in self.leads if lead.wait_minutes is not None)
        return waits[max(0, ceil(share * len(waits)) - 1)] if waits else None

    def by_row(self) -> dict[str, int]:
        """Return the leads that each row took, rows in order of their ids."""
        return dict(sorted(Counter(lead.row for lead in self.leads if lead.row).items()))

    def load(self) -> dict[PersonKey, dict[date, int]]:
        """Return the leads of each rep by day of arrival (UTC), reps and days in order."""
        counts = Counter(
            (lead.owner, lead.arrived_at.date()) for lead in self.leads if lead.owner is not None
        )
        found: dict[PersonKey, dict[date, int]] = {}
        for (owner, day), count in sorted(counts.items()):
            found.setdefault(owner, {})[day] = count
        return found


class Difference(Value):
    """What a second design does to the same leads."""

    total: int
    changed: int = Field(description="leads that get another owner, or none, or one at last")
    moves: tuple[tuple[PersonKey | None, PersonKey | None, int], ...] = Field(
        description="(owner before, owner after, leads), the most frequent first"
    )

    @property
    def sentence(self) -> str:
        """Return the difference in words."""
        return f"{self.changed:,} of {self.total:,} leads change owner"


def replay(*, design: HandoffDesign, directory: Directory, leads: Iterable[PastLead]) -> Backtest:
    """Replay leads through a design.

    Args:
        design: The version to replay; its entry rule, gates, rows, targets and calendar count.
        directory: People, pods, hours and time off as they are now.
        leads: Past leads in any order.

    Returns:
        The fate of every lead; none is dropped.
    """
    ordered = sorted(leads, key=lambda lead: (lead.arrived_at, lead.id))
    years = {lead.arrived_at.year for lead in ordered}
    span = range(min(years, default=1970) - 1, max(years, default=1970) + 3)
    spec = design.binding.calendar.spec
    clock = clock_calendar(spec=spec, clock=design.binding.sla.clock, years=span)
    world = _World(design=design, directory=directory, clock=clock)
    return Backtest(leads=tuple(world.take(lead) for lead in ordered))


def difference(*, before: Backtest, after: Backtest) -> Difference:
    """Return how the owners of the same leads differ between two replays.

    Args:
        before: The replay through the active version.
        after: The replay of the same leads through another.
    """
    owners = {lead.id: lead.owner for lead in before.leads}
    moves = Counter(
        (owners[lead.id], lead.owner)
        for lead in after.leads
        if lead.id in owners and owners[lead.id] != lead.owner
    )
    ordered = sorted(moves.items(), key=lambda move: (-move[1], str(move[0])))
    return Difference(
        total=len(after.leads),
        changed=sum(moves.values()),
        moves=tuple((old, new, count) for (old, new), count in ordered),
    )


# Private functions


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
        binding = self.design.binding
        told = {"id": lead.id, "arrived_at": lead.arrived_at}
        if not is_satisfied(rule=binding.routing.entry, lead=lead.fields):
            return Replayed(fate=Fate.OUTSIDE, because="another design's lead", **told)
        passed = qualify(lead=lead.fields, matrix=binding.routing, table=binding.sla)
        if isinstance(passed, Nurtured):
            return Replayed(fate=Fate.NURTURED, because="; ".join(passed.reasons), **told)
        decided = assign(situation=self._situation(lead))
        if not isinstance(decided, AssignTo):
            return Replayed(
                fate=Fate.UNROUTABLE, because=decided.because, band=passed.band, **told
            )
        touched_at = self._give(decided)
        return Replayed(
            fate=Fate.ASSIGNED,
            because=decided.reason.value,
            owner=decided.person,
            row=decided.explanation.row,
            band=passed.band,
            due_at=self._due_at(lead, passed.band, decided.explanation.row),
            touched_at=touched_at,
            wait_minutes=None
            if touched_at is None
            else round(self.clock.between(lead.arrived_at, touched_at), 3),
            **told,
        )

    def _situation(self, lead: PastLead) -> Situation:
        pods = self.design.binding.pods
        return Situation(
            matrix=self.design.binding.routing,
            lead=lead.fields,
            directory=self.directory,
            default_caps=Caps(
                daily=max(pod.default_daily_cap for pod in pods),
                untouched=max(pod.default_open_cap for pod in pods),
            ),
            at=lead.arrived_at,
            loads={person: self._load(person, lead.arrived_at) for person in self.given},
            turns=self.turns,
        )

    def _load(self, person: PersonKey, at: datetime) -> RepLoad:
        waiting = self.touches[person] = [t for t in self.touches[person] if t > at]
        return RepLoad(assigned_on=dict(self.given[person]), untouched=len(waiting))

    def _give(self, decided: AssignTo) -> datetime | None:
        """Put the lead behind what its owner has to do; return the first touch."""
        person, brief = decided.person, self.design.brief.capacity
        if decided.turn is not None:
            self.turns[decided.turn.pods] = decided.turn
        day = local_date(directory=self.directory, person=person, at=decided.notify_at)
        self.given.setdefault(person, Counter())[day] += 1
        ready = max(decided.notify_at, self.free_at.get(person, decided.notify_at))
        touched = next_working_at(directory=self.directory, person=person, at=ready)
        self.touches.setdefault(person, [])
        if touched is None:
            return None
        self.touches[person].append(touched)
        minutes = brief.handling_minutes * 100 / brief.time_available_percent
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
