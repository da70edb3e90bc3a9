"""Which design takes a lead, and whether the lead qualifies."""

from collections.abc import Mapping

import pytest

from handoff.brief import Band, Goal, Segment, SegmentRef
from handoff.routing.conditions import parse_rule
from handoff.routing.entry import (
    Chosen,
    ChosenBy,
    Door,
    Nurtured,
    Qualified,
    choose_design,
    default_priority,
    qualify,
)
from handoff.routing.matching import compile_rule
from tests.handoff.samples import design

DOORS = tuple(
    Door(key=key, lets_in=compile_rule(parse_rule(text)))
    for key, text in {
        "ABM-1": "target_list is set",
        "ENT-1": "employees >= 1000",
        "ENT-2": "employees >= 500",
    }.items()
)


@pytest.mark.parametrize(
    ("lead", "explicit", "bound", "chosen"),
    [
        ({"employees": 2000}, "ENT-2", "ABM-1", Chosen(key="ENT-2", by=ChosenBy.EXPLICIT)),
        ({"employees": 2000}, "OLD-1", "ABM-1", Chosen(key="ABM-1", by=ChosenBy.SOURCE)),
        ({"employees": 2000}, None, "OLD-1", Chosen(key="ENT-1", by=ChosenBy.ENTRY_RULE)),
        ({"employees": 700}, None, None, Chosen(key="ENT-2", by=ChosenBy.ENTRY_RULE)),
        (
            {"employees": 2000, "target_list": "x"},
            None,
            None,
            Chosen(key="ABM-1", by=ChosenBy.ENTRY_RULE),
        ),
        ({"employees": 5}, None, None, None),
    ],
)
def test_which_design_takes_a_lead(
    lead: Mapping[str, object], explicit: str | None, bound: str | None, chosen: Chosen | None
) -> None:
    """Explicit, then the source's, then the first entry rule by priority, then none."""
    assert choose_design(lead=lead, doors=DOORS, explicit=explicit, bound=bound) == chosen


def test_the_default_order_is_goal_before_segment() -> None:
    """abm-campaign, expansion, product-activation, pipeline; custom, partner, then by size."""
    custom = SegmentRef(key="public-sector", name="Public sector", base=Segment.ENTERPRISE)
    own = [SegmentRef(key=key, name=key, base=key) for key in Segment]

    places = sorted(
        (default_priority(segment=segment, goal=goal), segment.key, goal.value)
        for segment in (*own, custom)
        for goal in Goal
    )

    assert list(dict.fromkeys(goal for _, _, goal in places)) == [
        "abm-campaign",
        "expansion",
        "product-activation",
        "pipeline",
    ]
    assert [segment for _, segment, _ in places[:5]] == [
        "public-sector",
        "partner",
        "enterprise",
        "mid-market",
        "smb",
    ]


# fields beside the ones that pass the gates, band or reasons
LEADS = [
    ({"score": 85}, Band.A),
    ({"score": "66"}, Band.B),
    ({"score": 50}, Band.C),
    ({"hand_raise": True}, Band.A),
    ({"score": 49}, ("score 49, the minimum is 50",)),
    ({}, ("no score, the minimum is 50",)),
    ({"score": 90, "work_email": False}, ("needs work_email = true",)),
    (
        {"score": 1, "work_email": None},
        ("needs work_email = true", "score 1, the minimum is 50"),
    ),
]


@pytest.mark.parametrize(("fields", "expected"), LEADS)
def test_who_qualifies_and_who_is_nurtured(
    fields: Mapping[str, object], expected: Band | tuple[str, ...]
) -> None:
    """Gates first, then the MQL minimum; a hand-raise inside the gates is band A."""
    binding = design().binding
    lead = {"title": "Director", "work_email": True, **fields}

    found = qualify(lead=lead, matrix=binding.routing, table=binding.sla)

    if isinstance(expected, Band):
        assert found == Qualified(band=expected)
    else:
        assert found == Nurtured(reasons=expected)
