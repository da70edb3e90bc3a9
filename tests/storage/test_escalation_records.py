"""Incidents and escalations: one for each cycle, one guardrail, every call once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from handoff.escalation.climb import EscalationState, Position
from handoff.escalation.incident import IncidentKind
from handoff.escalation.policy import EscalationPolicy, EscalationStep
from storage import designs, escalations, incidents, leads
from storage.database import Database
from storage.escalations import Escalation, EscalationCall, EscalationKind
from storage.incidents import IncidentRecord
from storage.revisions import StaleRevision
from tests.storage.conftest import NOW
from tests.storage.test_leads import lead

HOUR = timedelta(hours=1)
POLICY = EscalationPolicy(steps=(EscalationStep(role="cro", acknowledge_minutes=15),))


@pytest.fixture
def ready(database: Database) -> Database:
    """Store leads a to c; their incidents belong to the reserved design."""
    with database.write() as connection:
        designs.reserve_unmatched(connection, workspace="T1", now=NOW)
        leads.add_many(connection, new=[lead(name) for name in "abc"])
    return database


def incident(of: str | None, *, at: datetime = NOW, name: str = "") -> IncidentRecord:
    """Make a breach of a lead, or a broken integration's failure."""
    return IncidentRecord(
        workspace="T1",
        id=name or f"inc_{of}",
        design=designs.UNMATCHED,
        lead=of,
        kind=IncidentKind.BREACH if of else IncidentKind.ROUTING_FAILURE,
        occurred_at=at,
        recorded_at=NOW,
    )


def escalation(name: str, **more: object) -> Escalation:
    """Make an open climb whose subject is named like itself."""
    fields = {"workspace": "T1", "id": name, "kind": EscalationKind.LEAD, "subject": name}
    started = {"design": designs.UNMATCHED, "policy": POLICY, "opened_at": NOW}
    return Escalation.model_validate(fields | started | more)


def test_one_incident_for_each_cycle(ready: Database) -> None:
    """A cycle's second incident is not recorded; failures without a lead all are."""
    with ready.write() as connection:
        assert incidents.record(connection, incident=incident("a"))
        assert not incidents.record(connection, incident=incident("a", name="other"))
        assert incidents.record(connection, incident=incident(None, name="i1"))
        assert incidents.record(connection, incident=incident(None, name="i2"))


def test_window_edges_are_exact(ready: Database) -> None:
    """The window leaves out its start, includes its end, and forgets the voided."""
    window = {
        "workspace": "T1",
        "design": designs.UNMATCHED,
        "after": NOW - 48 * HOUR,
        "until": NOW,
    }
    with ready.write() as connection:
        for name, at in (
            ("a", NOW - 48 * HOUR),
            ("b", NOW - 48 * HOUR + timedelta(microseconds=1)),
            ("c", NOW),
        ):
            incidents.record(connection, incident=incident(name, at=at))
        late = incident(None, name="later", at=NOW + timedelta(microseconds=1))
        incidents.record(connection, incident=late)
        inside = [found.lead for found in incidents.between(connection, **window)]
        assert inside == ["b", "c"]

        voided = incidents.void(connection, workspace="T1", lead="b", now=NOW)
        assert voided is not None
        assert voided.voided_at == NOW
        assert incidents.void(connection, workspace="T1", lead="b", now=NOW) is None
        assert [found.lead for found in incidents.between(connection, **window)] == ["c"]


def test_one_open_guardrail_for_each_design(ready: Database) -> None:
    """While one is open no second fires; its end is where counting starts anew."""
    guardrail = {"kind": EscalationKind.GUARDRAIL}
    mine = {"workspace": "T1", "design": designs.UNMATCHED}
    with ready.write() as connection:
        assert escalations.open_guardrail(connection, **mine) is None
        assert escalations.last_guardrail_end(connection, **mine) is None
        assert escalations.start(connection, escalation=escalation("g1", **guardrail))
        assert not escalations.start(connection, escalation=escalation("g2", **guardrail))
        opened = escalations.open_guardrail(connection, **mine)
        assert opened == escalation("g1", **guardrail)

        incidents.record(connection, incident=incident("a"))
        incidents.join(connection, workspace="T1", ids=["inc_a"], guardrail="g1")
        (joined,) = incidents.of_guardrail(connection, workspace="T1", guardrail="g1")
        assert joined.lead == "a"

        ended = {"state": EscalationState.RESOLVED, "ended_at": NOW + HOUR, "ended_by": "U1"}
        escalations.save(connection, escalation=opened.model_copy(update=ended))
        assert escalations.last_guardrail_end(connection, **mine) == NOW + HOUR
        assert escalations.start(connection, escalation=escalation("g2", **guardrail))


def test_changes_are_compared(ready: Database) -> None:
    """A climb is locked, changed and saved once for each revision."""
    with ready.write() as connection:
        assert escalations.start(connection, escalation=escalation("e1", lead="a"))
        assert not escalations.start(connection, escalation=escalation("e1", lead="a"))
        locked = escalations.lock(connection, workspace="T1", escalation="e1")
        assert locked is not None
        position = Position(step=1, repeats={0: 1}, standing={0: "U7"})
        acknowledged = {
            "state": EscalationState.ACKNOWLEDGED,
            "acknowledged_by": "U1",
            "position": position,
        }
        changed = locked.model_copy(update=acknowledged)
        saved = escalations.save(connection, escalation=changed)
        with pytest.raises(StaleRevision):
            escalations.save(connection, escalation=changed)

        assert escalations.get(connection, workspace="T1", escalation="e1") == saved
        assert escalations.of_lead(connection, workspace="T1", lead="a") == saved
        assert escalations.of_lead(connection, workspace="T1", lead="b") is None
        assert saved.revision == 2


