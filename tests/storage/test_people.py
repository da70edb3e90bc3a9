"""People, workspaces and the directory, joined from what is written and what is live."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from handoff.directory import Directory, Person, Pod, PodMember, Role, TimeOff
from storage import directory, people, workspaces
from storage.database import Database
from storage.directory import Caps
from storage.people import SyncReport
from storage.revisions import StaleRevision
from tests.storage.conftest import NOW

DANA = Person(key="U1", name="Dana", email="Dana@Example.com", timezone="Europe/Berlin")
ELI = Person(key="U2", name="Eli", is_admin=True)
EAST = Pod(
    name="east",
    manager="U9",
    members=(PodMember(person="U1", daily_cap=20, open_cap=40), PodMember(person="U2")),
)
BOOK = Directory(roles={Role.CRO: ("U9",)}, pods=(EAST,))


def sync(database: Database, *members: Person, workspace: str = "T1") -> SyncReport:
    """Sync people in a transaction of their own."""
    with database.write() as connection:
        return people.sync(connection, workspace=workspace, people=members, now=NOW)


def save(database: Database, book: Directory, *, expected: int) -> int:
    """Save the directory document of T1."""
    with database.write() as connection:
        return directory.save(
            connection, workspace="T1", directory=book, expected=expected, by="U9", now=NOW
        )


def test_sync_reports_what_changed(database: Database) -> None:
    """New, deactivated and reactivated people are named; the rest is silent."""
    gone = ELI.model_copy(update={"is_active": False})

    assert sync(database, DANA, ELI) == SyncReport(joined=("U1", "U2"))
    assert sync(database, DANA, gone) == SyncReport(deactivated=("U2",))
    assert sync(database, gone) == SyncReport()
    assert sync(database, ELI) == SyncReport(reactivated=("U2",))
    assert sync(database) == SyncReport()

    with database.read() as connection:
        assert people.everyone(connection, workspace="T1") == (DANA, ELI)
        assert people.everyone(connection, workspace="T2") == ()
        assert people.synced_at(connection, workspace="T1") == NOW
        assert people.synced_at(connection, workspace="T2") is None


def test_people_are_found_by_id_and_address(database: Database) -> None:
    """Addresses match in any case; the deactivated are not found by them."""
    sync(database, DANA, ELI)
    with database.read() as connection:
        assert people.get(connection, workspace="T1", person="U1") == DANA
        assert people.get(connection, workspace="T1", person="U7") is None
        assert people.by_email(connection, workspace="T1", email="dana@example.COM") == DANA
        assert people.by_email(connection, workspace="T2", email="dana@example.com") is None

    sync(database, DANA.model_copy(update={"is_active": False}))

    with database.read() as connection:
        assert people.by_email(connection, workspace="T1", email="dana@example.com") is None


def test_conversation_survives_a_sync(database: Database) -> None:
    """A DM that was opened once is kept, whatever Slack says about the person."""
    sync(database, DANA)
    with database.write() as connection:
        assert people.dm_of(connection, workspace="T1", person="U1") is None
        assert people.save_dm(connection, workspace="T1", person="U1", channel="D1")
        assert not people.save_dm(connection, workspace="T1", person="U7", channel="D1")

    sync(database, DANA)

    with database.read() as connection:
        assert people.dm_of(connection, workspace="T1", person="U1") == "D1"


def test_directory_joins_what_is_live(database: Database) -> None:
    """People, time off and personal caps of now stand in the document's place."""
    sync(database, DANA, ELI)
    away = TimeOff(person="U1", first=date(2026, 12, 24), last=date(2026, 12, 31))
    assert save(database, BOOK.model_copy(update={"time_off": (away,)}), expected=0) == 1
    with database.write() as connection:
        assert directory.load(connection, workspace="T1").directory.time_off == ()
        directory.add_time_off(connection, workspace="T1", time_off=away, by="U1", now=NOW)
        for caps in (Caps(daily_cap=9), Caps(daily_cap=5)):
            directory.set_caps(
                connection, workspace="T1", person="U1", caps=caps, by="U1", now=NOW
            )
        loaded = directory.load(connection, workspace="T1")

    assert loaded.revision == 1
    assert loaded.directory.people == (DANA, ELI)
    assert loaded.directory.time_off == (away,)
    assert loaded.directory.roles == BOOK.roles
    dana, eli = loaded.directory.pods[0].members
    assert (dana.daily_cap, dana.open_cap) == (5, 40)
    assert (eli.daily_cap, eli.open_cap) == (None, None)


def test_directory_is_saved_on_what_was_seen(database: Database) -> None:
    """Two people who edit the same revision cannot overwrite each other."""
    with database.read() as connection:
        assert directory.load(connection, workspace="T1").revision == 0
    save(database, BOOK, expected=0)

    for stale in (0, 2):
        with pytest.raises(StaleRevision):
            save(database, BOOK, expected=stale)

    assert save(database, BOOK, expected=1) == 2


def test_eight_editors_have_one_winner(database: Database) -> None:
    """Of people who save the same revision at the same moment, all but one are told."""
    start, outcomes = Barrier(8), []

    def edit() -> None:
        start.wait()
        try:
            outcomes.append(save(database, BOOK, expected=0))
        except StaleRevision:
            outcomes.append(0)

    threads = [Thread(target=edit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [0] * 7 + [1]


def test_time_off_is_entered_once_and_removed(database: Database) -> None:
    """The same days are one row; lists can leave out others and the past."""
    past = TimeOff(person="U1", first=date(2026, 11, 1), last=date(2026, 11, 2))
    soon = TimeOff(person="U1", first=date(2026, 12, 1), last=date(2026, 12, 2))
    other = TimeOff(person="U2", first=date(2026, 12, 1), last=date(2026, 12, 9))
    with database.write() as connection:
        ids = [
            directory.add_time_off(connection, workspace="T1", time_off=days, by="U1", now=NOW)
            for days in (past, soon, soon, other)
        ]
        assert ids[1] == ids[2]
        mine = directory.time_off(
            connection, workspace="T1", person="U1", ending_from=date(2026, 11, 3)
        )
        assert [absence.time_off for absence in mine] == [soon]
        everyone = directory.time_off(connection, workspace="T1")
        assert [absence.time_off for absence in everyone] == [past, soon, other]

        gone = directory.remove_time_off(connection, workspace="T1", absence=ids[1])
        assert gone == mine[0]
        assert directory.remove_time_off(connection, workspace="T1", absence=ids[1]) is None
        assert directory.remove_time_off(connection, workspace="T2", absence=ids[0]) is None
        assert len(directory.time_off(connection, workspace="T1")) == 2


def test_workspaces_and_checkpoints(database: Database) -> None:
    """A workspace keeps its birthday; work never goes backwards."""
    with database.write() as connection:
        assert workspaces.get(connection, workspace="T1") is None
        for name, now in (("Old", NOW), ("Acme", NOW + timedelta(days=1))):
            workspaces.save(connection, workspace="T1", name=name, timezone="UTC", now=now)
        (acme,) = workspaces.everyone(connection)
        assert workspaces.get(connection, workspace="T1") == acme
        assert (acme.name, acme.created_at) == ("Acme", NOW)

        assert workspaces.reached(connection, workspace="T1", name="clock") is None
        for at in (NOW, NOW - timedelta(hours=1)):
            workspaces.reach(connection, workspace="T1", name="clock", at=at)
        assert workspaces.reached(connection, workspace="T1", name="clock") == NOW
