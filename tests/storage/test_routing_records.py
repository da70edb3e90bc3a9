"""Assignments, rotation, touches, sources, accounts and refused leads."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from handoff.routing.assignment import Explanation, Turn
from handoff.routing.fairness import write_credit
from storage import accounts, assignments, intake, leads, pod_turns, sources, touches
from storage.accounts import Account
from storage.assignments import Assignment
from storage.database import Database
from storage.intake import EarlierRequest
from storage.sources import KeyKind, Source
from storage.touches import Touch
from tests.storage.conftest import NOW
from tests.storage.test_leads import lead

HOUR = timedelta(hours=1)


@pytest.fixture
def with_lead(database: Database) -> Database:
    """Store lead `a`."""
    with database.write() as connection:
        leads.add(connection, lead=lead("a"))
    return database


def assignment(attempt: int, rep: str = "U1") -> Assignment:
    """Make an assignment of lead `a`."""
    return Assignment(
        workspace="T1",
        lead="a",
        attempt=attempt,
        rep=rep,
        reason="turn",
        explanation=Explanation(row="r1", notes=("U9 has time off",)),
        at=NOW + attempt * HOUR,
        notify_at=NOW + (attempt + 1) * HOUR,
    )


def test_assignments_end_before_the_next(with_lead: Database) -> None:
    """Each attempt keeps its explanation and why it ended; an attempt is stored once."""
    with with_lead.write() as connection:
        assignments.add(connection)
        assignments.add(connection, assignment(1))
        for ended in (True, False):
            done = assignments.end(
                connection, workspace="T1", lead="a", reason="declined", note="full", now=NOW
            )
            assert done is ended
        assignments.add(connection, assignment(2, rep="U2"))

        first, second = assignments.of_lead(connection, workspace="T1", lead="a")
        count = {"workspace": "T1", "reps": ["U1", "U3"]}
        told_at = NOW + 2 * HOUR
        given = assignments.given_since(connection, **count, since=told_at)
        assert given == [("U1", told_at, 1)]
        assert not assignments.given_since(connection, **count, since=told_at + HOUR)

    assert (first.end, first.note, first.ended_at) == ("declined", "full", NOW)
    assert second == assignment(2, rep="U2")
    with pytest.raises(IntegrityError), with_lead.write() as connection:
        assignments.add(connection, assignment(2))


@given(credit=st.fractions())
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_credit_is_exact(database: Database, credit: Fraction) -> None:
    """A rotation's credit is the same fraction after storing, however long."""
    mine = {"workspace": "T1", "pods": ("east", "west"), "key": "h1"}
    with database.write() as connection:
        turn = pod_turns.lock(connection, **mine, reps=["U1", "U2"])
        after = replace(turn, credits={"U1": write_credit(credit)})
        pod_turns.save(connection, workspace="T1", turn=after)

    with database.write() as connection:
        stored = pod_turns.lock(connection, **mine, reps=["U1"])
    assert Fraction(stored.credits["U1"]) == credit
    assert stored.credits["U2"] == "0/1"


def test_a_new_roster_starts_at_zero(database: Database) -> None:
    """Another key of members and weights has standings and counts of its own."""
    mine = {"workspace": "T1", "pods": ("east",)}
    with database.write() as connection:
        pod_turns.save(connection, workspace="T1", turn=Turn(pods=("east",), key="h1"))
        turn = Turn(pods=("east",), key="h1", credits={"U1": "-1/2", "U2": "1/2"})
        for picked in ("U1", "U1", None):
            pod_turns.save(connection, workspace="T1", turn=turn, picks={picked: 1})

        assert pod_turns.picks(connection, **mine, key="h1") == {"U1": 2, "U2": 0}
        assert pod_turns.lock(connection, **mine, key="h2", reps=[]).credits == {}
        assert pod_turns.lock(connection, **mine, key="h2", reps=["U1"]).credits == {"U1": "0/1"}


def test_a_touch_counts_once(with_lead: Database) -> None:
    """The same event from the same source is one touch."""
    touch = Touch(
        workspace="T1",
        lead="a",
        source="hubspot",
        external_id="77",
        kind="call",
        occurred_at=NOW,
        received_at=NOW + HOUR,
    )
    earlier = touch.model_copy(update={"external_id": "78", "occurred_at": NOW - HOUR})

    with with_lead.write() as connection:
        assert touches.record(connection, touch=touch)
        assert not touches.record(connection, touch=touch)
        assert touches.record(connection, touch=earlier)
        assert touches.of_lead(connection, workspace="T1", lead="a") == [earlier, touch]


