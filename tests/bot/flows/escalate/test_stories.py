"""Unlucky stories of an escalation: who is called, what they can do, what they read."""

from datetime import timedelta

from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Done
from bot.flows.people.time_off import add_time_off
from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.brief import Band, OnMissing
from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import IncidentKind
from handoff.lead import DeclineReason, LeadState
from storage import incidents
from tests.support.escalations import calls, climb_of, current_of, message_to, now_shows, who
from tests.support.forms import front
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive, stored
from tests.support.team import set_up_team


def name_a_rep(house: House, manager: str, message: Message, rep: str) -> None:
    """Let somebody name a rep from their message."""
    boss = house.person(manager)
    boss.click(current_of(house, message), Action.LEAD_REASSIGN)
    errors = boss.submit(front(boss), {Field.LEAD_TO: house.person(rep).id})
    assert not errors
    house.step()


def away(house: House, *names: str, days: int = 1) -> None:
    """Let people be on time off from today."""
    today = house.clocks.now().date()
    for name in names:
        add_time_off(
            database=house.app.database,
            workspace=house.workspace,
            now=house.clocks.now(),
            by="cli",
            person=house.person(name).id,
            first=today.isoformat(),
            last=(today + timedelta(days=days - 1)).isoformat(),
        )


def test_who_owned_the_lead_and_is_called_later_can_take_it(house: House) -> None:
    """Sam had it as the fallback when it was due, named Dana, and is called as the manager."""
    design = activate_design(house, set_up_team(house), on_missing=OnMissing.FALLBACK)
    lead_id = arrive(house, design=design, employees=None)
    house.step(minutes=3)
    (card,) = house.take_direct("sam")
    house.step(minutes=27)
    assert set(who(calls(house))) == {CHANNEL, "sam", "ben"}
    name_a_rep(house, "sam", card, "dana")
    house.take()

    house.step(minutes=15)
    call = message_to(calls(house), "sam")

    assert "Acknowledge" in now_shows(house, call)
    house.person("sam").click(call, Action.ESCALATION_ACKNOWLEDGE)
    house.step()
    assert climb_of(house, lead_id).acknowledged_by == house.person("sam").id


def nobody_there(house: House) -> tuple[str, Message]:
    """Let a lead of band B arrive while its reps and the fallback are away; with Ben's call."""
    design = activate_design(house, set_up_team(house))
    away(house, "dana", "noor", "eli", "sam")
    lead_id = arrive(house, design=design, band=Band.B)
    return lead_id, message_to(calls(house), "ben")


def resolve(house: House, call: Message) -> None:
    """Let Ben resolve what he was called about."""
    ben = house.person("ben")
    ben.click(current_of(house, call), Action.ESCALATION_RESOLVE)
    assert not ben.submit(front(ben), {Field.ESCALATION_CAUSE: "nobody_free"})
    house.step()


def test_a_lead_that_found_an_owner_after_all_and_is_late_calls_again(house: House) -> None:
    """Ben named Ria and resolved the call; she did not answer either. It counts once."""
    lead_id, call = nobody_there(house)
    name_a_rep(house, "ben", call, "ria")
    resolve(house, call)
    house.take()

    house.step(hours=2)

    found = calls(house)
    assert sorted(who(found)) == [CHANNEL, "ben", "ria"]
    assert all(message.text.startswith("Not answered in time") for _, message in found)
    assert "Acknowledge" in now_shows(house, message_to(found, "ben"))
    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert incident is not None
    assert incident.kind is IncidentKind.ROUTING_FAILURE
    house.person("ria").click(house.person("ria").direct_messages()[0], Action.LEAD_CONTACTED)
    house.step(days=1)
    assert climb_of(house, lead_id).state is EscalationState.RESOLVED
    assert calls(house) == []


def test_the_owner_of_a_late_lead_is_told_while_its_climb_runs(house: House) -> None:
    """Ben has it, and named Ria: she reads that it was due, and nobody is called twice."""
    lead_id, call = nobody_there(house)
    house.person("ben").click(call, Action.ESCALATION_ACKNOWLEDGE)
    name_a_rep(house, "ben", call, "ria")
    house.take()

    house.step(hours=2)

    assert sorted(who(calls(house))) == ["ben", "ria"]  # Ben's two hours are over, too
    assert climb_of(house, lead_id).state is EscalationState.OPEN


def test_a_late_lead_that_loses_its_owner_calls_again(house: House) -> None:
    """Ben resolved its breach; then its owner handed it back, and nobody else was there."""
    design = activate_design(house, set_up_team(house))
    lead_id = arrive(house, design=design)
    house.step(minutes=30)
    resolve(house, message_to(calls(house), "ben"))
    owner = stored(house, lead_id).owner
    names = ("dana", "noor", "eli")
    away(house, "sam", *(name for name in names if house.person(name).id != owner))
    house.take()

    done = decline(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=str(owner),
        lead_id=lead_id,
        reason=DeclineReason.AT_CAPACITY,
    )
    house.step()

    assert isinstance(done, Done)
    assert stored(house, lead_id).state is LeadState.UNROUTABLE
    found = calls(house)
    assert sorted(who(found)) == [CHANNEL, "ben"]
    assert Action.LEAD_REASSIGN in now_shows(house, message_to(found, "ben"))
