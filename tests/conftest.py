"""Fixtures for every wing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.house import House, open_house

# A busy machine is no defect: no test fails because an example took long.
settings.register_profile("handoff", deadline=None)
settings.load_profile("handoff")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a workspace with the app in it; see `tests.support.house`."""
    with open_house(tmp_path) as opened:
        yield opened
