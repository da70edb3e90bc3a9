"""Designs: the handoffs of a workspace under their human keys, each a lock for its versions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, Select, bindparam, func, select, update

from handoff.model import Instant, Value
from storage import workspaces
from storage.prepared import Query
from storage.tables import design_table as designs
from storage.upsert import for_each_database

#: The design of every incident that no other design takes.
UNMATCHED = "unmatched"

_RESERVE = for_each_database(lambda into: into(designs).on_conflict_do_nothing())
_d = designs.c
_NAMED = select(designs).where(_d.workspace == bindparam("ws"), _d.key == bindparam("of_key"))
_LOCK = _NAMED.with_for_update(key_share=True)
#: Rows are sorted before they are locked, so that everybody locks in one order.
_HOLD = (
    select(_d.key)
    .where(_d.workspace == bindparam("ws"), _d.key.in_(bindparam("keys", expanding=True)))
    .order_by(_d.key)
    .with_for_update(key_share=True)
)


class Design(Value):
    """A handoff.

    Attributes:
        key: Its name for people, such as `ENT-3`.
        active_version: The version that takes leads (or is paused), or None.
        created_by: Slack id.
        entry_place: Its place in the workspace's own order of entry rules, from 1; None: none.
    """

    workspace: str
    key: str
    prefix: str
    number: int
    segment: str
    goal: str
    active_version: int | None
    created_by: str
    created_at: Instant
    entry_place: int | None = None


_EVERYONE = Query(
    select(*(_d[name] for name in Design.model_fields))
    .where(_d.workspace == bindparam("ws"), _d.key != UNMATCHED)
    .order_by(_d.prefix, _d.number)
)


def create(
    connection: Connection,
    *,
    workspace: str,
    prefix: str,
    segment: str,
    goal: str,
    by: str,
    now: datetime,
) -> Design:
    """Create a design under the next free key of its prefix.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        prefix: Short for the segment, such as `ENT`.
        segment: The segment, or the name of a custom persona.
        goal: What the handoff is for.
        by: Slack id of who creates it.
        now: The domain's instant, UTC-aware.
    """
    workspaces.lock(connection, workspace=workspace)
    last = select(func.max(_d.number)).where(_d.workspace == workspace, _d.prefix == prefix)
    number = (connection.execute(last).scalar_one() or 0) + 1
    design = Design(
        workspace=workspace,
        key=f"{prefix}-{number}",
        prefix=prefix,
        number=number,
        segment=segment,
        goal=goal,
        active_version=None,
        created_by=by,
        created_at=now,
    )
    connection.execute(designs.insert(), design.model_dump())
    return design


def reserve_unmatched(connection: Connection, *, workspace: str, now: datetime) -> None:
    """Make sure that the workspace has the design row that unmatched incidents lock."""
    row = {
        "workspace": workspace,
        "key": UNMATCHED,
        "prefix": UNMATCHED,
        "number": 0,
        "segment": UNMATCHED,
        "goal": UNMATCHED,
        "created_by": "handoff",
        "created_at": now,
    }
    connection.execute(_RESERVE[connection.dialect.name], row)


def get(connection: Connection, *, workspace: str, key: str) -> Design | None:
    """Return a design by its key, or None."""
    return _one(connection, _NAMED, workspace, key)


def lock(connection: Connection, *, workspace: str, key: str) -> Design | None:
    """Lock a design until the transaction ends, and return it as it is now, or None.

    Whoever changes a design, its versions, sign-offs or incidents locks it first; then leads,
    escalations and pods; the audit head comes last by itself.
    """
    return _one(connection, _LOCK, workspace, key)


def hold(connection: Connection, *, workspace: str, keys: Collection[str]) -> None:
    """Lock designs until the transaction ends, in the order of their keys, without reading them.

    For flows that need nothing else of them. SQLite has one writer, who holds everything.
    """
    if connection.dialect.name == "postgresql" and keys:
        connection.execute(_HOLD, {"ws": workspace, "keys": sorted(keys)})


def everyone(connection: Connection, *, workspace: str) -> list[Design]:
    """Return all designs of a workspace but the reserved one, by prefix and number."""
    return [_design(row) for row in _EVERYONE.rows(connection, ws=workspace)]


def order_entries(connection: Connection, *, workspace: str, keys: Sequence[str]) -> None:
    """Save the workspace's own order of entry rules; designs that are not named have no place.

    Args:
        connection: The connection of `Database.write()`, which holds `workspaces.lock()`.
        workspace: The Slack team.
        keys: Of the designs, the one that is asked first first; empty for the default order.
    """
    mine = update(designs).where(_d.workspace == workspace)
    connection.execute(mine.where(_d.entry_place.is_not(None)).values(entry_place=None))
    for place, key in enumerate(keys, start=1):
        connection.execute(mine.where(_d.key == key).values(entry_place=place))


@lru_cache(maxsize=1024)
def _design(row: tuple[object, ...]) -> Design:
    """Return the design of a row; every lead asks for all of them, and few change."""
    return Design.model_validate(dict(zip(Design.model_fields, row, strict=True)))


def _one(
    connection: Connection, found: Select[tuple[object, ...]], workspace: str, key: str
) -> Design | None:
    """Run a query for one design."""
    row = connection.execute(found, {"ws": workspace, "of_key": key}).mappings().one_or_none()
    return None if row is None else Design(**row)
