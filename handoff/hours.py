"""Working hours as people write them: `mon-fri: 09:00-12:30, 13:00-18:00`."""

import re
from collections.abc import Mapping

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60

Window = tuple[int, int]
"""Minutes of the local day, from (included) to (excluded); past 1440 runs into the next day."""

_EXAMPLE = 'Write for example mon-fri: "09:00-18:00".'
_TIME_RANGE = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?")


class BadHours(ValueError):
    """These are not working hours.

    Attributes:
        text: The part that could not be read.
    """

    def __init__(self, *, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text = text


def parse_week(*, hours: Mapping[str, str]) -> tuple[tuple[Window, ...], ...]:
    """Read working hours by weekday.

    Args:
        hours: Weekdays (`mon`, `mon-fri`, `mon,wed`, `fri-mon`) to time ranges
            (`09:00-18:00`, `09:00-12:00, 13:00-17:00`, `00:00-24:00`, `22:00-06:00`).

    Returns:
        Seven tuples of windows, Monday first, each sorted, in minutes of the local day. A window
        that ends at or before its start runs into the next day.

    Raises:
        BadHours: if a weekday or a time range cannot be read, or nothing is open.
    """
    week: list[list[Window]] = [[] for _ in WEEKDAYS]
    for days, ranges in hours.items():
        windows = [_window(part) for part in ranges.split(",")]
        for day in _days(days):
            week[day].extend(windows)
    if not any(week):
        raise BadHours(text="", reason=f"No hour of the week is open. {_EXAMPLE}")
    return tuple(tuple(sorted(windows)) for windows in week)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in re.split(r"[,\s]+", re.sub(r"\s*[-–—]\s*", "-", text.strip().lower())):
        first, _, last = part.partition("-")
        start = _day(first, within=text)
        end = _day(last, within=text) if last else start
        days.extend((start + step) % 7 for step in range((end - start) % 7 + 1))
    return days


def _day(name: str, *, within: str) -> int:
    if len(name) < 3 or name[:3] not in WEEKDAYS:
        reason = f"“{name}” in “{within}” is not a weekday; use mon, tue … sun. {_EXAMPLE}"
        raise BadHours(text=within, reason=reason)
    return WEEKDAYS.index(name[:3])


def _window(text: str) -> Window:
    found = _TIME_RANGE.fullmatch(text.strip())
    if found is None:
        raise BadHours(text=text, reason=f"“{text.strip()}” is not a time range. {_EXAMPLE}")
    start = _minute(found[1], found[2], within=text)
    end = _minute(found[3], found[4], within=text)
    if start in (end, DAY_MINUTES):
        reason = f"“{text.strip()}” has no length; around the clock is 00:00-24:00. {_EXAMPLE}"
        raise BadHours(text=text, reason=reason)
    return (start, end if end > start else end + DAY_MINUTES)


def _minute(hour: str, minute: str | None, *, within: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if total > DAY_MINUTES or int(minute or 0) > 59:
        reason = f"“{within.strip()}” is not a time range; hours run 00:00 to 24:00. {_EXAMPLE}"
        raise BadHours(text=within, reason=reason)
    return total
