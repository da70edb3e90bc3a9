"""The nightly sweep: proofs that nothing names go, all others stay."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.flows.drafting import draft_for, reviewed
from bot.flows.keep.retain import named_proofs
from storage import directory as directories
from storage import events, intake, proofs, versions
from storage.tables import (
    design_version_table,
    intake_key_table,
    proof_table,
    seen_event_table,
    timer_table,
)
from storage.timers import TimerKind
from tests.support.house import House
from tests.support.review import forget, send_for_review
from tests.support.team import set_up_team


@pytest.fixture(autouse=True)
def team(house: House) -> None:
    """Somebody can sign, and take leads."""
    set_up_team(house)


def keys(house: House) -> set[str]:
    """The proofs that are kept."""
    with house.app.database.read() as connection:
        return set(connection.execute(select(proof_table.c.input_hash)).scalars())


def newest(house: House) -> str | None:
    """The proof that the version names."""
    with house.app.database.read() as connection:
        found = versions.latest(connection, workspace=house.workspace, design="ENT-1")
    assert found is not None
    return found.proof


def test_old_proofs_are_forgotten_at_night(house: House) -> None:
    """Of a week in review the newest stays, the one that the thread shows, and the last days'."""
    send_for_review(house)
    house.step()
    first = newest(house)
    assert first is not None
    with house.app.database.read() as connection:
        proof = proofs.find(connection, workspace=house.workspace, key=first)
    assert proof is not None
    long_ago = house.clocks.now() - timedelta(days=30)
    with house.app.database.write() as connection:
        proofs.save(connection, workspace=house.workspace, key="old", proof=proof, now=long_ago)

    house.step(days=1)
    assert "old" not in keys(house)
    house.step(days=6)

    left = keys(house)
    assert {first, newest(house)} <= left
    assert first != newest(house)
    assert len(left) <= 5
    forget(house)


def test_answers_that_nobody_comes_back_to_are_forgotten_at_night(house: House) -> None:
    """A key of a request once it has expired, and an event of Slack's after a month."""
    now, wall = house.clocks.now(), house.clocks.wall()
    here = {"workspace": house.workspace}
    with house.app.database.write() as connection:
        for name, expires_at in (("over", wall), ("new", wall + timedelta(hours=72))):
            intake.begin(
                connection,
                source="web",
                key=name,
                body_hash="",
                wall=wall,
                expires_at=expires_at,
                **here,
            )
        for name, at in (("old", now - timedelta(days=40)), ("new", now)):
            events.first_sight(connection, event_id=name, now=at, **here)

    house.step(days=1)

    with house.app.database.read() as connection:
        kept = set(connection.execute(select(intake_key_table.c.key)).scalars())
        seen = set(connection.execute(select(seen_event_table.c.event_id)).scalars())
    assert kept == {"new"}
    assert "new" in seen
    assert "old" not in seen
    house.take()


def test_the_proof_of_a_draft_stays(house: House) -> None:
    """The key under which an unfinished form would find it is among those that are named."""
    send_for_review(house)
    now, database, workspace = house.clocks.now(), house.app.database, house.workspace
    ria = house.person("ria").id
    with database.write() as connection:
        draft = draft_for(connection, workspace=workspace, now=now, by=ria, design="ENT-1")
        assert draft is not None
        directory = directories.load(connection, workspace=workspace).directory
        review = reviewed(
            connection, workspace=workspace, draft=draft, directory=directory, now=now
        )

    named = named_proofs(database=database, workspace=workspace, now=now)

    assert review.proof in named
    forget(house)


def test_a_version_that_was_never_proved_is_proved_at_night(house: House) -> None:
    """As after an update from a version that kept no proofs: nobody has to touch the team."""
    send_for_review(house)
    house.step()
    with house.app.database.write() as connection:
        connection.execute(update(design_version_table).values(proof=None))
        of_proofs = timer_table.c.kind == TimerKind.PROOF_RUN.value
        connection.execute(delete(timer_table).where(of_proofs))
        connection.execute(delete(proof_table))

    house.step(days=1)

    assert newest(house) in keys(house)
    forget(house)
