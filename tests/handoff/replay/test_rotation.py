"""The quick rotation picks whom the exact one picks, whatever the weights and absences."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.replay import rotation
from handoff.replay.rotation import Rotation
from handoff.routing.fairness import take_turn


@pytest.fixture(params=[50_000, 3], ids=["remembering", "forgetting"], scope="module")
def most_states(request: pytest.FixtureRequest) -> int:
    """How many states are remembered: all, or so few that they are forgotten all the time."""
    return int(request.param)


@given(data=st.data(), weights=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_it_picks_as_the_exact_rotation(
    most_states: int, data: st.DataObject, weights: list[int]
) -> None:
    """Equal to `take_turn` with fractions, pick by pick, while the eligible change."""
    reps = st.sets(st.sampled_from(range(len(weights))), min_size=1)
    turns = data.draw(st.lists(reps, max_size=40))
    quick = Rotation(weights=weights)
    credits: dict[str, Fraction] = {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation, "_MOST_STATES", most_states)
        for eligible in turns:
            picked = quick.pick(tuple(sorted(eligible)))

            expected, credits = take_turn(
                credits=credits, weights={f"U{n}": weights[n] for n in eligible}
            )
            assert f"U{picked}" == expected


def test_a_pool_of_nobody_is_no_error() -> None:
    """A pod without members has a rotation that is never asked."""
    assert Rotation(weights=()) is not None
