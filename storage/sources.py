"""Sources of leads, and their keys."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from handoff.model import Instant, Value
from storage.ids import new_id
from storage.prepared import Query
from storage.tables import source_key_table as keys
from storage.tables import source_table as sources
from storage.upsert import for_each_database

_s, _k = sources.c, keys.c
_SAVE = for_each_database(
    lambda into: (new := into(sources)).on_conflict_do_update(
        index_elements=["workspace", "name"],
        set_={
            name: new.excluded[name] for name in ("is_on", "design", "changed_by", "changed_at")
        },
    )
)


class KeyKind(StrEnum):
    """Signature: a shared secret that signs requests. Bearer: a token, kept as its hash."""

    SIGNATURE = "signature"
    BEARER = "bearer"


class Source(Value):
    """Where leads come from.

    Attributes:
        is_on: Whether its leads are taken.
        design: Key of the design that takes all of its leads, or None.
    """

    workspace: str
    name: str
    is_on: bool = True
    design: str | None = None


class SourceKey(Value):
    """A live key of a source.

    Attributes:
        secret: The secret of a signature key as the caller stored it; a bearer key's hash.
    """

    workspace: str
    source: str
    id: str
    kind: KeyKind
    secret: str
    created_at: Instant


_EVERYONE = Query(
    select(*(_s[name] for name in Source.model_fields))
    .where(_s.workspace == bindparam("ws"))
    .order_by(_s.name)
)


def save(connection: Connection, *, source: Source, by: str, now: datetime) -> None:
    """Store a source, new or known."""
    row = source.model_dump() | {"changed_by": by, "changed_at": now}
    connection.execute(_SAVE[connection.dialect.name], row)


def get(connection: Connection, *, workspace: str, name: str) -> Source | None:
    """Return a source by name, or None."""
    found = [s for s in everyone(connection, workspace=workspace) if s.name == name]
    return found[0] if found else None


def everyone(connection: Connection, *, workspace: str) -> list[Source]:
    """Return a workspace's sources by name."""
    return [Source(**row) for row in _EVERYONE.mappings(connection, ws=workspace)]


def add_key(
    connection: Connection,
    *,
    workspace: str,
    source: str,
    kind: KeyKind,
    secret: str,
    now: datetime,
) -> str:
    """Store a key and return its id. Hash a bearer key, and encrypt a secret, before."""
    key = new_id("key", now=now)
    row = {
        "workspace": workspace,
        "source": source,
        "id": key,
        "kind": kind.value,
        "secret": secret,
        "created_at": now,
    }
    connection.execute(insert(keys), row)
    return key


def revoke_key(connection: Connection, *, workspace: str, key: str, now: datetime) -> bool:
    """Revoke a key from now on; False if it is unknown or revoked already."""
    mine = update(keys).where(_k.workspace == workspace, _k.id == key, _k.revoked_at.is_(None))
    return connection.execute(mine.values(revoked_at=now)).rowcount == 1


def live_keys(connection: Connection, *, workspace: str, source: str) -> list[SourceKey]:
    """Return a source's keys that are not revoked, the oldest first."""
    mine = _live().where(_k.workspace == workspace, _k.source == source)
    return _some(connection, mine)


def by_bearer(connection: Connection, *, hashed: str) -> SourceKey | None:
    """Return the live bearer key with this hash, in any workspace, or None."""
    found = _some(connection, _live().where(_k.secret == hashed, _k.kind == KeyKind.BEARER.value))
    return found[0] if found else None


def _live() -> Select[tuple[object, ...]]:
    """Select keys that are not revoked."""
    columns = [_k[name] for name in SourceKey.model_fields]
    return select(*columns).where(_k.revoked_at.is_(None)).order_by(_k.created_at, _k.id)


def _some(connection: Connection, found: Select[tuple[object, ...]]) -> list[SourceKey]:
    """Run a query for keys."""
    return [SourceKey(**row) for row in connection.execute(found).mappings()]
