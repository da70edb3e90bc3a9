"""The load of each rep: names instead of keys, the busiest first."""

import pytest

from handoff.pictures.load import load_per_rep
from handoff.pictures.shapes import LONGEST_ALT
from tests.handoff.samples import directory


def test_the_busiest_comes_first() -> None:
    """Names, the average, and how far the busiest is above it."""
    bars = load_per_rep(leads={"UDANA": 12, "UELI": 30, "UFAY": 0}, directory=directory())

    assert bars is not None
    assert bars.bars == (("Eli AE", 30), ("Dana SDR", 12), ("Fay SDR", 0))
    assert bars.average == 14
    assert bars.title == "Eli AE gets the most, 2.1 times the average"
    assert "Eli AE 30; Dana SDR 12; Fay SDR 0" in bars.alt


@pytest.mark.parametrize(
    ("leads", "title"),
    [
        ({"UDANA": 30, "UELI": 31}, "The leads are spread evenly: 30 to 31 a rep"),
        ({"UDANA": 4, "UELI": 4}, "The leads are spread evenly: 4 a rep"),
        ({"UDANA": 1, "UELI": 0}, "The leads are spread evenly: 0 to 1 a rep"),
        ({"UDANA": 7}, "All leads go to Dana SDR"),
    ],
)
def test_an_even_load_is_called_even(leads: dict[str, int], title: str) -> None:
    """One lead more is no unfairness."""
    bars = load_per_rep(leads=leads, directory=directory())

    assert bars is not None
    assert bars.title == title


def test_nobody_is_no_picture() -> None:
    """Without a lead there is nothing to compare."""
    assert load_per_rep(leads={}, directory=directory()) is None
    assert load_per_rep(leads={"UDANA": 0}, directory=directory()) is None


def test_long_names_of_many_reps_fit_an_alt_text() -> None:
    """The ten busiest are named, the others counted, and Slack's limit is kept."""
    leads = {f"{number:03}{'x' * 150}": number for number in range(1, 60)}

    bars = load_per_rep(leads=leads, directory=directory())

    assert bars is not None
    assert len(bars.bars) == 59
    assert len(bars.title) < 80
    assert len(bars.alt) <= LONGEST_ALT
