"""New York's working time, reckoned hour by hour and not by the code under test."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
_CLOSED = {date(2026, 11, 26)}  # Thanksgiving
_OPENS, _CLOSES = time(9), time(18)


def _day(day: date) -> tuple[datetime, datetime] | None:
    if day.weekday() > 4 or day in _CLOSED:
        return None
    opens, closes = (datetime.combine(day, at, ZONE).astimezone(UTC) for at in (_OPENS, _CLOSES))
    return opens, closes


def add(start: datetime, minutes: float) -> datetime:
    """Return when so many open minutes have passed since `start`."""
    left, day = timedelta(minutes=minutes), start.astimezone(ZONE).date()
    while True:
        hours = _day(day)
        if hours is not None and start < hours[1]:
            begins = max(start, hours[0])
            if begins + left <= hours[1]:
                return begins + left
            left -= hours[1] - begins
        day += timedelta(days=1)


def between(start: datetime, end: datetime) -> float:
    """Return how many open minutes lie between two instants."""
    total, day = timedelta(), start.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        hours = _day(day)
        if hours is not None:
            total += max(timedelta(), min(end, hours[1]) - max(start, hours[0]))
        day += timedelta(days=1)
    return total.total_seconds() / 60


def next_opening(now: datetime) -> datetime:
    """Return when the first working day after today opens."""
    day = now.astimezone(ZONE).date() + timedelta(days=1)
    while (hours := _day(day)) is None:
        day += timedelta(days=1)
    return hours[0]
