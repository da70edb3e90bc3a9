"""The computer's clocks. Only this module reads them; all else is handed `now` and `wall`."""

import threading
import time
from datetime import UTC, datetime, timedelta


class RunningClocks:
    """The computer's clocks; the domain's may run faster.

    Args:
        speed: Domain seconds per real second.

    Attributes:
        speeds: Those that a person may choose from.
    """

    speeds = (1.0, 10.0, 60.0, 600.0, 3600.0)

    def __init__(self, *, speed: float = 1) -> None:
        self._lock = threading.Lock()
        self._speed = speed
        self._since = time.monotonic()
        self._shown = datetime.now(UTC)
        self._is_real = speed == 1

    @property
    def speed(self) -> float:
        """Domain seconds per real second."""
        return self._speed

    @property
    def is_real(self) -> bool:
        """True if the domain's clock is the computer's."""
        return self._is_real

    def resume(self, last: datetime) -> None:
        """Go on from `last` if that is later: a fast clock is ahead of real time."""
        with self._lock:
            if last > self._read():
                self._shown, self._since, self._is_real = last, time.monotonic(), False

    def set_speed(self, speed: float) -> None:
        """Run at `speed` from this instant on, without a jump; 0 stands still."""
        with self._lock:
            self._shown, self._since = self._read(), time.monotonic()
            self._speed, self._is_real = speed, False

    def now(self) -> datetime:
        """Return the domain's instant, aware UTC."""
        with self._lock:
            return self.wall() if self._is_real else self._read()

    def wall(self) -> datetime:
        """Return real time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return time.monotonic()

    def seconds_until(self, instant: datetime) -> float:
        """Return how many real seconds are left until `now()` reaches `instant`."""
        left = (instant - self.now()).total_seconds()
        return left / self._speed if self._speed else float("inf")

    def _read(self) -> datetime:
        return self._shown + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
