"""The design's clock for many leads at once; each result is equal to the calendar's own.

The common case, a span inside one table of the calendar, is reckoned for all leads together by
the same operations in the same order; what runs past the table is asked one by one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.calendars import BusinessCalendar
from handoff.open_table import OpenTable
from handoff.replay.past import MICROSECONDS, instant, micros

Instants = npt.NDArray[np.int64]

_MINUTE = 60 * MICROSECONDS


def add_minutes(
    *, calendar: BusinessCalendar, starts: Instants, minutes: npt.NDArray[Any]
) -> Instants:
    """Return `calendar.add` of each start (microseconds of the epoch) and minutes above 0."""
    spans = np.rint(minutes * (60.0 * MICROSECONDS)).astype(np.int64)
    found = np.empty(len(starts), dtype=np.int64)
    for year, those in _by_year(starts):
        table = _Table(calendar.table(year))
        want = table.open_before(starts[those]) + spans[those]
        inside = want <= table.total
        found[those[inside]] = table.instant_of(want[inside])
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
        start, end = starts[those], ends[those]
        found[those] = (table.open_before(end) - table.open_before(start)) / _MINUTE
        for one in those[end > table.end].tolist():
            span = instant(int(starts[one])), instant(int(ends[one]))
            found[one] = calendar.between(*span)
    return found


class _Table:
    """An OpenTable as arrays of microseconds."""

    def __init__(self, table: OpenTable) -> None:
        self._ends = _micros(table.ends)
        self._before, self._closed = _micros(table.before), _micros(table.closed)
        self.total, self.end = _micros([table.total, table.end]).tolist()

    def open_before(self, at: Instants) -> Instants:
        index = np.searchsorted(self._ends, at, side="right")
        return np.asarray(np.maximum(at - self._closed[index], self._before[index]))

    def instant_of(self, want: Instants) -> Instants:
        index = np.searchsorted(self._before, want, side="left") - 1
        return np.asarray(self._closed[index] + want)


def _micros(times: Sequence[timedelta]) -> Instants:
    return np.array(times, dtype="timedelta64[us]").astype(np.int64)


def _by_year(starts: Instants) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    years = starts.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    for year in np.unique(years).tolist():
        yield year, np.flatnonzero(years == year)
