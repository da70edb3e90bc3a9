"""The nightly sweep: proofs that nothing names go, all others stay."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.flows.drafting import draft_for, reviewed
from bot.flows.keep.retain import named_proofs
from handoff.audit import AuditFact
from storage import audit, events, intake, outbox, proofs, versions
from storage import directory as directories
from storage.tables import (
    design_version_table,
    intake_key_table,
    lead_table,
    outbox_table,
    proof_table,
    seen_event_table,
    timer_table,
)
from storage.timers import TimerKind
from tests.support.house import House
from tests.support.leads import activate_design, arrive
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


def test_what_is_done_goes_at_night_and_what_goes_on_stays_whole(house: House) -> None:
    """Timers and messages of a lead that has ended go after a month; the Slack message stays."""
    design = activate_design(house, set_up_team(house))
    ended, running = (arrive(house, design=design) for _ in range(2))
    house.step()
    end_long_ago(house, ended)
    before = rows(house, ended), rows(house, running)
    assert all(timers and messages for timers, messages in before)

    house.step(days=1)

    assert rows(house, ended) == (0, 0)
    assert all(now >= then for now, then in zip(rows(house, running), before[1], strict=True))
    with house.app.database.read() as connection:
        card = f"lead:{ended}/1"
        assert outbox.card_messages(connection, workspace=house.workspace, card=card)
        (swept,) = [
            fact
            for fact in audit.walk(connection, workspace=house.workspace)
            if fact.kind is AuditFact.RECORDS_SWEPT
        ]
    assert swept.data["timers"] >= before[0][0]
    assert swept.data["messages"] >= before[0][1]
    forget(house)


def rows(house: House, subject: str) -> tuple[int, int]:
    """Count the timers and the messages about a subject."""
    with house.app.database.read() as connection:
        found = [
            connection.execute(select(table.c.seq).where(table.c.subject == subject)).all()
            for table in (timer_table, outbox_table)
        ]
    return len(found[0]), len(found[1])


def end_long_ago(house: House, lead: str) -> None:
    """Let a lead have ended, and all about every lead be done, forty days ago."""
    long_ago = house.clocks.now() - timedelta(days=40)
    done = [
        update(lead_table).where(lead_table.c.id == lead).values(ended_at=long_ago),
        update(outbox_table)
        .where(outbox_table.c.settled_at.is_not(None))
        .values(settled_at=long_ago),
        update(timer_table)
        .where(timer_table.c.subject == lead)
        .values(due_at=long_ago, fired_at=long_ago),
    ]
    with house.app.database.write() as connection:
        for statement in done:
            connection.execute(statement)
