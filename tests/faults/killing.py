"""Kill the running app a thousand times, at any moment, and start it again.

Run as a program of its own: it has no threads, builds the app once, and forks a worker for each
round, which starts the real engine (tick, two deliveries, reconciliation, APScheduler) in its
threads and does what senders and sales ask of it. After a random moment it is ended by SIGKILL.
Time stands still within a round and goes on between two, so that leases and quiet periods end.

Before the forks another app lives through a lead on a copy of the database, with a Slack of its
own: what SQLAlchemy compiles then, no worker compiles in its short life.

    python -m tests.faults.killing DATABASE_URL CLOCK SLACK_URL ROUNDS SEED

prints as JSON which leads were acknowledged to their senders, and how the rounds ended.
"""

import json
import logging
import mmap
import os
import select
import signal
import struct
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import KeyTrouble, RequestKey, receive_leads
from bot.flows.lead.receive_touch import receive_touch
from bot.flows.lead.taking import Status
from bot.settings import Settings
from storage.database import StorageBusy
from tests.faults.world import World
from tests.support.clocks import MONDAY, StillClocks
from tests.support.house import BOT_TOKEN, SIGNING_SECRET
from tests.support.once import compile_statements_once, let_garbage_lie

_MOST_LEADS = 40
_LONGEST = 0.06  # seconds that a worker lives at most once it has started
PAUSES = [timedelta(seconds=s) for s in (0, 0, 5, 40, 70, 300, 900)]


class SharedClocks(StillClocks):
    """Clocks of several processes: the instant is in a file that all of them map."""

    def __init__(self, path: Path) -> None:
        self.share(path)
        super().__init__()

    def share(self, path: Path) -> None:
        """Show the instant of this file from now on; a new file starts on Monday."""
        if not path.exists():
            path.write_bytes(struct.pack("d", MONDAY.timestamp()))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", self._shared[:8])[0], UTC)

    @_now.setter
    def _now(self, instant: datetime) -> None:
        # Creating the clocks sets their start; only moving them on changes what all see.
        if instant != MONDAY:
            self._shared[:8] = struct.pack("d", instant.timestamp())


def make_app(url: str, slack_url: str, clocks: StillClocks) -> App:
    """Build an app that has not touched anything yet."""
    settings = Settings(
        _env_file=None,
        slack_bot_token=BOT_TOKEN,
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url=slack_url,
        handoff_database_url=url,
    )
    return App(settings, clocks=clocks)


class Killer:
    """Forks workers and kills them.

    Attributes:
        acknowledged: Leads whose sender was told that they are stored.
        waiting: Leads whose sender was not.
        ends: How many rounds ended while the worker was starting, at work, or idle.
    """

    def __init__(self, app: App, *, seed: int) -> None:
        self.app = app
        self.random = Random(seed)
        self.acknowledged: list[str] = []
        self.waiting: list[str] = []
        self.ends: Counter[str] = Counter()
        self.leads = 0

    def round(self) -> None:
        """Let one worker live for a while."""
        self.app.clocks.advance(seconds=self.random.choice(PAUSES).total_seconds())
        if self.random.random() < 0.2:
            self.new_lead()
        touched = self.random.choice(self.acknowledged or [""])
        is_touched = self.random.random() < 0.05
        self._fork(touched if is_touched else "", kills=True)

    def new_lead(self) -> None:
        """Have one more lead to send, unless there are enough."""
        if self.leads < _MOST_LEADS:
            self.leads += 1
            self.waiting.append(f"lead-{self.leads}")

    def settle(self) -> None:
        """Let workers finish what is left, without killing any."""
        for _ in range(6):
            self.app.clocks.advance(minutes=3)
            self._fork("", kills=False)

    def _fork(self, touched: str, *, kills: bool) -> None:
        heard, said = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            work(self.app, said, self.waiting, touched)
        os.close(said)
        told = self._watch(heard) if kills else read_until(heard, b"idle")
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += rest_of(heard)
        os.close(heard)
        self.note(told)

    def _watch(self, heard: int) -> bytes:
        """Wait for a random moment of the worker's life; some die while they start."""
        told = b""
        if self.random.random() < 0.1:
            select.select([heard], [], [], self.random.uniform(0, _LONGEST))
            return told
        told += read_until(heard, b"open")
        left = self.random.uniform(0, _LONGEST)
        while b"idle" not in told and select.select([heard], [], [], left)[0]:
            left = self.random.uniform(0, left)
            told += os.read(heard, 4096)
        return told

    def note(self, told: bytes) -> None:
        """Learn from what a worker said until its end."""
        words = told.decode().split()
        self.ends["idle" if "idle" in words else "at work" if "open" in words else "starting"] += 1
        assert "failed" not in words, "a worker failed; see its traceback"
        for name in words:
            if name in self.waiting:
                self.waiting.remove(name)
                self.acknowledged.append(name)


