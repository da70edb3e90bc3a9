"""The members of a workspace, as Slack describes them."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)

from handoff.directory import Person
from handoff.model import Value
from storage.prepared import Query
from storage.tables import person_table as persons
from storage.upsert import for_each_database

_p = persons.c
_FLAGS = ("is_deactivated", "is_guest", "is_bot", "is_admin")
_NAMES = ("slack_id", "name", "email", "timezone", *_FLAGS)
# Flags as SQLite keeps them: of everybody who is read only those few who are new are looked at.
_PERSON = [type_coerce(_p[name], Integer) if name in _FLAGS else _p[name] for name in _NAMES]
_EVERYONE = Query(select(*_PERSON).where(_p.workspace == bindparam("ws")).order_by(_p.slack_id))
_SAVE = for_each_database(
    lambda into: (new := into(persons)).on_conflict_do_update(
        index_elements=["workspace", "slack_id"],
        set_={
            column.name: new.excluded[column.name]
            for column in persons.columns
            if not column.primary_key and column.name != "dm_channel"
        },
    )
)


class SyncReport(Value):
    """What a sync changed: Slack ids, sorted."""

    joined: tuple[str, ...] = ()
    deactivated: tuple[str, ...] = ()
    reactivated: tuple[str, ...] = ()


def sync(
    connection: Connection, *, workspace: str, people: Iterable[Person], now: datetime
) -> SyncReport:
    """Save people as Slack describes them now; who is not mentioned stays as they are.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        people: Members by Slack id; the last mention of one counts.
        now: When Slack said so, UTC-aware.

    Returns:
        Who is new, who was deactivated, and who is active again.
    """
    latest = {person.key: person for person in people}
    if not latest:
        return SyncReport()
    before = {person.key: person.is_active for person in everyone(connection, workspace=workspace)}
    rows = [_row(workspace, person, now) for person in latest.values()]
    connection.execute(_SAVE[connection.dialect.name], rows)
    return SyncReport(
        joined=tuple(sorted(latest.keys() - before.keys())),
        deactivated=_changed(before, latest, to_active=False),
        reactivated=_changed(before, latest, to_active=True),
    )


def get(connection: Connection, *, workspace: str, person: str) -> Person | None:
    """Return a person by Slack id, or None if they were never synced."""
    found = select(persons).where(_p.workspace == workspace, _p.slack_id == person)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _person(row)


def by_email(connection: Connection, *, workspace: str, email: str) -> Person | None:
    """Return the active person with an e-mail address, in any case, or None."""
    found = (
        select(persons)
        .where(_p.workspace == workspace, func.lower(_p.email) == email.lower())
        .where(_p.is_deactivated.is_(False))
        .order_by(_p.slack_id)
        .limit(1)
    )
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _person(row)


def everyone(connection: Connection, *, workspace: str) -> tuple[Person, ...]:
    """Return all people of a workspace, the deactivated too, by Slack id."""
    return tuple(known(*row) for row in rows(connection, workspace=workspace))


def rows(connection: Connection, *, workspace: str) -> tuple[tuple[Any, ...], ...]:
    """Return everyone as plain rows, which are cheap to compare; `known()` reads one."""
    return tuple(_EVERYONE.rows(connection, ws=workspace))


def synced_at(connection: Connection, *, workspace: str) -> datetime | None:
    """Return when the least recently synced person was synced, or None without people."""
    found = select(func.min(_p.synced_at)).where(_p.workspace == workspace)
    instant: datetime | None = connection.execute(found).scalar_one()
    return instant


def save_dm(connection: Connection, *, workspace: str, person: str, channel: str) -> bool:
    """Remember the conversation in which the app talks to a person; False if unknown."""
    mine = update(persons).where(_p.workspace == workspace, _p.slack_id == person)
    return connection.execute(mine.values(dm_channel=channel)).rowcount == 1


def dm_of(connection: Connection, *, workspace: str, person: str) -> str | None:
    """Return the conversation in which the app talks to a person, or None before the first."""
    found = select(_p.dm_channel).where(_p.workspace == workspace, _p.slack_id == person)
    channel: str | None = connection.execute(found).scalar_one_or_none()
    return channel


def _changed(
    before: dict[str, bool], latest: dict[str, Person], *, to_active: bool
) -> tuple[str, ...]:
    """Name the known people whose activity changed."""
    return tuple(
        sorted(
            key
            for key, person in latest.items()
            if person.is_active is to_active and before.get(key) is not to_active and key in before
        )
    )


def _row(workspace: str, person: Person, now: datetime) -> dict[str, object]:
    """Return what is stored of a person."""
    kept = person.model_dump(exclude={"key", "is_active"})
    known = {"workspace": workspace, "slack_id": person.key, "synced_at": now}
    return kept | known | {"is_deactivated": not person.is_active}


def _person(row: RowMapping) -> Person:
    """Read a row back into a person."""
    return known(*(row[name] for name in _NAMES))


@lru_cache(maxsize=4096)
def known(*row: Any) -> Person:  # noqa: ANN401 - the columns of `_PERSON`
    """Return the person of a row; everybody is asked for often, and few change."""
    slack_id, name, email, timezone, is_deactivated, is_guest, is_bot, is_admin = row
    return Person(
        key=slack_id,
        name=name,
        email=email,
        timezone=timezone,
        is_active=not is_deactivated,
        is_guest=is_guest,
        is_bot=is_bot,
        is_admin=is_admin,
    )
