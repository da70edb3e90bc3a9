"""The database: durable, honest about locks, and the same on both engines."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty

from storage import database as module
from storage import timers, workspaces
from storage.columns import NaiveInstant
from storage.database import Database, NestedWrite, StorageBusy, UnsupportedDatabase
from storage.engine_lock import EngineAlreadyRuns
from storage.leases import lease_time, new_token
from storage.tables import checkpoint_table
from storage.timers import NewTimer, TimerKind
from tests.storage.conftest import NOW

SHORT = timedelta(milliseconds=50)


def reach(connection: Connection, name: str, at: datetime = NOW) -> None:
    """Write one row."""
    workspaces.reach(connection, workspace="T1", name=name, at=at)


def reached(database: Database, name: str) -> datetime | None:
    """Read that row."""
    with database.read() as connection:
        return workspaces.reached(connection, workspace="T1", name=name)


def hold(database: Database, take: Callable[[Connection], object]) -> Callable[[], None]:
    """Hold a lock in another thread; return how to let go of it."""
    taken, done = Event(), Event()

    def keep() -> None:
        with database.write() as connection:
            take(connection)
            taken.set()
            done.wait()

    thread = Thread(target=keep)
    thread.start()
    taken.wait()

    def let_go() -> None:
        done.set()
        thread.join()

    return let_go


def test_write_commits_or_leaves_nothing(database: Database) -> None:
    """A transaction that ends is kept; one that raises never happened."""
    with database.write() as connection:
        reach(connection, "kept")

    def fail() -> None:
        with database.write() as connection:
            reach(connection, "gone")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()

    assert reached(database, "kept") == NOW
    assert reached(database, "gone") is None


def test_read_refuses_to_write(database: Database) -> None:
    """The read side cannot change anything, whatever a query says."""
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.read() as connection:
        reach(connection, "x")


def test_reader_does_not_wait_for_the_writer(database: Database) -> None:
    """While somebody writes, readers see the last committed state at once."""
    with database.write() as connection:
        reach(connection, "a")
        assert reached(database, "a") is None

    assert reached(database, "a") == NOW


def test_busy_database_says_so(database: Database) -> None:
    """A lock that stays taken ends in a clear error, and nothing is saved."""
    with database.write() as connection:
        workspaces.save(connection, workspace="T1", name="Acme", timezone="UTC", now=NOW)
    let_go = hold(database, lambda connection: workspaces.lock(connection, workspace="T1"))

    def try_it() -> None:
        with database.write(timeout=SHORT) as connection:
            workspaces.lock(connection, workspace="T1")

    try:
        with pytest.raises(StorageBusy, match="try again") as caught:
            try_it()
    finally:
        let_go()

    assert caught.value.waited == SHORT
    with database.write() as connection:
        workspaces.lock(connection, workspace="T1")


def test_another_program_may_write(url: str, database: Database) -> None:
    """A second program on the same SQLite file waits its turn, then is told that it is busy."""
    other = Database(url)
    with database.write() as connection:
        workspaces.save(connection, workspace="T1", name="Acme", timezone="UTC", now=NOW)
    let_go = hold(other, lambda connection: workspaces.lock(connection, workspace="T1"))

    def try_it() -> None:
        with database.write(timeout=SHORT) as connection:
            workspaces.lock(connection, workspace="T1")

    try:
        with pytest.raises(StorageBusy):
            try_it()
    finally:
        let_go()

    with database.write() as connection:
        workspaces.lock(connection, workspace="T1")
    other.close()


def test_nested_write_is_refused(database: Database) -> None:
    """A second write in the same thread would wait for itself."""
    with database.write(), pytest.raises(NestedWrite), database.write():
        pass

    with database.write() as connection:
        reach(connection, "after")


def test_other_errors_pass_through(database: Database) -> None:
    """Only lock timeouts are called busy."""
    with pytest.raises(DBAPIError) as caught, database.write() as connection:
        connection.execute(text("SELECT * FROM no_such_table"))

    assert not isinstance(caught.value, StorageBusy)


def test_run_repeats_after_a_conflict(database: Database) -> None:
    """Deadlocks and serialization failures are repeated three times, not more."""
    tries = []

    def conflict(connection: Connection) -> str:
        tries.append(1)
        if len(tries) < 4:
            error = sqlite3.OperationalError("deadlock")
            error.sqlstate = "40P01"  # type: ignore[attr-defined]
            raise OperationalError("", {}, error)
        reach(connection, "done")
        return "done"

    assert database.run(conflict) == "done"
    assert len(tries) == 4
    assert reached(database, "done") == NOW


def test_run_gives_up_in_the_end(database: Database) -> None:
    """A conflict that never ends is raised; other errors are raised at once."""
    tries = []

    def fail(code: str) -> None:
        tries.append(code)
        error = sqlite3.OperationalError("broken")
        error.sqlstate = code  # type: ignore[attr-defined]
        raise OperationalError("", {}, error)

    with pytest.raises(OperationalError):
        database.run(lambda _: fail("40001"))
    with pytest.raises(OperationalError):
        database.run(lambda _: fail("42601"))

    assert tries == ["40001"] * 4 + ["42601"]


def test_real_deadlock_is_resolved(database: Database) -> None:
    """Two flows that lock crosswise both finish."""
    with database.write() as connection:
        for name in ("T1", "T2"):
            workspaces.save(connection, workspace=name, name=name, timezone="UTC", now=NOW)
    first_locks = [Event(), Event()]

    def crosswise(me: int) -> None:
        mine, other = (("T1", "T2"), ("T2", "T1"))[me]

        def work(connection: Connection) -> None:
            workspaces.lock(connection, workspace=mine)
            first_locks[me].set()
            if not database.is_sqlite:
                first_locks[1 - me].wait()
            workspaces.lock(connection, workspace=other)
            workspaces.reach(connection, workspace=mine, name="x", at=NOW)

        database.run(work)

    threads = [Thread(target=crosswise, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        for name in ("T1", "T2"):
            assert workspaces.reached(connection, workspace=name, name="x") == NOW


def test_check_then_write_is_safe_under_threads(database: Database) -> None:
    """Eight threads that read, then write what they read plus one, lose no update."""
    with database.write() as connection:
        workspaces.save(connection, workspace="T1", name="Acme", timezone="UTC", now=NOW)

    def add_second(connection: Connection) -> None:
        workspaces.lock(connection, workspace="T1")
        before = workspaces.reached(connection, workspace="T1", name="n") or NOW
        workspaces.reach(connection, workspace="T1", name="n", at=before + timedelta(seconds=1))

    def work() -> None:
        for _ in range(10):
            database.run(add_second)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reached(database, "n") == NOW + timedelta(seconds=80)


def test_commit_wakes_the_engine(database: Database) -> None:
    """Whoever commits something due wakes its own process, after the commit and only then."""
    woken = []
    database.on_wake = lambda: woken.append(reached(database, "with it"))
    with database.write() as connection:
        reach(connection, "quiet")
    assert woken == []

    with database.write() as connection:
        timers.schedule(connection, NewTimer("T1", TimerKind.CLOCK_BREACH, "a", NOW))
        reach(connection, "with it")

    assert woken == [NOW]


def test_instants_are_aware_and_exact(database: Database) -> None:
    """Any zone goes in, UTC comes out, to the microsecond; a naive instant is refused."""
    zone = timezone(timedelta(hours=-5))
    exact = datetime(2026, 11, 23, 4, 0, 0, 123_457, tzinfo=zone)
    with database.write() as connection:
        reach(connection, "a", exact)

    stored = reached(database, "a")

    assert stored == exact
    assert stored is not None
    assert stored.tzinfo is UTC
    with pytest.raises(StatementError) as caught, database.write() as connection:
        reach(connection, "b", datetime(2026, 11, 23, 9))  # noqa: DTZ001 - the point
    assert isinstance(caught.value.orig, NaiveInstant)


instants = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@given(moments=st.lists(instants, min_size=2, max_size=8, unique_by=lambda m: m.astimezone(UTC)))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_instants_sort_as_time_does(database: Database, moments: list[datetime]) -> None:
    """Mixed offsets sort by the moment, not by how it was written."""
    rows = [
        {"workspace": "sort", "name": str(number), "at": moment}
        for number, moment in enumerate(moments)
    ]
    with database.write() as connection:
        connection.execute(checkpoint_table.delete())
        connection.execute(insert(checkpoint_table), rows)

    with database.read() as connection:
        found = connection.execute(
            select(checkpoint_table.c.at).order_by(checkpoint_table.c.at)
        ).scalars()
        assert list(found) == sorted(moments)


def test_leases_follow_the_server_where_there_is_one(url: str) -> None:
    """PostgreSQL judges leases by its own clock; SQLite by the caller's."""
    database = Database(url)
    with database.read() as connection:
        judged = lease_time(connection, wall=NOW)
    database.close()

    assert (judged == NOW) is database.is_sqlite
    assert judged.tzinfo is UTC
    assert new_token() != new_token()


