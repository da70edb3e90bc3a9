"""Fixtures for every wing."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.house import House, open_house
from tests.support.once import (
    compile_statements_once,
    keep_all_predictions,
    let_garbage_lie,
    press_once,
)

pytest_plugins = ["tests.support.databases"]

# A busy machine is no defect: no test fails because an example took long.
settings.register_profile("handoff", deadline=None)
settings.load_profile("handoff")

_TESTS = Path(__file__).parent

compile_statements_once()
keep_all_predictions()
press_once()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` runs without coverage, which would double its time.

    What dies, what a browser shows, and the journeys on their second database: the same ways
    are taken by the journeys on SQLite and by the tests that mirror the source.
    """
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        is_told_again = folder == "journeys" and item.get_closest_marker("postgres") is not None
        if folder in ("browser", "faults") or is_told_again:
            item.add_marker("untraced")


def pytest_collection_finish() -> None:
    """Begin: all that will live to the end is there."""
    let_garbage_lie()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a workspace with the app in it; see `tests.support.house`."""
    with open_house(tmp_path) as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skip as a failure where everything a test needs is installed."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI must not skip: {report.longrepr}"
    return report
