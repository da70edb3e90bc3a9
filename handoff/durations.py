"""Durations as people write them: `90m`, `2h`, `1d 4h`, `1.5h`."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

_PART = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[a-z]+)")
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
}
_LONGEST_DAYS = 30
_DAYS_PER_WORKING_WEEK = 5
_LONGEST_TEXT = 100
_EXAMPLE = "Write for example 90m, 2h, 1d or 1d 4h."
_ELAPSED_DAY = timedelta(hours=24)


class BadDuration(ValueError):
    """This is not a duration.

    Attributes:
        text: What was written.
        reason: What is wrong with it and what to write instead, ready to be shown.
    """

    def __init__(self, *, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text = text
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Duration:
    """A length of time on some clock.

    Attributes:
        minutes: Whole minutes on the clock that the text was read for, 1 or more.
        text: The text as written, blanks tidied.
    """

    minutes: int
    text: str


def parse_duration(text: str, *, day: timedelta = _ELAPSED_DAY) -> Duration:
    """Read a duration such as `90m`, `2h`, `1d`, `1d 4h` or `1.5h`.

    Args:
        text: Numbers each followed by a unit m, h, d or w; any case, blanks free.
        day: Length of a day on the clock: open minutes of one working day on a business-hours
            clock, 24 h on an elapsed one. A week is five working days, or seven days of 24 h.

    Returns:
        The duration, rounded to the whole minute.

    Raises:
        BadDuration: if the text is not one, is zero or negative, or is over 30 days.

    Source: product.md section 1 (grammar), rules.md "Clocks" (day and week).
    """
    tidy = " ".join(text.split())
    if not tidy:
        raise BadDuration(text=text, reason=f"A duration is needed here. {_EXAMPLE}")
    if len(tidy) > _LONGEST_TEXT:
        raise BadDuration(text=text, reason=f"That is too long to be a duration. {_EXAMPLE}")
    if tidy[0] in "-−–—":
        reason = f"“{tidy}” is negative; a duration must be more than zero. {_EXAMPLE}"
        raise BadDuration(text=text, reason=reason)
    minutes = sum(
        number * minutes_per_unit
        for number, minutes_per_unit in _parts(tidy, unit_minutes=_unit_minutes(day))
    )
    return Duration(minutes=_whole_minutes(minutes, text=tidy, day=day), text=tidy)


def format_minutes(minutes: float, *, day: timedelta | None = None) -> str:
    """Write minutes the way people read them: `45m`, `2h`, `1h 30m`, `1d 4h`.

    Args:
        minutes: Zero or more; rounded to the whole minute.
        day: Length of a day on the clock; None writes hours and minutes only.

    Returns:
        A text that `parse_duration` with the same `day` reads back as the same minutes (from 1
        minute up).
    """
    left = round(minutes)
    sizes = [("h", 60), ("m", 1)]
    if day is not None and (day_minutes := round(day / timedelta(minutes=1))) > 60:
        sizes.insert(0, ("d", day_minutes))
    parts = []
    for unit, size in sizes:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"


# Private functions


def _unit_minutes(day: timedelta) -> dict[str, Decimal]:
    day_minutes = Decimal(day // timedelta(minutes=1))
    return {
        "m": Decimal(1),
        "h": Decimal(60),
        "d": day_minutes,
        "w": _days_per_week(day) * day_minutes,
    }


def _days_per_week(day: timedelta) -> int:
    return 7 if day == _ELAPSED_DAY else _DAYS_PER_WORKING_WEEK


def _parts(tidy: str, *, unit_minutes: dict[str, Decimal]) -> list[tuple[Decimal, Decimal]]:
    """Return (number, minutes of its unit) for each part of the text; refuse anything else."""
    parts = []
    at = 0
    lowered = tidy.lower()
    while at < len(lowered):
        found = _PART.match(lowered, at)
        if found is None:
            raise BadDuration(text=tidy, reason=_why_unreadable(tidy, rest=lowered[at:]))
        unit = _UNITS.get(found["unit"])
        if unit is None:
            reason = f"“{found['unit']}” is not a unit; use m, h, d or w. {_EXAMPLE}"
            raise BadDuration(text=tidy, reason=reason)
        parts.append((Decimal(found["number"].replace(",", ".")), unit_minutes[unit]))
        at = found.end()
        while at < len(lowered) and lowered[at] == " ":
            at += 1
    return parts


def _why_unreadable(tidy: str, *, rest: str) -> str:
    try:
        Decimal(rest)
    except InvalidOperation:
        return f"“{tidy}” is not a duration. {_EXAMPLE}"
    return f"“{tidy}” needs a unit: m, h, d or w. {_EXAMPLE}"


def _whole_minutes(minutes: Decimal | int, *, text: str, day: timedelta) -> int:
    longest = _LONGEST_DAYS * (day // timedelta(minutes=1))
    if minutes == 0:
        reason = f"“{text}” is zero; a duration must be more than zero. {_EXAMPLE}"
        raise BadDuration(text=text, reason=reason)
    if minutes > longest:
        week = _days_per_week(day)
        limit = (
            f"is over 30 days; a lead should not wait that long. A week (w) counts {week} days."
        )
        reason = f"“{text}” {limit} {_EXAMPLE}"
        raise BadDuration(text=text, reason=reason)
    whole = round(minutes)
    if whole == 0:
        reason = f"“{text}” is less than a minute; the shortest is 1m. {_EXAMPLE}"
        raise BadDuration(text=text, reason=reason)
    return whole
