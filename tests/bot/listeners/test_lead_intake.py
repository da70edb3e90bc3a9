"""Leads from Slack: the form, and the shortcut on a message."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.lead_intake import RAISED
from bot.flows.lead.contact import contacted
from bot.flows.lead.outcome import close
from bot.ids import Callback, Field, Shortcut
from handoff.lead import LeadState, Outcome
from storage.tables import lead_table
from tests.support.house import House
from tests.support.leads import activate_design, stored
from tests.support.team import set_up_team

CHANNEL = "#enterprise-handoff"
FILLED: dict[str, Any] = {
    Field.LEAD_EMAIL: "jane@acme.example",
    Field.LEAD_FIRST_NAME: "Jane",
    Field.LEAD_TITLE: "VP Operations",
    Field.LEAD_EMPLOYEES: "5,000",
    Field.LEAD_COUNTRY: "US",
}


@pytest.fixture(autouse=True)
def _design(house: House) -> None:
    """Let an enterprise design be active."""
    activate_design(house, set_up_team(house))


def lead_ids(house: House) -> list[str]:
    """Return the ids of all leads."""
    with house.app.database.read() as connection:
        return [row[0] for row in connection.execute(select(lead_table.c.id))]


def take_all(house: House) -> None:
    """Let all that is due happen; what is sent is the business of other tests."""
    house.step()
    house.take()


def test_a_lead_is_handed_over_by_form(house: House) -> None:
    """It is stored and routed, and the form says who has it and until when."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/handoff lead")

    assert ria.submit(values=FILLED) == {}

    (lead_id,) = lead_ids(house)
    lead = stored(house, lead_id)
    assert (lead.source, lead.state, lead.band) == ("slack", LeadState.ASSIGNED, "A")
    assert lead.attributes["handed_over_by"] == ria.id
    assert ria.view is not None
    assert ria.view.body["callback_id"] == Callback.LEAD_HANDED_OVER
    assert f"<@{lead.owner}> has it." in str(ria.view.body)
    take_all(house)


def test_what_follows_the_command_fills_the_form_in(house: House) -> None:
    """An address and a number are found in what was typed."""
    ria = house.person("ria")

    view = ria.command(CHANNEL, "/handoff lead jane@acme.example +44 20 7946 0958 wants a demo")

    shown = str(view and view.body)
    assert "'initial_value': 'jane@acme.example'" in shown
    assert "'initial_value': '+44 20 7946 0958'" in shown
    assert "'initial_value': 'Acme'" in shown


def test_what_is_wrong_is_said_at_its_field(house: House) -> None:
    """Nothing is stored, and the form stays open."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/handoff lead")

    nothing = ria.submit(values={})
    bad = ria.submit(values={Field.LEAD_EMAIL: "nope", Field.LEAD_SCORE: "120"})

    assert set(nothing) == {Field.LEAD_EMAIL}
    assert set(bad) == {Field.LEAD_EMAIL, Field.LEAD_SCORE}
    assert lead_ids(house) == []


def test_what_cannot_be_read_is_said_while_it_can_be_mended(house: House) -> None:
    """A lead whose country or size is missing waits or goes astray, and its sender never knew."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/handoff lead")
    unread = {
        Field.LEAD_COUNTRY: "Narnia",
        Field.LEAD_PHONE: "020 7946",
        Field.LEAD_EMPLOYEES: "many",
    }

    told = ria.submit(values={**FILLED, **unread, Field.LEAD_SCORE: "120"})

    assert set(told) == {*unread, Field.LEAD_SCORE}
    assert told[Field.LEAD_COUNTRY].startswith("Is no country that I know; write its English")
    assert "write it with +" in told[Field.LEAD_PHONE]
    assert "a range such as 500-1000" in told[Field.LEAD_EMPLOYEES]
    assert lead_ids(house) == []
    mended = {
        Field.LEAD_COUNTRY: "uk",
        Field.LEAD_PHONE: "020 7946 0958",
        Field.LEAD_EMPLOYEES: "1,000-5,000",
        Field.LEAD_SCORE: "80",
    }
    assert ria.submit(values=mended) == {}
    take_all(house)


