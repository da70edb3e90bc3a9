"""Who stands in for a channel in which Slack does not let the app post."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from handoff.directory import Directory, Role
from handoff.people import find_person, holders, is_reachable
from storage import directory as directories
from storage import versions
from storage.outbox import Intent

#: Who can mend it comes first.
_ROLES = (
    Role.REVOPS_DIRECTOR,
    Role.REVOPS_APPROVER,
    Role.SALES_MANAGER,
    Role.CRO,
    Role.SALES_LEADERSHIP,
    Role.MARKETING_LEADERSHIP,
)


def stand_in(connection: Connection, *, intent: Intent, now: datetime) -> str | None:
    """Return who gets a message for a channel that is closed to the app.

    Of a version that is to be signed, its author; otherwise the RevOps Director, who owns how
    handoffs run, then the other roles in order. Whoever is not away goes before those who are.

    Args:
        connection: Any connection.
        intent: The message.
        now: The domain's instant, UTC-aware.

    Returns:
        A Slack id; None if nobody holds a role yet.
    """
    directory = directories.load(connection, workspace=intent.workspace).directory
    keys = [*_authors(connection, intent), *_people(directory)]
    people = [find_person(directory=directory, key=key) for key in dict.fromkeys(keys)]
    able = [one.key for one in people if one and one.is_active and not one.is_bot]
    here = (key for key in able if is_reachable(directory=directory, person=key, at=now))
    return next(here, next(iter(able), None))


def _authors(connection: Connection, intent: Intent) -> Iterator[str]:
    """Yield who wrote the version that a message is about, if it is about one."""
    design, _, number = intent.subject.rpartition("/")
    if design and number.isdecimal():
        head = versions.head(
            connection, workspace=intent.workspace, design=design, number=int(number)
        )
        if head is not None:
            yield head.author


def _people(directory: Directory) -> Iterator[str]:
    """Yield the holders of the roles in order, of user groups their members."""
    members = {group.key: group.members for group in directory.groups}
    for role in _ROLES:
        for key in holders(directory=directory, role=role):
            yield from members.get(key, (key,))
