"""The directory as a file: `handoff team import` and `handoff team export`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead.time_off import plan_time_off
from bot.flows.people.roles import role_errors
from bot.flows.people.team import Refused
from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from handoff.directory import Directory, role_title
from handoff.team_file import dump_team, parse_team
from storage import audit
from storage import directory as directories
from storage.database import Database

#: Who changes the directory by a file: whoever may run commands on the host.
_ACTOR = "cli"


@dataclass(frozen=True)
class Imported:
    """The directory was replaced by the file's.

    Attributes:
        revision: Of the directory now.
        unknown: E-mail addresses that nobody in Slack has yet, sorted. They are kept, and stand
            for their people as soon as these have joined.
    """

    revision: int
    unknown: tuple[str, ...]


def import_team(
    *, database: Database, text: str, now: datetime, workspace: str | None = None
) -> Imported | Refused:
    """Replace roles, calendars and pods by a file's, and add its time off.

    Time off that was entered in Slack stays.

    Args:
        database: Where the directory is.
        text: The file, YAML or JSON.
        now: The domain's instant, UTC-aware.
        workspace: The Slack team; None for the only one.

    Returns:
        What became of it, or what is wrong with the roles, by role.

    Raises:
        BadFile: if the file cannot be read; with every problem.
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """

    def work(connection: Connection) -> Imported | Refused:
        team = workspace_meant(connection, workspace)
        current = directories.load(connection, workspace=team)
        written = parse_team(
            text=text, people=current.directory.people, groups=current.directory.groups
        )
        errors = role_errors(written, written.roles)
        if errors:
            return Refused({role_title(role): text for role, text in errors.items()})
        revision = directories.save(
            connection,
            workspace=team,
            directory=written,
            expected=current.revision,
            by=_ACTOR,
            now=now,
        )
        _add_time_off(connection, team, written, now)
        _record(connection, team, current.directory, written, now)
        return Imported(revision, _unknown(written))

    return database.run(work)


def export_team(*, database: Database, workspace: str | None = None) -> str:
    """Return the directory as a file that `import_team` reads back.

    Args:
        database: Where the directory is.
        workspace: The Slack team; None for the only one.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        return dump_team(directory=directories.load(connection, workspace=team).directory)


def _add_time_off(
    connection: Connection, workspace: str, written: Directory, now: datetime
) -> None:
    """Add what is not there yet; a file may be imported twice."""
    known = {absence.time_off for absence in directories.time_off(connection, workspace=workspace)}
    for time_off in written.time_off:
        if time_off not in known:
            entered = directories.add_time_off(
                connection, workspace=workspace, time_off=time_off, by=_ACTOR, now=now
            )
            plan_time_off(
                connection, workspace=workspace, now=now, absence=entered, time_off=time_off
            )


def _record(
    connection: Connection, workspace: str, before: Directory, after: Directory, now: datetime
) -> None:
    """Put the change of the directory, and of who holds which role, into the audit log."""
    roles = {role.value: list(keys) for role, keys in after.roles.items()}
    facts = [(AuditFact.DIRECTORY_CHANGED, {"pods": [pod.name for pod in after.pods]})]
    if dict(before.roles) != dict(after.roles):
        facts.append((AuditFact.ROLE_HOLDERS_CHANGED, roles))
    for kind, data in facts:
        audit.record(
            connection,
            workspace=workspace,
            kind=kind,
            actor=_ACTOR,
            subject="directory",
            now=now,
            data=data,
        )


def _unknown(directory: Directory) -> tuple[str, ...]:
    """Return the e-mail addresses that stand for nobody yet."""
    named = {key for keys in directory.roles.values() for key in keys}
    for pod in directory.pods:
        named |= {pod.manager, *(member.person for member in pod.members)}
    named |= {span.person for span in directory.time_off}
    return tuple(sorted(key for key in named if "@" in key))
