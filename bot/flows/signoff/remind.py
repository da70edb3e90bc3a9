"""Reminders on the approvers' working time, and their substitutes after the set time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet, tell_people
from bot.flows.signoff.case import Case, lock
from handoff.approval import Side, VersionState
from handoff.audit import AuditFact
from handoff.people import is_reachable, working_calendar
from storage import audit, timers
from storage.timers import NewTimer, Timer, TimerKind

#: Working minutes of the approver after which they are reminded.
REMIND_AFTER_MINUTES = (4 * 60, 8 * 60)
SUBSTITUTE_AFTER_MINUTES = 8 * 60
EXPIRE_AFTER = timedelta(days=14)
RECONCILE_EVERY = timedelta(minutes=15)


def ask_approvers(case: Case) -> None:
    """Ask both approvers to sign, and set every time that follows from it."""
    for side, person in case.asked().items():
        facts = {"event": "asked", "side": side.value}
        tell_people(case, people=(person,), event=f"asked:{side.value}", facts=facts)
        timers.schedule(case.connection, *_times(case, side, person))
    timers.schedule(
        case.connection,
        _timer(case, TimerKind.SIGNOFF_EXPIRE, case.now + EXPIRE_AFTER),
        _timer(case, TimerKind.SIGNOFF_RECONCILE, case.now + RECONCILE_EVERY, slot="1"),
    )


def on_reminder_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `signoff.remind`: tell the approver again, unless their side is signed."""
    side_name, _, hours = timer.slot.partition(":")
    case = _waiting(connection, timer, now, Side(side_name))
    if case is None:
        return
    person = case.asked()[Side(side_name)]
    if person not in case.approvers()[Side(side_name)]:
        return
    facts = {"event": "remind", "side": side_name, "hours": int(hours)}
    tell_people(case, people=(person,), event=f"remind:{timer.slot}", facts=facts)
    case.record(
        AuditFact.SIGN_OFF_REMINDED,
        data={"side": side_name, "person": person, "hours": int(hours)},
    )


def on_substitute_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `signoff.substitute`: ask the first substitute who can be reached as well."""
    side = Side(timer.slot)
    case = _waiting(connection, timer, now, side)
    if case is not None:
        _ask_substitute(case, side)


def ask_instead_of_the_away(case: Case) -> None:
    """Ask a substitute at once for each side whose approver is away or approves no longer.

    Source: rules.md, "Versions, hash, sign-off" (reminders; the substitute at once).
    """
    if case.version.state is not VersionState.IN_REVIEW:
        return
    signed = {sign_off.side for sign_off in case.sign_offs}
    for side, person in case.asked().items():
        if side not in signed and not _is_there(case, side, person):
            _ask_substitute(case, side)


def _ask_substitute(case: Case, side: Side) -> None:
    """Ask the first substitute who can be reached; the same one is asked once."""
    asked = case.asked()[side]
    busy = {asked, *(sign_off.person for sign_off in case.sign_offs)}
    substitute = next(
        (
            key
            for key in case.approvers()[side]
            if key not in busy and is_reachable(directory=case.directory, person=key, at=case.now)
        ),
        None,
    )
    if substitute is None:
        _nobody_left(case, side, asked)
        return
    data = {"side": side.value, "person": substitute, "instead_of": asked}
    if _was_recorded(case, AuditFact.SUBSTITUTE_ASKED, data):
        return
    facts = {"event": "substitute", "side": side.value, "instead_of": asked}
    tell_people(case, people=(substitute,), event=f"substitute:{side.value}", facts=facts)
    case.record(AuditFact.SUBSTITUTE_ASKED, data=data)
    show_packet(case)


def _nobody_left(case: Case, side: Side, asked: str) -> None:
    """Tell the author, once, that an absent approver has no substitute who is there."""
    if not _is_there(case, side, asked):
        facts = {"event": "no_substitute", "side": side.value, "instead_of": asked}
        author = (case.design.brief.author,)
        tell_people(case, people=author, event=f"no_substitute:{side.value}", facts=facts)


def _is_there(case: Case, side: Side, person: str) -> bool:
    """Tell whether somebody may sign a side and can be reached."""
    may_sign = person in case.approvers()[side]
    return may_sign and is_reachable(directory=case.directory, person=person, at=case.now)


def _was_recorded(case: Case, kind: AuditFact, data: Mapping[str, str]) -> bool:
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.subject)
    return any(fact.kind is kind and fact.data == data for fact in facts)


def _times(case: Case, side: Side, person: str) -> Iterator[NewTimer]:
    if not _is_there(case, side, person):
        yield _timer(case, TimerKind.SIGNOFF_SUBSTITUTE, case.now, slot=side.value)
        return
    calendar = working_calendar(directory=case.directory, person=person, at=case.now)
    for minutes in REMIND_AFTER_MINUTES:
        due_at = calendar.add(case.now, minutes)
        slot = f"{side.value}:{minutes // 60}"
        yield _timer(case, TimerKind.SIGNOFF_REMIND, due_at, slot=slot)
    due_at = calendar.add(case.now, SUBSTITUTE_AFTER_MINUTES)
    yield _timer(case, TimerKind.SIGNOFF_SUBSTITUTE, due_at, slot=side.value)


def _timer(case: Case, kind: TimerKind, due_at: datetime, *, slot: str = "") -> NewTimer:
    return NewTimer(case.workspace, kind, case.subject, due_at, slot=slot)


def _waiting(connection: Connection, timer: Timer, now: datetime, side: Side) -> Case | None:
    """Return the version if it still waits for this side."""
    case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
    if case is None or case.version.state is not VersionState.IN_REVIEW:
        return None
    is_signed = any(sign_off.side is side for sign_off in case.sign_offs)
    return None if is_signed else case
