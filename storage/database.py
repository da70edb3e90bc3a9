"""One small class before two databases: SQLite in one process, PostgreSQL for several."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty

from storage import audit
from storage.engine_lock import EngineLock
from storage.prepared import run_on_sqlite
from storage.transaction import begin_notes, drop_facts_with_savepoints, end_notes

_Result = TypeVar("_Result")

#: How long a writer waits for its turn unless it says otherwise. Slack listeners say less.
LOCK_TIMEOUT = timedelta(seconds=10)

#: Older SQLite may corrupt a WAL when one connection writes while another checkpoints.
SOUND_SQLITE = (3, 51, 3)

_CONFLICT_RETRIES = 3
_CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock detected
_LOCK_NOT_AVAILABLE = "55P03"
_CONNECTIONS = 8  # in each pool, and as many more for a rush


class StorageBusy(RuntimeError):
    """The database is busy with other work. Nothing was saved; please try again in a moment."""

    def __init__(self, waited: timedelta) -> None:
        super().__init__(self.__doc__)
        self.waited = waited


class NestedWrite(RuntimeError):
    """This thread already writes; pass its connection on instead of opening another write."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class UnsupportedDatabase(ValueError):
    """Handoff keeps its data in a SQLite file or in PostgreSQL; check HANDOFF_DATABASE_URL."""

    def __init__(self, url: URL | None) -> None:
        got = f"Got {url.render_as_string(hide_password=True)}." if url is not None else _SHAPES
        super().__init__(f"{self.__doc__} {got}")
        self.url = url


#: What cannot be read is not repeated: there may be a password in it.
_SHAPES = "It looks like sqlite:///handoff.db or postgresql://user:password@host/name."


class UnusableDatabase(RuntimeError):
    """Check HANDOFF_DATABASE_URL, and that the file or server may be written to from here."""

    def __init__(self, error: BaseException) -> None:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
        super().__init__(f"The database cannot be opened: {reason}. {self.__doc__}")


