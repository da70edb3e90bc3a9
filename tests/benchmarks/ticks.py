"""P1 to P3: the tick among many timers, and how late what is due at one instant is done."""

import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median

import psycopg
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import text

from bot.watch.loops import Loop
from bot.watch.tick import seconds_until_due, tick
from storage import migrations, timers
from storage.database import Database
from storage.timers import Lane, NewTimer, TimerKind
from tests.benchmarks.crowd import STEP, fill_timers, micros
from tests.benchmarks.goals import Effort, Goal, Sides, in_turns, limit, timed
from tests.benchmarks.world import NOW, WORKSPACE, folder, postgres

_DUE = 500
_CLAIM = """
    WITH due AS (
        SELECT seq FROM timer
        WHERE fired_at IS NULL AND cancelled_at IS NULL AND lane = 'clock' AND due_at <= ?
        ORDER BY due_at, seq LIMIT ?
    )
    UPDATE timer SET fired_at = ? WHERE seq IN (SELECT seq FROM due)
    RETURNING seq, workspace, kind, subject, slot, generation, due_at, attempts
"""
_POSTGRES_CLAIM = """
    WITH due AS (
        SELECT seq FROM timer
        WHERE fired_at IS NULL AND cancelled_at IS NULL AND lane = 'clock' AND due_at <= %(at)s
        ORDER BY due_at, seq LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    UPDATE timer SET fired_at = %(at)s WHERE seq IN (SELECT seq FROM due)
    RETURNING seq, workspace, kind, subject, slot, generation, due_at, attempts
"""
_FILL = f"""
    INSERT INTO timer (workspace, kind, subject, slot, generation, lane, due_at, attempts)
    SELECT '{WORKSPACE}', 'clock.warn', 'ld_' || n, '50', 1, 'clock',
        CAST(:due AS timestamptz) + n * interval '{STEP} microseconds', 0
    FROM generate_series(0, :count - 1) AS n
"""
_NOTHING = {kind: lambda _connection, _timer, _now: None for kind in TimerKind}

#: When jobs of APScheduler ran, by the monotonic clock; they are called by name.
ran_at: list[float] = []


def many_open(effort: Effort) -> Iterator[Goal]:
    """Measure a claim of 500 among many open timers, and the whole tick around it."""
    whole, few = effort.choose(1_000_000, 200_000), 10_000
    rounds = effort.choose(9, 5)
    with folder() as path:
        for size in (few, whole):
            _make(path / f"{size}.db", count_=size)
            shutil.copy(path / f"{size}.db", path / f"{size}.raw.db")
        small, large = (_Claims(f"sqlite:///{path}/{size}.db") for size in (few, whole))
        try:
            with closing(_raw(path / f"{whole}.raw.db")) as raw:
                bare = _bare(raw)
                yield in_turns(large.claim, lambda: next(bare), rounds=3 * rounds).goal(
                    goal="P1",
                    what=f"claim of {_DUE} due among {whole:,} open timers",
                    peer_name="bare UPDATE in sqlite3",
                    most=1.5,
                )
            yield in_turns(large.claim, small.claim, rounds=rounds).goal(
                goal="P1",
                what=f"claim of {_DUE} among {whole:,} against {few:,}",
                peer_name=f"among {few:,}",
                most=1.2,
            )
            yield in_turns(large.tick, small.tick, rounds=3).goal(
                goal="P1",
                what=f"ticks of {_DUE}, effects left out",
                peer_name=f"among {few:,}",
            )
        finally:
            small.close()
            large.close()
    yield from _on_postgres(effort)


def _on_postgres(effort: Effort) -> Iterator[Goal]:
    """Measure the claim against the bare statement in psycopg, on databases that are twins."""
    size = effort.choose(1_000_000, 100_000)
    with postgres() as url:
        database = Database(url)
        migrations.upgrade(database)
        with database.write() as connection:
            connection.execute(text(_FILL), {"count": size, "due": NOW})
        database.close()
        with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
            server.execute("CREATE DATABASE raw TEMPLATE bench")
        ours, instants = _Claims(url), _instants()
        with psycopg.connect(url, dbname="raw") as raw:

            def bare() -> None:
                now = next(instants)
                found = raw.execute(_POSTGRES_CLAIM, {"at": now, "most": _DUE}).fetchall()
                raw.commit()
                assert len(found) == _DUE, len(found)

            sides = in_turns(ours.claim, bare, rounds=effort.choose(9, 5))
        ours.close()
    yield sides.goal(
        goal="P1",
        what=f"claim of {_DUE} due among {size:,} on PostgreSQL",
        peer_name="bare UPDATE in psycopg",
        most=1.5,
    )


def hundred_at_once(effort: Effort) -> Iterator[Goal]:
    """Measure how late 100 timers of one instant are done."""
    sides = Sides()
    for _ in range(effort.choose(5, 2)):
        ours, theirs = _lateness(100), _lateness_of_apscheduler(100)
        assert len(ours) == 100, "every timer is done, once"
        sides.ours.append(max(ours))
        sides.peer.append(max(theirs))
    yield limit(
        goal="P2",
        what="lateness of the last of 100 timers due at one instant",
        ours=median(sides.ours) * 1000,
        most=5,
        unit="ms",
    )
    yield sides.goal(
        goal="P2",
        what="the same against one job a lead",
        peer_name="APScheduler",
        least=20,
    )


