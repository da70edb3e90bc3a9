"""Every storage test runs on a real SQLite file and on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Open the test's database; leases follow the wall clock that the test passes."""
    opened = Database(url, server_time=False)
    yield opened
    opened.close()
