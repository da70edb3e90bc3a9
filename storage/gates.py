"""Gates: a Slack method that answered 429 rests, in one workspace, for every replica."""

from datetime import datetime

from sqlalchemy import Connection, case, delete, select

from storage.leases import lease_time
from storage.tables import gate_table as gates
from storage.upsert import for_each_database

_CLOSE = for_each_database(
    lambda into: (new := into(gates)).on_conflict_do_update(
        index_elements=["workspace", "method"],
        set_={
            "until_at": case(
                (gates.c.until_at >= new.excluded.until_at, gates.c.until_at),
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
        until: When Slack may be asked again, on the real clock (`Retry-After`).
    """
    row = {"workspace": workspace, "method": method, "until_at": until}
    connection.execute(_CLOSE[connection.dialect.name], row)


def closed(connection: Connection, *, wall: datetime) -> dict[tuple[str, str], datetime]:
    """Return the closed gates: (workspace, method) to the real instant of their opening."""
    now = lease_time(connection, wall=wall)
    rows = connection.execute(select(gates).where(gates.c.until_at > now))
    return {(row.workspace, row.method): row.until_at for row in rows}


def sweep(connection: Connection, *, wall: datetime) -> int:
    """Forget the gates that are open again; return how many."""
    now = lease_time(connection, wall=wall)
    return connection.execute(delete(gates).where(gates.c.until_at <= now)).rowcount
