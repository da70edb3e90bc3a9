"""The workspace directory: a document with revisions, joined with what is live.

The document holds roles, calendars and pods. People come from Slack; time off and personal caps
are rows of their own, because reps change them one by one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, select

from handoff.design import canonical_json
from handoff.directory import Directory, Pod, TimeOff
from handoff.model import Instant, Value
from storage import people
from storage.ids import new_id
from storage.prepared import Query
from storage.revisions import StaleRevision
from storage.tables import availability_table as availability
from storage.tables import directory_table as directories
from storage.tables import time_off_table as absences
from storage.upsert import for_each_database

_ADD = for_each_database(lambda into: into(directories).on_conflict_do_nothing())
_SET_CAPS = for_each_database(
    lambda into: (new := into(availability)).on_conflict_do_update(
        index_elements=["workspace", "person"],
        set_={
            name: new.excluded[name]
            for name in ("daily_cap", "open_cap", "changed_by", "changed_at")
        },
    )
)
_Rows: TypeAlias = tuple[tuple[Any, ...], ...]
_a = absences.c
_NEWEST = Query(
    select(directories.c.body, directories.c.revision)
    .where(directories.c.workspace == bindparam("ws"))
    .order_by(directories.c.revision.desc())
    .limit(1)
)
_CAPS = Query(
    select(availability.c.person, availability.c.daily_cap, availability.c.open_cap)
    .where(availability.c.workspace == bindparam("ws"))
    .order_by(availability.c.person)
)
_ALL_TIME_OFF = Query(
    select(_a.person, _a.from_day, _a.to_day)
    .where(_a.workspace == bindparam("ws"))
    .order_by(_a.from_day, _a.person, _a.id)
)


class DirectoryRevision(Value):
    """The directory as it is now.

    Attributes:
        revision: Of the document; 0 before the first is saved. Pass it to `save()`.
        directory: The document, with the people, time off and personal caps of now.
    """

    revision: int
    directory: Directory


class Absence(Value):
    """One stretch of time off.

    Attributes:
        id: Pass it to `remove_time_off()`.
        changed_by: Slack id of who entered it.
    """

    id: str
    time_off: TimeOff
    changed_by: str
    changed_at: Instant


class Caps(Value):
    """A person's own caps; None leaves what the directory or the design says."""

    daily_cap: int | None = None
    open_cap: int | None = None


def load(connection: Connection, *, workspace: str) -> DirectoryRevision:
    """Return the directory with everything that is live in it.

    Time off that a person or a manager entered, and caps that a person set, win over the
    document's. Flows read it in their own transaction.
    """
    body, revision = _document(connection, workspace)
    own, absent = (tuple(found.rows(connection, ws=workspace)) for found in (_CAPS, _ALL_TIME_OFF))
    directory = _join(body, people.rows(connection, workspace=workspace), own, absent)
    return DirectoryRevision(revision=revision, directory=directory)


def save(
    connection: Connection,
    *,
    workspace: str,
    directory: Directory,
    expected: int,
    by: str,
    now: datetime,
) -> int:
    """Save the document's next revision.

    Only roles, calendars and pods are taken from it; people are synced from Slack, and time off
    is entered with `add_time_off()`.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        directory: The whole new document.
        expected: The revision that the change was made on; 0 for the first.
        by: Slack id of who changed it, or `cli`.
        now: The domain's instant, UTC-aware.

    Returns:
        The new revision.

    Raises:
        StaleRevision: if somebody else saved meanwhile.
    """
    _, current = _document(connection, workspace)
    document = directory.model_copy(update={"people": (), "time_off": ()})
    row = {
        "workspace": workspace,
        "revision": expected + 1,
        "body": canonical_json(document),
        "changed_by": by,
        "changed_at": now,
    }
    # Another replica may have saved since `current` was read: then the key is taken.
    if current != expected or not connection.execute(_ADD[connection.dialect.name], row).rowcount:
        raise StaleRevision("directory", expected)
    return expected + 1