def work(app: App, said: int, waiting: list[str], touched: str) -> None:
    """Be a worker: start everything, take leads in, and go on until the end comes."""
    try:
        app.start()
        os.write(said, b"open ")
        caller = Caller(workspace=app.slack.identity().team_id, source="default", is_on=True)
        for name in waiting:
            if send(app, caller, name):
                os.write(said, f"{name} ".encode())
        if touched:
            touch(app, caller, touched)
        for _ in range(3):
            app.drain()
        os.write(said, b"idle ")
        while True:
            signal.pause()
    except BaseException:
        os.write(said, b"failed ")
        logging.disable(logging.NOTSET)
        logging.getLogger(__name__).exception("A worker failed")
        os._exit(1)


def send(app: App, caller: Caller, name: str) -> bool:
    """Send a lead; True if its sender is told that it is stored."""
    lead = {
        "external_id": name,
        "email": f"{name}@{name}.example",
        "company": name,
        "employees": 5000,
        "country": "US",
        "title": "VP Operations",
        "score": 90,
    }
    now = app.clocks.now()
    key = RequestKey(key=name, body_hash="h")
    try:
        (result,) = receive_leads(
            database=app.database, caller=caller, items=[lead], key=key, now=now, wall=now
        )
    except (DBAPIError, KeyTrouble, StorageBusy):
        return False  # the answer is an error or none, and the sender tries again
    return result.status is Status.ACCEPTED


def touch(app: App, caller: Caller, name: str) -> None:
    """Report that sales has called a lead."""
    now = app.clocks.now()
    item = {
        "type": "call",
        "occurred_at": now.isoformat(),
        "external_id": f"touch of {name}",
        "lead": {"external_id": name},
    }
    receive_touch(database=app.database, caller=caller, item=item, key=None, now=now, wall=now)


def read_until(heard: int, word: bytes) -> bytes:
    """Return what a worker says until it says `word`, or dies."""
    told = b""
    while word not in told and (more := os.read(heard, 4096)):
        told += more
    return told


def rest_of(heard: int) -> bytes:
    """Return what was said before the end: an answer that left the worker counts."""
    told = b""
    while more := os.read(heard, 4096):
        told += more
    return told


def rehearse(template: Path) -> None:
    """Let an app on a copy of a database do what workers do, in this thread."""
    compile_statements_once()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), template=template)
        caller = Caller(workspace=world.workspace, source="default", is_on=True)
        for name in ("one", "two"):
            assert send(world.app, caller, name)
            world.step(hours=3)
        touch(world.app, caller, "one")
        world.step()
        world.abandon()


def main() -> None:
    """Run all rounds, and print how it went as JSON."""
    database, clock, slack_url, rounds, seed = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    rehearse(Path(database.removeprefix("sqlite:///")))
    let_garbage_lie()  # or each worker would copy the pages it lies on
    killer = Killer(make_app(database, slack_url, SharedClocks(Path(clock))), seed=int(seed))
    for _ in range(int(rounds)):
        killer.round()
    killer.settle()
    sys.stdout.write(
        json.dumps(
            {
                "acknowledged": killer.acknowledged,
                "waiting": killer.waiting,
                "ends": killer.ends,
            }
        )
    )


if __name__ == "__main__":
    main()
