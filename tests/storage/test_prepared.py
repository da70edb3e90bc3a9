"""Statements that are compiled once do what statements that are compiled every time do."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, column, select, table
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.columns import NaiveInstant
from storage.database import Database
from storage.prepared import Fresh, Prepared, Query
from storage.tables import seen_event_table as seen
from storage.upsert import for_each_database
from tests.storage.conftest import NOW

LATER = NOW + timedelta(hours=1)


def row(event: str, at: datetime = NOW) -> dict[str, object]:
    """Return what is stored of an event."""
    return {"workspace": "T1", "event_id": event, "at": at}


def test_it_counts_what_is_new(database: Database) -> None:
    """One row or many: what is there already is left alone and not counted."""
    add = Prepared(for_each_database(lambda into: into(seen).on_conflict_do_nothing()))

    with database.write() as connection:
        counts = [add.run(connection, [row(event) for event in events]) for events in ("ab", "bc")]
        counts += [add.run(connection, [row(event, LATER)]) for event in "cd"]
        found = connection.execute(select(seen.c.event_id, seen.c.at).order_by(seen.c.event_id))

        assert [tuple(one) for one in found] == [("a", NOW), ("b", NOW), ("c", NOW), ("d", LATER)]
    assert counts == [2, 1, 0, 1]


def test_what_the_statement_says_itself_is_bound_too(database: Database) -> None:
    """A value in the statement is stored as its column wants it, as that of a row is."""
    renew = Prepared(
        for_each_database(
            lambda into: into(seen).on_conflict_do_update(
                index_elements=["workspace", "event_id"], set_={"at": LATER}
            )
        )
    )

    with database.write() as connection:
        counts = [renew.run(connection, [row("a")]) for _ in range(2)]
        found = connection.execute(select(seen.c.at)).scalars().all()

    assert counts == [1, 1]
    assert found == [LATER]


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    """Columns look at their values here, too."""
    add = Prepared(for_each_database(lambda into: into(seen)))

    with pytest.raises(NaiveInstant), database.write() as connection:
        add.run(connection, [row("a", NOW.replace(tzinfo=None))])


@pytest.mark.parametrize("many", [1, 2, 7])
def test_fresh_rows_are_stored_as_their_columns_want_them(database: Database, many: int) -> None:
    """One row, a few, or a COPY: the same is read back, whatever is in the text."""
    fresh = Fresh(seen)
    events = [f"{number}\t\\N\n“é”\r" for number in range(many)]

    with database.write() as connection:
        fresh.add(connection, events, row)
        fresh.add(connection, [], row)
        found = connection.execute(select(seen.c.event_id, seen.c.at).order_by(seen.c.event_id))

        assert [tuple(one) for one in found] == [(event, NOW) for event in events]


@pytest.mark.parametrize("many", ["ba", "bcdefa"])
def test_fresh_rows_that_are_there_are_refused(database: Database, many: str) -> None:
    """Nothing of the transaction is kept, and the connection is good for the next one."""
    fresh = Fresh(seen)
    with database.write() as connection:
        fresh.add(connection, "a", row)

    with pytest.raises(IntegrityError), database.write() as connection:
        fresh.add(connection, many, row)
    with pytest.raises(NaiveInstant), database.write() as connection:
        fresh.add(connection, "tuvwxyz", lambda event: row(event, NOW.replace(tzinfo=None)))

    with database.write() as connection:
        assert list(connection.execute(select(seen.c.event_id)).scalars()) == ["a"]


def test_a_query_binds_lists_and_reads_columns(database: Database) -> None:
    """Lists of any length, none at all too, and values as the columns read them."""
    add = Prepared(for_each_database(lambda into: into(seen)))
    found = Query(
        select(seen.c.event_id, seen.c.at)
        .where(
            seen.c.workspace == bindparam("ws"),
            seen.c.event_id.in_(bindparam("events", expanding=True)),
            seen.c.at <= bindparam("until"),
            seen.c.workspace.in_(["T1", "T2"]),
        )
        .order_by(seen.c.event_id)
        .limit(2)
    )

    with database.write() as connection:
        add.run(connection, [row(event) for event in "abc"])
        add.run(connection, [row("d", LATER + timedelta(hours=1))])
        told = {
            events: found.rows(connection, ws="T1", events=list(events), until=LATER)
            for events in ("", "b", "abc", "dc")
        }
        named = found.mappings(connection, ws="T1", events=["c"], until=LATER)

    assert told == {
        "": [],
        "b": [("b", NOW)],
        "abc": [("a", NOW), ("b", NOW)],
        "dc": [("c", NOW)],
    }
    assert named == [{"event_id": "c", "at": NOW}]


def test_a_query_forgets_lengths_of_lists_that_it_had(database: Database) -> None:
    """However many different lengths come along, what it remembers stays small."""
    found = Query(
        select(seen.c.event_id).where(seen.c.event_id.in_(bindparam("events", expanding=True)))
    )

    with database.read() as connection:
        told = [found.rows(connection, events=["a"] * length) for length in range(1, 300)]

    assert not any(told)
    assert len(found._ready) < 100


def test_a_list_may_be_long_and_hold_any_text(database: Database) -> None:
    """What is quoted, escaped or not English is found as it is."""
    add = Prepared(for_each_database(lambda into: into(seen)))
    found = Query(
        select(seen.c.event_id).where(seen.c.event_id.in_(bindparam("events", expanding=True)))
    )
    odd = ['a"b', "a'b", "a,b", "{a}", "a\\b", "NULL", "", "%s", ":a", "é“”😀", "a\nb"]

    with database.write() as connection:
        add.run(connection, [row(event) for event in [*odd, "another"]])
        told = found.rows(connection, events=[*odd, *(f"none {n}" for n in range(5_000))])

    assert sorted(event for (event,) in told) == sorted(odd)


def test_errors_come_as_those_of_every_other_statement(database: Database) -> None:
    """What is there already, and a table that is not: callers know SQLAlchemy's words for it."""
    add = Prepared(for_each_database(lambda into: into(seen)))
    nowhere = Query(select(column("x")).select_from(table("nowhere")))

    with pytest.raises(IntegrityError), database.write() as connection:
        add.run(connection, [row("a"), row("a")])
    with pytest.raises(DBAPIError), database.write() as connection:
        nowhere.rows(connection)
    with database.read() as connection:
        assert connection.execute(select(seen.c.event_id)).all() == []
