"""The time people in the workspace see, which may run faster than real time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

SPEEDS = (1.0, 10.0, 60.0, 600.0, 3600.0)


def wall_now() -> datetime:
    """Return real time, aware UTC: what signatures, triggers and retries are measured by."""
    return datetime.now(UTC)


class SandboxClock(Protocol):
    """What the sandbox needs of the demo's clock; the app under test shares the same one."""

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second; 0 stands still."""
        ...

    @property
    def speeds(self) -> tuple[float, ...]:
        """The speeds offered on the page."""
        ...

    def now(self) -> datetime:
        """Return the current instant, aware UTC."""
        ...

    def set_speed(self, speed: float) -> None:
        """Run at `speed` from this instant on, without a jump."""
        ...


class ScaledClock:
    """A clock that runs at a chosen multiple of real time.

    Args:
        start: First instant shown, aware UTC.
        speed: Sandbox seconds per real second, >= 0.
        wall: Real time; only differences of it are used.
    """

    speeds = SPEEDS

    def __init__(
        self, *, start: datetime, speed: float = 1.0, wall: Callable[[], datetime] = wall_now
    ) -> None:
        self._lock = Lock()
        self._wall = wall
        self._shown = start
        self._since = wall()
        self._speed = speed

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second."""
        return self._speed

    def now(self) -> datetime:
        """Return the current instant, aware UTC."""
        with self._lock:
            return self._read()

    def set_speed(self, speed: float) -> None:
        """Run at `speed` from this instant on, without a jump."""
        if speed < 0:
            raise ValueError(f"A clock cannot run at speed {speed}; use 0 or more.")
        with self._lock:
            self._shown = self._read()
            self._since = self._wall()
            self._speed = speed

    def _read(self) -> datetime:
        return self._shown + (self._wall() - self._since) * self._speed


class StillClock:
    """A clock that moves only when told to; for tests."""

    speeds = SPEEDS

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._speed = 0.0

    @property
    def speed(self) -> float:
        """The speed last set; it does not move this clock."""
        return self._speed

    def now(self) -> datetime:
        """Return the current instant, aware UTC."""
        return self._now

    def set_speed(self, speed: float) -> None:
        """Remember `speed`."""
        self._speed = speed

    def advance(self, by: timedelta) -> None:
        """Move forward by `by`."""
        self._now += by

    def move_to(self, instant: datetime) -> None:
        """Show `instant` from now on; an earlier one is ignored, for time never runs back."""
        self._now = max(self._now, instant)
