"""Clocks that stand still until a test moves them."""

from datetime import UTC, datetime, timedelta

#: A Monday, nine in the morning in New York: everybody in the seed's first pod is working.
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


class StillClocks:
    """The app's three clocks and the sandbox's one; all of them move together."""

    speeds = (1.0,)
    speed = 1.0

    def __init__(self, start: datetime = MONDAY) -> None:
        self._start = self._now = start

    def now(self) -> datetime:
        """Return the domain's instant."""
        return self._now

    def wall(self) -> datetime:
        """Return real time, which is the same here."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since the start."""
        return (self._now - self._start).total_seconds()

    def seconds_until(self, instant: datetime) -> float:
        """Return the seconds until an instant; may be < 0."""
        return (instant - self._now).total_seconds()

    def set_speed(self, speed: float) -> None:
        """Stand still at any speed."""

    def move_to(self, instant: datetime) -> None:
        """Show `instant`."""
        self._now = max(self._now, instant)

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`."""
        self._now += timedelta(**by)
