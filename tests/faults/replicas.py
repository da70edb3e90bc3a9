"""Kill, stop and cut off replicas that share one PostgreSQL, and start them again.

Run as a program of its own, as `killing.py` is: it has no threads, builds the app once, and forks
four workers for each round. All of them start the real engine, take the same leads in (a sender
who had no answer tries another replica), tick and deliver at once. Faults, by chance:

- a worker is ended by SIGKILL at any moment of its life;
- a worker is stopped right before it posts a message (SIGSTOP), until others have taken that over
  and posted it; then it goes on;
- the database dies and starts again while all are at work.

Time stands still within a round and goes on between two.

    python -m tests.faults.replicas DATABASE_URL CLOCK SLACK_URL FAULTS SEED SERVER_FOLDER
"""

import json
import logging
import os
import select
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.flows.keep.sources import Caller
from storage.database import StorageBusy, UnusableDatabase
from tests.faults.killing import (
    PAUSES,
    Killer,
    SharedClocks,
    make_app,
    read_until,
    rest_of,
    send,
    touch,
)
from tests.support.postgres import break_off

_REPLICAS = 4
_LONGEST = 0.4  # seconds that a victim lives at most once it has started; four share two cores
_LEASE, _QUIET = 61, 31  # seconds
_STOPS_EVERY, _BREAKS_EVERY = 6, 9  # rounds


@dataclass
class Worker:
    """A replica of one round.

    Attributes:
        dies_after: Seconds from its start, or from its birth if `is_early`; None: it lives on.
        told: What it has said so far.
        dies_at: By the monotonic clock, once that is known.
    """

    child: int
    heard: int
    dies_after: float | None
    told: bytes = b""
    dies_at: float | None = None

    @property
    def is_idle(self) -> bool:
        """True if it has nothing left to do, or is dead."""
        return b"idle" in self.told or b"cut" in self.told

    def end(self) -> bytes:
        """Kill it, and return all that it said."""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        told = self.told + rest_of(self.heard)
        os.close(self.heard)
        return told


class Replicas(Killer):
    """Forks replicas, four at a time, and hurts some.

    Attributes:
        faults: How many there were of each kind.
    """

    def __init__(self, app: App, *, seed: int, server: Path) -> None:
        super().__init__(app, seed=seed)
        self.server = server
        self.faults: Counter[str] = Counter()
        self.rounds = 0

    def round(self) -> None:
        """Let four replicas live for a while."""
        self.rounds += 1
        self.app.clocks.advance(seconds=self.random.choice(PAUSES).total_seconds())
        self.new_lead()
        if self.rounds % _STOPS_EVERY == 0:
            self._stop_one()
        victims = self.random.randint(1, _REPLICAS)
        workers = [self._start(is_victim=number < victims) for number in range(_REPLICAS)]
        if self.rounds % _BREAKS_EVERY == 0:
            workers[-1].told = read_until(workers[-1].heard, b"open")
            self.faults["database"] += 1
            break_off(self.server)
        self._watch_all(workers)

    def settle(self) -> None:
        """Let replicas finish what is left, without hurting any."""
        for _ in range(6):
            self.app.clocks.advance(minutes=3)
            self._live()

    def _start(self, *, is_victim: bool) -> Worker:
        touched = self.random.choice(self.acknowledged or [""])
        is_touched = self.random.random() < 0.05
        work = partial(_work, self.app, self.waiting, touched if is_touched else "")
        child, heard = _fork(work)
        worker = Worker(child, heard, self.random.uniform(0, _LONGEST) if is_victim else None)
        if is_victim and self.random.random() < 0.1:  # while it starts
            worker.dies_at = time.monotonic() + (worker.dies_after or 0)
        return worker

    def _watch_all(self, workers: list[Worker]) -> None:
        """Kill each victim when its moment comes, and the others once they are idle."""
        left = list(workers)
        try:
            self._until_idle(left)
            while left:
                self.note(left.pop(0).end())
        finally:  # none outlives a failure: whoever waits for the end of our words would wait on
            for worker in left:
                worker.end()

    def _until_idle(self, left: list[Worker]) -> None:
        """Wait until all are idle or killed; those that are killed leave the list."""
        while ears := {worker.heard: worker for worker in left if not worker.is_idle}:
            moments = [one.dies_at for one in left if one.dies_at is not None]
            wait = None if not moments else max(0.0, min(moments) - time.monotonic())
            for ear in select.select(list(ears), [], [], wait)[0]:
                _listen(ears[ear])
            now = time.monotonic()
            for worker in [one for one in left if one.dies_at is not None and one.dies_at <= now]:
                left.remove(worker)
                self.faults["killed"] += 1
                self.note(worker.end())

    def _stop_one(self) -> None:
        """Stop a replica right before it posts, and wake it when others have done its work."""
        self.new_lead()
        child, heard = _fork(partial(_sleep, self.app, self.waiting))
        sleeper = Worker(child, heard, None, told=read_until(heard, b"asleep"))
        self.faults["stopped"] += b"asleep" in sleeper.told
        for seconds in (_LEASE, _QUIET):
            self.app.clocks.advance(seconds=seconds)
            self._live()
        os.kill(child, signal.SIGCONT)
        sleeper.told += read_until(heard, b"idle")
        self.note(sleeper.end())

    def _live(self) -> None:
        """Let one replica do all that there is, in one thread."""
        child, heard = _fork(partial(_do_all, self.app, self.waiting))
        self.note(Worker(child, heard, None, told=read_until(heard, b"idle")).end())


