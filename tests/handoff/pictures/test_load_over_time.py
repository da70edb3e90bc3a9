"""The load of each rep over time: a row a rep, a cell a period, the busiest cell named."""

from datetime import date

from handoff.pictures.load_over_time import load_over_time
from handoff.pictures.shapes import LONGEST_ALT
from handoff.replay.periods import Period, Periods, periods_of
from tests.handoff.samples import directory

WEEKS = Periods(unit=Period.WEEK, starts=(date(2026, 8, 3), date(2026, 8, 10), date(2026, 8, 17)))


def test_the_busiest_rep_and_period_are_the_finding() -> None:
    """Names, periods in words, whole numbers on a scale that ends at a round one."""
    found = load_over_time(
        periods=WEEKS, loads=[("UELI", (3, 12, 0)), ("UDANA", (4, 1, 2))], directory=directory()
    )

    assert found is not None
    assert found.title == "Eli AE gets the most: 12 leads in the week of 10 Aug 2026"
    assert found.subtitle == "Leads per rep and week"
    assert found.rows == ("Eli AE", "Dana SDR")
    assert found.columns == ("3 Aug", "10 Aug", "17 Aug")
    assert found.cells == ((3, 12, 0), (4, 1, 2))
    assert found.largest == 15
    assert "Eli AE 0 to 12; Dana SDR 1 to 4" in found.alt


def test_each_length_of_period_has_its_words() -> None:
    """Of leads in two periods each, the first is the busiest."""
    spans = {
        (date(2026, 8, 3), date(2026, 8, 4)): ("on 3 Aug 2026", "3 Aug"),
        (date(2026, 1, 1), date(2026, 12, 31)): ("in January 2026", "Jan 26"),
        (date(2023, 1, 1), date(2026, 12, 31)): ("in quarter 1 of 2023", "Jan 23"),
        (date(2010, 1, 1), date(2026, 12, 31)): ("in 2010", "2010"),
    }
    for (first, last), (words, column) in spans.items():
        periods = periods_of(first=first, last=last)
        counts = (1, *(0 for _ in periods.starts[1:]))

        found = load_over_time(periods=periods, loads=[("UDANA", counts)], directory=directory())

        assert found is not None
        assert found.title == f"Dana SDR gets the most: 1 lead {words}"
        assert found.columns[0] == column


def test_without_time_to_compare_there_is_no_picture() -> None:
    """One period, no leads, or the figures of a backtest that kept no periods."""
    one = Periods(starts=(date(2026, 8, 3),))

    assert load_over_time(periods=one, loads=[("UDANA", (3,))], directory=directory()) is None
    assert load_over_time(periods=WEEKS, loads=[], directory=directory()) is None
    assert load_over_time(periods=Periods(), loads=[("UELI", ())], directory=directory()) is None


def test_many_reps_are_cut_and_said() -> None:
    """Forty rows can be read; the alt text keeps Slack's limit."""
    loads = [(f"{number:03}{'x' * 200}", (60 - number, 1, 0)) for number in range(57)]

    found = load_over_time(periods=WEEKS, loads=loads, directory=directory())

    assert found is not None
    assert len(found.rows) == 40
    assert found.subtitle.endswith("the 40 busiest of 57 reps")
    assert len(found.alt) <= LONGEST_ALT
