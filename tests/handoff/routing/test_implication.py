"""What is said of two conjunctions holds for every lead."""

from collections.abc import Mapping

import pytest
from hypothesis import given

from handoff.routing.conditions import parse_rule
from handoff.routing.evaluation import is_satisfied
from handoff.routing.implication import implies, is_contradiction, is_disjoint
from handoff.routing.rules import Condition, Rule
from tests.handoff.routing.strategies import conjunctions, leads

Group = tuple[Condition, ...]


@given(specific=conjunctions, general=conjunctions, lead=leads)
def test_an_implication_has_no_counterexample(
    specific: Group, general: Group, lead: Mapping[str, object]
) -> None:
    """A lead in the special case is always in the general one."""
    is_special = is_satisfied(rule=Rule(any_of=(specific,)), lead=lead)
    is_general = is_satisfied(rule=Rule(any_of=(general,)), lead=lead)

    assert not (is_special and is_contradiction(specific))
    assert not (is_special and not is_general and implies(specific, general))
    assert not (is_special and is_general and is_disjoint(specific, general))


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        ("a >= 5", "a >= 5"),
        ("a > 5", "a >= 5"),
        ("a >= 6", "a > 5"),
        ("a < 5", "a <= 5"),
        ("a = 7", "a >= 5"),
        ("a = 7", "a is set"),
        ("a in [x, y]", "a in [x, y, z]"),
        ("a = X", "a != z"),
        ("a not in [x, y]", "a != x"),
        ("a starts with head of", "a starts with head"),
        ("a contains director", "a contains direct"),
        ("a starts with vp", "a contains v"),
        ("a = true", "a in [true, yes, 1]"),
        ("a = 5 and b = 1", "b = 1"),
        ("a in [x, y] and a != x", "a = y"),
        ("a > 5 and a < 5", "b = 1"),
    ],
)
def test_what_surely_follows(specific: str, general: str) -> None:
    """The lint knows the common special cases."""
    assert implies(_only(specific), _only(general))


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        ("a >= 5", "a > 5"),
        ("a <= 5", "a < 5"),
        ("a = 5", 'a = "5"'),
        ("a != x", "a = y"),
        ("a is set", "a = x"),
        ("a contains x", "a starts with x"),
        ("b = 1", "a is missing"),
    ],
)
def test_what_does_not_follow(specific: str, general: str) -> None:
    """No claim without certainty."""
    assert not implies(_only(specific), _only(general))


@pytest.mark.parametrize(
    ("text", "is_impossible"),
    [
        ("a > 5 and a < 5", True),
        ("a >= 5 and a < 5", True),
        ("a >= 5 and a <= 5", False),
        ("a = x and a = y", True),
        ("a = x and a != X", True),
        ("a is set and a is missing", True),
        ("a = 5 and a > 7", True),
        ("a = 5 and a contains x", False),
        ("a = x and b = y", False),
        ("a = x and a starts with y", True),
    ],
)
def test_contradictions(text: str, is_impossible: bool) -> None:
    """A row that no lead can match is recognised."""
    assert is_contradiction(_only(text)) is is_impossible


def _only(text: str) -> Group:
    (group,) = parse_rule(text).any_of
    return group
