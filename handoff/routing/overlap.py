"""Designs that would take the same leads: which ones, and who goes first."""

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.brief import Goal, SegmentRef
from handoff.routing.entry import default_priority
from handoff.routing.implication import is_disjoint
from handoff.routing.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Which leads a design lets in, and what it is for."""

    key: str
    segment: SegmentRef
    goal: str
    entry: Rule


def overlaps(*, design: Entrance, others: Sequence[Entrance]) -> tuple[str, ...]:
    """Return a sentence for each other design that would take some of the same leads.

    Args:
        design: The design under review.
        others: The designs that run now.

    Source: rules.md, "Which design takes a lead" (the default order of priority).
    """
    return tuple(
        _sentence(design, other)
        for other in others
        if other.key != design.key and _meet(design.entry, other.entry)
    )


def _meet(first: Rule, second: Rule) -> bool:
    """Return True if one lead can satisfy both rules; an empty rule lets every lead in."""
    return any(
        not is_disjoint(left, right)
        for left in first.any_of or ((),)
        for right in second.any_of or ((),)
    )


def _sentence(design: Entrance, other: Entrance) -> str:
    mine = default_priority(segment=design.segment, goal=Goal(design.goal))
    theirs = default_priority(segment=other.segment, goal=Goal(other.goal))
    if mine == theirs:
        order = "they have the same priority, so the older one takes them"
    else:
        order = f"{other.key if theirs < mine else 'this design'} takes them"
    return f"Some leads fit both this design and {other.key}, which is active; {order}."
