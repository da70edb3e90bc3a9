"""The auditor finds every contradiction that it is for, mends lost times, and says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

from bot.flows.audit.check import check, look
from bot.flows.escalate.acknowledge import acknowledge
from bot.flows.lead.outcomes import Done
from bot.flows.lead.pause import pause
from bot.flows.signoff import outcomes as signoff
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from handoff.sla.clock import ClockState
from storage import audit, checks, tables
from storage.checks import Check
from storage.timers import TimerKind
from tests.support.escalations import climb_of
from tests.support.house import House, open_house
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import set_up_team

_t, _l, _e = tables.timer_table, tables.lead_table, tables.escalation_table
_i, _o, _c = tables.incident_table, tables.outbox_table, tables.escalation_call_table
_LONG = timedelta(hours=25)


class World:
    """A design whose guardrail fired, with a climb at its second step and one that is held.

    Attributes:
        runs, paused: Leads with that clock.
        climb, held: Ids of the escalations of two more that were not answered.
        packet: Id of the guardrail's.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        design = activate_design(house, set_up_team(house))
        late = [arrive(house, design=design) for _ in range(2)]
        house.step(minutes=30)
        self.held, self.climb = (climb_of(house, lead).id for lead in late)
        outcome = acknowledge(**self.by_ben(), escalation_id=self.held)
        assert isinstance(outcome, signoff.Done)
        house.step(minutes=15)
        self.runs, self.paused = (arrive(house, design=design) for _ in range(2))
        with house.app.database.read() as connection:
            found = connection.execute(_e.select().where(_e.c.kind == "guardrail"))
            self.packet = str(found.one().id)
        self.pause(self.paused)
        house.step(minutes=1)
        house.take()

    def pause(self, lead: str) -> None:
        """Pause a lead's clock for an hour."""
        until = self.house.clocks.now() + timedelta(hours=1)
        outcome = pause(**self.by_ben(), lead_id=lead, reason="holiday there", until=until)
        assert isinstance(outcome, Done)

    def by_ben(self) -> dict[str, Any]:
        """Return what every use case is told of who acts, and when."""
        return {
            "database": self.house.app.database,
            "workspace": self.house.workspace,
            "now": self.house.clocks.now(),
            "by": self.house.person("ben").id,
        }

    def without(self, kind: TimerKind) -> Callable[[Connection], object]:
        """Return the loss of all timers of a kind."""
        return lambda connection: connection.execute(delete(_t).where(_t.c.kind == kind.value))

    def call_again(self, connection: Connection) -> None:
        """Let somebody be called in a climb that is held."""
        audit.record(
            connection,
            workspace=self.house.workspace,
            kind=AuditFact.STEP_CALLED,
            actor="handoff",
            subject=self.held,
            now=self.house.clocks.now(),
        )
        audit.seal(connection)

    def contradictions(self) -> Iterator[tuple[Check, str, Callable[[Connection], object]]]:
        """Yield what is to be found, at what, and how it comes about."""
        now = self.house.clocks.now()

        def change(table: tables.Table, where: object, **values: object) -> object:
            statement = update(table).where(where).values(values)  # type: ignore[arg-type]
            return lambda connection: connection.execute(statement)

        runs, climb, held = _l.c.id == self.runs, _e.c.id == self.climb, _e.c.id == self.held
        lead, going = Check.LEAD_WITHOUT_TIMER, Check.CLIMB_WITHOUT_TIMER
        yield lead, self.runs, self.without(TimerKind.CLOCK_BREACH)
        yield lead, self.paused, self.without(TimerKind.CLOCK_RESUME)
        yield lead, self.runs, change(_l, runs, state="new")  # type: ignore[misc]
        yield going, self.climb, self.without(TimerKind.ESCALATION_STEP)
        yield going, self.held, self.without(TimerKind.ACKNOWLEDGE_EXPIRE)
        yield going, self.packet, self.without(TimerKind.GUARDRAIL_OVERDUE)
        late = {"due_at": now - timedelta(seconds=61)}
        is_breach = _t.c.subject == self.runs, _t.c.kind == TimerKind.CLOCK_BREACH.value
        yield (
            Check.TIMER_MISSED,
            f"clock.breach {self.runs}",
            lambda connection: connection.execute(update(_t).where(*is_breach).values(late)),
        )
        nobody = change(_e, climb, subject="nothing")
        yield Check.INCIDENT_WITHOUT_CLIMB, self._incident(self.climb), nobody  # type: ignore[misc]
        lost = change(_i, _i.c.lead == self._lead(self.climb), lead=None)
        yield Check.BREACH_WITHOUT_INCIDENT, self._lead(self.climb), lost  # type: ignore[misc]
        first = delete(_c).where(_c.c.escalation == self.climb, _c.c.step == 0)
        yield Check.STEP_PASSED_OVER, self.climb, lambda connection: connection.execute(first)
        yield Check.CALL_AFTER_STOP, self.held, self.call_again
        met = change(_l, runs, clock_state=ClockState.MET.value)
        yield Check.CLOCK_NOT_AS_AUDITED, self.runs, met  # type: ignore[misc]
        again = change(_e, held, state=EscalationState.OPEN.value)
        yield Check.CLIMB_NOT_AS_AUDITED, self.held, again  # type: ignore[misc]
        ended = {"state": "resolved", "ended_at": now - timedelta(hours=2)}
        unfired = change(_e, _e.c.id == self.packet, **ended)
        yield Check.GUARDRAIL_NOT_FIRED, "ENT-1", unfired  # type: ignore[misc]
        waits = {"state": "unknown", "settled_at": None, "enqueued_at": now - _LONG}
        stuck = change(_o, _o.c.kind == "guardrail", **waits)
        yield Check.MESSAGE_STUCK, f"guardrail {self.packet}", stuck  # type: ignore[misc]
        head = change(tables.audit_head_table, tables.audit_head_table.c.seq > 0, hash="x")
        yield Check.CHAIN_BROKEN, "fact", head  # type: ignore[misc]

    def _lead(self, climb: str) -> str:
        with self.house.app.database.read() as connection:
            return str(connection.execute(_e.select().where(_e.c.id == climb)).one().lead)

    def _incident(self, climb: str) -> str:
        with self.house.app.database.read() as connection:
            return str(connection.execute(_e.select().where(_e.c.id == climb)).one().subject)


class _Undone(Exception):
    """Rolls a contradiction back."""


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    """The app in a workspace, once on each database."""
    with open_house(tmp_path, handoff_database_url=url) as opened:
        yield opened


def test_each_contradiction_is_found(house: House) -> None:
    """A healthy database has none; each of these is named where it is."""
    world, now = World(house), house.clocks.now()
    assert check(database=house.app.database, now=now) == ()

    seen = set()
    for expected, subject, bring_about in world.contradictions():
        with pytest.raises(_Undone), house.app.database.write() as connection:  # noqa: PT012
            bring_about(connection)
            found = look(connection, now=now)
            raise _Undone
        named = [one.subject for one in found if one.check is expected]
        assert any(one.startswith(subject) for one in named), (expected, subject, found)
        seen.add(expected)

    assert seen == set(Check)
    assert check(database=house.app.database, now=now) == ()


def test_lost_times_are_set_again(house: House) -> None:
    """From the lead's own due time; readiness says so until a check finds nothing."""
    world = World(house)
    due_at = stored(house, world.runs).clock.due_at  # type: ignore[union-attr]
    left = stored(house, world.paused).clock.left_minutes  # type: ignore[union-attr]
    house.step(minutes=5)
    with house.app.database.write() as connection:
        connection.execute(delete(_t).where(_t.c.lane == "clock"))

    house.step(minutes=5)
    house.take()
    assert sum("are mended" in line for line in house.take_errors()) == 1
    said = house.app.problems()
    assert [f"that {Check.LEAD_WITHOUT_TIMER};" in one for one in said] == [True, False], said

    house.step(due_at - timedelta(seconds=1))
    assert climb_states(house).count("open") == 1 + 1  # the climb and the packet
    house.step(due_at)
    assert stored(house, world.runs).clock.state is ClockState.BREACHED  # type: ignore[union-attr]
    assert house.app.problems() == ()
    house.step(hours=1)
    assert stored(house, world.paused).clock.left_minutes == left  # type: ignore[union-attr]
    house.step(minutes=left)
    assert stored(house, world.paused).clock.state is ClockState.BREACHED  # type: ignore[union-attr]
    house.step(hours=2)
    assert climb_of(house, stored(house, world.runs).id).state is EscalationState.OPEN
    assert "acknowledged" not in climb_states(house), "what was held is taken up again in time"
    house.take()


