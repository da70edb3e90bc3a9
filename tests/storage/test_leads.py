"""Leads: one open cycle for each person, found again, never without a due time."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from handoff.lead import LeadState
from handoff.model import changed
from handoff.sla.clock import Clock, ClockState
from storage import designs, leads, outbox, versions, views
from storage.database import Database
from storage.leads import Lead
from storage.revisions import StaleRevision
from tests.storage.conftest import NOW
from tests.storage.samples import sample_design
from tests.support.template import sqlite_template

HOUR = timedelta(hours=1)


def lead(name: str, *, arrived_at: datetime = NOW, **more: object) -> Lead:
    """Make a cycle of a lead that the website calls by the same name."""
    fields = {"workspace": "T1", "id": name, "root": name, "source": "website"}
    named = {"external_id": name, "arrived_at": arrived_at}
    return Lead(**fields | named | more)


def clock(due_at: datetime, state: ClockState = ClockState.RUNNING) -> Clock:
    """Make the clock of a lead that arrived at NOW."""
    return Clock(
        state=state,
        target_minutes=60,
        arrived_at=NOW,
        since=NOW,
        left_minutes=59.5,
        due_at=due_at,
    )


def add(database: Database, *new: Lead) -> None:
    """Store cycles, each in a transaction of its own."""
    for one in new:
        with database.write() as connection:
            assert leads.add(connection, lead=one)


def find(
    database: Database, *, external_id: str | None = None, email_key: str | None = None
) -> str | None:
    """Find a lead of the website and return its id."""
    with database.read() as connection:
        found = leads.find(
            connection,
            workspace="T1",
            source="website",
            external_id=external_id,
            email_key=email_key,
        )
    return None if found is None else found.id


def test_lead_comes_back_as_it_was(database: Database) -> None:
    """Every attribute is stored, whatever its type."""
    stored = lead(
        "a",
        attributes={"employees": 120, "tags": ["x"], "raw": {"Company": "Ünal"}},
        score=82,
        band="A",
        clock=clock(NOW + HOUR),
        state=LeadState.ASSIGNED,
        owner="U1",
    )
    add(database, stored)

    with database.read() as connection:
        assert leads.get(connection, workspace="T1", lead="a") == stored
        assert leads.get(connection, workspace="T2", lead="a") is None


def test_found_by_name_then_by_email(database: Database) -> None:
    """The source's name finds the newest cycle; without one the email does."""
    first = lead("a", email_key="a@x.test", ended_at=NOW)
    second = lead("b", root="a", cycle=2, external_id="a", email_key="a@x.test")
    add(database, first, second)

    assert find(database, external_id="a") == "b"
    assert find(database, external_id="zzz", email_key="a@x.test") == "b"
    assert find(database, email_key="other@x.test") is None
    assert find(database, external_id="zzz") is None


def test_every_name_finds_the_newest_cycle(database: Database) -> None:
    """A later cycle need not have come by the same name, nor with the address."""
    first = lead("a", email_key="a@x.test", ended_at=NOW)
    add(database, first)
    with database.write() as connection:
        leads.call(connection, workspace="T1", source="website", external_id="w2", lead="a")
    add(database, lead("b", root="a", cycle=2, external_id="form-9"))

    assert find(database, external_id="a") == "b"
    assert find(database, external_id="w2") == "b"
    assert find(database, email_key="a@x.test") == "b"
    with database.read() as connection:
        asked = {
            name: leads.named(connection, workspace="T1", name=name)
            for name in ("w2", "a@x.test", "a")
        }
    ids = {name: found and found.id for name, found in asked.items()}
    assert ids == {"w2": "b", "a@x.test": "b", "a": "a"}  # an id names exactly that cycle


def test_one_open_cycle_for_each_email(database: Database) -> None:
    """A second source cannot open a second cycle for the same person; it adds its name."""
    add(database, lead("a", email_key="a@x.test"))

    with database.write() as connection:
        other = lead("b", email_key="a@x.test")
        assert not leads.add(connection, lead=other)
        leads.call(connection, workspace="T1", source="crm", external_id="77", lead="a")
        known = leads.known(connection, workspace="T1", source="crm", external_ids=["77", "78"])
        emails = leads.with_email(connection, workspace="T1", email_keys=["a@x.test", "b"])

    assert (known, emails) == ({"77"}, {"a@x.test"})
    assert find(database, external_id="b") is None


