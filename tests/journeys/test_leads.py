"""A lead's way: routed, accepted, handed back, touched in time or not."""

import pytest

from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.design import HandoffDesign
from handoff.lead import LeadState, Outcome
from handoff.sla.clock import ClockState
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import set_up_team

TEAM = ("dana", "noor", "eli")


@pytest.fixture
def house(house: House) -> House:
    """The team's workspace; its set-up stands in the shared fixture."""
    return house


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design: two hours, half an hour for band A."""
    return activate_design(house, set_up_team(house))


def owner_name(house: House, lead_id: str) -> str:
    """Return the first name of a lead's owner."""
    owner = stored(house, lead_id).owner
    return next(n for n in (*TEAM, "sam", "ben") if house.person(n).id == owner)


def take_card(house: House, name: str) -> Message:
    """Return the one new direct message to a person."""
    (card,) = house.take_direct(name)
    return card


def shows(house: House, message: Message) -> str:
    """Return all words of a message as it is now."""
    current = house.sandbox.workspace.messages.find(message.channel, message.ts)
    return f"{current.text} {current.blocks}"


def test_touched_in_time_pings_once(house: House, design: HandoffDesign) -> None:
    """The owner gets one message; Accept, Contacted and the outcome are one tap each."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    assert "First contact is due" in card.text
    assert "it is your turn in enterprise-east" in shows(house, card)
    rep = house.person(name)

    house.step(minutes=5)
    rep.click(card, Action.LEAD_ACCEPT)
    house.step()
    assert stored(house, lead_id).state is LeadState.ACCEPTED
    assert "Accepted." in shows(house, card)

    house.step(minutes=5)
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    rep.click(current, Action.LEAD_CONTACTED)
    house.step()
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    rep.click(current, Action.LEAD_IS_SQL)
    house.step(days=3)

    lead = stored(house, lead_id)
    assert (lead.state, lead.outcome) == (LeadState.CLOSED, Outcome.SQL)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.MET
    assert lead.notified_at == lead.assigned_at == lead.arrived_at
    assert "Closed: SQL" in shows(house, card)
