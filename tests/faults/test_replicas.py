"""T9: four replicas on one PostgreSQL are killed, stopped and cut off; nothing is lost or doubled.

`HANDOFF_FAULTS_REPLICAS` sets how many faults, `HANDOFF_FAULTS_SEED` which.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import migrations, tables
from storage.database import Database
from tests.faults.checker import final_problems
from tests.faults.faulty import After, faulty_slack
from tests.faults.killing import SharedClocks, make_app
from tests.faults.world import prepare
from tests.support.house import ROOT
from tests.support.postgres import create_database, throw_away_postgres

_FAULTS = int(os.environ.get("HANDOFF_FAULTS_REPLICAS", "40"))
_SEED = int(os.environ.get("HANDOFF_FAULTS_SEED", "1"))


@pytest.mark.postgres
@pytest.mark.timeout(0)
def test_replicas_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Who had an answer finds the lead; each message came once; leases are taken over."""
    with throw_away_postgres() as server:
        url = create_database(server.get_uri(), "replicas")
        _prepare(tmp_path, url)
        clocks = SharedClocks(tmp_path / "clock")
        sandbox = faulty_slack(clocks, seed=_SEED)
        with sandbox.running():
            arguments = (url, str(tmp_path / "clock"), sandbox.api_url, str(_FAULTS), str(_SEED))
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.replicas", *arguments, str(server.pgdata)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            after = After(make_app(url, sandbox.api_url, clocks), sandbox, clocks)
            after.live_on()
            found = final_problems(after)  # type: ignore[arg-type] # as far as it looks
            leads = _leads(after)
            after.app.stop()
    report = json.loads(done.stdout)

    assert found == []
    assert sorted(report["acknowledged"]) == sorted(leads), "one lead each, none lost"
    assert report["waiting"] == []
    assert all(report["faults"][kind] for kind in ("killed", "stopped", "database"))
    assert {"at work", "idle"} <= set(report["ends"])
    assert sandbox.journal.calls("chat.delete"), "no sender woke after another took its work over"


def _prepare(folder: Path, url: str) -> None:
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    prepare(folder, url=url)


def _leads(after: After) -> list[str]:
    """Return the leads that are stored, by their senders' names."""
    with after.app.database.read() as connection:
        names = connection.execute(select(tables.lead_table.c.external_id)).scalars().all()
    return [str(name) for name in names]
