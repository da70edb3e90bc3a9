"""Designs that would take the same leads."""

from dataclasses import replace

import pytest

from handoff.brief import Segment, SegmentRef
from handoff.routing.conditions import parse_rule
from handoff.routing.overlap import Entrance, overlaps


def entrance(
    key: str, rule: str, *, segment: str = "enterprise", goal: str = "pipeline"
) -> Entrance:
    """Return a design's entrance; a segment that the catalogue does not know is a persona."""
    known = segment in {item.value for item in Segment}
    base = Segment(segment) if known else Segment.ENTERPRISE
    ref = SegmentRef(key=segment, name=segment, base=base)
    return Entrance(key=key, segment=ref, goal=goal, entry=parse_rule(rule))


MINE = entrance("ENT-2", "employees >= 1000")


@pytest.mark.parametrize(
    "other",
    [
        entrance("ENT-2", "employees >= 1000"),  # an earlier version of itself
        entrance("SMB-1", "employees >= 1 and employees <= 99", segment="smb"),
    ],
)
def test_designs_without_common_leads_are_not_told(other: Entrance) -> None:
    """Its own active version is no competitor, nor are other sizes."""
    assert overlaps(design=MINE, others=[other]) == ()


@pytest.mark.parametrize(
    ("other", "winner"),
    [
        (entrance("ENT-1", "country = US"), "the older one takes them"),
        (entrance("PAR-1", "partner_id is set", segment="partner"), "PAR-1 takes them"),
        (entrance("ENT-3", "always", goal="abm-campaign"), "ENT-3 takes them"),
        (entrance("ENT-4", "always", segment="fintech"), "ENT-4 takes them"),
        (entrance("SMB-1", "always", segment="smb"), "this design takes them"),
    ],
)
def test_an_overlap_says_who_goes_first(other: Entrance, winner: str) -> None:
    """By the default order: goal, then custom, partner, enterprise, mid-market, SMB."""
    (sentence,) = overlaps(design=MINE, others=[other])

    assert other.key in sentence
    assert sentence.endswith(f"{winner}.")


@pytest.mark.parametrize(
    ("mine", "theirs", "winner"),
    [
        (1, 2, "this design takes them"),
        (2, 1, "SMB-1 takes them"),
        (None, 1, "SMB-1 takes them"),  # a place of its own beats the default order
        (9, None, "this design takes them"),
    ],
)
def test_the_workspaces_own_order_goes_first(
    mine: int | None, theirs: int | None, winner: str
) -> None:
    """Designs with a place are asked before those without one."""
    other = replace(entrance("SMB-1", "always", segment="smb"), place=theirs)

    (sentence,) = overlaps(design=replace(MINE, place=mine), others=[other])

    assert sentence.endswith(f"{winner}.")
