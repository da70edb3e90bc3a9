"""The clock of a lead: due, warned, paused, met or breached, to the second."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calendars import calendar_of
from handoff.sla.clock import (
    TRANSITIONS,
    Clock,
    ClockState,
    TimeChain,
    TouchVerdict,
    is_breached,
    judge_touch,
    latest_resume,
    merge,
    pause,
    resume,
    settle,
    start_clock,
    time_lost,
    times_of,
)
from handoff.states import NotAllowed
from tests.handoff.samples import NEW_YORK

CALENDAR = calendar_of(spec=NEW_YORK, years=range(2025, 2029))
ARRIVED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
FRIDAY = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)  # Friday 17:00
SECOND = timedelta(seconds=1)
OPENING = timedelta(hours=5)


def test_due_and_warnings_run_on_the_calendar() -> None:
    """Two hours from Friday 17:00 are Monday 10:00; summer time starts in between."""
    times = times_of(clock=_clock(FRIDAY), calendar=CALENDAR)

    assert times.warn_50_at == datetime(2026, 3, 6, 23, 0, tzinfo=UTC)  # may equal closing time
    assert times.warn_80_at == datetime(2026, 3, 9, 13, 36, tzinfo=UTC)
    assert times.accept_by_at == times.warn_50_at
    assert times.due_at == datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


def test_at_the_due_instant_it_is_a_breach() -> None:
    """Met iff before; even if no tick ran yet."""
    clock = _clock()
    due = clock.due_at

    assert not is_breached(clock=clock, now=due - SECOND)
    assert is_breached(clock=clock, now=due)
    assert not is_breached(clock=settle(clock=clock, state=ClockState.MET), now=due)


# state of the clock, touch relative to (arrival|due), verdict
TOUCHES = [
    ("running", "due", -SECOND, "met"),
    ("running", "due", timedelta(0), "late"),
    ("running", "arrival", timedelta(hours=-24), "met"),
    ("running", "arrival", timedelta(hours=-24) - SECOND, "too_early"),
    ("running", "due", timedelta(hours=2), "in_future"),
    ("paused", "due", timedelta(0), "met"),
    ("breached", "due", -SECOND, "unbreached"),
    ("breached", "due", SECOND, "late"),
    ("met", "due", SECOND, "no_change"),
    ("stopped", "due", -SECOND, "no_change"),
]


@pytest.mark.parametrize(("state", "anchor", "offset", "verdict"), TOUCHES)
def test_what_a_touch_means(state: str, anchor: str, offset: timedelta, verdict: str) -> None:
    """A touch has its own time; up to 24 h before arrival counts."""
    clock = _clock().model_copy(update={"state": ClockState(state)})
    start = clock.due_at if anchor == "due" else clock.arrived_at

    judged = judge_touch(
        clock=clock, occurred_at=start + offset, now=clock.due_at + timedelta(hours=1)
    )

    assert judged is TouchVerdict(verdict)


def test_a_pause_moves_the_due_instant_by_its_open_minutes() -> None:
    """An hour of the two is spent; after the pause the other hour runs."""
    paused = pause(clock=_clock(), now=ARRIVED + timedelta(hours=1), calendar=CALENDAR)
    again = resume(clock=paused, now=ARRIVED + timedelta(hours=4), calendar=CALENDAR)

    assert (paused.state, paused.left_minutes) == (ClockState.PAUSED, 60)
    assert again.due_at == ARRIVED + timedelta(hours=5)
    times = times_of(clock=again, calendar=CALENDAR)
    assert (times.warn_50_at, times.accept_by_at) == (None, None)
    assert times.warn_80_at == ARRIVED + timedelta(hours=4, minutes=36)


@given(
    target=st.integers(1, 3000),
    moments=st.lists(st.integers(0, 20_000), min_size=2, max_size=6, unique=True),
)
def test_pauses_never_change_the_time_people_have(target: int, moments: list[int]) -> None:
    """Open minutes running add up to the target, however often the clock stood still."""
    clock = start_clock(arrived_at=ARRIVED, target_minutes=target, calendar=CALENDAR)
    ran, since = 0.0, ARRIVED
    for moment in sorted(moments):
        now = ARRIVED + timedelta(minutes=moment)
        if clock.state is ClockState.RUNNING:
            if is_breached(clock=clock, now=now):
                break
            ran += CALENDAR.between(since, now)
            clock = pause(clock=clock, now=now, calendar=CALENDAR)
        else:
            clock, since = resume(clock=clock, now=now, calendar=CALENDAR), now
    if clock.state is ClockState.PAUSED:
        assert ran + clock.left_minutes == pytest.approx(target, abs=1e-6)
    else:
        assert ran + CALENDAR.between(since, clock.due_at) == pytest.approx(target, abs=1e-3)


def test_a_pause_ends_after_one_working_day_or_five() -> None:
    """Five when the prospect asked."""
    one = latest_resume(now=ARRIVED, is_asked_by_prospect=False, calendar=CALENDAR)
    five = latest_resume(now=ARRIVED, is_asked_by_prospect=True, calendar=CALENDAR)

    assert one == ARRIVED + timedelta(days=1)
    assert five == datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


def test_arriving_again_keeps_the_earlier_due() -> None:
    """A hotter band shortens the clock, a cooler one changes nothing."""
    later = ARRIVED + timedelta(minutes=20)

    hotter = merge(clock=_clock(), arrived_at=later, target_minutes=30, calendar=CALENDAR)
    cooler = merge(clock=_clock(), arrived_at=later, target_minutes=240, calendar=CALENDAR)

    assert hotter.due_at == ARRIVED + timedelta(minutes=50)
    assert times_of(clock=hotter, calendar=CALENDAR).warn_50_at == ARRIVED + timedelta(minutes=25)
    assert cooler == _clock()


def test_arriving_again_during_a_pause_or_after_the_end() -> None:
    """A paused clock has at most the new target left; a settled one does not move."""
    paused = pause(clock=_clock(), now=ARRIVED + timedelta(minutes=10), calendar=CALENDAR)
    met = settle(clock=_clock(), state=ClockState.MET)
    later = ARRIVED + timedelta(minutes=20)

    shorter = merge(clock=paused, arrived_at=later, target_minutes=30, calendar=CALENDAR)

    assert (shorter.state, shorter.left_minutes) == (ClockState.PAUSED, 30)
    assert merge(clock=met, arrived_at=later, target_minutes=1, calendar=CALENDAR) == met


@pytest.mark.parametrize(("before", "after"), list(product(ClockState, ClockState)))
def test_only_the_steps_of_the_table_are_taken(before: ClockState, after: ClockState) -> None:
    """Every other pair raises."""
    allowed = {
        ("running", "paused"),
        ("running", "met"),
        ("running", "breached"),
        ("running", "stopped"),
        ("paused", "running"),
        ("paused", "met"),
        ("paused", "stopped"),
        ("breached", "met"),
    }
    clock = _clock().model_copy(update={"state": before})

    if (before, after) in allowed:
        assert settle(clock=clock, state=after).state is after
    else:
        with pytest.raises(NotAllowed):
            settle(clock=clock, state=after)
    assert set(TRANSITIONS) == set(ClockState)


def test_time_lost_by_the_system_is_told_apart() -> None:
    """Until the owner was told it is the system's, from there the people's; open time only."""
    chain = TimeChain(
        arrived_at=FRIDAY,
        notified_at=FRIDAY + timedelta(minutes=5),
        touched_at=datetime(2026, 3, 9, 13, 10, tzinfo=UTC),
    )
    unknown = TimeChain(arrived_at=ARRIVED)

    lost = time_lost(chain=chain, until=FRIDAY + timedelta(days=9), calendar=CALENDAR)
    waiting = time_lost(chain=unknown, until=ARRIVED + OPENING, calendar=CALENDAR)

    assert (lost.system_minutes, lost.people_minutes) == (5, 65)
    assert (waiting.system_minutes, waiting.people_minutes) == (300, 0)


def _clock(arrived_at: datetime = ARRIVED) -> Clock:
    return start_clock(arrived_at=arrived_at, target_minutes=120, calendar=CALENDAR)