def test_more_than_one_check_tells_of_are_mended_in_a_row(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits five minutes for the next of them; and what nothing mends ends the looking."""
    monkeypatch.setattr(checks, "MOST", 1)
    world = World(house)
    house.step(minutes=5)
    with house.app.database.write() as connection:
        connection.execute(delete(_t).where(_t.c.lane == "clock"))
        connection.execute(update(_l).where(_l.c.id == world.paused).values(clock_state="running"))

    house.step(minutes=5)

    house.take()
    rounds = [line for line in house.take_errors() if "are mended" in line]
    assert len(rounds) > 1, rounds
    with house.app.database.read() as connection:
        found = checks.findings(connection, now=house.clocks.now(), since=house.clocks.now())
    assert [one.check for one in found] == [Check.CLOCK_NOT_AS_AUDITED]


def test_a_lead_that_waited_for_its_route_is_routed(house: House) -> None:
    """Nothing would have looked at it any more; now it gets an owner."""
    design = activate_design(house, set_up_team(house))
    lead = arrive(house, design=design)
    house.take()
    with house.app.database.write() as connection:
        lost = {"state": "new", "owner": None}
        connection.execute(update(_l).where(_l.c.id == lead).values(lost))
        connection.execute(delete(tables.assignment_table))

    house.step(minutes=6)

    assert stored(house, lead).owner is not None
    assert len(house.take()) == 1
    assert house.take_errors()


def climb_states(house: House) -> list[str]:
    """Return the states of all escalations."""
    with house.app.database.read() as connection:
        return [row.state for row in connection.execute(_e.select())]


@contextmanager
def switch() -> Iterator[tuple[str, list[str]]]:
    """Serve an outside dead-man switch: yield its address, and what was asked of it so far."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200 if len(heard) < 3 else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/ping/1", heard
        finally:
            server.shutdown()
            thread.join()


def test_a_clean_check_calls_the_switch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once each five minutes; a switch that answers badly is told in the log, without its key."""
    with (
        switch() as (address, heard),
        open_house(tmp_path, handoff_heartbeat_url=address) as house,
    ):
        assert heard == ["/ping/1"]
        house.step(minutes=4)
        house.step()
        assert len(heard) == 1
        house.step(minutes=1)
        assert len(heard) == 2
        caplog.clear()

        house.step(minutes=5)

    assert ["HTTPError" in record.getMessage() for record in caplog.records] == [True]
    assert "ping" not in caplog.text


def test_a_check_that_finds_something_keeps_the_switch_quiet(tmp_path: Path) -> None:
    """Then it alarms, as it should."""
    with (
        switch() as (address, heard),
        open_house(tmp_path, handoff_heartbeat_url=address) as house,
    ):
        head = update(tables.audit_head_table).values(hash="x")
        set_up_team(house)
        activate_design(house, set_up_team(house))
        arrive(house, design=None)
        house.take()
        house.step(minutes=1)
        before = len(heard)
        with house.app.database.write() as connection:
            connection.execute(head)

        house.step(minutes=5)

        assert len(heard) == before
        assert f"that {Check.CHAIN_BROKEN};" in " ".join(house.app.problems())
        assert house.take_errors()
        house.take()
