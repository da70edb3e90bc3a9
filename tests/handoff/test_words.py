"""Numbers in sentences: grammar, and figures that can be read."""

import pytest

from handoff.words import counted, percent_beside, rate, rounded_beside


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 leads"),
        (1, "1 lead"),
        (1.0, "1 lead"),
        (1.5, "1.5 leads"),
        (60.0, "60 leads"),
        (1234567.0, "1,234,567 leads"),
    ],
)
def test_a_number_agrees_with_its_noun(number: float, said: str) -> None:
    """One is singular; large figures keep their digits."""
    assert counted(number, "lead") == said


def test_some_nouns_have_a_plural_of_their_own() -> None:
    """A team is one person or several people."""
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


def test_a_rate_is_as_precise_as_it_is_useful() -> None:
    """The same figure reads the same wherever it stands."""
    assert [rate(x) for x in (0.44, 2.13, 9.96, 295.0)] == ["0.4", "2.1", "10.0", "295"]


@pytest.mark.parametrize(
    ("percent", "target", "said"),
    [
        (89.96, 90, "89.9%"),
        (90, 90, "90.0%"),
        (90.04, 90, "90.0%"),
        (97.06, 90, "97.1%"),
        (92.52, 92.55, "92.5%"),
        (92.55, 92.55, "92.6%"),
        (99.99, 100, "99.9%"),
        (0, 90, "0.0%"),
    ],
)
def test_a_percentage_never_reads_as_on_the_other_side_of_its_target(
    percent: float, target: float, said: str
) -> None:
    """Rounding does not make a miss look like a hit."""
    assert percent_beside(percent, target) == said
    assert rounded_beside(89.996, 90, 2) == 89.99
