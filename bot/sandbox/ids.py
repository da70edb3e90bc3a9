"""Ids that look like Slack's and come in a fixed order, so that runs can be compared."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from threading import Lock

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def base32(number: int, width: int) -> str:
    """Return `number` in upper-case base 32, padded with zeros to `width`."""
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
    return digits.rjust(width, "0")


class Ids:
    """Hands out unique ids."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self, prefix: str) -> str:
        """Return an id such as `V0SBX00000A`."""
        return f"{prefix}0SBX{base32(next(self._numbers), 6)}"

    def number(self) -> int:
        """Return the next bare number."""
        return next(self._numbers)


class Timestamps:
    """Message timestamps: the clock's instant, unique and rising over the whole workspace."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0
        self._lock = Lock()

    def next(self) -> str:
        """Return a `ts` such as `1764000000.000200`."""
        with self._lock:
            self._last = max(_microseconds(self._now()), self._last + 1)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def _microseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond
