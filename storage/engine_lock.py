"""One engine for each SQLite file: tick and delivery run in one process only."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self


class EngineAlreadyRuns(RuntimeError):
    """Another `handoff run` already works on this database; stop it first, or use PostgreSQL."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{self.__doc__} ({path})")
        self.path = path


class EngineLock:
    """The right to tick and to deliver, held until `release()` or until the process dies.

    The lock is an exclusive transaction on an empty SQLite file beside the database: SQLite's
    own file locks work on every platform, refuse a second holder within one process as well,
    and are let go by the operating system when the process is killed.

    Args:
        path: The lock's file, beside the database, or None where many engines may run
            (PostgreSQL coordinates them by row locks).
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._holder: sqlite3.Connection | None = None

    def acquire(self) -> None:
        """Take the lock, without waiting.

        Raises:
            EngineAlreadyRuns: if any process holds it.
        """
        if self._path is None:
            return
        holder = sqlite3.connect(
            self._path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            holder.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as exc:
            holder.close()
            raise EngineAlreadyRuns(self._path) from exc
        self._holder = holder

    def release(self) -> None:
        """Let go of the lock. Releasing twice does nothing."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
