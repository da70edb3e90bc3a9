"""The team: the directory as a person may see and change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.team_changed import team_changed
from handoff.audit import AuditFact
from handoff.directory import Directory
from handoff.form_choices import names_of
from handoff.people import find_person
from storage import audit
from storage import directory as directories
from storage.database import Database
from storage.directory import Absence
from storage.revisions import StaleRevision


@dataclass(frozen=True, kw_only=True)
class Team:
    """The directory as one person sees it.

    Attributes:
        revision: Of the document; whoever changes it says which one they saw.
        names: Display names by key of people and user groups.
        may_set_roles: Whether this person is an admin or owner of the workspace.
        admins: Who is, to be asked.
    """

    revision: int
    directory: Directory
    absences: tuple[Absence, ...]
    names: Mapping[str, str]
    may_set_roles: bool
    admins: tuple[str, ...]


@dataclass(frozen=True)
class MayNotSetRoles:
    """Only workspace admins and owners change who holds a role; `admins` can be asked."""

    admins: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """What is wrong, by field of the editor, in words that say what to do."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class ChangedMeanwhile:
    """Somebody else saved the directory after this form was opened."""


Change = Callable[[Directory], Directory | Refused | ChangedMeanwhile]


def view_team(*, database: Database, workspace: str, by: str) -> Team:
    """Return the directory as `by` sees it."""
    with database.read() as connection:
        return team_of(connection, workspace=workspace, by=by)


def team_of(connection: Connection, *, workspace: str, by: str) -> Team:
    """Return the directory as `by` sees it, on an open connection."""
    found = directories.load(connection, workspace=workspace)
    return Team(
        revision=found.revision,
        directory=found.directory,
        absences=tuple(directories.time_off(connection, workspace=workspace)),
        names=names_of(directory=found.directory),
        may_set_roles=may_set_roles(found.directory, by),
        admins=admins_of(found.directory),
    )


def may_set_roles(directory: Directory, by: str) -> bool:
    """Return True for active workspace admins and owners, Source: rules.md "Versions"."""
    return by in admins_of(directory)


def admins_of(directory: Directory) -> tuple[str, ...]:
    """Return the active admins and owners of the workspace."""
    return tuple(
        person.key
        for person in directory.people
        if person.is_admin and person.is_active and not person.is_bot and not person.is_guest
    )


def change_directory(
    change: Change,
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    revision: int | None,
    what: Mapping[str, object],
    kind: AuditFact = AuditFact.DIRECTORY_CHANGED,
) -> Team | Refused | ChangedMeanwhile:
    """Save what `change` makes of the directory, with an audit fact.

    Args:
        change: Makes the next directory, or says what is wrong.
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        by: Slack id of who changes it.
        revision: The revision that the editor was opened on; None takes whatever is there.
        what: Ids for the audit fact that say what was changed.
        kind: Of the audit fact.
    """

    def work(connection: Connection) -> Team | Refused | ChangedMeanwhile:
        found = directories.load(connection, workspace=workspace)
        if revision is not None and found.revision != revision:
            raise StaleRevision("directory", revision)
        changed = change(found.directory)
        if not isinstance(changed, Directory):
            return changed
        directories.save(
            connection,
            workspace=workspace,
            directory=changed,
            expected=found.revision,
            by=by,
            now=now,
        )
        audit.record(
            connection,
            workspace=workspace,
            kind=kind,
            actor=by,
            subject="directory",
            now=now,
            data=what,
        )
        team_changed(connection, workspace=workspace, now=now)
        return team_of(connection, workspace=workspace, by=by)

    try:
        return database.run(work)
    except StaleRevision:
        return ChangedMeanwhile()


def not_a_person(directory: Directory, key: str) -> str | None:
    """Return why a key cannot stand for somebody who works here, or None if it can."""
    known = find_person(directory=directory, key=key)
    if known is None:
        return None
    if known.is_bot:
        return f"{known.name} is an app; pick a person."
    if not known.is_active:
        return f"{known.name} is deactivated in Slack; pick somebody else."
    return None