def test_eight_deliveries_are_one_lead(database: Database) -> None:
    """The same lead from eight requests at once is stored once."""
    start, stored = Barrier(8), []

    def take_in(number: int) -> None:
        start.wait()
        with database.write() as connection:
            new = lead(f"l{number}", external_id="same", email_key="a@x.test")
            stored.append(leads.add(connection, lead=new))

    threads = [Thread(target=take_in, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(stored) == [False] * 7 + [True]


def test_imports_store_many_at_once(database: Database) -> None:
    """A batch with a lead that is known says so, and is not to be kept."""
    batch = [lead("a"), lead("b", external_id=None), lead("c")]
    with database.write() as connection:
        leads.add_many(connection, new=batch)
        leads.add_many(connection, new=[])
        leads.add_many(connection, new=[lead("d", external_id=None)])
        assert leads.add(connection, lead=lead("n", external_id=None))

    for many in ("ea", "efghia"):  # a few, and as many as are worth a COPY
        with pytest.raises(IntegrityError), database.write() as connection:
            leads.add_many(connection, new=[lead(name, cycle=9) for name in many])

    assert find(database, external_id="c") == "c"
    assert find(database, external_id="e") is None


def test_changes_are_compared(database: Database) -> None:
    """A change made on an old revision is refused."""
    add(database, lead("a"))
    with database.write() as connection:
        (loaded,) = leads.lock(connection, workspace="T1", ids=["a", "a", "zzz"])
        touched = changed(loaded, state=LeadState.TOUCHED, touched_at=NOW)
        saved = leads.save(connection, lead=touched)
        with pytest.raises(StaleRevision):
            leads.save(connection, lead=touched)
        assert leads.get(connection, workspace="T1", lead="a") == saved

    assert (saved.revision, saved.state) == (2, LeadState.TOUCHED)


@pytest.mark.parametrize(
    "change", ["clock_state = 'running'", "clock_state = 'paused'", "state = 'lost'"]
)
def test_no_orphan(database: Database, change: str) -> None:
    """A running clock has a due time and a paused one a resume time, or the row is refused."""
    add(database, lead("a"))

    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(text(f"UPDATE lead SET {change}"))


def test_lists_of_a_rep(database: Database) -> None:
    """Open leads come by due time; caps count only those without a touch."""
    mine = {"owner": "U1", "state": LeadState.ASSIGNED, "domain": "acme.test"}
    add(
        database,
        lead("late", clock=clock(NOW + HOUR), **mine),
        lead("soon", clock=clock(NOW), **mine),
        lead("never", **mine | {"state": LeadState.TOUCHED}),
        lead("over", **mine | {"ended_at": NOW}),
        lead("other", **mine | {"owner": "U2"}, arrived_at=NOW + HOUR),
    )

    with database.read() as connection:
        listed = leads.open_of(connection, workspace="T1", owner="U1")
        counts = leads.untouched_by_owner(connection, workspace="T1", owners=["U1", "U2", "U3"])
        owner = leads.owner_in_domain(connection, workspace="T1", domain="acme.test")
        assert leads.owner_in_domain(connection, workspace="T1", domain="no.test") is None

    assert [one.id for one in listed] == ["soon", "late", "never"]
    assert counts == {"U1": 2, "U2": 1}
    assert owner == "U2"


def test_routing_looks_up_by_index(tmp_path: Path) -> None:
    """What every lead's routing asks is answered by an index, however many leads are open."""
    path = tmp_path / "handoff.db"
    path.write_bytes(sqlite_template())
    database = Database(f"sqlite:///{path}")
    asked: list[str] = []

    with database.read() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(asked.append)
        leads.owner_in_domain(connection, workspace="T1", domain="acme.test")
        leads.untouched_by_owner(connection, workspace="T1", owners=["U1"])
        outbox.about(connection, workspace="T1", subject="a")
        raw.set_trace_callback(None)
        plans = [
            " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}"))
            for statement in asked
        ]
    database.close()

    by_domain, by_owner, about = plans
    assert "ix_lead_domain (workspace=? AND domain=?)" in by_domain
    assert "COVERING INDEX ix_lead_untouched (workspace=? AND owner=?" in by_owner
    assert "ix_outbox_subject (workspace=? AND subject=?)" in about


def test_arrivals_of_a_segment_and_goal(database: Database) -> None:
    """Whatever design took them; tests, nurtured and old ones, and other goals, are left out."""
    of_the_design = {"design": "ENT-1", "version": 1}
    hours = iter(range(1, 100))
    with database.write() as connection:
        for goal in ("pipeline", "expansion"):
            designs.create(
                connection,
                workspace="T1",
                prefix="ENT",
                segment="enterprise",
                goal=goal,
                by="U1",
                now=NOW,
            )
        for number in (1, 2):
            body = sample_design(f"ENT-{number}")
            versions.add(connection, workspace="T1", body=body, author="U1", now=NOW)

    def at(**more: object) -> Lead:
        hour = next(hours)
        return lead(f"l{hour}", arrived_at=NOW - hour * HOUR, **{**of_the_design, **more})

    counted = at(), at(state=LeadState.ASSIGNED)
    history = at(state=LeadState.CLOSED, submitted_at=NOW - 60 * HOUR)
    others = (
        at(is_test=True),
        at(state=LeadState.NURTURED),
        at(design="ENT-2"),
        at(design=None, version=None),
        lead("old", arrived_at=NOW - 100 * HOUR, **of_the_design),
    )
    add(database, *counted, history, *others)

    with database.read() as connection:
        found = views.arrivals(
            connection,
            workspace="T1",
            segment="enterprise",
            goal="pipeline",
            since=NOW - 99 * HOUR,
        )

    assert sorted(found) == sorted([*(one.arrived_at for one in counted), NOW - 60 * HOUR])


def test_names_are_held_until_the_transaction_ends(database: Database) -> None:
    """Each name once, however many there are; on SQLite the one writer holds them all."""
    mine = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = :pid")
    with database.write() as connection:
        leads.hold_names(connection, workspace="T1", names=["crm/b", "a@x.test", "crm/b"])
        leads.hold_names(connection, workspace="T1", names=[])
        if not database.is_sqlite:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            assert connection.execute(mine, {"pid": pid}).scalar_one() == 2

    if not database.is_sqlite:
        with database.read() as connection:
            assert connection.execute(mine, {"pid": pid}).scalar_one() == 0
