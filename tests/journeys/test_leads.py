"""A lead's way: routed, accepted, handed back, touched in time or not."""

import pytest

from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.design import HandoffDesign
from handoff.lead import LeadState, Outcome
from handoff.sla.clock import ClockState
from storage import audit, outbox
from tests.support.forms import front
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


def take_warnings(house: House, name: str) -> list[str]:
    """Return the texts of a person's new direct messages."""
    return [message.text for message in house.take_direct(name)]


def click(house: House, name: str, card: Message, action: Action) -> None:
    """Press a button of a message as it is now."""
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    house.person(name).click(current, action)


def decline(house: House, name: str, card: Message, reason: str) -> dict[str, str]:
    """Hand a lead back with a reason; returns the errors of the form."""
    click(house, name, card, Action.LEAD_DECLINE)
    rep = house.person(name)
    errors = rep.submit(front(rep), {Field.LEAD_REASON: reason, Field.LEAD_NOTE: "Not mine"})
    house.step()
    return errors


def history(house: House, lead_id: str) -> list[str]:
    """Return the kinds of facts about a lead, in order."""
    with house.app.database.read() as connection:
        facts = audit.history(connection, workspace=house.workspace, subject=lead_id)
    return [fact.kind.value for fact in facts]


def test_warned_at_50_and_80_and_touched_by_reaction(house: House, design: HandoffDesign) -> None:
    """An accepted lead is warned about twice; ✅ on the card is the first contact."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    click(house, name, card, Action.LEAD_ACCEPT)

    house.step(minutes=15)
    (half,) = take_warnings(house, name)
    assert half.startswith("50% of the time")
    house.step(minutes=9)
    (late,) = take_warnings(house, name)
    assert late.startswith("80% of the time")

    house.person(name).react(card, "white_check_mark")
    house.step(hours=4)

    assert stored(house, lead_id).state is LeadState.TOUCHED
    assert history(house, lead_id).count("clock_warned") == 2
    assert "clock_breached" not in history(house, lead_id)


def test_the_silent_rep_loses_the_lead_once(house: House, design: HandoffDesign) -> None:
    """At accept-by another rep who works now takes over; the clock runs on and warns them."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    card = take_card(house, first)
    due_at = stored(house, lead_id).clock

    house.step(minutes=15)

    second = owner_name(house, lead_id)
    assert second != first
    assert stored(house, lead_id).clock == due_at
    assert "This lead is now with" in shows(house, card)
    other = house.take_direct(second)
    assert "First contact is due" in other[0].text
    house.take_direct(first)
    click(house, second, other[0], Action.LEAD_CONTACTED)
    house.step()
    with house.app.database.read() as connection:
        facts = audit.history(connection, workspace=house.workspace, subject=lead_id)
    assert [f.data["because"] for f in facts if f.kind == "lead_rerouted"] == [
        "not accepted in time"
    ]


def test_declined_goes_on_and_at_last_to_the_fallback(house: House, design: HandoffDesign) -> None:
    """Two re-routes, then the fallback, who names a rep; decliners are out for the cycle."""
    lead_id = arrive(house, design=design)
    seen = []
    for _ in range(3):
        name = owner_name(house, lead_id)
        seen.append(name)
        card = take_card(house, name)
        assert not decline(house, name, card, "wrong_territory")
        assert "This lead is now with" in shows(house, card)

    assert sorted(seen) == sorted(TEAM)
    assert owner_name(house, lead_id) == "sam"
    card = take_card(house, "sam")
    assert "you are the fallback" in shows(house, card)
    errors = decline(house, "sam", card, "at_capacity")
    assert "nowhere else to go" in errors[Field.LEAD_REASON]
    sam = house.person("sam")
    sam.close_all()
    click(house, "sam", card, Action.LEAD_REASSIGN)
    assert not sam.submit(front(sam), {Field.LEAD_TO: house.person("dana").id})
    house.step()
    assert owner_name(house, lead_id) == "dana"
    named = take_card(house, "dana")
    assert "gave it to you" in shows(house, named)
    assert stored(house, lead_id).reroutes == 2
    click(house, "dana", named, Action.LEAD_CONTACTED)
    house.step()


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("not_ready", Outcome.RECYCLED),
        ("duplicate", Outcome.DUPLICATE),
        ("junk", Outcome.DISQUALIFIED),
    ],
)
def test_disposal_stops_the_clock(
    house: House, design: HandoffDesign, reason: str, outcome: Outcome
) -> None:
    """A reason that recycles or closes ends the lead before it is due: nothing more is sent."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    assert not decline(house, name, card, reason)
    house.step(days=1)

    lead = stored(house, lead_id)
    assert (lead.state, lead.outcome) == (LeadState.DISPOSED, outcome)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.STOPPED
    assert "Closed" in shows(house, card)


def test_buttons_that_come_too_late_answer(house: House, design: HandoffDesign) -> None:
    """Who lost the lead is told so privately; nothing changes."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    card = take_card(house, first)
    click(house, first, card, Action.LEAD_DECLINE)
    rep = house.person(first)
    assert not rep.submit(front(rep), {Field.LEAD_REASON: "away"})
    rep.click(card, Action.LEAD_ACCEPT)
    house.step()
    second = owner_name(house, lead_id)
    other = take_card(house, second)

    (told,) = house.take_direct(first)
    assert "not yours now" in told.text
    assert owner_name(house, lead_id) == second
    click(house, second, other, Action.LEAD_CONTACTED)
    house.step()


def test_an_outbox_names_every_message_once(house: House, design: HandoffDesign) -> None:
    """No ping more than needed: one card for the owner, whatever happens to it."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    click(house, name, card, Action.LEAD_ACCEPT)
    click(house, name, card, Action.LEAD_CONTACTED)
    house.step(days=1)

    with house.app.database.read() as connection:
        sent = outbox.about(connection, workspace=house.workspace, subject=lead_id)
    assert {message.kind for message in sent} == {"lead"}
