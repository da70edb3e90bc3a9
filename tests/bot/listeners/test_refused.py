"""`/handoff leads`: what could not be taken is seen and mended in Slack, by those who may."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ids import Action, Callback, Field, block_id
from handoff.audit import AuditFact
from handoff.lead import LeadState
from storage import audit, intake, leads
from tests.support.forms import front, text_of
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

PLACE = "#enterprise-handoff"
BAD = {**LEAD, "email": "jane@", "score": 300, "<b>": "_x_", "long": "y" * 4000, "tags": [1]}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The app with an active design; one lead was refused."""
    with open_house(tmp_path, handoff_webhook_secret=SECRET) as opened:
        activate_design(opened, set_up_team(opened))
        assert send(opened, {**BAD, "long": "y"}).status_code == 422
        yield opened
        opened.step()
        opened.take()


def waiting(house: House) -> list[intake.RefusedLead]:
    """Return the refused leads that wait."""
    with house.app.database.read() as connection:
        return intake.refused_leads(connection, workspace=house.workspace)


def open_form(house: House, name: str = "mia") -> None:
    """Open the list, and the form of its only lead."""
    person = house.person(name)
    person.command(PLACE, "/handoff leads")
    person.click(front(person), Action.REFUSED_EDIT)


def field(house: House, name: str) -> str:
    """Return the block of a field in Mia's form, by its label."""
    view = front(house.person("mia"))
    blocks = [block for block in view.blocks if block["type"] == "input"]
    return next(
        str(block["block_id"]) for block in blocks if block["label"]["text"].endswith(name)
    )


def test_a_lead_is_mended_and_taken_in(house: House) -> None:
    """Marketing corrects what is marked; the rest stays; the list is empty behind the answer."""
    open_form(house)
    mia = house.person("mia")
    shown = front(mia)
    assert "email is not an e-mail address" in text_of(shown)
    email, score = field(house, "email"), field(house, "score")
    assert [block["block_id"] for block in shown.blocks[1:3]] == [email, score]

    still = mia.submit(values={email: "jane@acme.example"})
    done = mia.submit(values={email: "jane@acme.example", score: "90"})

    assert still == {score: "Must be a number from 0 to 100"}
    assert done == {}
    assert "has it." in text_of(front(mia))
    assert waiting(house) == []
    with house.app.database.read() as connection:
        lead = leads.find(
            connection,
            workspace=house.workspace,
            source="default",
            external_id=LEAD["external_id"],
            email_key=None,
        )
    assert lead is not None
    assert (lead.state, lead.submitted_at) == (LeadState.ASSIGNED, house.clocks.now())
    assert lead.attributes["extra"] == {"<b>": "_x_", "tags": [1]}
    mia.close_all()
    mia.command(PLACE, "/handoff leads")
    assert "No lead waits" in text_of(front(mia))


def test_what_is_no_lead_is_dismissed(house: House) -> None:
    """A reason takes it off the list; who gave it is in the audit log."""
    (one,) = waiting(house)
    open_form(house)
    mia = house.person("mia")

    assert mia.submit(values={Field.REFUSED_REASON: "A test of the form"}) == {}

    assert waiting(house) == []
    with house.app.database.read() as connection:
        fact = audit.history(connection, workspace=house.workspace, subject=one.id)[-1]
    assert (fact.kind, fact.actor) == (AuditFact.LEAD_DISMISSED, mia.id)


def test_what_somebody_else_settled_is_said(house: House) -> None:
    """Two people with the same form: the second is told, and nothing happens twice."""
    open_form(house, "mia")
    open_form(house, "ria")
    assert house.person("ria").submit(values={Field.REFUSED_REASON: "Spam"}) == {}

    errors = house.person("mia").submit(values={Field.REFUSED_REASON: "Spam"})

    assert "settled already" in errors[Field.REFUSED_REASON]


def test_reps_are_told_whom_to_ask(house: House) -> None:
    """What outsiders sent is not for everybody."""
    dana = house.person("dana")

    dana.command(PLACE, "/handoff leads")

    assert "marketing leadership" in text_of(front(dana))
    assert "jane@" not in str(front(dana).body)
    home = dana.open_home()
    assert home is not None
    assert "wait" not in text_of(home).replace("waits for you", "")


def test_home_tells_those_who_can_mend(house: House) -> None:
    """A line with the way to the list."""
    mia = house.person("mia")
    home = mia.open_home()
    assert home is not None
    assert "*1 lead* could not be taken and waits for repair" in text_of(home)

    mia.click(home, Action.REFUSED_OPEN)

    assert front(mia).body["callback_id"] == Callback.REFUSED_LIST


def test_long_values_are_kept_although_no_field_shows_them(house: House) -> None:
    """Slack fills in 3,000 characters at most; what is too long is told at the end of the form."""
    (first,) = waiting(house)
    house.person("ria").command(PLACE, "/handoff leads")
    house.person("ria").close_all()
    assert send(house, {**BAD, "external_id": "web-2"}).status_code == 422
    mia = house.person("mia")
    mia.command(PLACE, "/handoff leads")
    newest = next(one.id for one in waiting(house) if one.id != first.id)
    mia.click(front(mia), Action.REFUSED_EDIT, block_id=f"refused.line:{newest}")

    errors = mia.submit(
        values={field(house, "email"): "jane@acme.example", field(house, "score"): "90"}
    )

    assert errors == {Field.REFUSED_REASON: "long is longer than 2000 characters"}
    assert block_id(Field.REFUSED_FIELD, 0) not in errors
