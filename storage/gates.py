"""Gates: a Slack method that answered 429 rests, in one workspace, for every replica."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, case, delete, or_, select

from storage.leases import lease_time
from storage.tables import gate_table as gates
from storage.upsert import for_each_database

#: A gate that was closed so far ahead was closed before the clock was set back.
_AHEAD = timedelta(minutes=1)

_at = bindparam("latest", type_=gates.c.until_at.type)
_is_of_this_clock = or_(gates.c.closed_at.is_(None), gates.c.closed_at <= _at)
_CLOSE = for_each_database(
    lambda into: (new := into(gates)).on_conflict_do_update(
        index_elements=["workspace", "method"],
        set_={
            name: case(
                (
                    and_(gates.c.until_at >= new.excluded.until_at, _is_of_this_clock),
                    gates.c[name],
                ),
                else_=new.excluded[name],
            )
            for name in ("closed_at", "until_at")
        },
    )
)


def close(
    connection: Connection, *, workspace: str, method: str, rest: timedelta, wall: datetime
) -> None:
    """Close a method's gate, or keep it closed for longer; never for shorter.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        method: Slack's method, such as `chat.postMessage`.
        rest: How long Slack does not want to be asked (`Retry-After`).
        wall: The real clock, UTC-aware.
    """
    now = lease_time(connection, wall=wall)
    row = {
        "workspace": workspace,
        "method": method,
        "closed_at": now,
        "until_at": now + rest,
        "latest": now + _AHEAD,
    }
    connection.execute(_CLOSE[connection.dialect.name], row)


def closed(connection: Connection, *, wall: datetime) -> dict[tuple[str, str], timedelta]:
    """Return the closed gates: (workspace, method) to how long each stays closed.

    Reckoned on the clock that closed them, which may be the database server's.
    """
    now = lease_time(connection, wall=wall)
    is_closed = select(gates).where(gates.c.until_at > now, _is_of_this_clock)
    rows = connection.execute(is_closed, {"latest": now + _AHEAD})
    return {(row.workspace, row.method): row.until_at - now for row in rows}


def sweep(connection: Connection, *, wall: datetime) -> int:
    """Forget the gates that are open again, or not of this clock; return how many."""
    now = lease_time(connection, wall=wall)
    is_over = or_(gates.c.until_at <= now, gates.c.closed_at > now + _AHEAD)
    return connection.execute(delete(gates).where(is_over)).rowcount
