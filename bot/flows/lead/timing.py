"""The clock of a lead and its timers: set together, and set anew together."""

from collections.abc import Iterator
from datetime import datetime

from bot.flows.lead.case import LeadCase
from handoff.audit import AuditFact
from handoff.brief import Band
from handoff.kept import Kept
from handoff.routing.assignment import Explanation
from handoff.routing.rules import RoutingRow
from handoff.sla.clock import Clock, ClockState, ClockTimes, settle
from storage import timers
from storage.timers import NewTimer, Timer, TimerKind

CLOCK_KINDS = frozenset(
    {
        TimerKind.CLOCK_WARN,
        TimerKind.CLOCK_BREACH,
        TimerKind.CLOCK_ACCEPT,
        TimerKind.CLOCK_RESUME,
    }
)


def start(case: LeadCase, *, row: RoutingRow | None, at: datetime | None = None) -> None:
    """Start the clock with the target of the row and the lead's band.

    Args:
        case: The lead, without a clock.
        row: The row that matched it; None for the band's own target.
        at: Its durable receipt, if that was not when the lead came first.
    """
    band = case.lead.band or Band.C
    clock = case.records.start_clock(
        arrived_at=at or case.lead.arrived_at,
        target_minutes=case.running.target_minutes(row, band),
        calendar=case.calendar,
    )
    case.save(clock=clock, band=band, rule=row and row.id, generation=case.lead.generation + 1)
    case.record(
        AuditFact.CLOCK_STARTED,
        data={
            "band": band.value,
            "target_minutes": clock.target_minutes,
            "due_at": clock.due_at.isoformat(),
        },
    )
    set_timers(case)


def set_timers(case: LeadCase) -> None:
    """Set the timers of a running or paused clock, of the lead's generation."""
    case.records.schedule(*_times(case))
    current = case.current()
    if current is not None:
        set_accept_by(case, attempt=current.attempt)


def stop_timers(case: LeadCase, *, is_told: bool = True) -> None:
    """Cancel everything that waits for this lead: nothing more becomes due.

    Args:
        case: The lead.
        is_told: False to have an owner who was not told yet told when their work starts.
    """
    kinds = [kind for kind in TimerKind if is_told or kind is not TimerKind.LEAD_NOTIFY]
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.lead.id,
        now=case.now,
        kinds=kinds,
    )


def stop_clock(case: LeadCase) -> None:
    """Stop a clock that still runs or is paused; a breach stands."""
    clock = case.lead.clock
    if clock is not None and clock.state in (ClockState.RUNNING, ClockState.PAUSED):
        case.save(clock=settle(clock=clock, state=ClockState.STOPPED), resume_at=None)
        case.record(AuditFact.CLOCK_STOPPED)


def timer(case: LeadCase, kind: TimerKind, *, due_at: datetime, slot: str = "") -> NewTimer:
    """Return a timer of this lead, of its generation."""
    return NewTimer(
        case.workspace, kind, case.lead.id, due_at, slot=slot, generation=case.lead.generation
    )


def set_accept_by(case: LeadCase, *, attempt: int) -> None:
    """Watch whether the owner accepts in time, if that time has not passed already.

    Where the office closes at that time it is looked at when the next day opens: at the closing
    nobody works any more who could take over, or be reminded.
    """
    clock = case.lead.clock
    if clock is None or clock.state is not ClockState.RUNNING:
        return
    accept_by_at = case.times(clock).accept_by_at
    if accept_by_at is not None and case.now < accept_by_at < clock.due_at:
        kind = TimerKind.CLOCK_ACCEPT
        due_at = case.calendar.next_open(accept_by_at)
        case.records.schedule(timer(case, kind, due_at=due_at, slot=str(attempt)))


def is_current(case: LeadCase, due: Timer) -> bool:
    """Return True when a timer belongs to the clock as it stands, not to an earlier setting."""
    return due.generation == case.lead.generation


def running_clock(case: LeadCase) -> Clock | None:
    """Return the lead's clock while it runs, else None."""
    clock = case.lead.clock
    return clock if clock is not None and clock.state is ClockState.RUNNING else None


def with_arithmetic(case: LeadCase, explanation: Explanation) -> Explanation:
    """Return an explanation with how the due instant came about, where there is one."""
    clock = case.lead.clock
    if clock is None or case.lead.band is None:
        return explanation
    return case.records.with_arithmetic(
        explanation, clock=clock, band=case.lead.band, calendar=case.calendar
    )


def _times(case: LeadCase) -> Iterator[NewTimer]:
    if case.lead.resume_at is not None:
        yield timer(case, TimerKind.CLOCK_RESUME, due_at=case.lead.resume_at)
    clock = running_clock(case)
    if clock is not None:
        for kind, slot, at in _alarms(case.times(clock)):
            yield timer(case, kind, due_at=at, slot=slot)


def _alarms_of(times: ClockTimes) -> tuple[tuple[TimerKind, str, datetime], ...]:
    warnings = (("50", times.warn_50_at), ("80", times.warn_80_at))
    return (
        *(
            (TimerKind.CLOCK_WARN, slot, at)
            for slot, at in warnings
            if at is not None and at < times.due_at
        ),
        (TimerKind.CLOCK_BREACH, "", times.due_at),
    )


#: When a running clock warns and breaches; once for leads that share its times.
_alarms = Kept(_alarms_of)
