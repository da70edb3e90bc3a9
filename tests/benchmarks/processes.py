"""P13 and P14: memory and start of the real process."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bot.sandbox import Sandbox, load_seed
from storage import migrations
from storage.database import Database
from tests.benchmarks.crowd import fill_leads, owners
from tests.benchmarks.goals import Effort, Goal, Sides, limit
from tests.benchmarks.world import folder, open_world
from tests.support.clocks import StillClocks
from tests.support.house import BOT_TOKEN, SIGNING_SECRET, manifest

#: What must not be loaded before it is used: the drawing, the model, the tables' migrations.
_LATER = ("matplotlib", "numpy", "typst", "psycopg", "handoff.sla.simulation")

_BARE = """
import sys, uvicorn
from fastapi import FastAPI, Request
from slack_bolt import App
from slack_bolt.adapter.fastapi import SlackRequestHandler
bolt = App(token="xoxb-", signing_secret="s", token_verification_enabled=False)
handler = SlackRequestHandler(bolt)
api = FastAPI()
api.post("/slack/events")(lambda request: handler.handle(request))
api.get("/readyz")(lambda: "ready")
uvicorn.run(api, host="127.0.0.1", port=int(sys.argv[1]), log_config=None)
"""
_RUN = (sys.executable, "-c", "from bot.cli import main; main()", "run", "--port")


def memory(effort: Effort) -> Iterator[Goal]:
    """Measure the process with an empty database, and with many open leads."""
    size = effort.choose(1_000_000, 100_000)
    with folder() as path, _slack() as api_url:
        _memory(path / "idle.db", api_url)  # which leaves bytecode behind
        idle = _memory(path / "idle.db", api_url)
        with open_world(f"sqlite:///{path}/full.db") as world:
            fill_leads(world, count=size, at=datetime.now(UTC))
        full = _memory(path / "full.db", api_url)
    yield limit(goal="P13", what="`handoff run` idle", ours=idle, most=120, unit="MB")
    yield limit(
        goal="P13", what=f"more with {size:,} open leads", ours=full - idle, most=50, unit="MB"
    )
    early = _loaded_early()
    yield Goal(
        goal="P13",
        what="of drawing, model and drivers, loaded before they are used",
        ours=len(early),
        peer=0,
        peer_name=", ".join(early) or "limit",
        unit="",
        ratio=float(not early),
        wanted="none",
        met=not early,
    )


def start(effort: Effort) -> Iterator[Goal]:
    """Measure from start to ready, in turns with a bare Bolt app."""
    sides = Sides()
    with folder() as path, _slack() as api_url:
        database = path / "start.db"
        made = Database(f"sqlite:///{database}")
        migrations.upgrade(made)
        made.close()
        for number in range(effort.choose(6, 3)):
            taken = []
            for command in (_RUN, (sys.executable, "-c", _BARE)):
                begun = time.perf_counter()
                with _process(command, _environment(database, api_url)):
                    taken.append(time.perf_counter() - begun)
            if number:
                sides.ours.append(taken[0])
                sides.peer.append(taken[1])
    yield sides.goal(goal="P14", what="start to ready", peer_name="bare Bolt app")
    yield limit(
        goal="P14",
        what="start to ready, longer than a bare Bolt app",
        ours=(median(sides.ours) - median(sides.peer)) * 1000,
        most=1500,
        unit="ms",
    )


def _memory(database: Path, api_url: str) -> float:
    """Return the resident megabytes of a process that has been ready for some seconds."""
    with _process(_RUN, _environment(database, api_url)) as pid:
        time.sleep(3)
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def _loaded_early() -> list[str]:
    """Return what the whole app has imported although nobody has used it."""
    code = (
        "import sys, bot.cli, bot.app; "
        f"print(*[name for name in {_LATER!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@contextmanager
def _slack() -> Iterator[str]:
    """Serve the sandbox as Slack, with the owners of a crowd; yield the address of its Web API.

    A lead whose owner is not in the workspace would be given to somebody else at the start.
    """
    clocks = StillClocks()
    seed = load_seed()
    seed["users"] += [
        {"id": owner, "name": owner.lower(), "real_name": f"Rep {owner}"} for owner in owners()
    ]
    sandbox = Sandbox(
        manifest=manifest(),
        seed=seed,
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        app_url="http://127.0.0.1:9/slack/events",
        clock=clocks,
        wall=clocks.wall,
    )
    with sandbox.running():
        yield sandbox.api_url


def _environment(database: Path, api_url: str) -> Mapping[str, str]:
    """Return settings; and whatever the machine says of bytecode, it is kept as on any other.

    Without it the product would be compiled at each start, and the peer, installed, would not.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(database.parent / "bytecode"),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": api_url,
        "HANDOFF_DATABASE_URL": f"sqlite:///{database}",
    }


@contextmanager
def _process(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Run a server on a free port until the block ends; yields its id once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*command, str(port)],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def _wait(url: str, process: "subprocess.Popen[str]") -> None:
    until = time.perf_counter() + 60
    while time.perf_counter() < until:
        assert process.poll() is None, process.communicate()[1]
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.005)
    raise TimeoutError(f"{url} was not ready within a minute")


GOALS = {"P13": memory, "P14": start}
