"""T1: kill -9 at any moment; nothing is lost and nothing goes twice.

`HANDOFF_FAULTS_KILLS` sets how many, `HANDOFF_FAULTS_SEED` which.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import tables
from tests.faults.checker import final_problems
from tests.faults.faulty import After, faulty_slack
from tests.faults.killing import SharedClocks, make_app
from tests.support.house import ROOT

_KILLS = int(os.environ.get("HANDOFF_FAULTS_KILLS", "1000"))
_SEED = int(os.environ.get("HANDOFF_FAULTS_SEED", "1"))


@pytest.mark.timeout(0)
def test_a_thousand_kills_lose_nothing_and_double_nothing(template: Path) -> None:
    """Each sender who had an answer finds the lead; each message is in Slack exactly once."""
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        path, clock = Path(folder, "handoff.db"), Path(folder, "clock")
        shutil.copy(template, path)
        url = f"sqlite:///{path}"
        clocks = SharedClocks(clock)
        sandbox = faulty_slack(clocks, seed=_SEED)
        with sandbox.running():
            arguments = (url, str(clock), sandbox.api_url, str(_KILLS), str(_SEED))
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.killing", *arguments],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            _check(After(make_app(url, sandbox.api_url, clocks), sandbox, clocks), path)
        report = json.loads(done.stdout)
        stored = _leads(path)

    assert sorted(report["acknowledged"]) == sorted(stored), "one lead each, none lost"
    assert report["waiting"] == []
    assert set(report["ends"]) == {"starting", "at work", "idle"}
    assert report["ends"]["at work"] > _KILLS / 4, report["ends"]


def _check(after: After, path: Path) -> None:
    """Live on, and look at everything."""
    after.live_on()
    found = final_problems(after)  # type: ignore[arg-type] # as far as it looks
    after.app.stop()
    with closing(sqlite3.connect(path)) as connection:
        found += [row[0] for row in connection.execute("PRAGMA integrity_check")]
    assert found == ["ok"]


def _leads(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        query = str(select(tables.lead_table.c.external_id))
        return [row[0] for row in connection.execute(query)]