def many_at_once(effort: Effort) -> Iterator[Goal]:
    """Count what of 1,500 timers of one instant is lost."""
    number = effort.choose(1_500, 500)
    ours, theirs = _lateness(number), _lateness_of_apscheduler(number)
    yield Goal(
        goal="P3",
        what=f"timers lost of {number:,} due at one instant",
        ours=number - len(ours),
        peer=number - len(theirs),
        peer_name="APScheduler",
        unit="",
        ratio=len(ours) / number,
        wanted="0 lost",
        met=len(ours) == number,
    )
    yield Sides([max(ours)], [max(theirs)]).goal(
        goal="P3", what=f"lateness of the last of {number:,}", peer_name="APScheduler"
    )


class _Claims:
    """The product's own claim and tick on a database, each time of the next 500."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, server_time=False)
        self._instants = _instants()

    def claim(self) -> None:
        now = next(self._instants)
        found = self._database.run(
            lambda connection: timers.claim(connection, now=now, wall=now, limit=_DUE)
        )
        assert len(found) == _DUE, len(found)

    def tick(self) -> None:
        now, done = next(self._instants), 0
        while batch := tick(database=self._database, handlers=_NOTHING, now=now, wall=now):
            done += batch
        assert done == _DUE, done

    def close(self) -> None:
        self._database.close()


def _instants() -> Iterator[datetime]:
    """Yield instants at each of which 500 more are due."""
    return (NOW + timedelta(microseconds=(_DUE * number - 1) * STEP) for number in count(1))


def _bare(raw: sqlite3.Connection) -> Iterator[None]:
    for now in _instants():
        at = micros(now)
        raw.execute("BEGIN IMMEDIATE")
        found = raw.execute(_CLAIM, (at, _DUE, at)).fetchall()
        raw.execute("COMMIT")
        assert len(found) == _DUE, len(found)
        yield


def _make(path: Path, *, count_: int) -> None:
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    fill_timers(path, count=count_, due=NOW)


def _raw(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _lateness(number: int) -> list[float]:
    """Return how late each of so many timers was done: its tick's commit after its instant."""
    late: list[float] = []
    with folder() as path:
        database = Database(f"sqlite:///{path}/ours.db")
        migrations.upgrade(database)
        due_at = datetime.now(UTC) + timedelta(seconds=1)
        zero = time.monotonic() + (due_at - datetime.now(UTC)).total_seconds()
        new = [
            NewTimer(WORKSPACE, TimerKind.CLOCK_WARN, f"lead {n}", due_at) for n in range(number)
        ]
        database.run(lambda connection: timers.schedule(connection, *new))

        def work() -> int:
            now = datetime.now(UTC)
            done = tick(database=database, handlers=_NOTHING, now=now, wall=now)
            late.extend([time.monotonic() - zero] * done)
            return done

        loop = Loop(
            name="tick",
            work=work,
            monotonic=time.monotonic,
            sleep=lambda: seconds_until_due(
                database=database,
                lane=Lane.CLOCK,
                seconds_until=lambda at: (at - datetime.now(UTC)).total_seconds(),
                wall=datetime.now(UTC),
            ),
        )
        thread = loop.start()
        _wait_for(late, number)
        loop.stop()
        thread.join()
        database.close()
    return late


def ran() -> None:
    """Note that a job of APScheduler runs."""
    ran_at.append(time.monotonic())


def _lateness_of_apscheduler(number: int) -> list[float]:
    """Return how late jobs of one instant ran, one job a lead in a table; its defaults."""
    ran_at.clear()
    with folder() as path, _peers_trouble_in_words():
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{path}/jobs.db")},
            timezone="UTC",
        )
        scheduler.start(paused=True)
        far = datetime.now(UTC) + timedelta(days=365)
        adding = timed(lambda: [scheduler.add_job(ran, "date", run_date=far) for _ in range(50)])
        seconds = 2 + 2 * number * adding / 50  # they must all be there before they are due
        due_at = datetime.now(UTC) + timedelta(seconds=seconds)
        zero = time.monotonic() + (due_at - datetime.now(UTC)).total_seconds()
        for one in range(number):
            scheduler.add_job(ran, "date", run_date=due_at, id=f"lead {one}")
        assert time.monotonic() < zero, "the jobs are there before they are due"
        scheduler.resume()
        _wait_for(ran_at, number, until=zero)
        scheduler.shutdown()
    return [at - zero for at in ran_at]


@contextmanager
def _peers_trouble_in_words() -> Iterator[None]:
    """Tell in one line what ended the peer's own thread; of any other thread tell everything."""

    def tell(ended: threading.ExceptHookArgs) -> None:
        if ended.thread is None or ended.thread.name != "APScheduler":
            threading.__excepthook__(ended)
            return
        what = f"{ended.exc_type.__name__}: {ended.exc_value}"
        sys.stderr.write(f"APScheduler's thread ended by itself, with jobs undone: {what}\n")

    before, threading.excepthook = threading.excepthook, tell
    try:
        yield
    finally:
        threading.excepthook = before


def _wait_for(found: list[float], number: int, *, until: float = 0) -> None:
    """Wait until so many are there, or nothing has come for two seconds."""
    last, since = -1, time.monotonic()
    while len(found) < number:
        if len(found) != last or time.monotonic() < until:
            last, since = len(found), time.monotonic()
        if time.monotonic() - since > 2:
            return
        time.sleep(0.01)


GOALS = {"P1": many_open, "P2": hundred_at_once, "P3": many_at_once}
