"""Inserts that are compiled once store what inserts that are compiled every time store."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage.columns import NaiveInstant
from storage.database import Database
from storage.prepared import Prepared
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
