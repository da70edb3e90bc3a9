"""Open the database, with the tables of this version."""

from storage import migrations
from storage.database import (
    Database,
    StorageBusy,
    UnsupportedDatabase,
    UnusableDatabase,
    explained,
)
from storage.migrations import NewerDatabase


class CannotStart(RuntimeError):
    """The app cannot start; the message says why and what to do."""


#: What is raised when somebody must do something first; the messages say what.
REFUSALS: tuple[type[Exception], ...] = (
    CannotStart,
    NewerDatabase,
    StorageBusy,
    UnsupportedDatabase,
    UnusableDatabase,
)


def open_database(url: str) -> Database:
    """Open the database for a command that works beside a running app.

    Raises:
        CannotStart: if its tables are not those of this version.
        NewerDatabase: if a later version has changed the tables.
        UnsupportedDatabase: for a URL that is neither SQLite nor PostgreSQL.
        UnusableDatabase: if it cannot be reached, or not be written to.
    """
    database = Database(url)
    try:
        with explained():
            prepare_tables(database)
    except BaseException:
        database.close()
        raise
    return database


def upgrade_database(url: str) -> None:
    """Bring the tables to what this version needs.

    Raises:
        NewerDatabase: if a later version has changed the tables.
        UnsupportedDatabase: for a URL that is neither SQLite nor PostgreSQL.
        UnusableDatabase: if it cannot be reached, or not be written to.
    """
    database = Database(url)
    try:
        with explained():
            migrations.upgrade(database)
    finally:
        database.close()


def prepare_tables(database: Database) -> None:
    """Make sure that the tables are those of this version.

    Raises:
        CannotStart: if they are not, on PostgreSQL, where somebody chooses the moment.
        NewerDatabase: if a later version has changed them.
    """
    if database.is_sqlite or migrations.is_newer(database):
        migrations.upgrade(database)
    elif not migrations.is_current(database):
        raise CannotStart(
            "The database has other tables than this version of Handoff needs. "
            "Run `handoff db upgrade`, then start again."
        )
