"""Round robin is fair at every point, for any pod and any weights."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.routing.fairness import (
    NobodyEligible,
    read_credit,
    take_turn,
    turn_key,
    write_credit,
)

pods = st.dictionaries(
    st.sampled_from([f"U{n}" for n in range(12)]), st.integers(1, 100), min_size=1
)


@given(weights=pods, picks=st.integers(1, 300))
def test_counts_stay_within_one_of_the_share(weights: dict[str, int], picks: int) -> None:
    """Tijdeman's bound: 1 - 1/(2n-2), at every point, while all members are eligible."""
    total, n = sum(weights.values()), len(weights)
    bound = 1 - Fraction(1, 2 * n - 2) if n > 1 else Fraction(0)
    credits: dict[str, Fraction] = {}
    counts = dict.fromkeys(weights, 0)

    for turn in range(1, picks + 1):
        rep, credits = take_turn(credits=credits, weights=weights)
        counts[rep] += 1

        for member, weight in weights.items():
            share = Fraction(turn * weight, total)
            assert abs(counts[member] - share) <= bound
            assert credits[member] == share - counts[member]


@given(weights=pods, absences=st.lists(st.sets(st.integers(0, 11)), max_size=60))
def test_absence_is_not_caught_up(weights: dict[str, int], absences: list[set[int]]) -> None:
    """Whoever is away keeps the credit; credits sum to zero; only eligible reps are picked."""
    credits: dict[str, Fraction] = {}
    for absent in absences:
        eligible = {rep: w for rep, w in weights.items() if int(rep[1:]) not in absent}
        if not eligible:
            continue

        rep, after = take_turn(credits=credits, weights=eligible)

        assert rep in eligible
        assert sum(after.values()) == 0
        assert all(after[other] == credits[other] for other in credits if other not in eligible)
        credits = after


def test_equal_weights_take_turns_in_order() -> None:
    """Ties are broken by id, so that the order is the same on every machine."""
    credits: dict[str, Fraction] = {}
    order = []
    for _ in range(6):
        rep, credits = take_turn(credits=credits, weights={"c": 1, "a": 1, "b": 1})
        order.append(rep)

    assert order == ["a", "b", "c", "a", "b", "c"]


def test_a_double_weight_takes_every_other_turn() -> None:
    """2:1:1 over two rounds, spread out rather than in a row."""
    credits: dict[str, Fraction] = {}
    order = ""
    for _ in range(8):
        rep, credits = take_turn(credits=credits, weights={"a": 2, "b": 1, "c": 1})
        order += rep

    assert [order.count(rep) for rep in "abc"] == [4, 2, 2]
    assert "aaa" not in order
    assert set(credits.values()) == {Fraction(0)}


def test_nobody_eligible_is_no_turn() -> None:
    """The caller falls back before asking."""
    with pytest.raises(NobodyEligible):
        take_turn(credits={}, weights={})


def test_the_turn_key_follows_membership_and_weights() -> None:
    """Order does not matter; a weight does."""
    assert turn_key(weights={"a": 1, "b": 2}) == turn_key(weights={"b": 2, "a": 1})
    assert turn_key(weights={"a": 1, "b": 2}) != turn_key(weights={"a": 1, "b": 3})


@given(credit=st.fractions())
def test_credits_are_stored_exactly(credit: Fraction) -> None:
    """No rounding between two picks."""
    assert read_credit(write_credit(credit)) == credit
