"""Migrations: how a database gets and keeps the tables that this version needs.

Alembic is imported only when there is something to migrate; at most starts there is nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: The revision that this version of the program needs.
HEAD = "0008"

_UPGRADE_LOCK = 0x48414E44  # any number of our own; it spells "HAND"


class NewerDatabase(RuntimeError):
    """A later version of Handoff has changed the tables; start that one, or restore a backup."""


def revision(database: Database) -> str | None:
    """Return the revision that the database is at, or None if it is empty."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        number: str | None = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar_one_or_none()
        return number


def is_current(database: Database) -> bool:
    """Tell whether the database has the tables that this version needs."""
    return revision(database) == HEAD


def is_newer(database: Database) -> bool:
    """Tell whether a later version of the program has changed the tables."""
    return (revision(database) or "") > HEAD  # the numbers are of one length


def upgrade(database: Database) -> None:
    """Bring the database to `HEAD`, in one transaction; an interrupted upgrade leaves no trace.

    Replicas that start together take turns, and all but the first find nothing to do.

    Raises:
        NewerDatabase: if it is past `HEAD`; there is no way back.
        StorageBusy: if another program holds the database for too long.
    """
    if is_current(database):
        return
    if is_newer(database):
        raise NewerDatabase(NewerDatabase.__doc__)
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        from alembic import command

        command.upgrade(config(connection), "head")


def config(connection: Connection) -> "Config":
    """Return Alembic's configuration for work on an open connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings
