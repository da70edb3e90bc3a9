"""Durations: what people write, what they mean, and why some are refused."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.durations import BadDuration, format_minutes, parse_duration

WORKING_DAY = timedelta(hours=9)


@pytest.mark.parametrize(
    ("text", "minutes", "working_minutes"),
    [
        # text, around the clock, on a calendar of nine open hours
        ("90m", 90, 90),
        ("2h", 120, 120),
        ("1d", 1440, 540),
        ("1d 4h", 1680, 780),
        ("1d4h", 1680, 780),
        ("1.5h", 90, 90),
        ("1,5 h", 90, 90),
        ("0.5d", 720, 270),
        ("1w", 10_080, 2_700),
        ("1W 1D", 11_520, 3_240),
        ("45 min", 45, 45),
        ("2 hours 30 minutes", 150, 150),
        ("  3   days ", 4320, 1620),
        ("1m 1m", 2, 2),
        ("1.4m", 1, 1),
        ("30d", 43_200, 16_200),
    ],
)
def test_durations_are_read(text: str, minutes: int, working_minutes: int) -> None:
    """The grammar gives whole minutes; a day is as long as the clock says."""
    assert parse_duration(text).minutes == minutes
    assert parse_duration(text, day=WORKING_DAY).minutes == working_minutes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "A duration is needed here."),
        ("   ", "A duration is needed here."),
        ("0m", "“0m” is zero; a duration must be more than zero."),
        ("0d 0h", "is zero"),
        ("0.4m", "is less than a minute; the shortest is 1m."),
        ("-2h", "“-2h” is negative; a duration must be more than zero."),
        ("—2h", "is negative"),
        ("30d 1m", "is over 30 days; a lead should not wait that long."),
        ("5w", "is over 30 days"),
        ("90", "“90” needs a unit: m, h, d or w."),
        ("2h 30", "“2h 30” needs a unit"),
        ("soon", "“soon” is not a duration."),
        ("2h!", "“2h!” is not a duration."),
        ("2x", "“x” is not a unit; use m, h, d or w."),
        ("1e3m", "“e” is not a unit"),
        ("h2", "is not a duration"),
        ("1h " * 60, "too long to be a duration"),
    ],
)
def test_bad_durations_say_why(text: str, reason: str) -> None:
    """A refusal carries the text, a reason and an example."""
    with pytest.raises(BadDuration) as caught:
        parse_duration(text)

    assert reason in caught.value.reason
    assert caught.value.reason.endswith("Write for example 90m, 2h, 1d or 1d 4h.")
    assert caught.value.text in {text, " ".join(text.split())}


def test_thirty_days_are_counted_on_the_clock() -> None:
    """Thirty working days are the limit on business hours, thirty times 24 h on the other."""
    assert parse_duration("270h", day=WORKING_DAY).minutes == 16_200
    with pytest.raises(BadDuration, match="over 30 days"):
        parse_duration("271h", day=WORKING_DAY)


@pytest.mark.parametrize(("day", "counts"), [(timedelta(hours=24), 7), (WORKING_DAY, 5)])
def test_too_long_says_what_a_week_counts(day: timedelta, counts: int) -> None:
    """Who meant weeks learns how long one is on this clock."""
    with pytest.raises(BadDuration, match=rf"A week \(w\) counts {counts} days\."):
        parse_duration("7w", day=day)


@pytest.mark.parametrize(
    ("minutes", "plain", "in_days"),
    [
        (0, "0m", "0m"),
        (0.4, "0m", "0m"),
        (45, "45m", "45m"),
        (60, "1h", "1h"),
        (90, "1h 30m", "1h 30m"),
        (780, "13h", "1d 4h"),
        (540, "9h", "1d"),
    ],
)
def test_minutes_are_written_as_people_read_them(minutes: float, plain: str, in_days: str) -> None:
    """Days appear only when the length of a day is known."""
    assert format_minutes(minutes) == plain
    assert format_minutes(minutes, day=WORKING_DAY) == in_days


@given(st.integers(1, 16_200), st.sampled_from([None, WORKING_DAY]))
def test_minutes_round_trip(minutes: int, day: timedelta | None) -> None:
    """What is written reads back as the same minutes."""
    text = format_minutes(minutes, day=day)

    assert parse_duration(text, day=day or timedelta(hours=24)).minutes == minutes


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("mhd"), st.sampled_from(["", " ", "  "])),
        min_size=1,
        max_size=5,
    )
)
def test_parts_add_up(parts: list[tuple[int, str, str]]) -> None:
    """A text of several parts means their sum, whatever the blanks."""
    text = " ".join(f"{number}{gap}{unit}" for number, unit, gap in parts)
    sizes = {"m": 1, "h": 60, "d": 540}
    total = sum(number * sizes[unit] for number, unit, _ in parts)

    if 0 < total <= 16_200:
        assert parse_duration(text, day=WORKING_DAY).minutes == total
    else:
        with pytest.raises(BadDuration):
            parse_duration(text, day=WORKING_DAY)


@given(st.text(max_size=60))
def test_nothing_else_is_raised(text: str) -> None:
    """Any text is a duration or a `BadDuration`."""
    with suppress(BadDuration):
        assert parse_duration(text).minutes >= 1
