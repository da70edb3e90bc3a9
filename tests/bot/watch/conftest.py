"""A house whose delivery does not wait long for a Slack that stalls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import app
from tests.support.house import House, open_house


@pytest.fixture
def quick_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return a workspace with the app in it, which waits one second for an answer."""
    monkeypatch.setattr(app, "TIMEOUT", 1)
    with open_house(tmp_path) as opened:
        yield opened
