"""What a rep sets for themselves: caps and time off."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.people.team import Refused
from bot.flows.people.time_off import enter_time_off, read_time_off, remove_time_off
from handoff.audit import AuditFact
from handoff.directory import TimeOff
from handoff.people import local_today
from storage import audit
from storage import directory as directories
from storage.database import Database
from storage.directory import Absence, Caps

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Me:
    """One person's own settings; caps None leave what the team or the design says."""

    caps: Caps
    absences: tuple[Absence, ...]


@dataclass(frozen=True, kw_only=True)
class MeForm:
    """The settings as typed; empty caps take the person's own away, empty dates add nothing."""

    daily_cap: str = ""
    open_cap: str = ""
    first: str | None = None
    last: str | None = None


def me(*, database: Database, workspace: str, now: datetime, by: str) -> Me:
    """Return a person's own caps, and their time off from today on."""
    with database.read() as connection:
        return _me(connection, workspace=workspace, now=now, by=by)


def save_me(
    *, database: Database, workspace: str, now: datetime, by: str, form: MeForm
) -> Me | Refused:
    """Save a person's own caps, and enter the time off that they added.

    Args:
        database: Where the directory is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload; nobody sets these for another here.
        form: As typed.
    """
    caps = _caps(form)
    if isinstance(caps, Refused):
        return caps
    time_off = _time_off(form, by)
    if isinstance(time_off, Refused):
        return time_off

    def work(connection: Connection) -> Me:
        before = directories.caps(connection, workspace=workspace).get(by, Caps())
        if caps != before:
            directories.set_caps(
                connection, workspace=workspace, person=by, caps=caps, by=by, now=now
            )
            _remember(connection, caps, workspace=workspace, by=by, now=now)
        if time_off is not None:
            enter_time_off(connection, workspace=workspace, now=now, by=by, time_off=time_off)
        return _me(connection, workspace=workspace, now=now, by=by)

    return database.run(work)


def come_back(*, database: Database, workspace: str, now: datetime, by: str, absence: str) -> Me:
    """Remove one of a person's own times off, by its id; another's stays."""
    before = me(database=database, workspace=workspace, now=now, by=by)
    if any(one.id == absence for one in before.absences):
        remove_time_off(database=database, workspace=workspace, now=now, by=by, absence=absence)
    return me(database=database, workspace=workspace, now=now, by=by)


def _me(connection: Connection, *, workspace: str, now: datetime, by: str) -> Me:
    directory = directories.load(connection, workspace=workspace).directory
    today = local_today(directory=directory, person=by, now=now)
    return Me(
        caps=directories.caps(connection, workspace=workspace).get(by, Caps()),
        absences=tuple(
            directories.time_off(connection, workspace=workspace, person=by, ending_from=today)
        ),
    )


def _caps(form: MeForm) -> Caps | Refused:
    errors = {
        name: f"Write a whole number from 0 to {MOST:,}, or leave it empty."
        for name, text in (("daily_cap", form.daily_cap), ("open_cap", form.open_cap))
        if text.strip() and not _is_cap(text.strip())
    }
    if errors:
        return Refused(errors)
    return Caps(daily_cap=_number(form.daily_cap), open_cap=_number(form.open_cap))


def _is_cap(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= MOST


def _number(text: str) -> int | None:
    return int(text.strip()) if text.strip() else None


def _time_off(form: MeForm, by: str) -> TimeOff | Refused | None:
    if not form.first and not form.last:
        return None
    return read_time_off(person=by, first=form.first, last=form.last or form.first)


def _remember(
    connection: Connection, caps: Caps, *, workspace: str, by: str, now: datetime
) -> None:
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.CAPS_CHANGED,
        actor=by,
        subject=by,
        now=now,
        data=caps.model_dump(),
    )
