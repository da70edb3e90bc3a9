"""Open intervals laid out for binary search: seconds of the epoch, and the open seconds before."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

# 80% of 35 minutes is 28.000000000000004: that must not jump over a closing time.
HALF_MICROSECOND = 5e-7

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OpenTable:
    """Merged open intervals (epoch seconds) with the open seconds before each; one more: all."""

    starts: list[float]
    ends: list[float]
    before: list[float]
    total: float
    end: float

    @classmethod
    def of(cls, intervals: Iterable[Interval], *, end: float) -> "OpenTable":
        """Merge open intervals; `end` is where the table ends, open or not."""
        starts: list[float] = []
        ends: list[float] = []
        for opens, closes in sorted(intervals):
            if ends and opens <= ends[-1]:
                ends[-1] = max(ends[-1], closes)
            else:
                starts.append(opens)
                ends.append(closes)
        before = [0.0]
        for opens, closes in zip(starts, ends, strict=True):
            before.append(before[-1] + closes - opens)
        return cls(starts=starts, ends=ends, before=before, total=before[-1], end=end)

    def interval_at(self, at: float) -> int | None:
        """Return the index of the open interval that holds `at`, or None."""
        index = bisect_right(self.starts, at) - 1
        return index if index >= 0 and at < self.ends[index] else None

    def open_before(self, at: float) -> float:
        """Return the open seconds of the table before `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0.0
        end = self.ends[index]
        return self.before[index] + (at if at < end else end) - self.starts[index]

    def after(self, at: float, seconds: float) -> float | None:
        """Return the first instant by which `seconds` were open since `at`.

        It is `instant_of(open_before(at) + seconds)` in one piece: every clock asks for it.

        Args:
            at: Seconds of the epoch.
            seconds: Above 0.

        Returns:
            Seconds of the epoch, or None if the table ends before.
        """
        starts, before = self.starts, self.before
        index = bisect_right(starts, at) - 1
        if index >= 0:
            end = self.ends[index]
            seconds += before[index] + (at if at < end else end) - starts[index]
        if seconds >= self.total:
            return None
        index = bisect_left(before, seconds - HALF_MICROSECOND, 1) - 1
        return starts[index] + seconds - before[index]

    def instant_of(self, seconds: float) -> float:
        """Return the first instant by which `seconds` of the table were open."""
        index = bisect_left(self.before, seconds - HALF_MICROSECOND, 1) - 1
        return self.starts[index] + seconds - self.before[index]
