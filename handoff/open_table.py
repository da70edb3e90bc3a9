"""Open intervals laid out for binary search, with the open time before each.

Instants are times since the epoch, so that all arithmetic is exact to the microsecond.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()

Interval = tuple[timedelta, timedelta]


@dataclass(frozen=True, slots=True)
class OpenTable:
    """Merged open intervals, and sums over them.

    Attributes:
        starts: When each opens.
        ends: When each closes.
        before: The open time before each; one more: all of it.
        closed: The time since the epoch before each that is not in `before`; one more.
        opened: The same as instants in UTC: with open time it gives when that has passed.
        end: Where the table ends, open or not.
    """

    starts: list[timedelta]
    ends: list[timedelta]
    before: list[timedelta]
    closed: list[timedelta]
    opened: list[datetime]
    end: timedelta

    @classmethod
    def of(cls, intervals: Iterable[Interval], *, end: timedelta) -> "OpenTable":
        """Merge open intervals; `end` is where the table ends, open or not."""
        starts: list[timedelta] = []
        ends: list[timedelta] = []
        for opens, closes in sorted(intervals):
            if ends and opens <= ends[-1]:
                ends[-1] = max(ends[-1], closes)
            else:
                starts.append(opens)
                ends.append(closes)
        lengths = (closes - opens for opens, closes in zip(starts, ends, strict=True))
        before = list(accumulate(lengths, initial=_NOTHING))
        closed = [at - opened for at, opened in zip([*starts, end], before, strict=True)]
        opened = [EPOCH + time for time in closed]
        return cls(starts=starts, ends=ends, before=before, closed=closed, opened=opened, end=end)

    @property
    def total(self) -> timedelta:
        """Return the open time of the whole table."""
        return self.before[-1]

    def interval_at(self, at: timedelta) -> int | None:
        """Return the index of the open interval that holds `at`, or None."""
        index = bisect_right(self.ends, at)
        return index if index < len(self.starts) and self.starts[index] <= at else None

    def open_before(self, at: timedelta) -> timedelta:
        """Return the open time of the table before `at`."""
        index = bisect_right(self.ends, at)
        return max(at - self.closed[index], self.before[index])

    def after(self, at: timedelta, span: timedelta) -> datetime | None:
        """Return the first instant by which `span` was open since `at`.

        Every clock asks for it, so it is `open_before` in one piece with its opposite.

        Args:
            at: In the table.
            span: Above 0.

        Returns:
            The instant in UTC, or None if the table ends before.
        """
        before = self.before
        index = bisect_right(self.ends, at)
        want = at - self.closed[index]
        if want < before[index]:  # noqa: PLR1730 - every clock asks; a call of max takes longer
            want = before[index]
        want += span
        index = bisect_left(before, want)
        return self.opened[index - 1] + want if index < len(before) else None
