"""Designs and their versions: numbered, frozen, one of them active."""

from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from handoff.approval import VersionState
from storage import designs, versions, workspaces
from storage.database import Database, StorageBusy
from storage.designs import Design
from storage.versions import FrozenVersion
from tests.storage.conftest import NOW
from tests.storage.samples import sample_design


def create(database: Database, *, prefix: str = "ENT") -> Design:
    """Create a design of workspace T1."""
    return database.run(
        lambda connection: designs.create(
            connection,
            workspace="T1",
            prefix=prefix,
            segment="enterprise",
            goal="pipeline",
            by="U1",
            now=NOW,
        )
    )


def add(database: Database, version: int = 1) -> None:
    """Add a version of ENT-1 as a draft."""
    with database.write() as connection:
        versions.add(
            connection,
            workspace="T1",
            body=sample_design(version=version),
            author="U1",
            now=NOW,
        )


def move(database: Database, number: int, *path: VersionState) -> None:
    """Move a version of ENT-1 along a path of states."""
    for before, after in pairwise(path):
        with database.write() as connection:
            assert versions.move(
                connection,
                workspace="T1",
                design="ENT-1",
                number=number,
                expected=before,
                to=after,
                now=NOW,
            )


DRAFT, IN_REVIEW, APPROVED = VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.APPROVED
ACTIVE, PAUSED, RETIRED = VersionState.ACTIVE, VersionState.PAUSED, VersionState.RETIRED
TO_ACTIVE = (DRAFT, IN_REVIEW, APPROVED, ACTIVE)


def active_version(database: Database) -> int | None:
    """Return which version of ENT-1 takes leads."""
    with database.read() as connection:
        design = designs.get(connection, workspace="T1", key="ENT-1")
    assert design is not None
    return design.active_version


def test_keys_count_by_prefix(database: Database) -> None:
    """Each segment's prefix has numbers of its own; a workspace sees only its designs."""
    keys = [create(database, prefix=prefix).key for prefix in ("ENT", "SMB", "ENT")]

    with database.write() as connection:
        designs.reserve_unmatched(connection, workspace="T1", now=NOW)
        designs.reserve_unmatched(connection, workspace="T1", now=NOW)
        listed = [design.key for design in designs.everyone(connection, workspace="T1")]
        reserved = designs.lock(connection, workspace="T1", key=designs.UNMATCHED)
        assert designs.everyone(connection, workspace="T2") == []
        assert designs.get(connection, workspace="T2", key="ENT-1") is None

    assert keys == ["ENT-1", "SMB-1", "ENT-2"]
    assert listed == ["ENT-1", "ENT-2", "SMB-1"]
    assert reserved is not None


def test_a_held_design_is_nobody_elses(database: Database, url: str) -> None:
    """Whoever locks it meanwhile is told to try again; afterwards it is free."""
    create(database)
    soon = timedelta(milliseconds=50)

    with closing(Database(url)) as other:
        with database.write() as connection:
            designs.hold(connection, workspace="T1", keys=["ENT-1", designs.UNMATCHED])
            with pytest.raises(StorageBusy), other.write(timeout=soon) as late:
                designs.lock(late, workspace="T1", key="ENT-1")
        with other.write(timeout=soon) as late:
            assert designs.lock(late, workspace="T1", key="ENT-1") is not None


