"""The time of a replay in periods that fit side by side."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.replay.periods import MOST_PERIODS, Period, periods_of

DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "unit", "starts"),
    [
        ("2026-08-05", "2026-08-05", Period.DAY, ["2026-08-05"]),
        ("2026-12-31", "2027-01-01", Period.DAY, ["2026-12-31", "2027-01-01"]),
        ("2026-08-05", "2026-09-02", Period.WEEK, ["2026-08-03", "2026-08-10"]),
        ("2025-11-30", "2026-08-05", Period.MONTH, ["2025-11-01", "2025-12-01", "2026-01-01"]),
        ("2023-02-01", "2026-08-05", Period.QUARTER, ["2023-01-01", "2023-04-01"]),
        ("2015-02-01", "2026-08-05", Period.YEAR, ["2015-01-01", "2016-01-01"]),
    ],
)
def test_the_longer_the_time_the_longer_the_periods(
    first: str, last: str, unit: Period, starts: list[str]
) -> None:
    """Each starts where people would start it."""
    found = periods_of(first=date.fromisoformat(first), last=date.fromisoformat(last))

    assert found.unit is unit
    assert [str(start) for start in found.starts[: len(starts)]] == starts


@given(DAYS, st.integers(0, 3000), st.integers(0, 3000))
def test_every_day_lies_in_one_period(first: date, length: int, some: int) -> None:
    """Without gaps, and never more than fit."""
    last = first + timedelta(days=length)
    day = first + timedelta(days=min(some, length))

    found = periods_of(first=first, last=last)
    place = found.place(day)

    assert 1 <= len(found.starts) <= MOST_PERIODS
    assert found.starts[0] <= first
    assert found.starts[-1] <= last
    assert found.starts[place] <= day
    assert place + 1 == len(found.starts) or day < found.starts[place + 1]
