"""A brief opens in the form and comes back as itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.brief import ClockBasis, Goal, HandoffBrief, Segment
from handoff.form import to_brief
from handoff.form_data import DraftData, LadderStepText, RowText
from handoff.form_edit import draft_of
from tests.handoff.team import revenue_team
from tests.handoff.test_form import TODAY, filled

TEAM = revenue_team()


def brief_of(data: DraftData) -> HandoffBrief:
    """Return the brief that a draft makes."""
    return to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA")


@pytest.mark.parametrize("segment", Segment)
@pytest.mark.parametrize("goal", Goal)
def test_every_default_brief_comes_back_equal(segment: Segment, goal: Goal) -> None:
    """Editing a design without changing anything asks for the same."""
    brief = brief_of(filled(segment=segment, goal=goal))

    assert brief_of(draft_of(brief=brief, directory=TEAM)) == brief


@given(
    response=st.integers(1, 5_000),
    slower=st.integers(0, 3_000),
    clock=st.sampled_from(ClockBasis),
    profile=st.sampled_from(Segment),
    volume=st.one_of(st.none(), st.integers(1, 9_999)),
    persona=st.sampled_from([None, "Fintech founders", "Ex-customers 2"]),
    acknowledge=st.integers(1, 600),
)
def test_what_was_changed_comes_back_equal(
    *,
    response: int,
    slower: int,
    clock: ClockBasis,
    profile: Segment,
    volume: int | None,
    persona: str | None,
    acknowledge: int,
) -> None:
    """Durations, personas, ladders, rows, needs and profiles survive the way through the form."""
    data = filled()
    changes = {
        "brief": {"response_sla": f"{response}m", "clock": clock.value, "persona": persona},
        "qualification": {"cool_target": f"{response + slower}m"},
        "people": {
            "ladder": (LadderStepText(role="cro", acknowledge=f"{acknowledge}m", repeats="2"),),
            "rows": (
                RowText(when="country = US", owner_model="round_robin", pod="smb"),
                RowText(when="", owner_model="named_rep", named_rep="U06DANA", fallback="U02BEN"),
            ),
            "role_holders": {"cro": ("U02BEN",)},
        },
        "capacity": {
            "leads_per_week": None if volume is None else str(volume),
            "dependencies": ("CRM",),
            "other_dependencies": "Data room, Legal",
            "arrival_profile": profile.value,
            "baseline_conversion": "12.5",
            "notes": "as typed",
        },
    }
    for step, fields in changes.items():
        data = data.model_copy(update={step: getattr(data, step).model_copy(update=fields)})
    brief = brief_of(data)

    assert brief_of(draft_of(brief=brief, directory=TEAM)) == brief
