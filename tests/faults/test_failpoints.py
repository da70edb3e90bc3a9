"""T3: the app may die before or after any commit and any call to Slack."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.house import ROOT


@pytest.mark.timeout(0)
def test_dying_at_each_failpoint_loses_nothing_and_doubles_nothing(template: Path) -> None:
    """Lead in, breach, three steps, guardrail; after each death the checker is clean."""
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.failpoints", str(template), folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)

    assert report["failed"] == []
    reached = report["reached"]
    for call in ("chat.postMessage", "chat.update", "conversations.open"):
        assert reached[f"after {call}"] > 5, "before a call is after the commit of its claim"
    assert reached["after a commit"] > 60
