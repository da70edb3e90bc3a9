"""Statements whose text and binding are worked out once, for what every lead asks and writes.

SQLAlchemy works out anew, for every call, which value goes where and what becomes of it; for the
small statements of one lead that takes several times as long as the database needs for them.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import BindParameter, Connection, Dialect, Table, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from storage.columns import Instant, instant_as_text
from storage.upsert import for_each_database

_Thing = TypeVar("_Thing")
_Row: TypeAlias = Mapping[str, Any]
_Bound: TypeAlias = Any  # a tuple or a mapping by the driver's taste, or a list of those
_Bind: TypeAlias = Callable[[_Row], _Bound]
_Processor: TypeAlias = Callable[[Any], Any]
_Read: TypeAlias = Callable[[Sequence[Any]], tuple[Any, ...]]

#: How many lengths of its lists a query remembers on SQLite.
_MOST_LENGTHS = 64
#: A COPY asks the server once more than an insert does.
_WORTH_A_COPY = 5
_NONE: Mapping[str, Sequence[str]] = {}


class Prepared:
    """An insert that is compiled once for each database.

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
        if dialect.name == "sqlite":
            return run_on_sqlite(connection, text, bound).rowcount
        # Elsewhere SQLAlchemy runs it, which notices a connection that broke. Without the
        # option the number of inserted rows is lost on PostgreSQL.
        options = {"preserve_rowcount": True}
        return connection.exec_driver_sql(text, bound, execution_options=options).rowcount

    def _prepare(self, dialect: Dialect, columns: list[str]) -> tuple[str, _Bind]:
        compiled = self._statements[dialect.name].compile(dialect=dialect, column_keys=columns)
        process = _bind_processors(compiled, dialect)
        fixed = {
            name: process[name](value) if name in process else value
            for name, value in compiled.params.items()
            if name not in columns
        }
        given = {name: process[name] for name in columns if name in process}
        order = compiled.positiontup  # None with psycopg, which binds by name
        if order is not None and not fixed:
            return compiled.string, _picked(order, given)
        bind = _named(fixed, given)
        return compiled.string, bind if order is None else _in_order(order, bind)


class Fresh:
    """Rows that are put in for the first time, many at once: with COPY where there is one.

    PostgreSQL takes a third of the time for them that it takes for inserts one by one.

    Args:
        table: Where they belong.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._insert = Prepared(for_each_database(lambda into: into(table)))
        self._copy: tuple[str, _Bind] | None = None

    def add(
        self, connection: Connection, things: Sequence[_Thing], as_row: Callable[[_Thing], _Row]
    ) -> None:
        """Put rows in.

        Args:
            connection: The connection of `Database.write()`.
            things: What the rows are made of.
            as_row: Makes a row, and is called for one thing after the other, for the server
                stores meanwhile; each row names the columns that the very first of all named.

        Raises:
            sqlalchemy.exc.IntegrityError: if one is there already, after all; nothing of the
                transaction can be kept then.
        """
        if not things:
            return
        rows = map(as_row, things)
        if connection.dialect.name == "sqlite" or len(things) < _WORTH_A_COPY:
            self._insert.run(connection, list(rows))
            return
        first = next(rows)
        if self._copy is None:
            self._copy = self._prepare(connection.dialect, list(first))
        text, bind = self._copy
        copy_to_postgresql(connection, text, map(bind, chain([first], rows)))

    def _prepare(self, dialect: Dialect, columns: list[str]) -> tuple[str, _Bind]:
        quote = dialect.identifier_preparer.quote
        names = ", ".join(map(quote, columns))
        process = {
            name: processor
            for name in columns
            if (processor := _copy_processor(self._table.c[name].type, dialect))
        }
        return f"COPY {quote(self._table.name)} ({names}) FROM STDIN", _picked(columns, process)


class Query:
    """A query (or a change with `RETURNING`) that is compiled once for each database.

    Args:
        statement: Its values are named by `bindparam()`; lists are of text and expand.
    """

    def __init__(self, statement: ReturnsRows) -> None:
        self._statement = statement
        self._names = tuple(column.key for column in statement.exported_columns)
        self._ready: dict[object, tuple[str, _Bind, _Read | None]] = {}

    def rows(self, connection: Connection, **given: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        """Run it and return all rows.

        Args:
            connection: Any connection.
            given: A value for each named parameter; a list where it expands.
        """
        dialect = connection.dialect
        lengths = _lengths(given) if dialect.name == "sqlite" else ()
        ready = self._ready.get((dialect.name, lengths))
        if ready is None:
            if len(self._ready) >= _MOST_LENGTHS:
                self._ready.clear()
            ready = self._ready[dialect.name, lengths] = self._prepare(dialect, dict(lengths))
        text, bind, read = ready
        if dialect.name == "sqlite":
            found = run_on_sqlite(connection, text, bind(given)).fetchall()
        else:
            found = list(map(tuple, connection.exec_driver_sql(text, bind(given))))
        return found if read is None else list(map(read, found))

    def mappings(self, connection: Connection, **given: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Run it and return all rows, each by the names of its columns; see `rows()`."""
        names = self._names
        return [dict(zip(names, row, strict=True)) for row in self.rows(connection, **given)]

    def _prepare(
        self, dialect: Dialect, lengths: Mapping[str, int]
    ) -> tuple[str, _Bind, _Read | None]:
        statement = self._statement if dialect.name == "sqlite" else _with_arrays(self._statement)
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler), "a statement, not a change of tables"
        lists = {name: [""] * length for name, length in lengths.items()}
        state = compiled.construct_expanded_state({**compiled.params, **lists}, escape_names=False)
        spread = {name: state.parameter_expansion[name] for name in lists}
        processors = {
            name: process
            for name, process in _bind_processors(compiled, dialect).items()
            if name in state.parameters  # each value of a list has one of its own
        }
        bind = _named(state.parameters, {**processors, **state.processors}, spread)
        order = state.positiontup
        bind = bind if order is None else _in_order(order, bind)
        return state.statement, bind, _reading(self._statement, dialect)


