"""The audit chain: whole by construction, and any tampering shows."""

from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from handoff.audit import GENESIS, AuditFact
from storage import audit, migrations
from storage.database import Database
from storage.transaction import NotWriting
from tests.storage.conftest import NOW


def record(database: Database, *subjects: str, workspace: str = "T1") -> None:
    """Record one fact about each subject, in one transaction."""
    with database.write() as connection:
        for subject in subjects:
            audit.record(
                connection,
                workspace=workspace,
                kind=AuditFact.SIGNED_OFF,
                actor="U1",
                subject=subject,
                now=NOW,
                data={"side": "sales", "note": "naïve “quotes”"},
            )


def tamper(database: Database, statement: str) -> None:
    """Change the log behind the program's back, guards switched off."""
    with database.write() as connection:
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_fact_keep"))
            connection.execute(text("DROP TRIGGER audit_fact_keep_all"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def verify(database: Database, workspace: str = "T1") -> audit.ChainReport:
    """Verify one workspace's chain."""
    with database.read() as connection:
        return audit.verify(connection, workspace=workspace)


def test_facts_of_transactions_form_one_chain(database: Database) -> None:
    """Each fact points to the one before, over transactions, from the genesis."""
    record(database, "a", "b")
    record(database, "a")

    with database.read() as connection:
        first, second, third = audit.walk(connection, workspace="T1")
        about_a = audit.history(connection, workspace="T1", subject="a")

    assert [first.previous, second.previous, third.previous] == [GENESIS, first.hash, second.hash]
    assert about_a == [first, third]
    assert first.at == NOW
    assert first.data == {"side": "sales", "note": "naïve “quotes”"}
    assert verify(database).is_whole


def test_workspaces_have_chains_of_their_own(database: Database) -> None:
    """One transaction may write to two chains; an unknown workspace has an empty one."""
    with database.write() as connection:
        for workspace in ("T2", "T1", "T2"):
            audit.record(
                connection,
                workspace=workspace,
                kind=AuditFact.ITEM_DONE,
                actor="U1",
                subject="e1",
                now=NOW,
            )

    assert [verify(database, name).facts for name in ("T1", "T2", "T3")] == [1, 2, 0]


def test_rolled_back_facts_never_happened(database: Database) -> None:
    """Facts go with their transaction, and with their savepoint."""
    with pytest.raises(ValueError, match="no"), database.write() as connection:
        note_and_fail(connection, "gone")
    with database.write() as connection:
        note(connection, "kept")
        with pytest.raises(ValueError, match="no"), connection.begin_nested():
            note_and_fail(connection, "undone")
        with connection.begin_nested():
            note(connection, "kept too")

    with database.read() as connection:
        facts = list(audit.walk(connection, workspace="T1"))
    assert [fact.subject for fact in facts] == ["kept", "kept too"]


def note_and_fail(connection: Connection, subject: str) -> None:
    """Record one fact, then fail as a flow might."""
    note(connection, subject)
    raise ValueError("no")


def note(connection: Connection, subject: str) -> None:
    """Record one fact on an open connection."""
    audit.record(
        connection,
        workspace="T1",
        kind=AuditFact.ITEM_DONE,
        actor="U1",
        subject=subject,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("statement", "broken_at", "problem"),
    [
        ("UPDATE audit_fact SET actor = 'U9' WHERE seq = 2", 2, "was changed"),
        ("UPDATE audit_fact SET data = '{}' WHERE seq = 3", 3, "was changed"),
        ("UPDATE audit_fact SET data = '{' WHERE seq = 3", 3, "was changed"),
        ("UPDATE audit_fact SET data = '[1]' WHERE seq = 3", 3, "was changed"),
        ("UPDATE audit_fact SET kind = 'nothing' WHERE seq = 3", 3, "was changed"),
        ("DELETE FROM audit_fact WHERE seq = 2", 2, "is missing"),
        ("DELETE FROM audit_fact WHERE seq = 4", 4, "should end at fact 4 and ends at fact 3"),
        ("DELETE FROM audit_fact", 1, "should end at fact 4"),
        ("UPDATE audit_fact SET previous = 'x' WHERE seq = 2", 2, "not chained"),
        ("UPDATE audit_head SET hash = 'x'", 5, "should end"),
        ("DELETE FROM audit_head", 5, "should end at fact 0"),
    ],
)
def test_tampering_is_found(
    database: Database, statement: str, broken_at: int, problem: str
) -> None:
    """A fact changed, removed or cut off is named by its place."""
    record(database, "a", "b", "c", "d")
    tamper(database, statement)

    report = verify(database)

    assert not report.is_whole
    assert report.broken_at == broken_at
    assert problem in str(report.problem)


@pytest.mark.parametrize("value", ["'yesterday'", "9223372036854775807", "x'00'"])
def test_an_instant_that_is_none_is_found(tmp_path: Path, value: str) -> None:
    """SQLite keeps whatever it is given; the fact is named all the same."""
    database = Database(f"sqlite:///{tmp_path / 'handoff.db'}")
    migrations.upgrade(database)
    record(database, "a", "b", "c")
    tamper(database, f"UPDATE audit_fact SET at = {value} WHERE seq = 2")

    report = verify(database)
    database.close()

    assert report.broken_at == 2
    assert "was changed" in str(report.problem)


def test_facts_of_a_later_version_are_whole(database: Database) -> None:
    """After a step back the chain has facts that this version does not know; none was changed."""
    fact = audit.noted(
        workspace="T1", kind=AuditFact.ITEM_DONE, actor="U1", subject="a", now=NOW, data=None
    )
    with database.write() as connection:
        audit.record_all(connection, facts=[fact | {"kind": "unheard_of"}])

    assert verify(database).facts == 1
    assert verify(database).is_whole


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_fact SET actor = 'x'", "DELETE FROM audit_fact"]
)
def test_database_refuses_to_change_facts(database: Database, statement: str) -> None:
    """The log is append-only for every program, not just for this one."""
    record(database, "a")

    with pytest.raises(DBAPIError, match="audit facts are never"), database.write() as connection:
        connection.execute(text(statement))

    assert verify(database).facts == 1


def test_facts_need_a_write(database: Database) -> None:
    """A fact outside a write transaction would be lost, so it is refused."""
    with pytest.raises(NotWriting), database.read() as connection:
        note(connection, "a")


def test_long_chains_are_walked_in_pages(database: Database) -> None:
    """More facts than a page are all verified."""
    record(database, *(f"s{n}" for n in range(2001)))

    assert verify(database).facts == 2001


def test_eight_writers_keep_one_chain(database: Database) -> None:
    """Writers that race never fork the chain."""
    threads = [
        Thread(target=lambda: [record(database, "a", "b") for _ in range(10)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report = verify(database)

    assert (report.facts, report.is_whole) == (160, True)