def test_one_engine_for_each_sqlite_file(url: str) -> None:
    """A second engine on the same file is refused until the first lets go."""
    first, second = Database(url), Database(url)
    with first.engine_lock():
        if first.is_sqlite:
            with pytest.raises(EngineAlreadyRuns, match="stop it first"):
                second.engine_lock().acquire()
        else:
            second.engine_lock().acquire()

    with second.engine_lock() as lock:
        lock.release()
    first.close()
    second.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://root:secret@127.0.0.1/handoff"]
)
def test_unsupported_urls_are_refused(url: str) -> None:
    """A database that cannot hold the data is refused at once, without showing its password."""
    with pytest.raises(UnsupportedDatabase, match="HANDOFF_DATABASE_URL") as caught:
        Database(url)

    assert "secret" not in str(caught.value)


def test_sqlite_is_durable(tmp_path: Path) -> None:
    """WAL, a sync at every commit, foreign keys: on writers and readers alike."""
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}

    for side in (database.write, database.read):
        with side() as connection:
            for name, value in wanted.items():
                assert connection.execute(text(f"PRAGMA {name}")).scalar_one() == value
    database.close()


def test_old_sqlite_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor warns of a SQLite that can damage its file, and only of that."""
    monkeypatch.setattr(module.sqlite3, "sqlite_version_info", (3, 51, 2))
    warned = database.advice()
    monkeypatch.setattr(module.sqlite3, "sqlite_version_info", (3, 51, 3))

    assert database.advice() is None
    assert (warned is not None) is database.is_sqlite


def test_exhausted_pools_say_so(database: Database) -> None:
    """When every connection is in use, people are told to try again."""
    for engine in (database._readers, database._writers):
        engine.pool._timeout = 0.01  # type: ignore[attr-defined]
    with ExitStack() as held:
        exhaust(database._readers, held)
        exhaust(database._writers, held)

        with pytest.raises(StorageBusy), database.read():
            pass
        with pytest.raises(StorageBusy), database.write():
            pass


def exhaust(engine: Engine, held: ExitStack) -> None:
    """Take every connection of an engine."""
    with suppress(PoolIsEmpty):
        while True:
            held.enter_context(engine.connect())
