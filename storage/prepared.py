"""Inserts whose text and binding are worked out once, for what every lead writes."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

_Row: TypeAlias = Mapping[str, Any]
_Bind: TypeAlias = Callable[[_Row], Any]


class Prepared:
    """An insert that is compiled once for each database.

    SQLAlchemy works out anew for every row which value goes where and what becomes of it; for
    the rows of a lead that takes longer than the database needs to store them.

    Args:
        statements: As `for_each_database()` built them; without `RETURNING` and without lists.
    """

    def __init__(self, statements: Mapping[str, SqliteInsert | PostgresqlInsert]) -> None:
        self._statements = statements
        self._ready: dict[str, tuple[str, _Bind]] = {}

    def run(self, connection: Connection, rows: Sequence[_Row]) -> int:
        """Insert rows and return how many were inserted or updated.

        Args:
            connection: The connection of `Database.write()`.
            rows: At least one; each names the columns that the very first row of all named.
        """
        dialect = connection.dialect
        if dialect.name not in self._ready:
            self._ready[dialect.name] = self._prepare(dialect, list(rows[0]))
        text, bind = self._ready[dialect.name]
        bound = bind(rows[0]) if len(rows) == 1 else [bind(row) for row in rows]
        # Without the option the number of inserted rows is lost on PostgreSQL.
        done = connection.exec_driver_sql(
            text, bound, execution_options={"preserve_rowcount": True}
        )
        return done.rowcount

    def _prepare(self, dialect: Dialect, columns: list[str]) -> tuple[str, _Bind]:
        compiled = self._statements[dialect.name].compile(dialect=dialect, column_keys=columns)
        process = {
            name: processor
            for name, bound in compiled.binds.items()
            if (processor := bound.type.dialect_impl(dialect).bind_processor(dialect))
        }
        fixed = {
            name: process[name](value) if name in process else value
            for name, value in compiled.params.items()
            if name not in columns
        }
        given = {name: process[name] for name in columns if name in process}
        bind = _named(fixed, given)
        order = compiled.positiontup  # None with psycopg, which binds by name
        return compiled.string, bind if order is None else _in_order(order, bind)


def _named(fixed: _Row, given: Mapping[str, Callable[[Any], Any]]) -> _Bind:
    def bind(row: _Row) -> dict[str, Any]:
        bound = {**fixed, **row}
        for name, process in given.items():
            bound[name] = process(bound[name])
        return bound

    return bind


def _in_order(order: Sequence[str], bind: _Bind) -> _Bind:
    pick = itemgetter(*order)
    return lambda row: pick(bind(row))
