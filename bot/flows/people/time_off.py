"""Enter and remove time off."""

from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy import Connection

from bot.flows.lead.time_off import plan_time_off
from bot.flows.people.team import Refused, Team, team_of
from bot.flows.signoff.team_changed import team_changed
from handoff.audit import AuditFact
from handoff.directory import TimeOff
from storage import audit
from storage import directory as directories
from storage.database import Database


def add_time_off(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    person: str | None,
    first: str | None,
    last: str | None,
) -> Team | Refused:
    """Enter whole days away, first and last included, in the person's own zone."""
    absence = read_time_off(person=person, first=first, last=last)
    if isinstance(absence, Refused):
        return absence

    def work(connection: Connection) -> Team:
        enter_time_off(connection, workspace=workspace, now=now, by=by, time_off=absence)
        return team_of(connection, workspace=workspace, by=by)

    return database.run(work)


def read_time_off(*, person: str | None, first: str | None, last: str | None) -> TimeOff | Refused:
    """Return typed time off, or what is wrong with it, by field."""
    try:
        absence = TimeOff.model_validate({"person": person, "from": first, "to": last})
    except ValidationError:
        return Refused(_errors(person, first, last))
    return Refused({"last": absence.problem}) if absence.problem else absence


def enter_time_off(
    connection: Connection, *, workspace: str, now: datetime, by: str, time_off: TimeOff
) -> None:
    """Enter time off; when it starts, the person's leads are looked at."""
    entered = directories.add_time_off(
        connection, workspace=workspace, time_off=time_off, by=by, now=now
    )
    plan_time_off(connection, workspace=workspace, now=now, absence=entered, time_off=time_off)
    team_changed(connection, workspace=workspace, now=now)
    kind = AuditFact.TIME_OFF_ADDED
    _remember(connection, time_off, kind, workspace=workspace, by=by, now=now)


def remove_time_off(
    *, database: Database, workspace: str, now: datetime, by: str, absence: str
) -> Team:
    """Remove time off by its id; one that is gone already changes nothing."""

    def work(connection: Connection) -> Team:
        removed = directories.remove_time_off(connection, workspace=workspace, absence=absence)
        if removed is not None:
            kind = AuditFact.TIME_OFF_REMOVED
            _remember(connection, removed.time_off, kind, workspace=workspace, by=by, now=now)
            team_changed(connection, workspace=workspace, now=now)
        return team_of(connection, workspace=workspace, by=by)

    return database.run(work)


def _remember(
    connection: Connection,
    absence: TimeOff,
    kind: AuditFact,
    *,
    workspace: str,
    by: str,
    now: datetime,
) -> None:
    audit.record(
        connection,
        workspace=workspace,
        kind=kind,
        actor=by,
        subject=absence.person,
        now=now,
        data={"from": absence.first.isoformat(), "to": absence.last.isoformat()},
    )


def _errors(person: str | None, first: str | None, last: str | None) -> dict[str, str]:
    """Return what is wrong with typed time off."""
    errors = {
        "person": None if person else "Pick who is away.",
        "first": None if _is_date(first) else "Pick the first day away.",
        "last": None if _is_date(last) else "Pick the last day away.",
    }
    found = {field: text for field, text in errors.items() if text}
    return found or {"last": "The last day away must not be before the first."}


def _is_date(text: str | None) -> bool:
    try:
        date.fromisoformat(text or "")
    except ValueError:
        return False
    return True
