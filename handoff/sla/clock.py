"""The clock of one lead: from arrival to first touch, on the design's calendar.

Times are instants (UTC); lengths are minutes of the design's clock. A clock is a value: each
event gives a new one, and the caller saves it with its timers.

Source: rules.md "Clocks", architecture.md "State machines".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.calendars import BusinessCalendar
from handoff.model import Instant, Value
from handoff.sla.table import WARNINGS, accept_by_minutes
from handoff.states import step

EARLY_TOUCH = timedelta(hours=24)
"""A touch up to this long before arrival counts for the lead."""
FUTURE_SLACK = timedelta(minutes=5)
"""How far a sender's clock may run ahead."""
_PAUSE_DAYS = 1
_PAUSE_DAYS_ASKED = 5


class ClockState(StrEnum):
    """Where a lead's clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    STOPPED = "stopped"


TRANSITIONS: Mapping[ClockState, frozenset[ClockState]] = {
    ClockState.RUNNING: frozenset(
        {ClockState.PAUSED, ClockState.MET, ClockState.BREACHED, ClockState.STOPPED}
    ),
    # A touch during a pause meets the clock; one proven for the time before it does, too.
    ClockState.PAUSED: frozenset({ClockState.RUNNING, ClockState.MET, ClockState.STOPPED}),
    ClockState.BREACHED: frozenset({ClockState.MET}),
    ClockState.MET: frozenset(),
    ClockState.STOPPED: frozenset(),
}


class Clock(Value):
    """A lead's clock.

    `left_minutes` counts from `since` (the start, or the last resume): while running, `due_at`
    is `left_minutes` of open time after it. While paused there is no due instant to miss.
    """

    state: ClockState = ClockState.RUNNING
    target_minutes: float
    arrived_at: Instant
    since: Instant
    left_minutes: float
    due_at: Instant


class ClockTimes(Value):
    """The instants of a running clock that timers are set for; None: already passed."""

    due_at: Instant
    warn_50_at: Instant | None
    warn_80_at: Instant | None
    accept_by_at: Instant | None


class TouchVerdict(StrEnum):
    """What a touch means for the clock."""

    MET = "met"
    LATE = "late"
    UNBREACHED = "unbreached"
    TOO_EARLY = "too_early"
    IN_FUTURE = "in_future"
    NO_CHANGE = "no_change"


def start_clock(
    *, arrived_at: datetime, target_minutes: float, calendar: BusinessCalendar
) -> Clock:
    """Return the clock of a lead stored at `arrived_at`; it is due `target_minutes` later."""
    return Clock(
        target_minutes=target_minutes,
        arrived_at=arrived_at,
        since=arrived_at,
        left_minutes=target_minutes,
        due_at=calendar.add(arrived_at, target_minutes),
    )


def times_of(*, clock: Clock, calendar: BusinessCalendar) -> ClockTimes:
    """Return the instants of a running clock: warnings at 50% and 80%, accept-by, due.

    Warnings and accept-by that passed before the last pause are None: they are not repeated.
    """
    early, late = (_at_spent(clock, share * clock.target_minutes, calendar) for share in WARNINGS)
    accept_by = accept_by_minutes(target_minutes=clock.target_minutes)
    return ClockTimes(
        due_at=clock.due_at,
        warn_50_at=early,
        warn_80_at=late,
        accept_by_at=_at_spent(clock, accept_by, calendar),
    )


def merge(
    *, clock: Clock, arrived_at: datetime, target_minutes: float, calendar: BusinessCalendar
) -> Clock:
    """Return the clock after the same lead arrived again while open.

    Due is the earlier of the old due instant and the new band's; a later one changes nothing.
    """
    if clock.state is ClockState.PAUSED:
        sooner = target_minutes
    else:
        due_at = calendar.add(arrived_at, target_minutes)
        sooner = calendar.between(clock.since, due_at)
    gained = clock.left_minutes - sooner
    if gained <= 0 or clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return clock
    return clock.model_copy(
        update={
            "left_minutes": sooner,
            "target_minutes": clock.target_minutes - gained,
            "due_at": calendar.add(clock.since, sooner),
        }
    )


def pause(*, clock: Clock, now: datetime, calendar: BusinessCalendar) -> Clock:
    """Return the clock standing still since `now`, with the open minutes it has left.

    Raises:
        NotAllowed: if the clock is not running.
    """
    spent = calendar.between(clock.since, now)
    left = max(0.0, clock.left_minutes - spent)
    return _become(clock, ClockState.PAUSED, since=now, left_minutes=left)


def resume(*, clock: Clock, now: datetime, calendar: BusinessCalendar) -> Clock:
    """Return the clock running again, due after the open minutes it had left.

    Raises:
        NotAllowed: if the clock is not paused.
    """
    due_at = calendar.add(now, clock.left_minutes)
    return _become(clock, ClockState.RUNNING, since=now, due_at=due_at)


def latest_resume(
    *, now: datetime, is_asked_by_prospect: bool, calendar: BusinessCalendar
) -> datetime:
    """Return until when a clock may be paused: one working day, five if the prospect asked."""
    days = _PAUSE_DAYS_ASKED if is_asked_by_prospect else _PAUSE_DAYS
    return calendar.add(now, days * calendar.day_minutes)


def settle(*, clock: Clock, state: ClockState) -> Clock:
    """Return the clock in its new state: met, breached or stopped.

    Raises:
        NotAllowed: if that state may not follow.
    """
    return _become(clock, state)


def is_breached(*, clock: Clock, now: datetime) -> bool:
    """Return True when the due instant has come: at it, it is a breach, whether ticked or not."""
    return clock.state is ClockState.RUNNING and now >= clock.due_at


def judge_touch(*, clock: Clock, occurred_at: datetime, now: datetime) -> TouchVerdict:
    """Decide what a first touch at `occurred_at` means.

    Args:
        clock: The lead's clock; may have breached already.
        occurred_at: The touch's own time (API, CRM), or the receipt of the button press.
        now: When the touch became known.

    Returns:
        MET iff it occurred before the due instant and at most 24 h before arrival; UNBREACHED
        when that proves a breach wrong; LATE otherwise.
    """
    if occurred_at > now + FUTURE_SLACK:
        return TouchVerdict.IN_FUTURE
    if occurred_at < clock.arrived_at - EARLY_TOUCH:
        return TouchVerdict.TOO_EARLY
    if clock.state in (ClockState.MET, ClockState.STOPPED):
        return TouchVerdict.NO_CHANGE
    is_in_time = clock.state is ClockState.PAUSED or occurred_at < clock.due_at
    if clock.state is ClockState.BREACHED:
        return TouchVerdict.UNBREACHED if is_in_time else TouchVerdict.LATE
    return TouchVerdict.MET if is_in_time else TouchVerdict.LATE


class TimeChain(Value):
    """The instants of a lead's way to its first touch, as far as it came."""

    arrived_at: Instant
    assigned_at: Instant | None = None
    notified_at: Instant | None = None
    accepted_at: Instant | None = None
    touched_at: Instant | None = None


class TimeLost(Value):
    """Open minutes until the owner knew (lost by the system), and from there (by people)."""

    system_minutes: float
    people_minutes: float


def time_lost(*, chain: TimeChain, until: datetime, calendar: BusinessCalendar) -> TimeLost:
    """Tell time lost by the system apart from time lost by people, up to the touch or `until`."""
    end = chain.touched_at or until
    known = min(chain.notified_at or end, end)
    return TimeLost(
        system_minutes=max(0.0, calendar.between(chain.arrived_at, known)),
        people_minutes=max(0.0, calendar.between(known, end)),
    )


def _become(clock: Clock, state: ClockState, **changes: object) -> Clock:
    step(subject="a clock", table=TRANSITIONS, before=clock.state, after=state)
    return clock.model_copy(update={"state": state, **changes})


def _at_spent(clock: Clock, minutes: float, calendar: BusinessCalendar) -> datetime | None:
    """Return when the clock will have run `minutes` in all, None when it already had."""
    ahead = minutes - (clock.target_minutes - clock.left_minutes)
    if ahead <= 0:
        return None
    return min(calendar.add(clock.since, ahead), clock.due_at)
