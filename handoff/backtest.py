"""The backtest: past leads replayed through a design, and what two designs do differently.

Every lead is qualified and assigned by the rules that route live leads, in the order of arrival,
with the directory as it is today. Reps work their leads off one after the other, each in mean
handling time; that gives the first touch, and with it the attainment of the replay. What a lead
lacks is taken to be lacking for good; who owned a lead or its company before does not count.

The rules are decided by column and eligibility by stretches of time (`handoff.replay`), so that
a million leads take seconds; a property test holds the result equal to asking `assign` for every
single lead.
"""

from collections import Counter
from collections.abc import Iterable

from pydantic import Field

from handoff.brief import ClockBasis, PersonKey
from handoff.calendars import ELAPSED, BusinessCalendar, calendar_of
from handoff.design import HandoffDesign, frozen_directory
from handoff.directory import Directory
from handoff.go_live import design_calendar
from handoff.model import Value
from handoff.replay.fates import Fate as Fate
from handoff.replay.fates import Replayed as Replayed
from handoff.replay.past import PastLead as PastLead
from handoff.replay.past import PastLeads as PastLeads
from handoff.replay.past import fields_read as fields_read
from handoff.replay.result import Backtest as Backtest
from handoff.replay.why import ReplayedWhy as ReplayedWhy
from handoff.replay.why import Replaying, explain


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


def replay(
    *, design: HandoffDesign, directory: Directory, leads: PastLeads | Iterable[PastLead]
) -> Backtest:
    """Replay leads through a design.

    Args:
        design: The version to replay; its entry rule, gates, rows, targets and calendar count.
        directory: People, pods, hours and time off as they are now.
        leads: Past leads in any order; `PastLeads` has at least the fields that the design's
            rules read.

    Returns:
        The fate of every lead; none is dropped.
    """
    from handoff.replay.course import run  # numpy is loaded by the first replay, never at start

    if not isinstance(leads, PastLeads):
        leads = _by_column(design, leads)
    return run(
        design=design,
        directory=frozen_directory(design=design, directory=directory),
        clock=clock_of(design),
        leads=leads,
    )


def explain_lead(
    *, design: HandoffDesign, directory: Directory, leads: PastLeads, lead: str
) -> tuple[ReplayedWhy, ...]:
    """Return why a lead of a replay has the owner that it has, or none.

    Args:
        design: As in `replay`.
        directory: As in `replay`.
        leads: As in `replay`; all of them, since a lead's owner follows from those before it.
        lead: What it is called. The leads of a file may have one name twice.

    Returns:
        One explanation for each lead of that name, in order of arrival.
    """
    from handoff.replay.course import moment_of

    found = replay(design=design, directory=directory, leads=leads)
    asked = Replaying(
        design=design,
        directory=frozen_directory(design=design, directory=directory),
        clock=clock_of(design),
    )
    return tuple(
        explain(
            replaying=asked,
            lead=found.leads[place],
            moment=moment_of(replaying=asked, leads=leads, place=place),
        )
        for place, name in enumerate(found.ids)
        if name == lead
    )


def without_unknown(*, design: HandoffDesign, leads: PastLeads) -> HandoffDesign:
    """Return a version that asks for no field which none of the leads has.

    An export without a column says nothing about what its leads lacked.
    """
    rows = tuple(
        row.model_copy(update={"required_fields": tuple(filter(leads.has, row.required_fields))})
        for row in design.binding.routing.rows
    )
    routing = design.binding.routing.model_copy(update={"rows": rows})
    binding = design.binding.model_copy(update={"routing": routing})
    return design.model_copy(update={"binding": binding})


def clock_of(design: HandoffDesign) -> BusinessCalendar:
    """Return the calendar on which the clock of a version runs, with its holidays as signed."""
    if design.binding.sla.clock is ClockBasis.ELAPSED:
        return calendar_of(spec=ELAPSED, years=())
    return design_calendar(design)


def difference(*, before: Backtest, after: Backtest) -> Difference:
    """Return how the owners of the same leads differ between two replays.

    Args:
        before: The replay through the active version.
        after: The replay of the same leads through another.

    Raises:
        ValueError: if they are not the same leads.
    """
    if before.ids != after.ids:
        raise ValueError("two replays can only be compared over the same leads")
    pairs = Counter(zip(before.owners(), after.owners(), strict=True))
    moves = {pair: count for pair, count in pairs.items() if pair[0] != pair[1]}
    ordered = sorted(moves.items(), key=lambda move: (-move[1], str(move[0])))
    return Difference(
        total=len(after.ids),
        changed=sum(moves.values()),
        moves=tuple((old, new, count) for (old, new), count in ordered),
    )


# Private functions


def _by_column(design: HandoffDesign, leads: Iterable[PastLead]) -> PastLeads:
    found = PastLeads(fields=fields_read(design.binding.routing))
    for lead in leads:
        found.add(id=lead.id, arrived_at=lead.arrived_at, fields=lead.fields)
    return found
