"""The time of a replay cut into periods: few enough to be looked at side by side."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from handoff.model import Value

MOST_PERIODS = 26
"""Half a year of weeks."""


class Period(StrEnum):
    """How long one is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Periods(Value):
    """Periods without a gap between them, each named by its first day."""

    unit: Period = Period.DAY
    starts: tuple[date, ...] = ()

    def place(self, day: date) -> int:
        """Return the number of the period that holds a day; none lies before the first."""
        return bisect_right(self.starts, day) - 1


def periods_of(*, first: date, last: date) -> Periods:
    """Return the shortest periods of which not too many hold the days from first to last."""
    for unit in Period:
        starts = tuple(_starts(unit, first, last))
        if len(starts) <= MOST_PERIODS or unit is Period.YEAR:
            break
    return Periods(unit=unit, starts=starts)


def _starts(unit: Period, first: date, last: date) -> Iterator[date]:
    start, step = _first(unit, first), _STEPS[unit]
    while start <= last:
        yield start
        start = step(start)


def _first(unit: Period, day: date) -> date:
    if unit is Period.WEEK:
        return day - timedelta(days=day.weekday())
    if unit is Period.DAY:
        return day
    months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[unit]
    return day.replace(day=1, month=day.month - (day.month - 1) % months)


def _months_on(months: int) -> Callable[[date], date]:
    def after(day: date) -> date:
        years, month = divmod(day.month - 1 + months, 12)
        return day.replace(year=day.year + years, month=month + 1)

    return after


_STEPS: dict[Period, Callable[[date], date]] = {
    Period.DAY: lambda day: day + timedelta(days=1),
    Period.WEEK: lambda day: day + timedelta(days=7),
    Period.MONTH: _months_on(1),
    Period.QUARTER: _months_on(3),
    Period.YEAR: _months_on(12),
}
