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
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Lock

import pytest
from sqlalchemy import select

from bot.app import App
from bot.sandbox import Sandbox, load_seed
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.person import Person
from storage import tables
from tests.faults.checker import final_problems
from tests.faults.killing import SharedClocks, make_app
from tests.support.clocks import StillClocks
from tests.support.house import BOT_TOKEN, ROOT, SIGNING_SECRET, manifest

_KILLS = int(os.environ.get("HANDOFF_FAULTS_KILLS", "1000"))
_SEED = int(os.environ.get("HANDOFF_FAULTS_SEED", "1"))


class OftenFaulty(Faults):
    """Slack fails in a tenth of the calls, mostly after it did what it was asked for."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = Random(seed)
        self._turn = Lock()
        self.is_over = False

    def take(self, method: str) -> Fault | None:
        """Return a fault for this call, or None."""
        with self._turn:
            if self.is_over or method == "auth.test" or self._random.random() > 0.1:
                return None
            kind = self._random.choice(("drop", "500-after", "truncated", "500", "429"))
            return Fault(method, kind)


@dataclass
class After:
    """What is left when all is over, as the checker looks at it."""

    app: App
    sandbox: Sandbox
    clocks: StillClocks

    @property
    def workspace(self) -> str:
        """The Slack team's id."""
        return self.sandbox.workspace.team_id

    def person(self, name: str) -> Person:
        """Return somebody of the seed."""
        return self.sandbox.person(name)


@pytest.mark.timeout(0)
def test_a_thousand_kills_lose_nothing_and_double_nothing(template: Path) -> None:
    """Each sender who had an answer finds the lead; each message is in Slack exactly once."""
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        path, clock = Path(folder, "handoff.db"), Path(folder, "clock")
        shutil.copy(template, path)
        clocks = SharedClocks(clock)
        sandbox = Sandbox(
            manifest=manifest(),
            seed=load_seed(),
            signing_secret=SIGNING_SECRET,
            bot_token=BOT_TOKEN,
            app_url="http://app.test/slack/events",
            clock=clocks,
            wall=clocks.wall,
        )
        sandbox.workspace.faults = OftenFaulty(_SEED)
        with sandbox.running():
            arguments = (str(path), str(clock), sandbox.api_url, str(_KILLS), str(_SEED))
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.killing", *arguments],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            _check(After(make_app(str(path), sandbox.api_url, clocks), sandbox, clocks), path)
        report = json.loads(done.stdout)
        stored = _leads(path)

    assert sorted(report["acknowledged"]) == sorted(stored), "one lead each, none lost"
    assert report["waiting"] == []
    assert set(report["ends"]) == {"starting", "at work", "idle"}
    assert report["ends"]["at work"] > _KILLS / 4, report["ends"]


def _check(after: After, path: Path) -> None:
    """Live through the last half-hour with a healthy Slack, and look at everything."""
    faults = after.sandbox.workspace.faults
    assert isinstance(faults, OftenFaulty)
    faults.is_over = True
    after.app.open()
    after.app.drain()
    after.clocks.advance(minutes=6)  # longer than any retry waits
    after.app.drain()
    after.clocks.advance(minutes=6)
    after.app.drain()
    found = final_problems(after)  # type: ignore[arg-type] # as far as it looks
    after.app.stop()
    with closing(sqlite3.connect(path)) as connection:
        found += [row[0] for row in connection.execute("PRAGMA integrity_check")]
    assert found == ["ok"]


def _leads(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        query = str(select(tables.lead_table.c.external_id))
        return [row[0] for row in connection.execute(query)]
