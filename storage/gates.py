"""Gates: a Slack method that answered 429 rests, in one workspace, for every replica."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, delete, select

from storage.leases import FURTHEST, lease_time, set_back
from storage.tables import gate_table as gates
from storage.upsert import for_each_database

_CLOSE = for_each_database(
    lambda into: (new := into(gates)).on_conflict_do_update(
        index_elements=["workspace", "method"],
        set_={
            "until_at": case(
                (
                    and_(
                        gates.c.until_at >= new.excluded.until_at,
                        gates.c.until_at <= bindparam("latest", type_=gates.c.until_at.type),
                    ),
                    gates.c.until_at,
                ),
                else_=new.excluded.until_at,
            )
        },
    )
)


def close(connection: Connection, *, workspace: str, method: str, until: datetime) -> None:
    """Close a method's gate, or keep it closed for longer; never for shorter.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        method: Slack's method, such as `chat.postMessage`.
        until: When Slack may be asked again, on the real clock (`Retry-After`); at most
            `FURTHEST` ahead.
    """
    row = {
        "workspace": workspace,
        "method": method,
        "until_at": until,
        "latest": until + FURTHEST,
    }
    connection.execute(_CLOSE[connection.dialect.name], row)


def closed(connection: Connection, *, wall: datetime) -> dict[tuple[str, str], datetime]:
    """Return the closed gates: (workspace, method) to the real instant of their opening."""
    now = lease_time(connection, wall=wall)
    latest = set_back(connection, wall=wall)
    is_closed = gates.c.until_at > now
    if latest is not None:
        is_closed &= gates.c.until_at <= latest
    rows = connection.execute(select(gates).where(is_closed))
    return {(row.workspace, row.method): row.until_at for row in rows}


def sweep(connection: Connection, *, wall: datetime) -> int:
    """Forget the gates that are open again, or not of this clock; return how many."""
    now = lease_time(connection, wall=wall)
    latest = set_back(connection, wall=wall)
    is_over = gates.c.until_at <= now
    if latest is not None:
        is_over |= gates.c.until_at > latest
    return connection.execute(delete(gates).where(is_over)).rowcount
