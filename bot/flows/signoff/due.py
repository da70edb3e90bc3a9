"""Required items that become due or overdue: their owners are told once a day, quietly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import Connection

from bot.flows.signoff.announce import tell_channel, tell_people
from bot.flows.signoff.case import Case, lock
from handoff.approval import VersionState
from handoff.enablement import ItemState
from handoff.go_live import design_calendar
from handoff.readiness import items_of
from storage import readiness, timers
from storage.readiness import ReadinessItem
from storage.timers import NewTimer, Timer, TimerKind


def plan_item_reminders(case: Case) -> None:
    """Look at the required items on the day they are due, and on the working day after it.

    Days that have begun are left out: the readiness card has just been posted.
    """
    days = {item.due for item in items_of(case.design.binding) if item.is_required}
    timers.schedule(case.connection, *_times(case, sorted(days)))


def on_item_remind_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `item.remind`: tell each owner what of theirs is due today.

    What nobody owns, because its role has no holder, is said in the packet's thread.
    """
    case = _gate(connection, timer, now)
    if case is None:
        return
    day = date.fromisoformat(timer.slot)
    by_owner: defaultdict[str | None, list[str]] = defaultdict(list)
    for item in _open(case):
        if item.due == day:
            by_owner[item.owner].append(item.item)
    event = f"items_due:{day}"
    for owner, items in by_owner.items():
        facts = {"event": "items_due", "items": items}
        if owner is None:
            tell_channel(case, event=event, facts=facts)
        else:
            tell_people(case, people=(owner,), event=event, facts=facts)


def on_item_overdue(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `item.due`: say in the packet's thread which items are overdue, and whose."""
    case = _gate(connection, timer, now)
    if case is None:
        return
    day = date.fromisoformat(timer.slot)
    overdue = [item.item for item in _open(case) if item.due <= day]
    if overdue:
        owners = sorted({item.owner for item in _open(case) if item.due <= day and item.owner})
        facts = {"event": "items_overdue", "items": overdue, "owners": owners}
        tell_channel(case, event=f"items_overdue:{day}", facts=facts)


def _times(case: Case, days: Iterable[date]) -> Iterator[NewTimer]:
    calendar = design_calendar(case.design)
    for day in days:
        # what is due on a closed day can still be done on the next working day
        last = calendar.next_working_day(day)
        remind_at = calendar.opens_on(last)
        overdue_at = calendar.opens_on(calendar.working_days_after(last, 1))
        for kind, at in ((TimerKind.ITEM_REMIND, remind_at), (TimerKind.ITEM_DUE, overdue_at)):
            if at > case.now:
                yield NewTimer(case.workspace, kind, case.subject, at, slot=day.isoformat())


def _gate(connection: Connection, timer: Timer, now: datetime) -> Case | None:
    """Return the version if its readiness gate is what it waits for."""
    case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
    return case if case is not None and case.version.state is VersionState.APPROVED else None


def _open(case: Case) -> list[ReadinessItem]:
    rows = readiness.of_version(
        case.connection,
        workspace=case.workspace,
        design=case.version.design,
        version=case.version.number,
    )
    return [row for row in rows if row.is_required and row.state is ItemState.OPEN]
