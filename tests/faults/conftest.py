"""What the tests of faults share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, prepare


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a team and an active design, to be copied."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def world(tmp_path: Path, template: Path) -> Iterator[World]:
    """Return a workspace whose app can be killed."""
    opened = World(tmp_path, template=template)
    yield opened
    opened.abandon()
