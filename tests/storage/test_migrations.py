"""Migrations and models agree, on both databases."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect

from storage import migrations
from storage.database import Database
from storage.tables import metadata
from tests.support.template import sqlite_template


def test_migrations_and_tables_agree(database: Database) -> None:
    """What the migrations make is what the tables declare, column for column."""
    with database.write() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, metadata) == []


def test_head_is_the_last_migration(database: Database) -> None:
    """The constant that spares importing Alembic names the last script."""
    with database.write() as connection:
        scripts = ScriptDirectory.from_config(migrations.config(connection))

    assert scripts.get_current_head() == migrations.HEAD


def test_upgrade_is_idempotent(empty_url: str) -> None:
    """An empty database is upgraded once, and found current after that."""
    database = Database(empty_url)
    assert migrations.revision(database) is None

    migrations.upgrade(database)
    migrations.upgrade(database)

    assert migrations.is_current(database)
    database.close()


def test_interrupted_upgrade_leaves_no_trace(empty_url: str) -> None:
    """A migration that is cut off half way is as if it had never begun."""
    database = Database(empty_url)

    def stop_at_timer(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE timer" in statement:
            raise ConnectionAbortedError

    event.listen(database._writers, "before_cursor_execute", stop_at_timer)
    with pytest.raises(ConnectionAbortedError):
        migrations.upgrade(database)
    event.remove(database._writers, "before_cursor_execute", stop_at_timer)
    with database.read() as connection:
        left = inspect(connection).get_table_names()

    assert left == []
    migrations.upgrade(database)
    assert migrations.is_current(database)
    database.close()


def test_start_without_alembic(tmp_path: Path) -> None:
    """A start that has nothing to migrate never imports Alembic."""
    path = tmp_path / "handoff.db"
    path.write_bytes(sqlite_template())
    program = (
        "import sys; from storage import migrations; from storage.database import Database; "
        f"migrations.upgrade(Database('sqlite:///{path}')); "
        "sys.exit('alembic' in sys.modules or 'psycopg' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
