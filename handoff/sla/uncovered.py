"""Where the clock runs and nobody works: hours of the week, and whole days."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from handoff.sla.queue import HOUR_SLOTS, SLOT_MINUTES, WEEK_HOURS, WEEK_SLOTS, Hours
from handoff.sla.staffing import StaffedPod, Staffing

_DAY_SLOTS = 24 * HOUR_SLOTS
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def uncovered_slots(*, staffed: Staffing) -> frozenset[int]:
    """Return the quarters of an hour of a usual week with a running clock but without reps.

    Usual is what more than half of the weeks looked at have: a holiday is not.
    """
    clock = _slots(pod.crew.clock for pod in staffed.pods)
    bare = clock - _slots(seat.hours for pod in staffed.pods for seat in pod.crew.seats)
    weeks = max(pod.crew.weeks for pod in staffed.pods)
    times = Counter(slot % WEEK_SLOTS for slot in bare)
    return frozenset(slot for slot, count in times.items() if count > weeks / 2)


def outside_share(*, staffed: Staffing) -> float:
    """Return the share of leads that arrive while the clock stands or no rep works, 0 to 1."""
    outside = 0.0
    for pod in staffed.pods:
        demand, crew = pod.demand(staffed.demand), pod.crew
        hours = _slots([crew.clock]) & _slots(seat.hours for seat in crew.seats)
        covered = [0] * WEEK_HOURS
        for slot in hours:
            covered[slot % WEEK_SLOTS // HOUR_SLOTS] += 1
        full = HOUR_SLOTS * crew.weeks
        total = sum(demand.hour_weights)
        outside += pod.share * sum(
            weight * (1 - slots / full) / total
            for weight, slots in zip(demand.hour_weights, covered, strict=True)
        )
    return outside


def empty_days(*, pod: StaffedPod, first: date) -> list[date]:
    """Return the first days in a row on which the clock runs but nobody in the pod works.

    Days on which the pod never works are left out, they are hours without cover, and so are
    days of less than an hour.

    Args:
        pod: The pod; without members there is nothing to name.
        first: First of the days looked at.
    """
    working = _worked_days(pod)
    if pod.crew.weeks == 1 or not working:
        return []
    running = Counter(slot // _DAY_SLOTS for slot in _slots([pod.crew.clock]))
    usual = {day % 7 for day in working}
    found: list[date] = []
    for day, number in _days(pod, first):
        if running[number] < HOUR_SLOTS or number % 7 not in usual:
            continue
        if number not in working:
            found.append(day)
        elif found:
            break
    return found


def next_day_at_work(*, pod: StaffedPod, first: date, after: date) -> date | None:
    """Return the first day later than `after` on which somebody in the pod works."""
    working = _worked_days(pod)
    return next(
        (day for day, number in _days(pod, first) if day > after and number in working), None
    )


def describe(slots: Iterable[int]) -> str:
    """Return hours of the week in words: "Mon-Fri 17:00-18:00, Sat 09:00-12:00"."""
    by_day: dict[int, set[int]] = {}
    for slot in slots:
        day, inside = divmod(slot % WEEK_SLOTS, _DAY_SLOTS)
        by_day.setdefault(day, set()).add(inside)
    texts = {day: _clock_times(sorted(inside)) for day, inside in sorted(by_day.items())}
    parts: list[tuple[int, int, str]] = []
    for day, text in texts.items():
        if parts and parts[-1][1] == day - 1 and parts[-1][2] == text:
            parts[-1] = (parts[-1][0], day, text)
        else:
            parts.append((day, day, text))
    return ", ".join(
        f"{_DAYS[first]}{f'-{_DAYS[last]}' if last > first else ''} {text}"
        for first, last, text in parts
    )


# Private functions


def _slots(hours: Iterable[Hours]) -> frozenset[int]:
    return frozenset(slot for runs in hours for start, stop in runs for slot in range(start, stop))


def _worked_days(pod: StaffedPod) -> set[int]:
    return {slot // _DAY_SLOTS for slot in _slots(seat.hours for seat in pod.crew.seats)}


def _days(pod: StaffedPod, first: date) -> Iterator[tuple[date, int]]:
    """Yield each day looked at with its number in the layout, which starts on a Monday."""
    total = pod.crew.weeks * 7
    for offset in range(total):
        yield first + timedelta(days=offset), (first.weekday() + offset) % total


def _clock_times(slots: list[int]) -> str:
    runs: list[list[int]] = []
    for slot in slots:
        if runs and runs[-1][1] == slot:
            runs[-1][1] = slot + 1
        else:
            runs.append([slot, slot + 1])
    return " and ".join(f"{_time(start)}-{_time(stop)}" for start, stop in runs)


def _time(slot: int) -> str:
    return f"{slot * SLOT_MINUTES // 60:02}:{slot * SLOT_MINUTES % 60:02}"
