"""Many open leads and timers in a SQLite file: copies of a real one, made by single statements."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.flows.lead.receive import receive_leads
from handoff.audit import AuditFact
from storage import audit
from tests.benchmarks.world import NOW, WORKSPACE, World, lead

#: Owners who share the crowd, so that nobody has more than people have.
OWNERS = 2_000

#: Between the due instants of two neighbours, in microseconds.
STEP = 1_000

#: Where the copied audit facts begin, and how many of the product's own end the chain: the
#: auditor, which must find nothing here, recomputes that many.
_AFTER, _TRUE_FACTS = 1_000, 1_001

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL"
)
_FAST = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000")


def owners() -> list[str]:
    """Return the Slack ids of those who share the crowd's leads."""
    return [f"UCROWD{number}" for number in range(OWNERS)]


def micros(instant: datetime) -> int:
    """Return an instant as SQLite stores it."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def fill_timers(path: Path, *, count: int, due: datetime) -> None:
    """Put in timers that become due one after another, from `due` on, `STEP` apart."""
    values = {
        "workspace": "'T0NORTHWND'",
        "kind": "'clock.warn'",
        "subject": "'ld_' || printf('%026d', n)",
        "slot": "'50'",
        "generation": "1",
        "lane": "'clock'",
        "due_at": f"{micros(due)} + n * {STEP}",
        "attempts": "0",
    }
    with closing(_quick(path)) as connection:
        _fill(connection, "timer", values, count)
        connection.execute("PRAGMA journal_mode=WAL")


def fill_leads(world: World, *, count: int, at: datetime = NOW, owners: int = OWNERS) -> None:
    """Put in open leads, each with an owner, an assignment, its breach timer and its first fact.

    The world's database must not be in use. Its first lead is taken in by the product, and the
    others are copies of it with names, owners and instants of their own; all are due some days
    after `at`, and so many owners have as many each.
    """
    receive_leads(
        database=world.database,
        caller=world.caller,
        items=[lead(-1)],
        key=None,
        now=at,
        wall=at,
    )
    world.database.close()
    own = {
        "id": "'ld_' || printf('%026d', n)",
        "root": "'ld_' || printf('%026d', n)",
        "external_id": "NULL",
        "email_key": "'crowd' || n || '@crowd' || n || '.example'",
        "domain": "'crowd' || n || '.example'",
        "owner": f"'UCROWD' || (n % {owners})",
        "due_at": f"{micros(at + timedelta(days=3))} + n * {STEP}",
    }
    told = micros(at - timedelta(days=5))
    with closing(_quick(world.path)) as connection:
        _copy(connection, "lead", own, count)
        _copy(
            connection,
            "assignment",
            {"lead": own["id"], "rep": own["owner"], "at": str(told), "notify_at": str(told)},
            count,
        )
        _copy(
            connection,
            "timer",
            {"seq": "NULL", "subject": own["id"], "due_at": own["due_at"]},
            count,
            where="kind = 'clock.breach'",
        )
        _copy(
            connection,
            "audit_fact",
            {"seq": f"{_AFTER} + n", "subject": own["id"]},
            count,
            where=f"kind = '{AuditFact.CLOCK_STARTED}'",
        )
        connection.execute("UPDATE audit_head SET seq = ?", (_AFTER + count - 1,))
        connection.execute("PRAGMA journal_mode=WAL")
    world.database.run(_chain)
    world.database.close()


def _chain(connection: Connection) -> None:
    """Let as many true facts follow the copied ones as the auditor recomputes."""
    head = "UPDATE audit_head SET hash = (SELECT hash FROM audit_fact ORDER BY seq DESC LIMIT 1)"
    connection.exec_driver_sql(head)
    for number in range(_TRUE_FACTS):
        audit.record(
            connection,
            workspace=WORKSPACE,
            kind=AuditFact.DIRECTORY_CHANGED,
            actor="bench",
            subject=str(number),
            now=NOW,
        )


def _copy(
    connection: sqlite3.Connection,
    table: str,
    changed: Mapping[str, str],
    count: int,
    *,
    where: str = "true",
) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = {name: changed.get(name, f'"{name}"') for name in columns}
    source = f", (SELECT * FROM {table} WHERE {where} LIMIT 1)"
    _fill(connection, table, values, count, source=source)


def _fill(
    connection: sqlite3.Connection,
    table: str,
    values: Mapping[str, str],
    count: int,
    *,
    source: str = "",
) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    # Sorting all at the end takes a third of the time of finding each row's place in each index.
    indexes = connection.execute(_INDEXES, (table,)).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    connection.execute(
        f"WITH RECURSIVE numbers(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM numbers "
        f"WHERE n + 1 < {count}) "
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM numbers{source}"
    )
    for _, made in indexes:
        connection.execute(made)


def _quick(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _FAST:
        connection.execute(f"PRAGMA {pragma}")
    return connection
