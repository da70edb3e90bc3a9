"""T12: somebody sets the computer's clock; what is due comes once, and by that clock on time."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import receive_leads
from handoff.audit import AuditFact
from handoff.sla.clock import ClockState
from storage import leads, outbox
from storage.outbox import MessageState
from tests.faults.checker import facts_of, final_problems
from tests.faults.world import World
from tests.support.clocks import StillClocks

_STEPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]


class SetClocks(StillClocks):
    """Clocks that somebody sets; the monotonic one goes on as it did."""

    wrong_by = timedelta()

    def now(self) -> datetime:
        """Return the domain's instant, as the computer has it."""
        return super().now() + self.wrong_by

    def wall(self) -> datetime:
        """Return the computer's time."""
        return self.now()

    def seconds_until(self, instant: datetime) -> float:
        """Return the seconds until an instant of this clock."""
        return (instant - self.now()).total_seconds()

    def move_to(self, instant: datetime) -> None:
        """Wait until this clock shows `instant`."""
        super().move_to(instant - self.wrong_by)


def send(world: World, name: str) -> str:
    """Send a lead that is due after half an hour; return its id."""
    now = world.clocks.now()
    lead = {
        "external_id": name,
        "email": f"{name}@{name}.example",
        "company": name,
        "employees": 5000,
        "country": "US",
        "title": "VP Operations",
        "score": 90,
    }
    caller = Caller(workspace=world.workspace, source="default", is_on=True)
    (result,) = receive_leads(
        database=world.app.database, caller=caller, items=[lead], key=None, now=now, wall=now
    )
    return str(result.id)


def breach_of(world: World, lead: str) -> list[datetime]:
    """Return when a lead's breaches were noticed."""
    kind = AuditFact.CLOCK_BREACHED
    return [one.at for one in facts_of(world) if one.subject == lead and one.kind is kind]


@pytest.mark.parametrize("step", _STEPS, ids=str)
def test_a_clock_that_is_set_fires_nothing_twice_and_nothing_early(
    tmp_path: Path, template: Path, step: timedelta
) -> None:
    """Three leads: due before, around and after the step, with messages that are on their way.

    The app starts anew at the step, so that nothing but the database knows the old time.
    """
    clocks = SetClocks()
    world = World(tmp_path, template=template, clocks=clocks)
    world.step()
    before = send(world, "before")
    world.step(minutes=20)
    around = send(world, "around")
    world.step(minutes=15)
    world.sandbox.faults.add("chat.postMessage", "500-after", count=2)
    after = send(world, "after")
    world.app.drain()

    clocks.wrong_by = step
    world.die()
    world.app.drain()
    world.step(minutes=1)
    due = {lead: _due_of(world, lead) for lead in (before, around, after)}
    # Long enough for every clock to catch up, whichever way it was set.
    world.step(days=2, hours=3)
    world.step(minutes=10)

    for lead, due_at in due.items():
        (noticed_at,) = breach_of(world, lead)
        assert noticed_at >= due_at
    if step < timedelta():
        assert breach_of(world, after) == [due[after]], "by the clock as it is, to the second"
    assert final_problems(world) == []
    world.abandon()


def _due_of(world: World, lead: str) -> datetime:
    with world.app.database.read() as connection:
        found = leads.get(connection, workspace=world.workspace, lead=lead)
    assert found is not None
    assert found.clock is not None
    assert found.clock.state in (ClockState.RUNNING, ClockState.BREACHED)
    return found.clock.due_at


def test_who_joins_a_guardrail_of_the_future_is_told(tmp_path: Path, template: Path) -> None:
    """It fired, the clock was set back two hours, a third lead breaches: the thread says so."""
    clocks = SetClocks()
    world = World(tmp_path, template=template, clocks=clocks)
    world.step(hours=2)
    send(world, "first")
    send(world, "second")
    world.step(minutes=40)
    (fired,) = [one for one in facts_of(world) if one.kind is AuditFact.GUARDRAIL_FIRED]

    clocks.wrong_by = timedelta(hours=-2)
    third = send(world, "third")
    due_at = _due_of(world, third)
    world.step(due_at + timedelta(minutes=16))

    assert breach_of(world, third) == [due_at]
    assert due_at < fired.at
    workspace = world.sandbox.workspace
    told = {
        message.channel
        for channel in workspace.channels.values()
        for message in workspace.messages.in_channel(channel.id)
        if message.is_reply and "1 more incident" in message.text
    }
    assert len(told) == 3, "the channel, and both leaderships"
    world.abandon()


def test_what_waits_when_the_clock_is_set_back_waits_no_longer_for_it(
    tmp_path: Path, template: Path
) -> None:
    """Slack wants a short rest, the clock is set back an hour: the call goes out in time."""
    clocks = SetClocks()
    world = World(tmp_path, template=template, clocks=clocks)
    world.step(hours=2)
    world.sandbox.faults.add("chat.postMessage", "429")
    lead = send(world, "lead")
    world.app.drain()
    assert world.sandbox.journal.calls("chat.postMessage")

    clocks.wrong_by = timedelta(hours=-1)
    world.step(seconds=15)

    with world.app.database.read() as connection:
        told = outbox.about(connection, workspace=world.workspace, subject=lead)
    assert {message.state for message in told} == {MessageState.SENT}
    world.sandbox.faults.add("chat.postMessage", "429")
    calls = len(world.sandbox.journal.calls("chat.postMessage"))
    send(world, "other")
    world.step(seconds=15)
    first, again, *_ = world.sandbox.journal.calls("chat.postMessage")[calls:]
    assert again.at - first.at >= timedelta(seconds=3), "a rest of today is a rest"
    world.abandon()
