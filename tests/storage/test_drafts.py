"""Drafts: every step is kept, and no window overwrites another."""

from datetime import timedelta

import pytest

from storage import drafts
from storage.database import Database
from storage.drafts import Draft
from storage.revisions import StaleRevision
from tests.storage.conftest import NOW


def start(database: Database, *, author: str = "U1", minutes: int = 0) -> Draft:
    """Start a draft some minutes after NOW."""
    with database.write() as connection:
        return drafts.start(
            connection,
            workspace="T1",
            author=author,
            step="brief",
            data={"segment": "smb"},
            now=NOW + timedelta(minutes=minutes),
        )


def test_draft_keeps_what_was_entered(database: Database) -> None:
    """Each saved step is found again, with a revision one higher."""
    draft = start(database)
    entered = {"segment": "smb", "gates": ["score ≥ 40"]}
    with database.write() as connection:
        revision = drafts.save(
            connection,
            workspace="T1",
            draft=draft.id,
            expected=1,
            step="people",
            data=entered,
            now=NOW,
        )

    with database.read() as connection:
        stored = drafts.get(connection, workspace="T1", draft=draft.id)
        assert drafts.get(connection, workspace="T2", draft=draft.id) is None

    assert revision == 2
    assert stored == draft.model_copy(update={"step": "people", "revision": 2, "data": entered})


def test_two_windows_do_not_overwrite_each_other(database: Database) -> None:
    """A save on an old revision, or of a discarded draft, is refused."""
    draft = start(database)

    def save() -> int:
        with database.write() as connection:
            return drafts.save(
                connection,
                workspace="T1",
                draft=draft.id,
                expected=1,
                step="people",
                data={},
                now=NOW,
            )

    save()
    with pytest.raises(StaleRevision) as caught:
        save()
    with database.write() as connection:
        assert drafts.discard(connection, workspace="T1", draft=draft.id)
        assert not drafts.discard(connection, workspace="T1", draft=draft.id)

    assert (caught.value.subject, caught.value.expected) == (draft.id, 1)
    with pytest.raises(StaleRevision):
        save()


def test_drafts_of_a_person_newest_first(database: Database) -> None:
    """The list for the Home tab shows a person's own drafts, the last touched first."""
    old, new = start(database), start(database, minutes=5)
    start(database, author="U2")

    with database.read() as connection:
        mine = drafts.of_author(connection, workspace="T1", author="U1")
        newest = drafts.of_author(connection, workspace="T1", author="U1", limit=1)

    assert mine == [new, old]
    assert newest == [new]
    assert old.id.startswith("draft_")
    assert old.id < new.id