def test_eight_people_get_eight_keys(database: Database) -> None:
    """Designs created at the same moment never share a key."""
    with database.write() as connection:
        workspaces.save(connection, workspace="T1", name="Acme", timezone="UTC", now=NOW)
    keys: list[str] = []
    threads = [Thread(target=lambda: keys.append(create(database).key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(keys) == [f"ENT-{number}" for number in range(1, 9)]


def test_version_comes_back_as_it_was(database: Database) -> None:
    """A stored design loads back equal, with its hash."""
    create(database)
    with database.write() as connection:
        added = versions.add(
            connection,
            workspace="T1",
            body=sample_design(),
            author="U1",
            now=NOW,
            channel="C1",
        )
        assert versions.next_number(connection, workspace="T1", design="ENT-1") == 2
        assert versions.next_number(connection, workspace="T1", design="ENT-9") == 1

    with database.read() as connection:
        stored = versions.get(connection, workspace="T1", design="ENT-1", number=1)
        assert versions.latest(connection, workspace="T1", design="ENT-1") == stored
        assert versions.get(connection, workspace="T2", design="ENT-1", number=1) is None
        assert versions.latest(connection, workspace="T1", design="ENT-9") is None
        assert versions.head(connection, workspace="T1", design="ENT-1", number=2) is None

    assert stored == added
    assert stored.body == sample_design()
    assert stored.content_hash == sample_design().content_hash
    assert (stored.state, stored.channel) == (DRAFT, "C1")


def test_a_draft_may_be_rewritten(database: Database) -> None:
    """Until it is sent, a version's body follows its author."""
    create(database)
    add(database)

    with database.write() as connection:
        versions.rewrite(connection, workspace="T1", body=sample_design(target=70))
        versions.choose_channel(connection, workspace="T1", design="ENT-1", number=1, channel="C2")

    with database.read() as connection:
        stored = versions.get(connection, workspace="T1", design="ENT-1", number=1)
    assert stored is not None
    assert stored.body == sample_design(target=70)
    assert stored.channel == "C2"


def test_a_sent_version_never_changes(database: Database) -> None:
    """Neither our own code nor any other statement can change what was sent."""
    create(database)
    add(database)
    move(database, 1, DRAFT, IN_REVIEW)

    with pytest.raises(FrozenVersion, match="make a new version"), database.write() as connection:
        versions.rewrite(connection, workspace="T1", body=sample_design(target=70))
    for statement in (
        "UPDATE design_version SET body = '{}'",
        "UPDATE design_version SET hash = 'x'",
        "DELETE FROM design_version",
    ):
        with pytest.raises(DBAPIError, match="sent for sign-off"), database.write() as connection:
            connection.execute(text(statement))

    with database.read() as connection:
        stored = versions.get(connection, workspace="T1", design="ENT-1", number=1)
    assert stored is not None
    assert stored.body == sample_design()


def test_moves_are_compared_and_dated(database: Database) -> None:
    """A decision on an old state changes nothing; each state leaves its instant."""
    create(database)
    add(database)
    move(database, 1, *TO_ACTIVE)
    with database.write() as connection:
        assert not versions.move(
            connection,
            workspace="T1",
            design="ENT-1",
            number=1,
            expected=APPROVED,
            to=ACTIVE,
            now=NOW,
        )

    with database.read() as connection:
        head = versions.head(connection, workspace="T1", design="ENT-1", number=1)
    assert head is not None
    assert (head.sent_at, head.approved_at, head.activated_at) == (NOW, NOW, NOW)
    assert head.ended_at is None


def test_design_follows_its_active_version(database: Database) -> None:
    """Active and paused count as running; retiring clears it, rolling back sets it again."""
    create(database)
    add(database)

    move(database, 1, *TO_ACTIVE)
    assert active_version(database) == 1
    move(database, 1, ACTIVE, PAUSED)
    assert active_version(database) == 1
    with database.read() as connection:
        (running,) = versions.running(connection, workspace="T1")
    assert running.state == PAUSED
    move(database, 1, PAUSED, RETIRED)
    assert active_version(database) is None

    move(database, 1, RETIRED, ACTIVE)
    with database.read() as connection:
        (head,) = versions.of_design(connection, workspace="T1", design="ENT-1")
    assert (active_version(database), head.ended_at) == (1, None)


def test_only_one_version_runs(database: Database) -> None:
    """The database refuses a second active version, even while the first is paused."""
    create(database)
    add(database, 1)
    add(database, 2)
    move(database, 1, *TO_ACTIVE, PAUSED)
    move(database, 2, DRAFT, IN_REVIEW, APPROVED)

    with pytest.raises(IntegrityError):
        move(database, 2, APPROVED, ACTIVE)
    assert active_version(database) == 1

    move(database, 1, PAUSED, RETIRED)
    move(database, 2, APPROVED, ACTIVE)
    assert active_version(database) == 2


def test_versions_need_a_design(database: Database) -> None:
    """A version without its design, or with a number that is taken, is refused."""
    with pytest.raises(IntegrityError):
        add(database)
    create(database)
    add(database)

    with pytest.raises(IntegrityError):
        add(database)


def test_each_place_in_the_order_is_held_once(database: Database) -> None:
    """A new order replaces the one before as a whole; the database itself keeps places unique."""
    for _ in range(3):
        create(database)

    def places() -> dict[str, int | None]:
        with database.read() as connection:
            found = designs.everyone(connection, workspace="T1")
        return {one.key: one.entry_place for one in found}

    for keys in (["ENT-3", "ENT-1"], ["ENT-1", "ENT-3", "ENT-2"], ["ENT-2"]):
        with database.write() as connection:
            designs.order_entries(connection, workspace="T1", keys=keys)

        order = {key: place for place, key in enumerate(keys, start=1)}
        assert places() == {key: order.get(key) for key in ("ENT-1", "ENT-2", "ENT-3")}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(text("UPDATE design SET entry_place = 1 WHERE key = 'ENT-3'"))
