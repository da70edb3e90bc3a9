"""A workspace whose team is set up, once on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, open_house
from tests.support.team import set_up_team


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    """The app in a workspace whose team is set up; unexpected messages fail the test."""
    with open_house(tmp_path, handoff_database_url=url) as opened:
        set_up_team(opened)
        yield opened