def test_a_message_is_handed_over_once(house: House) -> None:
    """The shortcut fills the form in; the same message again is the same lead."""
    ria = house.person("ria")
    message = ria.post(CHANNEL, "Jane from Acme wrote: jane@acme.example, call her!")

    for _ in range(2):
        ria.shortcut(Shortcut.HAND_OVER, message)
        assert ria.submit(values={**FILLED, Field.LEAD_EMAIL: "jane@acme.example"}) == {}
    assert ria.view is not None
    assert "was known already" in str(ria.view.body)

    (lead_id,) = lead_ids(house)
    assert "call her!" in stored(house, lead_id).attributes["note"]
    take_all(house)


def test_a_lead_below_the_gates_is_kept(house: House) -> None:
    """Without the hand-raise and with a low score nobody is called, and the form says so."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/handoff lead")
    cold = {Field.LEAD_HAND_RAISE: [], Field.LEAD_SCORE: "10"}

    assert ria.submit(values={**FILLED, **cold}) == {}

    assert ria.view is not None
    assert "does not meet" in str(ria.view.body)
    assert RAISED not in str(ria.view.body)


def test_a_message_below_the_gates_is_one_lead_however_often_it_is_handed_over(
    house: House,
) -> None:
    """Whoever it is about asked once; the word of a colleague does not make it twice."""
    message = house.person("ria").post(CHANNEL, "jane@gmail.com asks for a demo")

    for name in ("ria", "sam"):
        person = house.person(name)
        person.shortcut(Shortcut.HAND_OVER, message)
        assert person.submit(values={**FILLED, Field.LEAD_EMAIL: "jane@gmail.com"}) == {}

    (lead_id,) = lead_ids(house)
    assert stored(house, lead_id).state is LeadState.NURTURED


def test_a_chosen_design_takes_the_lead(house: House) -> None:
    """The entry rules are not asked then; a lead of no design says that nobody has it."""
    ria = house.person("ria")
    small = {**FILLED, Field.LEAD_EMPLOYEES: "5"}
    ria.command(CHANNEL, "/handoff lead")
    ria.submit(values={**small, Field.LEAD_DESIGN: "ENT-1"})
    (first,) = lead_ids(house)
    ria.command(CHANNEL, "/handoff lead")
    ria.submit(values={**small, Field.LEAD_EMAIL: "li@other.example"})

    assert stored(house, first).design == "ENT-1"
    assert ria.view is not None
    assert "Nobody has it yet" in str(ria.view.body)
    take_all(house)


def close_lead(house: House, lead_id: str) -> None:
    """Let the owner of a lead contact and close it."""
    act = {
        "database": house.app.database,
        "workspace": house.workspace,
        "by": str(stored(house, lead_id).owner),
        "lead_id": lead_id,
    }
    contacted(**act, now=house.clocks.now())
    close(**act, now=house.clocks.now(), outcome=Outcome.NO_RESPONSE)
    take_all(house)


def test_who_asks_again_after_the_close_is_handed_over_again(house: House) -> None:
    """A new form is a new word and starts a cycle; the same message again is not."""
    ria = house.person("ria")
    message = ria.post(CHANNEL, "Jane from Acme wrote: jane@acme.example, call her!")
    ria.shortcut(Shortcut.HAND_OVER, message)
    assert ria.submit(values=FILLED) == {}
    (lead_id,) = lead_ids(house)
    take_all(house)
    close_lead(house, lead_id)
    house.step(minutes=5)

    ria.shortcut(Shortcut.HAND_OVER, message)
    assert ria.submit(values=FILLED) == {}
    assert lead_ids(house) == [lead_id]
    ria.command(CHANNEL, "/handoff lead")
    assert ria.submit(values=FILLED) == {}

    (second,) = set(lead_ids(house)) - {lead_id}
    assert (stored(house, second).root, stored(house, second).cycle) == (lead_id, 2)
    assert ria.view is not None
    assert "The first contact is due" in str(ria.view.body)
    take_all(house)


def test_what_comes_to_a_closed_lead_is_said_to(house: House) -> None:
    """Nobody has it any more, and nothing is due."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/handoff lead")
    assert ria.submit(values=FILLED) == {}
    (lead_id,) = lead_ids(house)
    take_all(house)
    close_lead(house, lead_id)

    ria.command(CHANNEL, "/handoff lead")
    assert ria.submit(values={**FILLED, Field.LEAD_HAND_RAISE: []}) == {}

    assert ria.view is not None
    shown = str(ria.view.body)
    assert f"was closed before; <@{stored(house, lead_id).owner}>, who had it last" in shown
    assert "The first contact is due" not in shown
    take_all(house)
