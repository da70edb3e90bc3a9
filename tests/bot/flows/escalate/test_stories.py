"""Unlucky stories of an escalation: who is called, what they can do, what they read."""

from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.brief import OnMissing
from tests.support.escalations import calls, climb_of, current_of, message_to, now_shows, who
from tests.support.forms import front
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive
from tests.support.team import set_up_team


def name_a_rep(house: House, manager: str, message: Message, rep: str) -> None:
    """Let somebody name a rep from their message."""
    boss = house.person(manager)
    boss.click(current_of(house, message), Action.LEAD_REASSIGN)
    errors = boss.submit(front(boss), {Field.LEAD_TO: house.person(rep).id})
    assert not errors
    house.step()


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
