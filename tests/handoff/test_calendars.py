"""Business calendars agree with an oracle that walks minute by minute, and keep their edges."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.brief import ClockBasis
from handoff.calendars import (
    ELAPSED,
    BadCalendar,
    BusinessCalendar,
    calendar_of,
    clock_calendar,
    expand_holidays,
)
from handoff.directory import CalendarPart, CalendarSpec
from handoff.hours import BadHours, parse_week

MINUTE = timedelta(minutes=1)
WALK = 6 * 1440  # minutes
YEARS = (2025, 2026, 2027, 2028)

# Zones with different rules: north and south, midnight changes, the evening before, half an hour,
# two hours, around Ramadan, three quarters of an hour off UTC, none at all.
ZONES = (
    "America/New_York",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/Santiago",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
)
# Windows that meet the changes at 00:00, 02:00 and 03:00, and several a day.
HOURS: tuple[dict[str, str], ...] = (
    {"mon-fri": "09:00-18:00"},
    {"mon-sun": "00:00-24:00"},
    {"mon-sun": "01:30-02:30, 09:00-12:00"},
    {"sat-sun": "00:00-03:00, 23:00-24:00", "mon-fri": "08:00-12:00, 13:00-17:00"},
    {"fri-mon": "22:00-06:00"},
)


def week_minutes(spec: CalendarSpec) -> list[set[int]]:
    """Return the open minutes of each weekday by the plainest reading of the hours."""
    week: list[set[int]] = [set() for _ in range(7)]
    for day, windows in enumerate(parse_week(hours=spec.hours)):
        for start, end in windows:
            for minute in range(start, end):
                week[(day + minute // 1440) % 7].add(minute % 1440)
    return week


@lru_cache(maxsize=32)
def local_minutes(zone: str, start: datetime) -> tuple[tuple[int, int, date], ...]:
    """Walk six days from `start`: weekday, minute of the day and date on the wall, each minute."""
    tz = ZoneInfo(zone)
    walked = ((start + step * MINUTE).astimezone(tz) for step in range(WALK))
    return tuple(
        (local.weekday(), local.hour * 60 + local.minute, local.date()) for local in walked
    )


@lru_cache(maxsize=64)
def open_before(zone: str, hours: int, holiday: date | None, start: datetime) -> tuple[int, ...]:
    """Count the open minutes of the walk before each of its minutes."""
    week = week_minutes(CalendarSpec(name="x", timezone=zone, hours=HOURS[hours]))
    is_open = (
        minute in week[weekday] and day != holiday
        for weekday, minute, day in local_minutes(zone, start)
    )
    return tuple(accumulate(is_open, initial=0))


def transitions(zone: str) -> list[datetime]:
    """Return the changes of a zone's offset in 2026 and 2027, found hour by hour."""
    tz = ZoneInfo(zone)
    found = []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        after = at + timedelta(hours=1)
        if at.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            found.append(after)
        at = after
    return found


def anchors(zone: str) -> list[datetime]:
    """Return where to walk: three days before each change, or a plain week without one."""
    changes = transitions(zone) or [datetime(2026, 6, 10, tzinfo=UTC)]
    return [change - timedelta(days=3) for change in changes]


ANCHORS = {zone: anchors(zone) for zone in ZONES}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", range(len(HOURS)))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_add_and_between_agree_with_the_oracle(zone: str, hours: int, data: st.DataObject) -> None:
    """Across every clock change of two years, to the minute, in fourteen zones."""
    anchor = data.draw(st.sampled_from(ANCHORS[zone]))
    is_overnight = "22:00" in str(HOURS[hours])  # a holiday closes the day that a window starts
    days = st.integers(2, 4).map(lambda days: (anchor + timedelta(days=days)).date())
    holiday = None if is_overnight else data.draw(st.none() | days)
    before = open_before(zone, hours, holiday, anchor)
    first = data.draw(st.integers(0, WALK - 1))
    last = data.draw(st.integers(first, WALK - 1))
    spec = CalendarSpec(name="x", timezone=zone, hours=HOURS[hours])
    calendar = BusinessCalendar(spec, () if holiday is None else (holiday,))
    start, end = anchor + first * MINUTE, anchor + last * MINUTE

    minutes = before[last] - before[first]

    assert calendar.is_open(start) == (before[first + 1] > before[first])
    assert calendar.between(start, end) == minutes
    assert calendar.between(end, start) == -minutes
    if minutes:
        due = bisect_left(before, before[last])
        opening = bisect_right(before, before[first]) - 1
        assert calendar.add(start, minutes) == anchor + due * MINUTE
        assert calendar.next_open(start) == anchor + opening * MINUTE


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(0, len(HOURS) - 1),
    st.integers(0, 730 * 1440).map(lambda step: datetime(2026, 1, 1, tzinfo=UTC) + step * MINUTE),
    st.floats(0.01, 60_000),
)
def test_between_undoes_add(zone: str, hours: int, start: datetime, minutes: float) -> None:
    """The open time up to a due instant is what was added, over months and years."""
    calendar = calendar_of(
        spec=CalendarSpec(
            name="x", timezone=zone, hours=HOURS[hours], closed=(date(2026, 12, 25),)
        ),
        years=YEARS,
    )

    due = calendar.add(start, minutes)

    assert calendar.between(start, due) == pytest.approx(minutes, abs=1e-6)
    assert due.utcoffset() == timedelta(0)