def test_sources_and_their_keys(database: Database) -> None:
    """Keys rotate: two are live at once; a revoked one opens nothing."""
    website = Source(workspace="T1", name="website", design="ENT-1")
    with database.write() as connection:
        for source in (website.model_copy(update={"is_on": False}), website):
            sources.save(connection, source=source, by="U1", now=NOW)
        assert sources.get(connection, workspace="T1", name="website") == website
        assert sources.get(connection, workspace="T2", name="website") is None

        mine = {"workspace": "T1", "source": "website", "now": NOW}
        old = sources.add_key(connection, **mine, kind=KeyKind.BEARER, secret="h1")
        new = sources.add_key(connection, **mine, kind=KeyKind.SIGNATURE, secret="whsec_x")
        live = sources.live_keys(connection, workspace="T1", source="website")
        assert {key.id for key in live} == {old, new}

        found = sources.by_bearer(connection, hashed="h1")
        assert found is not None
        assert found.id == old
        assert sources.by_bearer(connection, hashed="whsec_x") is None
        assert sources.revoke_key(connection, workspace="T1", key=old, now=NOW)
        assert not sources.revoke_key(connection, workspace="T1", key=old, now=NOW)
        assert sources.by_bearer(connection, hashed="h1") is None


def test_a_request_is_answered_once(database: Database) -> None:
    """A repeat finds the first answer, until the key expires."""
    mine = {"workspace": "T1", "source": "website", "key": "k"}
    with database.write() as connection:

        def begin(body: str, *, hours: int = 0) -> EarlierRequest | None:
            wall = NOW + hours * HOUR
            return intake.begin(
                connection, **mine, body_hash=body, wall=wall, expires_at=wall + 72 * HOUR
            )

        assert begin("b1") is None
        assert begin("b1") == EarlierRequest(body_hash="b1", answer=None)
        intake.answer(connection, **mine, answer={"id": "ld_1"})
        assert begin("b2", hours=71) == EarlierRequest(body_hash="b1", answer={"id": "ld_1"})
        assert begin("b2", hours=72) is None
        assert begin("b2", hours=73) == EarlierRequest(body_hash="b2", answer=None)
        assert intake.sweep(connection, workspace="T1", wall=NOW + 143 * HOUR) == 0
        assert intake.sweep(connection, workspace="T2", wall=NOW + 144 * HOUR) == 0
        assert intake.sweep(connection, workspace="T1", wall=NOW + 144 * HOUR) == 1


def test_refused_leads_are_kept_for_repair(database: Database) -> None:
    """A bad lead keeps its body and what was wrong, until it is repaired."""
    problem = {"pointer": "/email", "detail": "is not an address"}
    with database.write() as connection:
        first, second = [
            intake.refuse(
                connection,
                workspace="T1",
                source="website",
                external_id=None,
                body='{"email":"x"}',
                problems=[problem],
                now=NOW + number * HOUR,
            )
            for number in range(2)
        ]
        newest, oldest = intake.refused_leads(connection, workspace="T1")
        assert [newest.id, oldest.id] == [second, first]
        assert newest.problems == (problem,)
        repair = {"workspace": "T1", "refused_id": first, "now": NOW}
        assert intake.repaired(connection, **repair)
        assert not intake.repaired(connection, **repair)
        assert len(intake.refused_leads(connection, workspace="T1")) == 1
        assert intake.refused_leads(connection, workspace="T1", offset=1) == []


def test_refused_leads_are_found_by_source_and_by_id(database: Database) -> None:
    """Whoever settles one locks it first; what is settled is still there, but waits no more."""
    with database.write() as connection:
        ids = [
            intake.refuse(
                connection,
                workspace="T1",
                source=source,
                external_id=None,
                body="[1]",
                problems=[{"pointer": "", "detail": "must be a JSON object"}],
                now=NOW,
            )
            for source in ("website", "events", "events")
        ]
    with database.write() as connection:
        found = intake.get_refused(connection, workspace="T1", refused_id=ids[0], is_locked=True)
        assert found is not None
        assert (found.source, found.repaired_at) == ("website", None)
        assert intake.repaired(connection, workspace="T1", refused_id=ids[0], now=NOW)

    with database.read() as connection:
        settled = intake.get_refused(connection, workspace="T1", refused_id=ids[0])
        assert settled is not None
        assert settled.repaired_at == NOW
        assert intake.get_refused(connection, workspace="T2", refused_id=ids[0]) is None
        assert intake.count_refused(connection, workspace="T1") == 2
        assert intake.count_refused(connection, workspace="T1", source="website") == 0
        events = intake.refused_leads(connection, workspace="T1", source="events")
    assert {one.id for one in events} == set(ids[1:])


def test_accounts_by_domain_and_country(database: Database) -> None:
    """The newest import counts; suggestions stay within a country, important ones first."""
    acme = Account(domain="acme.test", name="Acme Ltd", name_key="acme", country="GB", owner="U1")
    bank = Account(domain="bank.test", name="Bank", name_key="bank", country="GB", rank=3)
    nowhere = Account(domain="x.test", name="X", name_key="x")
    with database.write() as connection:
        for batch in ([acme.model_copy(update={"owner": "U7"}), bank], [acme, nowhere], []):
            saved = accounts.save(connection, workspace="T1", new=batch, now=NOW)
            assert saved == len(batch)

        found = accounts.by_domain(connection, workspace="T1", domains=["acme.test", "other.test"])
        assert found == {"acme.test": acme}
        assert accounts.in_country(connection, workspace="T1", country="GB") == [bank, acme]
        assert accounts.in_country(connection, workspace="T1", country=None) == [nowhere]
        assert accounts.in_country(connection, workspace="T2", country="GB") == []
