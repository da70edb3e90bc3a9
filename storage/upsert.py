"""`INSERT … ON CONFLICT`, which both databases know and SQLAlchemy spells once for each."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

InsertInto: TypeAlias = Callable[[Table], SqliteInsert]


def for_each_database(
    build: Callable[[InsertInto], SqliteInsert],
) -> Mapping[str, SqliteInsert | PostgresqlInsert]:
    """Build one statement for each database, by the name of its dialect.

    Args:
        build: Receives the dialect's `insert` and returns the finished statement; it may use
            only what both dialects have (`on_conflict_do_nothing`, `on_conflict_do_update`,
            `excluded`).

    Returns:
        Statements whose result tells in `rowcount` how many rows were inserted or updated.
    """
    statements: dict[str, SqliteInsert | PostgresqlInsert] = {
        "sqlite": build(insert_into_sqlite),
        "postgresql": build(postgresql.insert),  # type: ignore[arg-type]  # the same interface
    }
    # Without the option the number of inserted rows is lost on PostgreSQL.
    return {
        dialect: statement.execution_options(preserve_rowcount=True)
        for dialect, statement in statements.items()
    }
