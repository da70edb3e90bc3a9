"""Which design takes a lead, and whether the lead qualifies for it.

Source: rules.md "Which design takes a lead".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from handoff.brief import Band, Goal, SegmentRef
from handoff.defaults.catalogue import catalogue
from handoff.model import made
from handoff.routing.conditions import format_rule
from handoff.routing.fields import as_flag, as_number
from handoff.routing.matching import compiled_gates
from handoff.routing.rules import RoutingMatrix
from handoff.sla.model import SlaModel
from handoff.sla.table import band_of

Lead = Mapping[str, object]


class ChosenBy(StrEnum):
    """How a design was found for a lead."""

    EXPLICIT = "explicit"
    SOURCE = "source"
    ENTRY_RULE = "entry_rule"


@dataclass(frozen=True, kw_only=True)
class Door:
    """An active design as intake sees it; `lets_in` is its compiled entry rule."""

    key: str
    lets_in: Callable[[Lead], bool]


@made
class Chosen:
    """The design that takes the lead."""

    key: str
    by: ChosenBy


@made
class Qualified:
    """The lead passed the gates; its band decides its response target."""

    band: Band


@dataclass(frozen=True, kw_only=True)
class Nurtured:
    """The lead is kept but not handed over; the reasons say what would change that."""

    reasons: tuple[str, ...]


def choose_design(
    *, lead: Lead, doors: Sequence[Door], explicit: str | None, bound: str | None
) -> Chosen | None:
    """Decide which design takes a lead.

    Args:
        lead: The lead's normalised fields.
        doors: The active designs, first priority first.
        explicit: A design key on the lead itself; one that is not active does not count.
        bound: The design bound to the lead's source, likewise.

    Returns:
        The design and how it was found; None: unmatched, a routing failure of its own.
    """
    active = {door.key for door in doors}
    if explicit in active and explicit is not None:
        return Chosen(key=explicit, by=ChosenBy.EXPLICIT)
    if bound in active and bound is not None:
        return Chosen(key=bound, by=ChosenBy.SOURCE)
    found = next((door.key for door in doors if door.lets_in(lead)), None)
    return None if found is None else Chosen(key=found, by=ChosenBy.ENTRY_RULE)


def entry_rank(
    *, place: int | None, segment: SegmentRef, goal: Goal
) -> tuple[bool, int, tuple[int, int]]:
    """Return a design's place among all; the smaller is asked first, the older of two equals.

    A design without a place in the workspace's own order comes after those that have one, so
    that a new design takes no lead from an order that somebody chose.

    Args:
        place: In the workspace's own order, from 1; None if it has none.
        segment: Whom the design is for.
        goal: What it is for.
    """
    return place is None, place or 0, default_priority(segment=segment, goal=goal)


def default_priority(*, segment: SegmentRef, goal: Goal) -> tuple[int, int]:
    """Return a design's place in the default order; the smaller goes first.

    The goal decides before the segment, and a custom persona comes before the catalogue's own.
    """
    order = catalogue().priority
    place = -1 if segment.is_custom else order.segments.index(segment.base)
    return order.goals.index(goal), place


def qualify(*, lead: Lead, matrix: RoutingMatrix, table: SlaModel) -> Qualified | Nurtured:
    """Decide whether a lead passes the qualification gates and the MQL minimum.

    Args:
        lead: The lead's normalised fields; `score` 0-100 and `hand_raise` decide the band.
        matrix: The design's gates, all of which must hold.
        table: The design's SLA table with the score thresholds.

    Returns:
        The band, or every reason why the lead is nurtured: no clock, no incident.
    """
    failed = [gate for gate, is_met in compiled_gates(matrix) if not is_met(lead)]
    reasons = [f"needs {format_rule(gate)}" for gate in failed]
    score = as_number(lead.get("score"))
    is_hand_raise = as_flag(lead.get("hand_raise")) is True
    band = band_of(score=score, is_hand_raise=is_hand_raise, table=table)
    if band is None:
        minimum = min(row.from_score for row in table.rows)
        told = "no score" if isnan(score) else f"score {score:g}"
        reasons.append(f"{told}, the minimum is {minimum}")
    if reasons or band is None:
        return Nurtured(reasons=tuple(reasons))
    return Qualified(band=band)