NEW_YORK = CalendarSpec(
    name="ny", timezone="America/New_York", hours={"mon-fri": "09:00-18:00"}, holidays="US"
)
CALENDAR = calendar_of(spec=NEW_YORK, years=YEARS)


def ny(text: str) -> datetime:
    """Return an instant from New York wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # a due instant may equal closing time
        ("2026-03-03 16:00", 120, "2026-03-03 18:00"),
        ("2026-03-03 16:00", 121, "2026-03-04 09:01"),
        # closed time does not count: night, weekend, holiday
        ("2026-03-03 20:00", 60, "2026-03-04 10:00"),
        ("2026-03-06 17:00", 120, "2026-03-09 10:00"),  # over the change to summer time
        ("2026-10-30 17:00", 120, "2026-11-02 10:00"),  # and back
        ("2026-07-02 17:30", 60, "2026-07-06 09:30"),  # Friday 3 July: Independence Day observed
        ("2026-12-24 17:30", 60, "2026-12-28 09:30"),
        # over the end of a year, and over several
        ("2026-12-31 17:00", 120, "2027-01-04 10:00"),
        # a fraction that floating point overshoots still ends at closing time
        ("2026-03-03 17:32", 0.8 * 35, "2026-03-03 18:00"),
        # nothing to add
        ("2026-03-01 12:00", 0, "2026-03-01 12:00"),
    ],
)
def test_due_instants(start: str, minutes: float, due: str) -> None:
    """Hand-written due instants on New York business hours."""
    assert CALENDAR.add(ny(start), minutes) == ny(due)


def test_many_days_are_counted_one_by_one() -> None:
    """Three hundred working days later it is closing time of the three hundredth."""
    holidays = expand_holidays(part=NEW_YORK, years=YEARS)
    days = (date(2026, 3, 2) + timedelta(days=step) for step in range(1000))
    working = [day for day in days if day.weekday() < 5 and day not in holidays]

    due = CALENDAR.add(ny("2026-03-02 09:00"), 540 * 300)

    assert due == ny(f"{working[299]} 18:00")


def test_adding_negative_time_is_refused() -> None:
    """A due instant before its start would be a bug of the caller."""
    with pytest.raises(ValueError, match="must not be negative: -1"):
        CALENDAR.add(ny("2026-03-03 12:00"), -1)


def test_open_edges() -> None:
    """An opening instant is open, a closing one is not."""
    assert CALENDAR.is_open(ny("2026-03-03 09:00"))
    assert not CALENDAR.is_open(ny("2026-03-03 18:00"))
    assert CALENDAR.next_open(ny("2026-03-03 18:00")) == ny("2026-03-04 09:00")
    assert CALENDAR.next_open(ny("2026-03-03 12:00")) == ny("2026-03-03 12:00")


def test_time_far_apart_is_counted_over_the_years() -> None:
    """Between two instants years apart, every year's table counts."""
    start, end = ny("2026-01-01 00:00"), ny("2029-01-01 00:00")
    by_year = sum(
        CALENDAR.between(ny(f"{year}-01-01 00:00"), ny(f"{year + 1}-01-01 00:00"))
        for year in (2026, 2027, 2028)
    )

    assert CALENDAR.between(start, end) == by_year


