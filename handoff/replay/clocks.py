"""The design's clock for many leads at once; each result is equal to the calendar's own.

The common case, a span inside one table of the calendar, is reckoned for all leads together by
the same operations in the same order; what runs past the table is asked one by one.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.calendars import BusinessCalendar
from handoff.open_table import HALF_MICROSECOND, OpenTable
from handoff.replay.past import MICROSECONDS, instant, micros

Instants = npt.NDArray[np.int64]


def add_minutes(
    *, calendar: BusinessCalendar, starts: Instants, minutes: npt.NDArray[Any]
) -> Instants:
    """Return `calendar.add` of each start (microseconds of the epoch) and minutes above 0."""
    found = np.empty(len(starts), dtype=np.int64)
    for year, those in _by_year(starts):
        table = _Table(calendar.table(year))
        want = table.open_before(starts[those] / MICROSECONDS) + minutes[those] * 60
        inside = want < table.total
        found[those[inside]] = _rounded(table.instant_of(want[inside]))
        for one in those[~inside].tolist():
            found[one] = micros(calendar.add(instant(int(starts[one])), float(minutes[one])))
    return found


def minutes_between(
    *, calendar: BusinessCalendar, starts: Instants, ends: Instants
) -> npt.NDArray[np.float64]:
    """Return `calendar.between` of each start and a later end."""
    found = np.empty(len(starts), dtype=np.float64)
    for year, those in _by_year(starts):
        table = _Table(calendar.table(year))
        start, end = starts[those] / MICROSECONDS, ends[those] / MICROSECONDS
        found[those] = (table.open_before(end) - table.open_before(start)) / 60
        for one in those[end > table.end].tolist():
            span = instant(int(starts[one])), instant(int(ends[one]))
            found[one] = calendar.between(*span)
    return found


class _Table:
    """An OpenTable as arrays."""

    def __init__(self, table: OpenTable) -> None:
        self._starts = np.array(table.starts)
        self._ends = np.array(table.ends)
        self._before = np.array(table.before)
        self.total, self.end = table.total, table.end

    def open_before(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        index = np.searchsorted(self._starts, at, side="right") - 1
        inside = self._before[index] + np.minimum(at, self._ends[index]) - self._starts[index]
        return np.where(index < 0, 0.0, inside)

    def instant_of(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        place = np.searchsorted(self._before, seconds - HALF_MICROSECOND, side="left")
        index = np.maximum(place, 1) - 1
        return np.asarray(self._starts[index] + seconds - self._before[index])


def _by_year(starts: Instants) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    years = starts.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    for year in np.unique(years).tolist():
        yield year, np.flatnonzero(years == year)


def _rounded(seconds: npt.NDArray[np.float64]) -> Instants:
    """Return microseconds as `datetime.fromtimestamp` rounds them: half to even."""
    part, whole = np.modf(seconds)
    parts = np.rint(part * MICROSECONDS).astype(np.int64)
    return np.asarray(whole.astype(np.int64) * MICROSECONDS + parts)
