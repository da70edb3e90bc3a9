"""When one person works, in microseconds since the epoch: what `handoff.people` says, laid out.

Instants are looked up in lists instead of being reckoned anew from the directory each time; the
arithmetic on open time is the calendar's own.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handoff.brief import PersonKey
from handoff.calendars import BusinessCalendar, span_of
from handoff.directory import Directory
from handoff.open_table import EPOCH, MICROSECOND, OpenTable
from handoff.people import find_person, working_calendar
from handoff.replay.past import MICROSECONDS, instant, micros

_MINUTE = 60 * MICROSECONDS
_A_DAY = timedelta(days=1)


class Shifts:
    """The working time of a person from a year on, laid out year by year as it is asked for.

    Attributes:
        is_known: False for somebody who takes no lead at any time: unknown, deactivated, a bot.
    """

    def __init__(self, *, directory: Directory, person: PersonKey, first_year: int) -> None:
        known = find_person(directory=directory, key=person)
        self.is_known = known is not None and known.is_active and not known.is_bot
        self._directory, self._person = directory, person
        self._zone = ZoneInfo(known.timezone if known else "UTC")
        self._off = _spans_off(directory, person, self._zone)
        self._off_edges = [edge for span in self._off for edge in span]
        self._next_year = first_year
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._days = LocalDays(zone=self._zone, first=date(first_year - 1, 12, 25))
        self._hours: BusinessCalendar | None = None
        self._hours_year = (0, 0)
        self._table = OpenTable.of((), end=timedelta())
        self._opening = (0, 0)
        self._shift = (0, 0)
        self._day = (0, 0, 0)

    def takes_from(self, at: int) -> int | None:
        """Return when they take a lead that comes at `at`; None: they are away.

        Off hours is not away: then it is the start of their next work.
        """
        if not self.is_known or self._is_off(at):
            return None
        return self.works_at(at)

    def works_at(self, at: int) -> int:
        """Return the earliest instant from `at` on at which they work."""
        low, high = self._shift
        if low <= at < high:
            return at
        place = bisect_right(self._ends, at)
        while place == len(self._ends):
            self._lay_out()
            place = bisect_right(self._ends, at)
        start = self._starts[place]
        self._shift = start, self._ends[place]
        return at if start <= at else start

    def after(self, at: int, minutes: float) -> int:
        """Return when `minutes` of their working hours after `at` have passed.

        As everywhere, time off is not taken out of a task that was begun. Inside one opening
        they are simply added.
        """
        low, high = self._opening
        done_at = at + _span(minutes)
        if low <= at and done_at <= high:
            return done_at
        return self._after(at, minutes)

    def day(self, at: int) -> int:
        """Return the ordinal of the local date at `at`."""
        low, high, day = self._day
        if not low <= at < high:
            low, high, day = self._day = self._days.around(at)
        return day

    def edges(self, start: int, end: int) -> set[int]:
        """Return the instants in (start, end] at which something changes.

        Changes are the start and end of work and of time off, a new day, and the minute in
        which work starts.
        """
        while self._next_year <= instant(end).year:
            self._lay_out()
        found = {edge for span in self._off for edge in span}
        found.update(self._starts, self._ends, self._days.until(end))
        found.update(opens - opens % _MINUTE for opens in self._starts)
        return {edge for edge in found if start < edge <= end}

    def _is_off(self, at: int) -> bool:
        return bool(self._off_edges) and bisect_right(self._off_edges, at) % 2 == 1

    def _after(self, at: int, minutes: float) -> int:
        low, high = self._hours_year
        if not low <= at < high:
            self._turn_to_year(at)
        assert self._hours is not None
        table, time = self._table, instant(at) - EPOCH
        place = table.interval_at(time)
        if place is not None:
            self._opening = micros(EPOCH + table.starts[place]), micros(EPOCH + table.ends[place])
        return micros(self._hours.add(EPOCH + time, minutes))

    def _lay_out(self) -> None:
        year = self._next_year
        start, end = (datetime(one, 1, 1, tzinfo=UTC) for one in (year, year + 1))
        calendar = working_calendar(directory=self._directory, person=self._person, at=start)
        for opens, closes in calendar.intervals(start, end):
            for low, high in _without(micros(opens), micros(closes), self._off):
                if self._ends and self._ends[-1] == low:
                    self._ends[-1] = high
                else:
                    self._starts.append(low)
                    self._ends.append(high)
        self._next_year += 1

    def _turn_to_year(self, at: int) -> None:
        begun = instant(at)
        self._hours = working_calendar(directory=self._directory, person=self._person, at=begun)
        self._table, self._opening = self._hours.table(begun.year), (0, 0)
        low, high = (datetime(one, 1, 1, tzinfo=UTC) for one in (begun.year, begun.year + 1))
        self._hours_year = micros(low), micros(high)


class LocalDays:
    """The midnights of a zone, laid out as far as they are asked for."""

    def __init__(self, *, zone: ZoneInfo, first: date) -> None:
        self._zone = zone
        self._first = first.toordinal()
        self._starts: list[int] = [_midnight(first, zone)]

    def around(self, at: int) -> tuple[int, int, int]:
        """Return the midnights around `at`, an instant after the first, and the day's ordinal."""
        place = bisect_right(self.until(at), at)
        return self._starts[place - 1], self._starts[place], self._first + place - 1

    def until(self, at: int) -> list[int]:
        """Return all midnights up to `at`, and at least one after it."""
        while self._starts[-1] <= at:
            day = date.fromordinal(self._first + len(self._starts))
            self._starts.append(_midnight(day, self._zone))
        return self._starts


@lru_cache(maxsize=4096)
def _span(minutes: float) -> int:
    return span_of(minutes) // MICROSECOND


def _midnight(day: date, zone: ZoneInfo) -> int:
    return micros(datetime.combine(day, datetime.min.time(), zone).astimezone(UTC))


def _spans_off(directory: Directory, person: PersonKey, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return the time off of a person, in order and apart."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted((o.first, o.last) for o in directory.time_off if o.person == person):
        start, end = _midnight(first, zone), _midnight(last + _A_DAY, zone)
        if spans and start <= spans[-1][1]:
            start, end = spans[-1][0], max(end, spans.pop()[1])
        spans.append((start, end))
    return spans


def _without(start: int, end: int, off: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what is left of [start, end)."""
    left: list[tuple[int, int]] = []
    for low, high in off:
        if low < end and high > start:
            if low > start:
                left.append((start, low))
            start = max(start, high)
    return [*left, (start, end)] if start < end else left
