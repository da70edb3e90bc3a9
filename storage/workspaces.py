"""Workspaces, and how far their recurring work has come."""

from datetime import datetime

from sqlalchemy import Connection, select

from handoff.model import Instant, Value
from storage.tables import checkpoint_table as checkpoints
from storage.tables import workspace_table as workspaces
from storage.upsert import for_each_database

_SAVE = for_each_database(
    lambda into: (new := into(workspaces)).on_conflict_do_update(
        index_elements=["workspace"],
        set_={"name": new.excluded.name, "timezone": new.excluded.timezone},
    )
)
_REACH = for_each_database(
    lambda into: (new := into(checkpoints)).on_conflict_do_update(
        index_elements=["workspace", "name"],
        set_={"at": new.excluded.at},
        where=checkpoints.c.at < new.excluded.at,
    )
)


class Workspace(Value):
    """A Slack team that uses Handoff.

    Attributes:
        workspace: Slack's `team_id`.
        timezone: The zone of its reports, as an IANA name.
    """

    workspace: str
    name: str
    timezone: str
    created_at: Instant


def save(
    connection: Connection, *, workspace: str, name: str, timezone: str, now: datetime
) -> None:
    """Save a workspace, new or known."""
    row = {"workspace": workspace, "name": name, "timezone": timezone, "created_at": now}
    connection.execute(_SAVE[connection.dialect.name], row)


def get(connection: Connection, *, workspace: str) -> Workspace | None:
    """Return a workspace, or None if it is unknown."""
    found = select(workspaces).where(workspaces.c.workspace == workspace)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else Workspace(**row)


def everyone(connection: Connection) -> list[Workspace]:
    """Return all workspaces, by id."""
    rows = connection.execute(select(workspaces).order_by(workspaces.c.workspace)).mappings()
    return [Workspace(**row) for row in rows]


def lock(connection: Connection, *, workspace: str) -> None:
    """Take a workspace's lock, under which its designs get their numbers."""
    mine = select(workspaces.c.workspace).where(workspaces.c.workspace == workspace)
    connection.execute(mine.with_for_update(key_share=True)).all()


#: Stands for the workspace where recurring work is that of the whole installation.
INSTALLATION = ""


def reach(connection: Connection, *, workspace: str, name: str, at: datetime) -> None:
    """Save how far recurring work has come; an earlier instant changes nothing.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team, or `INSTALLATION`.
        name: The work, such as `clock` for the last instant of a scaled clock.
        at: How far it has come, UTC-aware.
    """
    row = {"workspace": workspace, "name": name, "at": at}
    connection.execute(_REACH[connection.dialect.name], row)


def reached(connection: Connection, *, workspace: str, name: str) -> datetime | None:
    """Return how far recurring work has come, or None before its first time."""
    found = select(checkpoints.c.at).where(
        checkpoints.c.workspace == workspace, checkpoints.c.name == name
    )
    instant: datetime | None = connection.execute(found).scalar_one_or_none()
    return instant