def test_working_days() -> None:
    """Days are counted over weekends and holidays, backwards and forwards."""
    wednesday = date(2026, 7, 8)

    assert CALENDAR.working_days_before(wednesday, 3) == date(2026, 7, 2)
    assert CALENDAR.working_days_before(date(2026, 7, 4), 0) == date(2026, 7, 4)
    assert CALENDAR.working_days_before(date(2026, 7, 4), 1) == date(2026, 7, 2)
    assert CALENDAR.working_days_after(date(2026, 7, 2), 1) == date(2026, 7, 6)
    assert CALENDAR.working_days_after(date(2026, 7, 4), 0) == date(2026, 7, 6)
    assert CALENDAR.next_working_day(date(2026, 7, 3)) == date(2026, 7, 6)
    assert CALENDAR.next_working_day(wednesday) == wednesday
    assert not CALENDAR.is_working_day(date(2026, 7, 3))


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)).filter(CALENDAR.is_working_day),
    st.integers(0, 60),
)
def test_working_days_go_back_and_forth(day: date, count: int) -> None:
    """Counting back and forth from a working day ends where it began."""
    assert CALENDAR.working_days_after(CALENDAR.working_days_before(day, count), count) == day


def test_opening_of_a_day() -> None:
    """Go-live opens with the first working day at or after its date."""
    assert CALENDAR.opens_on(date(2026, 7, 3)) == ny("2026-07-06 09:00")
    assert CALENDAR.local_date(datetime(2026, 7, 7, 2, tzinfo=UTC)) == date(2026, 7, 6)


def test_intervals_are_cut_to_fit() -> None:
    """Open intervals inside a span, the first and the last cut."""
    found = CALENDAR.intervals(ny("2026-03-06 12:00"), ny("2026-03-09 10:00"))

    assert found == (
        (ny("2026-03-06 12:00"), ny("2026-03-06 18:00")),
        (ny("2026-03-09 09:00"), ny("2026-03-09 10:00")),
    )


def test_intervals_go_on_over_the_years() -> None:
    """A span longer than one table has the intervals of all of them, each once."""
    start, end = ny("2026-02-02 00:00"), ny("2028-02-02 00:00")
    found = CALENDAR.intervals(start, end)

    seconds = sum((closes - opens).total_seconds() for opens, closes in found)
    assert seconds / 60 == CALENDAR.between(start, end)
    assert all(left[1] < right[0] for left, right in pairwise(found))


def test_day_length() -> None:
    """A day is what is declared, else the commonest open day."""
    mixed = CalendarSpec(
        name="m", timezone="UTC", hours={"mon-thu": "08:00-12:00, 13:00-18:00", "fri": "8-13"}
    )
    tied = CalendarSpec(name="t", timezone="UTC", hours={"mon": "8-13", "tue": "8-12"})
    declared = mixed.model_copy(update={"day_minutes": 480})

    days = [calendar_of(spec=spec, years=YEARS).day for spec in (mixed, tied, declared, ELAPSED)]

    assert days == [timedelta(hours=hours) for hours in (9, 5, 8, 24)]


def test_windows_in_several_zones_unite() -> None:
    """London's and New York's hours overlap into one long day; each keeps its own holidays."""
    spec = CalendarSpec(
        name="both",
        timezone="America/New_York",
        hours={"mon-fri": "09:00-18:00"},
        holidays="US",
        also=(
            CalendarPart(
                timezone="Europe/London", hours={"mon-fri": "09:00-18:00"}, holidays="GB"
            ),
        ),
    )
    both = calendar_of(spec=spec, years=YEARS)

    assert both.day_minutes == 14 * 60
    assert both.add(datetime(2026, 6, 2, 8, tzinfo=UTC), 14 * 60) == ny("2026-06-02 18:00")
    # 4 July observed: London works on
    assert both.is_open(datetime(2026, 7, 3, 9, tzinfo=UTC))
    assert not both.is_open(datetime(2026, 7, 3, 19, tzinfo=UTC))
    assert both.is_working_day(date(2026, 7, 3))
    assert not both.is_working_day(date(2026, 12, 25))


def test_closed_dates_close_every_part() -> None:
    """A single closed date counts in all zones, holidays given for fewer parts than there are."""
    spec = CalendarSpec(
        name="both",
        timezone="UTC",
        hours={"mon-fri": "09:00-18:00"},
        closed=(date(2026, 6, 2),),
        also=(CalendarPart(timezone="Europe/London", hours={"mon-fri": "09:00-18:00"}),),
    )

    assert not BusinessCalendar(spec, ()).is_working_day(date(2026, 6, 2))