def test_running_climbs(ready: Database) -> None:
    """Open and acknowledged climbs run; ended ones do not."""
    ended = {"state": EscalationState.VOIDED, "ended_at": NOW}
    with ready.write() as connection:
        for one in (escalation("e1"), escalation("e2"), escalation("e3", **ended)):
            escalations.start(connection, escalation=one)

        running = escalations.running(connection, workspace="T1")
        of_design = escalations.running(connection, workspace="T1", design="ENT-1")

    assert [one.id for one in running] == ["e1", "e2"]
    assert of_design == []


def test_every_call_is_made_once(ready: Database) -> None:
    """The same call of the same person is not repeated; each repeat has its number."""
    call = EscalationCall(
        escalation="e1", reopen=0, step=0, repeat=0, recipient="U1", role="cro", at=NOW
    )
    again = call.model_copy(update={"repeat": 1})
    skipped = call.model_copy(update={"step": 1, "skipped": "nobody is working"})
    with ready.write() as connection:
        escalations.start(connection, escalation=escalation("e1"))
        made = [
            escalations.call(connection, workspace="T1", call=one)
            for one in (call, call, again, skipped)
        ]
        stored = escalations.calls_of(connection, workspace="T1", escalation="e1")

    assert made == [True, False, True, True]
    assert stored == [call, again, skipped]


def called(of: str, *, at: datetime, card: str | None = None, **more: object) -> EscalationCall:
    """Make a call of U1 for a climb's first step."""
    fields = {"escalation": of, "reopen": 0, "step": 0, "repeat": 0, "recipient": "U1"}
    shown = {"role": "cro", "card": card or f"card:{of}", "at": at}
    return EscalationCall.model_validate(fields | shown | more)


def test_calls_of_about_the_same_time_share_a_message(ready: Database) -> None:
    """Same recipient, step, design and kind; under five minutes; still open; not yet on it."""
    within = timedelta(minutes=5)
    almost = NOW + within - timedelta(microseconds=1)
    a, b = (escalation(name, lead=name) for name in "ab")
    guardrail = escalation("g", kind=EscalationKind.GUARDRAIL)
    usual: dict[str, object] = {"step": 0, "recipient": "U1", "now": almost, "within": within}

    def shared(connection: Connection, climb: Escalation, **other: object) -> str | None:
        return escalations.shared_card(connection, climb=climb, **(usual | other))  # type: ignore[arg-type]

    with ready.write() as connection:
        for one in (a, b, guardrail):
            escalations.start(connection, escalation=one)
        escalations.call(connection, workspace="T1", call=called("a", at=NOW))

        assert shared(connection, b) == "card:a"
        assert shared(connection, b, now=NOW + within) is None
        assert shared(connection, b, step=1) is None
        assert shared(connection, b, recipient="U2") is None
        assert shared(connection, a) is None
        assert shared(connection, guardrail) is None

        joined = called("b", at=almost, card="card:a")
        escalations.call(connection, workspace="T1", call=joined)
        found = escalations.on_card(connection, workspace="T1", card="card:a")
        assert [one.id for one in found] == ["a", "b"]
        c = escalation("c", lead="c")
        escalations.start(connection, escalation=c)
        assert shared(connection, c, now=NOW + within) is None, "its first call is what counts"
        for one in (a, b):
            escalations.save(
                connection,
                escalation=one.model_copy(update={"state": EscalationState.ACKNOWLEDGED}),
            )
        assert shared(connection, c) is None, "nobody waits on it any more"


def test_an_incident_is_found_by_its_lead(ready: Database) -> None:
    """Voided or not."""
    with ready.write() as connection:
        assert incidents.of_lead(connection, workspace="T1", lead="a") is None
        incidents.record(connection, incident=incident("a"))
        found = incidents.of_lead(connection, workspace="T1", lead="a")
        assert found == incident("a")


def test_the_same_failure_is_found_within_its_time(ready: Database) -> None:
    """Only routing failures with just this cause count, after the start."""
    failed = {"kind": IncidentKind.ROUTING_FAILURE, "cause": "Slack: down"}
    with ready.write() as connection:
        for name, at in (("i1", NOW - HOUR), ("i2", NOW)):
            record = incident(None, name=name, at=at).model_copy(update=failed)
            incidents.record(connection, incident=record)
        other = incident(None, name="i3").model_copy(update=failed | {"cause": "CRM: down"})
        incidents.record(connection, incident=other)

        found = incidents.failures_since(
            connection, workspace="T1", cause="Slack: down", since=NOW - HOUR
        )
        assert found == [NOW]


def test_each_kind_has_its_message() -> None:
    """A climb and leadership's packet are shown by kinds of their own."""
    assert [kind.card for kind in EscalationKind] == ["escalation", "guardrail"]
