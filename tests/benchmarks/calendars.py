"""P7: due instants on a business calendar, against businesstimedelta and a walk by minutes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import businesstimedelta
import holidays
import pytz

from handoff.calendars import BusinessCalendar, calendar_of
from handoff.directory import CalendarSpec
from tests.benchmarks.goals import Effort, Goal, in_turns

_ZONE = "America/New_York"
_OFFICE = CalendarSpec(
    name="default", timezone=_ZONE, hours={"mon-fri": "09:00-18:00"}, holidays="US"
)
_MINUTE = timedelta(minutes=1)

#: Weeks in which clocks change, north and south, at midnight and by half an hour.
_CHANGES = (
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Africa/Cairo", date(2026, 4, 24)),
)


def goals(effort: Effort) -> Iterator[Goal]:
    """Check against the walk, then measure one call and how it grows."""
    calendar = calendar_of(spec=_OFFICE, years=range(2025, 2029))
    yield _agreement(effort)
    yield _against_peer(calendar, effort)
    yield _growth(calendar, effort)


def _starts(count: int) -> list[datetime]:
    chance = Random(7)
    first = datetime(2026, 1, 5, tzinfo=UTC)
    return [first + timedelta(minutes=chance.randrange(300 * 1440)) for _ in range(count)]


def _walk(zone: ZoneInfo, at: datetime, minutes: int) -> datetime:
    """Count open minutes one by one; a due instant may be closing time."""
    while minutes:
        local = at.astimezone(zone)
        if local.weekday() < 5 and 9 <= local.hour < 18:
            minutes -= 1
        at += _MINUTE
    return at


def _agreement(effort: Effort) -> Goal:
    chance = Random(11)
    asked = agreed = 0
    for name, day in _CHANGES:
        spec = CalendarSpec(name="x", timezone=name, hours=_OFFICE.hours)
        calendar = calendar_of(spec=spec, years=range(2025, 2029))
        around = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
        for _ in range(effort.choose(20, 5)):
            at = around + timedelta(minutes=chance.randrange(5 * 1440))
            minutes = chance.randrange(1, 1500)
            asked += 1
            agreed += calendar.add(at, minutes) == _walk(ZoneInfo(name), at, minutes)
    return Goal(
        goal="P7",
        what="due instants across clock changes that agree with a walk",
        ours=agreed,
        peer=asked,
        peer_name="asked",
        unit="",
        ratio=agreed / asked,
        wanted="= 1x",
        met=agreed == asked,
    )


def _against_peer(calendar: BusinessCalendar, effort: Effort) -> Goal:
    zone = pytz.timezone(_ZONE)
    rule = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(
                start_time=time(9), end_time=time(18), working_days=[0, 1, 2, 3, 4], tz=zone
            ),
            businesstimedelta.HolidayRule(holidays.US(years=range(2025, 2029))),
        ]
    )
    starts = _starts(effort.choose(300, 100))
    local = [start.astimezone(zone) for start in starts]
    two_hours = businesstimedelta.BusinessTimeDelta(rule, hours=2)
    agreed = sum(calendar.add(s, 120) == p + two_hours for s, p in zip(starts, local, strict=True))
    assert agreed > len(starts) * 0.9, "both reckon the same; the peer may miss clock changes"
    times = 100

    def ours() -> None:
        add = calendar.add
        for _ in range(times):
            for start in starts:
                add(start, 120)

    def peer() -> None:
        for start in local:
            start + two_hours

    sides = in_turns(ours, peer, rounds=effort.choose(9, 3))
    sides.ours[:] = [taken / times for taken in sides.ours]
    return sides.goal(
        goal="P7",
        what="due instant two working hours on, one call",
        peer_name="businesstimedelta",
        least=100,
        each=len(starts),
        unit="µs",
    )


def _growth(calendar: BusinessCalendar, effort: Effort) -> Goal:
    starts = _starts(20_000)

    def add(minutes: int) -> None:
        for start in starts:
            calendar.add(start, minutes)

    sides = in_turns(lambda: add(80 * 60), lambda: add(120), rounds=effort.choose(9, 3))
    return sides.goal(
        goal="P7",
        what="due instant 80 working hours on against 2",
        peer_name="for 2 hours",
        most=1.3,
        each=len(starts),
        unit="µs",
    )


GOALS = {"P7": goals}