def test_the_clock_basis_chooses_the_calendar() -> None:
    """Around the clock nothing is ever closed."""
    sunday = datetime(2026, 3, 1, 3, tzinfo=UTC)
    business = clock_calendar(spec=NEW_YORK, clock=ClockBasis.BUSINESS_HOURS, years=YEARS)
    elapsed = clock_calendar(spec=NEW_YORK, clock=ClockBasis.ELAPSED, years=YEARS)

    assert business.add(sunday, 60) == ny("2026-03-02 10:00")
    assert elapsed.add(sunday, 60) == sunday + timedelta(hours=1)
    assert elapsed.add(sunday, 60 * 24 * 800) == sunday + timedelta(days=800)


def test_calendars_are_remembered() -> None:
    """Asking again for the same calendar gives the same object, its tables laid out."""
    assert calendar_of(spec=NEW_YORK, years=YEARS) is CALENDAR


def test_holidays_are_expanded_to_dates() -> None:
    """Country and subdivision; none without a country."""
    berlin = CalendarSpec(
        name="b", timezone="Europe/Berlin", hours={"mon-fri": "9-17"}, holidays="de-be"
    )

    found = expand_holidays(part=berlin, years=(2026,))

    assert date(2026, 3, 8) in found  # Women's Day: a holiday in Berlin, not in all of Germany
    assert list(found) == sorted(found)
    assert expand_holidays(part=ELAPSED, years=(2026,)) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"timezone": "Mars/Base"}, "“Mars/Base” is not a time zone"),
        ({"timezone": "../etc/passwd"}, "is not a time zone"),
        ({"holidays": "XX"}, "holidays “XX” are unknown"),
        ({"holidays": "US-ZZ"}, "holidays “US-ZZ” are unknown"),
        ({"hours": {}}, "No hour of the week is open."),
        ({"hours": {"someday": "9-17"}}, "“someday” in “someday” is not a weekday"),
        ({"hours": {"mon-xyz": "9-17"}}, "“xyz” in “mon-xyz” is not a weekday"),
        ({"hours": {"mon": "nine to five"}}, "“nine to five” is not a time range."),
        ({"hours": {"mon": "09:00-25:00"}}, "hours run 00:00 to 24:00"),
        ({"hours": {"mon": "09:75-10:00"}}, "hours run 00:00 to 24:00"),
        ({"hours": {"mon": "09:00-09:00"}}, "has no length; around the clock is 00:00-24:00"),
        ({"hours": {"mon": "24:00-09:00"}}, "has no length"),
    ],
)
def test_bad_calendars_say_what_to_write(changes: dict[str, object], problem: str) -> None:
    """An unusable calendar is refused by name, with an example."""
    spec = NEW_YORK.model_copy(update=changes)

    with pytest.raises(BadCalendar) as caught:
        calendar_of(spec=spec, years=YEARS)

    assert problem in str(caught.value)
    assert caught.value.calendar == "ny"


def test_a_calendar_that_never_opens_is_refused() -> None:
    """When every day of a year and more is closed, questions end with an error, not a hang."""
    every_day = [date(2026, 1, 1) + timedelta(days=day) for day in range(3000)]
    calendar = BusinessCalendar(NEW_YORK.model_copy(update={"holidays": None}), every_day)

    with pytest.raises(BadCalendar, match="it never opens in 2027"):
        calendar.add(datetime(2027, 1, 1, tzinfo=UTC), 60)
    with pytest.raises(BadCalendar, match="it never opens again"):
        calendar.next_working_day(date(2027, 1, 1))


def test_hours_are_read_in_many_spellings() -> None:
    """Lists, wrapped ranges, long names and dashes of any kind mean the same."""
    week = parse_week(hours={"Monday, wed": "9–17", "fri - sun": "08:00 — 12:00, 13:00-14:00"})

    assert week[0] == week[2] == ((540, 1020),)
    assert week[4] == week[5] == week[6] == ((480, 720), (780, 840))
    assert week[1] == week[3] == ()
    assert parse_week(hours={"sat-mon": "22:00-02:00"})[0] == ((1320, 1560),)


def test_bad_hours_carry_the_text() -> None:
    """The part that could not be read is on the error."""
    with pytest.raises(BadHours) as caught:
        parse_week(hours={"mon": "late"})

    assert caught.value.text == "late"
