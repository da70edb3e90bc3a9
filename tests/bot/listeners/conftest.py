from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, open_house
from tests.support.team import set_up_team


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    """The app in a workspace whose people nobody has met yet."""
    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def house(empty_house: House) -> House:
    """The app in a workspace whose team is set up."""
    set_up_team(empty_house)
    return empty_house
