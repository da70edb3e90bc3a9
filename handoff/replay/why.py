"""Why one lead of a replay went where it went: live routing, asked at that lead's moment.

The replay keeps no explanations, a million of them would be large. It runs again up to the lead;
what everybody carries then, and whose turn it is, goes to the functions that route live leads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.brief import Band, OnMissing, PersonKey
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.lead_why import clock_arithmetic
from handoff.model import Instant, Value
from handoff.replay.fates import Fate, Replayed
from handoff.replay.targets import targets_of
from handoff.routing.assignment import (
    AssignTo,
    Explanation,
    Incomplete,
    Situation,
    Turn,
    Unroutable,
    assign,
    assign_fallback,
    decide_missing,
)
from handoff.routing.eligibility import NO_CAPS, RepLoad
from handoff.routing.evaluation import is_satisfied
from handoff.sla.clock import start_clock, times_of


class ReplayedWhy(Value):
    """A lead of a replay, with all that was weighed.

    Attributes:
        lead: What became of it.
        explanation: Empty where no row was asked: another design's lead, or below the gates.
        notify_at: When its owner could know of it.
    """

    lead: Replayed
    explanation: Explanation = Explanation()
    notify_at: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Replaying:
    """What is replayed: the version, the team as it froze it, and its clock."""

    design: HandoffDesign
    directory: Directory
    clock: BusinessCalendar


@dataclass(frozen=True, kw_only=True)
class Moment:
    """How it is when a lead comes: its fields, what everybody carries, whose turn it is."""

    fields: Mapping[str, object]
    loads: Mapping[PersonKey, RepLoad]
    turns: Mapping[tuple[str, ...], Turn]


def explain(*, replaying: Replaying, lead: Replayed, moment: Moment) -> ReplayedWhy:
    """Return why a lead of a replay has the owner that it has, or none.

    Args:
        replaying: The version, team and clock of the replay.
        lead: What the replay found.
        moment: The lead's fields, and how it was with everybody when it came.
    """
    if lead.fate in (Fate.OUTSIDE, Fate.NURTURED):
        return ReplayedWhy(lead=lead)
    decided = _decide(replaying, moment, lead.arrived_at)
    explanation = decided.explanation
    if isinstance(decided, Unroutable):
        assert lead.owner is None, f"{lead.id} has an owner only in the replay"
        return ReplayedWhy(lead=lead, explanation=explanation)
    live = decided.person, decided.reason.value
    assert live == (lead.owner, lead.because.partition(",")[0]), f"{lead.id}: live it is {live}"
    assert lead.band is not None
    target = _target_minutes(replaying.design, explanation.row, lead.band)
    clock = start_clock(
        arrived_at=lead.arrived_at, target_minutes=target, calendar=replaying.clock
    )
    reckoned = clock_arithmetic(
        clock=clock,
        band=lead.band,
        times=times_of(clock=clock, calendar=replaying.clock),
        calendar=replaying.clock.spec.name,
    )
    return ReplayedWhy(
        lead=lead,
        explanation=explanation.model_copy(update={"clock": reckoned}),
        notify_at=decided.notify_at,
    )


def _decide(replaying: Replaying, moment: Moment, at: datetime) -> AssignTo | Unroutable:
    """Return what live routing decides, after a hold for what the lead lacks."""
    matrix = replaying.design.binding.routing
    situation = Situation(
        matrix=matrix,
        lead=moment.fields,
        directory=replaying.directory,
        default_caps=NO_CAPS,
        at=at,
        pod_models={pod.name: pod.model for pod in replaying.design.binding.pods},
        loads=moment.loads,
        turns=moment.turns,
    )
    row = next((r for r in matrix.rows if is_satisfied(rule=r.when, lead=moment.fields)), None)
    if row is not None:
        lacks = decide_missing(row=row, lead=moment.fields, target_minutes=1, was_held=True)
        if isinstance(lacks, Incomplete) and lacks.then is not OnMissing.ROUTE_ANYWAY:
            return _noted(
                assign_fallback(situation=situation, row=row),
                f"still missing: {', '.join(lacks.fields)}",
            )
    return assign(situation=situation)


def _noted(decided: AssignTo | Unroutable, note: str) -> AssignTo | Unroutable:
    explanation = decided.explanation.model_copy(update={"notes": (note,)})
    return replace(decided, explanation=explanation)


def _target_minutes(design: HandoffDesign, row: str | None, band: Band) -> float:
    """Return the minutes that a lead of a row may wait."""
    of_row = zip(design.binding.routing.rows, targets_of(design), strict=True)
    targets = next(minutes for entry, minutes in of_row if entry.id == row)
    return targets[tuple(Band).index(band)]
