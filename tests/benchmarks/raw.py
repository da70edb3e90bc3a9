"""The limit of storing leads: the same rows, put in by the bare driver with the same commits."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

#: What one lead leaves behind, parents first, with the column that names the lead.
TABLES: Mapping[str, str] = {
    "lead": "id",
    "lead_alias": "lead",
    "assignment": "lead",
    "timer": "subject",
    "outbox": "subject",
    "audit_fact": "subject",
}

#: What every commit sets anew: the credits of the rotation, and the end of the audit chain.
UPSERTS: Mapping[str, str] = {
    "pod_turn": "INSERT INTO pod_turn (workspace, pods, key, rep, credit, count) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, pods, key, rep) "
    "DO UPDATE SET credit = excluded.credit, count = excluded.count",
    "audit_head": "INSERT INTO audit_head (workspace, seq, hash) VALUES (?, ?, ?) "
    "ON CONFLICT (workspace) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
}

#: Rows of one commit by table.
Rows = Mapping[str, list[tuple[Any, ...]]]


class RawSqlite:
    """A twin of a SQLite file that is written by `sqlite3` alone."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.original = original
        twin = folder / "raw.db"
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(twin)) as copy:
            source.backup(copy)
        self._connection = sqlite3.connect(twin, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._statements: dict[str, str] = dict(UPSERTS)
        self._seen: dict[str, int] = {}
        with closing(sqlite3.connect(original)) as source:
            for table in TABLES:
                columns = len(source.execute(f"PRAGMA table_info({table})").fetchall())
                marks = ", ".join("?" * columns)
                self._statements[table] = f"INSERT INTO {table} VALUES ({marks})"
                self._seen[table] = _last(source, table)

    def new_rows(self, *, each: int) -> list[Rows]:
        """Return what was stored in the original since the last call, `each` leads a commit."""
        commits: list[dict[str, list[tuple[Any, ...]]]] = []
        with closing(sqlite3.connect(self.original)) as source:
            place: dict[str, int] = {}
            for table, column in TABLES.items():
                found = source.execute(
                    f"SELECT {column}, {table}.* FROM {table} WHERE rowid > ? ORDER BY rowid",
                    (self._seen[table],),
                )
                for subject, *row in found:
                    number = place.setdefault(subject, len(place)) // each
                    while number >= len(commits):
                        commits.append({name: [] for name in TABLES})
                    commits[number][table].append(tuple(row))
                self._seen[table] = _last(source, table)
            credits = source.execute(
                "SELECT workspace, pods, key, rep, credit, count FROM pod_turn"
            ).fetchall()
        for rows in commits:
            rows["pod_turn"] = credits
            workspace, seq, *_, hashed = rows["audit_fact"][-1]
            rows["audit_head"] = [(workspace, seq, hashed)]
        return commits

    def store(self, commits: Iterable[Rows]) -> None:
        """Put rows in: `executemany` for each table, one durable commit for each group."""
        execute, many = self._connection.execute, self._connection.executemany
        for rows in commits:
            execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                many(self._statements[table], values)
            execute("COMMIT")

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return what a table has."""
        return self._connection.execute(f"SELECT * FROM {table}").fetchall()

    def close(self) -> None:
        """Close the twin."""
        self._connection.close()


def _last(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])
