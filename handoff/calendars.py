"""Business calendars: open time added to an instant, and counted between two.

The open intervals of a year are laid out once, in UTC, with the open time before each; every
question is then a binary search. A wall-clock minute is open when its local time lies in a window
of its local date, so a window that touches a clock change is right to the second.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handoff.brief import ClockBasis
from handoff.directory import CalendarPart, CalendarSpec
from handoff.hours import DAY_MINUTES, BadHours, Window, parse_week
from handoff.open_table import EPOCH, Interval, OpenTable

ELAPSED = CalendarSpec(name="elapsed", timezone="UTC", hours={"mon-sun": "00:00-24:00"})
"""The calendar of a clock that never stops."""

_DAY = 86_400
# Enough after the end of the year that a due date there is still one search.
_MARGIN_BEFORE, _MARGIN_AFTER = 7 * _DAY, 92 * _DAY
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LONGEST_CLOSED_DAYS = 3 * 366
_REFERENCE_YEAR = 2023  # any year: the commonest open day does not depend on it
_MINUTE = timedelta(minutes=1)


class BadCalendar(ValueError):
    """This calendar cannot be used.

    Attributes:
        calendar: The calendar's name.
    """

    def __init__(self, *, calendar: str, reason: str) -> None:
        super().__init__(f"Calendar “{calendar}”: {reason}")
        self.calendar = calendar


class BusinessCalendar:
    """Open hours with holidays and time zones.

    Immutable to its users: the tables it fills while answering depend on the year alone, so it
    may be shared between threads.
    """

    def __init__(
        self,
        spec: CalendarSpec,
        holidays: Iterable[date],
        *,
        also_holidays: Iterable[Iterable[date]] = (),
    ) -> None:
        """Lay out `spec`.

        Args:
            spec: Hours, zone and single closed dates; `also` adds windows in further zones.
            holidays: Closed dates of the spec's own hours, in its zone.
            also_holidays: Closed dates of each entry of `spec.also`, in the same order.

        Raises:
            BadCalendar: if the zone or the hours cannot be read.
        """
        self.spec = spec
        own = _Part.of(spec, name=spec.name, closed=frozenset((*holidays, *spec.closed)))
        closed_also = list(also_holidays)
        closed_also += [()] * (len(spec.also) - len(closed_also))
        self._parts = (
            own,
            *(
                _Part.of(part, name=spec.name, closed=frozenset((*closed, *spec.closed)))
                for part, closed in zip(spec.also, closed_also, strict=True)
            ),
        )
        self._tables: dict[int, OpenTable] = {}
        self.zone = own.zone
        self.day_minutes = spec.day_minutes or self._commonest_day_minutes()

    @property
    def day(self) -> timedelta:
        """Return the length of one working day in open time: what `1d` means here."""
        return timedelta(minutes=self.day_minutes)

    def add(self, start: datetime, minutes: float) -> datetime:
        """Return the first instant by which `minutes` of open time have passed since `start`.

        Args:
            start: Aware instant; closed time before the next opening does not count.
            minutes: Open minutes, 0 or more; 0 gives `start` itself.

        Returns:
            The instant in UTC. It may be a closing time, never a later opening.

        Raises:
            ValueError: if `minutes` is negative.

        Source: rules.md "Clocks" (a due instant may equal closing time).
        """
        if minutes <= 0:
            if minutes < 0:
                raise ValueError(f"open minutes to add must not be negative: {minutes}")
            return start.astimezone(UTC)
        at = start - EPOCH
        year = start.year
        left = span_of(minutes)
        while True:
            table = self._tables.get(year) or self.table(year)
            due = table.after(at, left)
            if due is not None:
                return due
            left += table.open_before(at) - table.total
            at = table.end
            year += 1

    def between(self, start: datetime, end: datetime) -> float:
        """Return the open minutes from `start` to `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        at, until = start - EPOCH, end - EPOCH
        year = start.year
        found = timedelta()
        while until > (table := self.table(year)).end:
            found += table.total - table.open_before(at)
            at = table.end
            year += 1
        return (found + table.open_before(until) - table.open_before(at)) / _MINUTE

    def is_open(self, at: datetime) -> bool:
        """Return True when `at` is in open time; an opening instant is, a closing one is not."""
        return self.table(at.year).interval_at(at - EPOCH) is not None

    def next_open(self, at: datetime) -> datetime:
        """Return `at` when open, else the next opening, in UTC."""
        return self.next_stretch(at)[0]

    def next_stretch(self, at: datetime) -> tuple[datetime, datetime]:
        """Return the open interval that `at` lies in, cut at `at`, or else the next, in UTC."""
        return next(self._intervals_from(at))

    def intervals(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return the open intervals inside [start, end), in UTC, in order, cut to fit."""
        inside = takewhile(lambda interval: interval[0] < end, self._intervals_from(start))
        return tuple((opens, min(closes, end.astimezone(UTC))) for opens, closes in inside)

    def opens_on(self, day: date) -> datetime:
        """Return the first open instant, in UTC, of the first working day at or after `day`."""
        midnight = datetime.combine(self.next_working_day(day), datetime.min.time(), self.zone)
        return self.next_open(midnight)

    def local_date(self, at: datetime) -> date:
        """Return the date of `at` in the calendar's zone."""
        return at.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Return True when hours open on this local date, in any part of the calendar."""
        return any(part.windows_on(day.toordinal()) for part in self._parts)

    def next_working_day(self, day: date) -> date:
        """Return `day` itself when it is a working day, else the next one."""
        return self._walk(day, step=1, count=0)

    def working_days_before(self, day: date, count: int) -> date:
        """Return the working day `count` working days before `day`; 0 gives `day` itself."""
        return self._walk(day, step=-1, count=count) if count else day

    def working_days_after(self, day: date, count: int) -> date:
        """Return the working day `count` working days after `day`; 0: the next at or after."""
        return self._walk(day, step=1, count=count)

    def table(self, year: int) -> OpenTable:
        """Return the open intervals of a year (UTC) with a margin; laid out once."""
        table = self._tables.get(year)
        if table is None:
            start = datetime(year, 1, 1, tzinfo=UTC).timestamp() - _MARGIN_BEFORE
            end = datetime(year + 1, 1, 1, tzinfo=UTC).timestamp() + _MARGIN_AFTER
            intervals = [found for part in self._parts for found in part.intervals(start, end)]
            table = OpenTable.of(intervals, end=timedelta(seconds=end))
            if not table.starts:
                raise BadCalendar(calendar=self.spec.name, reason=f"it never opens in {year}.")
            self._tables[year] = table
        return table

    # Private

    def _walk(self, day: date, *, step: int, count: int) -> date:
        left = count
        closed_in_a_row = 0
        here = day if count == 0 else day + timedelta(days=step)
        while True:
            if self.is_working_day(here):
                if left <= 1:
                    return here
                left -= 1
                closed_in_a_row = 0
            elif (closed_in_a_row := closed_in_a_row + 1) > _LONGEST_CLOSED_DAYS:
                raise BadCalendar(calendar=self.spec.name, reason="it never opens again.")
            here += timedelta(days=step)

    def _intervals_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield open intervals from `at` on, the first cut at `at`, without end."""
        here, year = at - EPOCH, at.year
        while True:
            table = self.table(year)
            first = bisect_right(table.ends, here)
            for place in range(first, len(table.ends)):
                yield EPOCH + max(table.starts[place], here), EPOCH + table.ends[place]
            here = table.end
            year += 1

    def _commonest_day_minutes(self) -> int:
        if len(self._parts) == 1:
            lengths = [_union_length(windows) for windows in self._parts[0].week if windows]
        else:
            lengths = list(self._day_lengths_of_reference_year())
        counted = Counter(lengths)
        return max(counted, key=lambda minutes: (counted[minutes], minutes))

    def _day_lengths_of_reference_year(self) -> Iterator[int]:
        midnight = datetime(_REFERENCE_YEAR, 1, 1, tzinfo=self.zone)
        for _ in range(365):
            after = midnight + timedelta(days=1)
            if minutes := round(self.between(midnight, after)):
                yield minutes
            midnight = after


@lru_cache(maxsize=4096)
def span_of(minutes: float) -> timedelta:
    """Return minutes as a length of time, in whole microseconds; targets repeat."""
    return timedelta(minutes=minutes)


def calendar_of(*, spec: CalendarSpec, years: Iterable[int]) -> BusinessCalendar:
    """Return the calendar of `spec`, its holidays expanded for `years`. Repeats are remembered.

    Raises:
        BadCalendar: if zone, hours or holidays cannot be read.
    """
    return _calendar_of(spec.model_dump_json(), tuple(years))


def clock_calendar(
    *, spec: CalendarSpec, clock: ClockBasis, years: Iterable[int]
) -> BusinessCalendar:
    """Return the calendar on which a clock runs: `spec`'s, or one that never closes."""
    return calendar_of(spec=ELAPSED if clock is ClockBasis.ELAPSED else spec, years=years)


def expand_holidays(
    *, part: CalendarSpec | CalendarPart, years: Iterable[int]
) -> tuple[date, ...]:
    """Return the holidays of a calendar for `years`, sorted.

    Raises:
        BadCalendar: if the country or its subdivision is unknown.
    """
    if part.holidays is None:
        return ()
    # Imported here: the start of the app does not wait for a list of all countries.
    from holidays import country_holidays

    country, _, subdivision = part.holidays.strip().upper().partition("-")
    try:
        found = country_holidays(country, subdiv=subdivision or None, years=tuple(years))
    except NotImplementedError as exc:
        reason = f"holidays “{part.holidays}” are unknown; write a country such as US or DE-BE."
        raise BadCalendar(calendar=getattr(part, "name", part.timezone), reason=reason) from exc
    return tuple(sorted(found))


# Private functions


@lru_cache(maxsize=256)
def _calendar_of(spec_json: str, years: tuple[int, ...]) -> BusinessCalendar:
    spec = CalendarSpec.model_validate_json(spec_json)
    return BusinessCalendar(
        spec,
        expand_holidays(part=spec, years=years),
        also_holidays=[expand_holidays(part=part, years=years) for part in spec.also],
    )


@dataclass(frozen=True)
class _Part:
    """Weekly windows in one zone, with the dates on which they stay closed (as ordinals)."""

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    closed: frozenset[int]

    @classmethod
    def of(
        cls, part: CalendarSpec | CalendarPart, *, name: str, closed: frozenset[date]
    ) -> "_Part":
        try:
            zone = ZoneInfo(part.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            reason = f"“{part.timezone}” is not a time zone; write one such as Europe/Berlin."
            raise BadCalendar(calendar=name, reason=reason) from exc
        try:
            week = parse_week(hours=part.hours)
        except BadHours as exc:
            raise BadCalendar(calendar=name, reason=str(exc)) from exc
        return cls(zone=zone, week=week, closed=frozenset(day.toordinal() for day in closed))

    def windows_on(self, ordinal: int) -> tuple[Window, ...]:
        return () if ordinal in self.closed else self.week[(ordinal - 1) % 7]

    def intervals(self, start: float, end: float) -> Iterator[Interval]:
        """Yield the open intervals between two instants (epoch seconds), unsorted.

        Between two changes of the zone's offset local days are regular, so each stretch of one
        offset is laid out by plain arithmetic and cut at its ends.
        """
        for offset, low, high in self._stretches(start, end):
            first = int((low + offset) // _DAY) - 1  # the day before may run past midnight
            last = int((high + offset) // _DAY)
            for day in range(first, last + 1):
                for opens, closes in self.windows_on(day + _EPOCH_DAY):
                    base = day * _DAY - offset
                    first_at, last_at = max(low, base + opens * 60), min(high, base + closes * 60)
                    if first_at < last_at:
                        yield timedelta(seconds=first_at), timedelta(seconds=last_at)

    def _stretches(self, start: float, end: float) -> Iterator[tuple[float, float, float]]:
        """Yield (offset, from, to) in seconds for each stretch with one offset from UTC."""
        low, offset = start, self._offset(start)
        at = start
        while at < end:
            after = min(at + _DAY, end)
            changed = self._offset(after)
            if changed != offset:
                change = self._change_between(at, after)
                yield offset, low, change
                low, offset = change, changed
            at = after
        yield offset, low, end

    def _change_between(self, low: float, high: float) -> float:
        before = self._offset(low)
        first, last = int(low), int(high)
        while last - first > 1:
            middle = (first + last) // 2
            if self._offset(middle) == before:
                first = middle
            else:
                last = middle
        return last

    def _offset(self, at: float) -> float:
        offset = datetime.fromtimestamp(at, self.zone).utcoffset()
        assert offset is not None
        return offset.total_seconds()


def _union_length(windows: tuple[Window, ...]) -> int:
    covered: set[int] = set()
    for opens, closes in windows:
        covered.update(range(opens, min(closes, opens + DAY_MINUTES)))
    return len(covered)
