"""Many leads' clocks at once give what the calendar gives for each."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.calendars import calendar_of
from handoff.directory import CalendarSpec
from handoff.replay.clocks import add_minutes, minutes_between
from handoff.replay.past import instant, micros

_CALENDAR = calendar_of(
    spec=CalendarSpec(
        name="x",
        timezone="Europe/Berlin",
        hours={"mon-thu": "08:00-12:00, 13:00-17:30", "fri": "8-13"},
        holidays="DE",
    ),
    years=range(2025, 2029),
)
_STARTS = st.integers(0, 720 * 86_400 * 10**6).map(
    lambda past: micros(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=past))
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_STARTS, st.floats(0.001, 900_000)), min_size=1, max_size=20))
def test_together_as_one_by_one(asked: list[tuple[int, float]]) -> None:
    """Due instants and the time up to them, to the microsecond and the last bit."""
    starts, minutes = (np.array(one) for one in zip(*asked, strict=True))

    found = add_minutes(calendar=_CALENDAR, starts=starts, minutes=minutes)
    waits = minutes_between(calendar=_CALENDAR, starts=starts, ends=found)

    due = [_CALENDAR.add(instant(at), span) for at, span in asked]
    assert found.tolist() == [micros(at) for at in due]
    spans = zip(asked, due, strict=True)
    assert waits.tolist() == [_CALENDAR.between(instant(at[0]), end) for at, end in spans]