def _lengths(given: _Row) -> tuple[tuple[str, int], ...]:
    """Return how many values each list has: a text for each, where they are spread out."""
    return tuple((name, len(one)) for name, one in given.items() if type(one) is list)


def _with_arrays(statement: ReturnsRows) -> ReturnsRows:
    """Let PostgreSQL take each list as one value: driver and server read one text for all lengths.

    SQLite has no such value, and does not look up in an index what comes from a table of values.
    """

    def as_array(element: Any, **_: Any) -> Any:  # noqa: ANN401  # whatever is in a statement
        if not isinstance(element, BinaryExpression) or element.operator is not operators.in_op:
            return None
        texts = element.right
        if not isinstance(texts, BindParameter) or texts.value is not None:
            return None  # a list that the statement says itself
        return element.left == any_(bindparam(texts.key, type_=ARRAY(texts.type)))

    changed: Any = visitors.replacement_traverse(cast(Any, statement), {}, as_array)
    return cast(ReturnsRows, changed)


def run_on_sqlite(connection: Connection, text: str, bound: _Bound = ()) -> sqlite3.Cursor:
    """Let SQLite's driver run a statement by itself; its errors come as SQLAlchemy's."""
    raw: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    try:
        if isinstance(bound, list):
            return raw.executemany(text, bound)
        return raw.execute(text, bound)
    except sqlite3.Error as exc:
        dialect = connection.dialect
        raise DBAPIError.instance(text, bound, exc, sqlite3.Error, dialect=dialect) from exc


def copy_to_postgresql(connection: Connection, text: str, rows: Iterable[_Bound]) -> None:
    """Let PostgreSQL's driver copy rows into a table; its errors come as SQLAlchemy's."""
    dialect = connection.dialect
    raw: Any = connection.connection.dbapi_connection
    error: type[Exception] = dialect.loaded_dbapi.Error
    try:
        with raw.cursor() as cursor, cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)
    except error as exc:
        raise DBAPIError.instance(text, (), exc, error, dialect=dialect) from exc


def _copy_processor(kind: TypeEngine[Any], dialect: Dialect) -> _Processor | None:
    """Return what becomes of the values of a column in a COPY, None if they stay as they are."""
    if isinstance(kind, Instant):
        return instant_as_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _bind_processors(compiled: SQLCompiler, dialect: Dialect) -> dict[str, _Processor]:
    """Return what becomes of the values that are not stored as they are."""
    return {
        name: processor
        for name, bound in compiled.binds.items()
        if (processor := bound.type.dialect_impl(dialect).bind_processor(dialect))
    }


def _reading(statement: ReturnsRows, dialect: Dialect) -> _Read | None:
    """Return what makes a row of what the driver gave; None if it is one already."""
    processors = [
        (place, processor)
        for place, column in enumerate(statement.exported_columns)
        if (processor := column.type.dialect_impl(dialect).result_processor(dialect, None))
    ]
    if not processors:
        return None

    def read(row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, process in processors:
            values[place] = process(values[place])
        return tuple(values)

    return read


def _named(
    fixed: _Row, processors: Mapping[str, _Processor], lists: Mapping[str, Sequence[str]] = _NONE
) -> _Bind:
    """Return what binds values by name.

    Args:
        fixed: What the statement says itself; a given value of that name takes its place.
        processors: What becomes of values that are not stored as they are.
        lists: The names of the values of each list.
    """

    def bind(row: _Row) -> dict[str, Any]:
        bound = {**fixed, **row}
        for name, names in lists.items():
            bound.update(zip(names, bound.pop(name), strict=True))
        for name, process in processors.items():
            bound[name] = process(bound[name])
        return bound

    return bind


def _picked(order: Sequence[str], processors: Mapping[str, _Processor]) -> _Bind:
    """Return what picks the values of a row in the statement's order: it has them all."""
    pick = _picker(order)
    places = [(place, processors[name]) for place, name in enumerate(order) if name in processors]

    def bind(row: _Row) -> tuple[Any, ...]:
        values = list(pick(row))
        for place, process in places:
            values[place] = process(values[place])
        return tuple(values)

    return bind


def _in_order(order: Sequence[str], bind: _Bind) -> _Bind:
    pick = _picker(order)
    return lambda row: pick(bind(row))


def _picker(order: Sequence[str]) -> Callable[[_Row], tuple[Any, ...]]:
    if len(order) < 2:  # where itemgetter() gives no tuple
        return lambda row: tuple(row[name] for name in order)
    return itemgetter(*order)