def _listen(worker: Worker) -> None:
    more = os.read(worker.heard, 4096)
    worker.told += more or b" cut "
    if b"open" in worker.told and worker.dies_at is None and worker.dies_after is not None:
        worker.dies_at = time.monotonic() + worker.dies_after


def _fork(work: Any) -> tuple[int, int]:  # noqa: ANN401 - takes where to speak, never returns
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _be(said, work)
    os.close(said)
    return child, heard


def _be(said: int, work: Any) -> NoReturn:  # noqa: ANN401
    """Be a worker until the end comes; one whose database is gone ends, to be started again."""
    try:
        work(said)
        os.write(said, b" idle ")
        while True:
            signal.pause()
    except (DBAPIError, StorageBusy, UnusableDatabase):
        os.write(said, b" cut ")
    except BaseException:
        os.write(said, b" failed ")
        logging.disable(logging.NOTSET)
        logging.getLogger(__name__).exception("A worker failed")
    os._exit(1)


def _work(app: App, waiting: list[str], touched: str, said: int) -> None:
    """Start everything, take leads in, and do what is due."""
    app.start()
    os.write(said, b" open ")
    _take_in(app, waiting, said)
    if touched:
        touch(app, _caller(app), touched)
    for _ in range(3):
        app.drain()


def _do_all(app: App, waiting: list[str], said: int) -> None:
    """Do the same in one thread, so that nothing is under way when it is done."""
    app.open()
    os.write(said, b" open ")
    _take_in(app, waiting, said)
    app.drain()


def _sleep(app: App, waiting: list[str], said: int) -> None:
    """Do all that there is, but stop right before the first message is posted."""
    post = app.slack.post

    def stop_first(**message: Any) -> Any:  # noqa: ANN401 - the gateway's
        app.slack.post = post  # type: ignore[method-assign]
        os.write(said, b" asleep ")
        os.kill(os.getpid(), signal.SIGSTOP)
        return post(**message)

    app.slack.post = stop_first  # type: ignore[method-assign]
    _do_all(app, waiting, said)


def _take_in(app: App, waiting: list[str], said: int) -> None:
    for name in waiting:
        if send(app, _caller(app), name):
            os.write(said, f" {name} ".encode())


def _caller(app: App) -> Caller:
    return Caller(workspace=app.slack.identity().team_id, source="default", is_on=True)


def main() -> None:
    """Run rounds until there were so many faults, and print how it went as JSON."""
    url, clock, slack_url, faults, seed, server = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    app = make_app(url, slack_url, SharedClocks(Path(clock)))
    replicas = Replicas(app, seed=int(seed), server=Path(server))
    while replicas.faults.total() < int(faults):
        replicas.round()
    replicas.settle()
    sys.stdout.write(
        json.dumps(
            {
                "acknowledged": replicas.acknowledged,
                "waiting": replicas.waiting,
                "ends": replicas.ends,
                "faults": replicas.faults,
            }
        )
    )


if __name__ == "__main__":
    main()
