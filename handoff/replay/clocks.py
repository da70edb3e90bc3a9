"""The design's clock for many leads at once; each result is equal to the calendar's own.

All leads of a year are reckoned together, by the same operations in the same order; those that
run past its table go on together in the next.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.calendars import BusinessCalendar
from handoff.open_table import MICROSECOND, OpenTable
from handoff.replay.past import MICROSECONDS

Instants = npt.NDArray[np.int64]

_MINUTE = 60 * MICROSECONDS


def add_minutes(
    *, calendar: BusinessCalendar, starts: Instants, minutes: npt.NDArray[Any]
) -> Instants:
    """Return `calendar.add` of each start (microseconds of the epoch) and minutes above 0."""
    # By the calendar's own rounding; few targets are told apart.
    told, places = np.unique(minutes, return_inverse=True)
    spans = np.array([timedelta(minutes=one) // MICROSECOND for one in told.tolist()])[places]
    found = np.empty(len(starts), dtype=np.int64)
    for year, those in _by_year(starts):
        left, at = spans[those], starts[those]
        for table in _tables(calendar, year):
            want = table.open_before(at) + left
            inside = want <= table.total
            found[those[inside]] = table.instant_of(want[inside])
            if inside.all():
                break
            those, left = those[~inside], (want - table.total)[~inside]
            at = np.full(len(those), table.end)
    return found


def minutes_between(
    *, calendar: BusinessCalendar, starts: Instants, ends: Instants
) -> npt.NDArray[np.float64]:
    """Return `calendar.between` of each start and a later end."""
    found = np.zeros(len(starts), dtype=np.int64)
    for year, those in _by_year(starts):
        at = starts[those]
        for table in _tables(calendar, year):
            until = np.minimum(ends[those], table.end)
            found[those] += table.open_before(until) - table.open_before(at)
            those = those[ends[those] > table.end]
            if not len(those):
                break
            at = np.full(len(those), table.end)
    return np.asarray(found / _MINUTE)


def _tables(calendar: BusinessCalendar, year: int) -> Iterator["_Table"]:
    """Yield the tables from a year on, each of which goes on where the one before ends."""
    return (_Table(calendar.table(one)) for one in count(year))


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