@contextmanager
def explained() -> Iterator[None]:
    """Say in a sentence what the database's driver complains about.

    Raises:
        UnusableDatabase: for each such complaint.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise  # a mistake of ours, about which nobody else can do anything
    except (DBAPIError, sqlite3.Error) as exc:
        raise UnusableDatabase(exc) from exc


#: What a new lead is looked for by.
_LOOKED_FOR = "lead (workspace, email_key, domain, owner), assignment (workspace, rep, notify_at)"


class Database:
    """The one door to what is remembered. Safe to share between threads.

    Args:
        url: `sqlite:///path/to/file.db` or `postgresql://user@host/name`.
        on_wake: Called after each commit that made something due, in the committing thread;
            must be quick and must not raise (set an event).
        server_time: Judge leases by PostgreSQL's own clock. Tests that step a fake wall clock
            switch it off. Means nothing on SQLite.

    Raises:
        UnsupportedDatabase: for any other kind of URL, for what is none, and for SQLite in
            memory, where every thread would see a database of its own.
    """

    def __init__(
        self, url: str, *, on_wake: Callable[[], None] | None = None, server_time: bool = True
    ) -> None:
        self.url = _normalised(_read_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        #: Called after each commit that made something due. May be set once the app is built.
        self.on_wake = on_wake
        self._turn = threading.Lock()
        self._writer_kept: Connection | None = None
        self._writing = threading.local()
        if self.is_sqlite:
            self._writers, self._readers = _sqlite_engines(self.url)
        else:
            self._writers, self._readers = _postgresql_engines(self.url, server_time=server_time)
        drop_facts_with_savepoints(self._writers)

    @contextmanager
    def patience(self, timeout: timedelta) -> Iterator[None]:
        """Let this thread's writers wait for so long, unless they say otherwise themselves."""
        before = getattr(self._writing, "patience", LOCK_TIMEOUT)
        self._writing.patience = timeout
        try:
            yield
        finally:
            self._writing.patience = before

    @contextmanager
    def write(self, *, timeout: timedelta | None = None) -> Iterator[Connection]:
        """Open one write transaction: committed at the end, rolled back on any exception.

        The audit facts recorded inside are chained just before the commit. Use `run()` for
        flows, which repeats them after a conflict.

        Args:
            timeout: How long to wait for the lock, in real time; None for the `patience()` of
                this thread.

        Raises:
            StorageBusy: if a lock was not free in time; nothing was saved.
            NestedWrite: if this thread is inside another write.
        """
        if getattr(self._writing, "now", False):
            raise NestedWrite
        if timeout is None:
            timeout = getattr(self._writing, "patience", LOCK_TIMEOUT)
        self._writing.now = True
        try:
            with self._writer(timeout) as connection:
                notes = begin_notes(connection)
                try:
                    with connection.begin():
                        _bound_waiting(connection, timeout)
                        yield connection
                        audit.seal(connection)
                finally:
                    end_notes(connection)
        except PoolIsEmpty as exc:
            raise StorageBusy(timeout) from exc
        except OperationalError as exc:
            if _is_lock_timeout(exc):
                raise StorageBusy(timeout) from exc
            raise
        finally:
            self._writing.now = False
        if notes.wake and self.on_wake is not None:
            self.on_wake()

    def run(
        self, work: Callable[[Connection], _Result], *, timeout: timedelta | None = None
    ) -> _Result:
        """Run `work` in one write transaction, again up to three times after a conflict.

        Args:
            work: Loads, decides and saves; has no effect outside the transaction, so that it
                may be repeated.
            timeout: How long to wait for the lock at each attempt, as `write()`.

        Returns:
            What `work` returned in the attempt that was committed.

        Raises:
            StorageBusy: as `write()`.
        """
        for _ in range(_CONFLICT_RETRIES):
            try:
                with self.write(timeout=timeout) as connection:
                    return work(connection)
            except DBAPIError as exc:
                if _sqlstate(exc) not in _CONFLICTS:
                    raise
        with self.write(timeout=timeout) as connection:
            return work(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one read transaction; the database refuses any write in it.

        Raises:
            StorageBusy: if all read connections stay in use.
        """
        try:
            with self._readers.begin() as connection:
                yield connection
        except PoolIsEmpty as exc:
            raise StorageBusy(LOCK_TIMEOUT) from exc

    def engine_lock(self) -> EngineLock:
        """Return the lock that `handoff run` holds while it ticks and delivers."""
        return EngineLock(Path(f"{self.url.database}.lock") if self.is_sqlite else None)

    def advice(self) -> str | None:
        """Return what the person who deploys should know about the database, or None."""
        if not self.is_sqlite or sqlite3.sqlite_version_info >= SOUND_SQLITE:
            return None
        wanted = ".".join(map(str, SOUND_SQLITE))
        return (
            f"SQLite is {sqlite3.sqlite_version}; use {wanted} or later. Older versions can, "
            "very rarely, damage a database that one program writes while another one does."
        )

    def count_rows(self) -> None:
        """Let PostgreSQL count anew by what leads are looked for, in the middle of a large import.

        It counts by itself a minute after much has changed. Until then it takes its tables for as
        small as they were, and goes through all leads for each question about some of them.
        """
        if not self.is_sqlite:
            with self.write() as connection:
                connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {_LOOKED_FOR}")

    def close(self) -> None:
        """Close every connection. Wait for the threads that use them first."""
        self._readers.dispose()
        if self._writer_kept is not None:
            self._writer_kept.close()
            self._writer_kept = None
        self._writers.dispose()

    @contextmanager
    def _writer(self, timeout: timedelta) -> Iterator[Connection]:
        """Lend a connection for writing; on SQLite after waiting for this process's turn."""
        if not self.is_sqlite:
            with self._writers.connect() as connection:
                yield connection
            return
        # A lock in front of SQLite's own: writers queue fairly instead of polling (a fifteenth
        # of the p99 at 40 writers), and the only pooled connection is free once it is held.
        if not self._turn.acquire(timeout=timeout.total_seconds()):
            raise StorageBusy(timeout)
        try:
            with self._one_connection() as connection:
                connection.info["wait"] = timeout
                yield connection
        finally:
            self._turn.release()

    @contextmanager
    def _one_connection(self) -> Iterator[Connection]:
        """Lend SQLite's one writing connection; it stays out of its pool while all goes well.

        Fetching it and giving it back takes as long as three statements.
        """
        connection = self._writer_kept or self._writers.connect()
        self._writer_kept = None
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._writer_kept = connection


def _read_url(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise UnsupportedDatabase(None) from None


def _normalised(url: URL) -> URL:
    """Choose the driver, and refuse what cannot hold the data."""
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and ":memory:" not in url.database:
        return url.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise UnsupportedDatabase(url)


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    """Make one connection that writes, and a pool that only reads."""
    writers = create_engine(url, pool_size=1, max_overflow=0)
    patience = LOCK_TIMEOUT.total_seconds()
    readers = create_engine(
        url, pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS, pool_timeout=patience
    )
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")

    def prepare(connection: sqlite3.Connection, *settings: str) -> None:
        connection.isolation_level = None  # the driver must not begin behind our back
        wait = int(LOCK_TIMEOUT.total_seconds() * 1000)
        for setting in (f"busy_timeout={wait}", *settings):
            connection.execute(f"PRAGMA {setting}")

    def begin_write(connection: Connection) -> None:
        wait = connection.info.pop("wait", LOCK_TIMEOUT)
        if connection.info.get("busy_timeout", LOCK_TIMEOUT) != wait:
            milliseconds = int(wait.total_seconds() * 1000)
            run_on_sqlite(connection, f"PRAGMA busy_timeout={milliseconds}")
            connection.info["busy_timeout"] = wait
        run_on_sqlite(connection, "BEGIN IMMEDIATE")

    event.listen(writers, "connect", lambda raw, _: prepare(raw, *pragmas))
    event.listen(readers, "connect", lambda raw, _: prepare(raw, *pragmas, "query_only=ON"))
    event.listen(writers, "begin", begin_write)
    event.listen(readers, "begin", lambda connection: run_on_sqlite(connection, "BEGIN"))
    return writers, readers


def _postgresql_engines(url: URL, *, server_time: bool) -> tuple[Engine, Engine]:
    """Make a pool that writes, and a pool that only reads."""
    options: dict[str, Any] = {"server_time": server_time}

    def prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg loads lazily
        wait = int(LOCK_TIMEOUT.total_seconds() * 1000)
        connection.execute("SET timezone = 'UTC'")
        connection.execute(f"SET lock_timeout = {wait}")
        connection.commit()

    def pool(isolation: str, **execution_options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's
        engine = create_engine(
            url,
            pool_pre_ping=True,  # a restarted server is noticed before work begins
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            pool_timeout=LOCK_TIMEOUT.total_seconds(),
            isolation_level=isolation,
            execution_options=options | execution_options,
        )
        event.listen(engine, "connect", prepare)
        return engine

    # Whoever reads sees one moment, as on SQLite; that never conflicts with anybody.
    return pool("READ COMMITTED"), pool("REPEATABLE READ", postgresql_readonly=True)


def _bound_waiting(connection: Connection, timeout: timedelta) -> None:
    """Tell PostgreSQL how long this transaction may wait for a row; SQLite knows by now."""
    if connection.dialect.name == "postgresql" and timeout != LOCK_TIMEOUT:
        milliseconds = int(timeout.total_seconds() * 1000)
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))


def _sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-letter code, or None from SQLite."""
    return getattr(error.orig, "sqlstate", None)


def _is_lock_timeout(error: OperationalError) -> bool:
    """Tell a lock that stayed taken from every other trouble of the database."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    is_busy = code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return is_busy or _sqlstate(error) == _LOCK_NOT_AVAILABLE