def add_time_off(
    connection: Connection, *, workspace: str, time_off: TimeOff, by: str, now: datetime
) -> str:
    """Enter time off and return its id; the same days of the same person are entered once."""
    same = select(_a.id).where(
        _a.workspace == workspace,
        _a.person == time_off.person,
        _a.from_day == time_off.first,
        _a.to_day == time_off.last,
    )
    known: str | None = connection.execute(same).scalars().first()
    if known is not None:
        return known
    row = {
        "workspace": workspace,
        "id": new_id("off", now=now),
        "person": time_off.person,
        "from_day": time_off.first,
        "to_day": time_off.last,
        "changed_by": by,
        "changed_at": now,
    }
    connection.execute(absences.insert(), row)
    return str(row["id"])


def remove_time_off(connection: Connection, *, workspace: str, absence: str) -> Absence | None:
    """Remove time off by its id and return it, or None if it is gone already."""
    mine = (_a.workspace == workspace, _a.id == absence)
    found = _absences(connection, select(absences).where(*mine))
    connection.execute(delete(absences).where(*mine))
    return found[0] if found else None


def time_off(
    connection: Connection,
    *,
    workspace: str,
    person: str | None = None,
    ending_from: date | None = None,
) -> list[Absence]:
    """Return time off, the earliest first.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        person: Only this person's; None for everyone's.
        ending_from: Leave out what ended before this day.
    """
    found = select(absences).where(_a.workspace == workspace)
    if person is not None:
        found = found.where(_a.person == person)
    if ending_from is not None:
        found = found.where(_a.to_day >= ending_from)
    return _absences(connection, found.order_by(_a.from_day, _a.person, _a.id))


def set_caps(
    connection: Connection, *, workspace: str, person: str, caps: Caps, by: str, now: datetime
) -> None:
    """Set a person's own caps, in leads; None in them leaves the directory's or the design's."""
    row = {"workspace": workspace, "person": person, "changed_by": by, "changed_at": now}
    connection.execute(_SET_CAPS[connection.dialect.name], row | caps.model_dump())


def caps(connection: Connection, *, workspace: str) -> dict[str, Caps]:
    """Return the caps that people set for themselves, by Slack id."""
    return {
        person: Caps(daily_cap=daily, open_cap=most)
        for person, daily, most in _CAPS.rows(connection, ws=workspace)
    }


def _document(connection: Connection, workspace: str) -> tuple[str, int]:
    """Return the text of the document alone, and its revision."""
    found = _NEWEST.rows(connection, ws=workspace)
    return (found[0][0], found[0][1]) if found else ("{}", 0)


@lru_cache(maxsize=64)
def _join(body: str, everyone: _Rows, own: _Rows, absent: _Rows) -> Directory:
    """Put the directory together; every lead needs it, and the same rows give the same."""
    document = Directory.model_validate_json(body)
    caps = {person: Caps(daily_cap=daily, open_cap=most) for person, daily, most in own}
    return document.model_copy(
        update={
            "people": tuple(people.known(*row) for row in everyone),
            "pods": tuple(_with_caps(pod, caps) for pod in document.pods),
            "time_off": tuple(
                TimeOff(person=person, first=first, last=last) for person, first, last in absent
            ),
        }
    )


def _with_caps(pod: Pod, own: Mapping[str, Caps]) -> Pod:
    """Put people's own caps in the place of the pod's."""
    members = tuple(
        member.model_copy(update=own.get(member.person, Caps()).model_dump(exclude_none=True))
        for member in pod.members
    )
    return pod.model_copy(update={"members": members})


def _absences(connection: Connection, found: Select[tuple[object, ...]]) -> list[Absence]:
    """Run a query for time off."""
    return [
        Absence(
            id=row["id"],
            time_off=_time_off(row),
            changed_by=row["changed_by"],
            changed_at=row["changed_at"],
        )
        for row in connection.execute(found).mappings()
    ]


def _time_off(row: RowMapping) -> TimeOff:
    return TimeOff(person=row["person"], first=row["from_day"], last=row["to_day"])
