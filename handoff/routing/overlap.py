"""Designs that would take the same leads: which ones, and who goes first."""

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.brief import Goal, SegmentRef
from handoff.routing.entry import entry_rank
from handoff.routing.implication import is_disjoint
from handoff.routing.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Which leads a design lets in, and what it is for.

    `place` is its place in the workspace's own order of entry rules, None if it has none.
    """

    key: str
    segment: SegmentRef
    goal: str
    entry: Rule
    place: int | None = None

    @property
    def rank(self) -> tuple[object, ...]:
        """Return what decides who is asked first."""
        return entry_rank(place=self.place, segment=self.segment, goal=Goal(self.goal))


def overlaps(*, design: Entrance, others: Sequence[Entrance]) -> tuple[str, ...]:
    """Return a sentence for each other design that would take some of the same leads.

    Args:
        design: The design under review.
        others: The designs that run now.

    Source: rules.md, "Which design takes a lead" (the order of priority).
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
    if design.rank == other.rank:
        order = "they have the same priority, so the older one takes them"
    else:
        order = f"{other.key if other.rank < design.rank else 'this design'} takes them"
    return f"Some leads fit both this design and {other.key}, which is active; {order}."
