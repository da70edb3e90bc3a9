"""One migrated SQLite database, of which tests start with copies."""

import tempfile
from functools import cache
from pathlib import Path

from storage import migrations
from storage.database import Database


@cache
def sqlite_template() -> bytes:
    """Return the bytes of an empty database with all tables; migrated once a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "handoff.db"
        database = Database(f"sqlite:///{path}")
        migrations.upgrade(database)
        database.close()
        return path.read_bytes()
