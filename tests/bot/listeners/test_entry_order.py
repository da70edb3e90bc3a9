"""The workspace's own order of entry rules: seen, changed, and followed by leads and packets."""

import pytest
from sqlalchemy import Connection

from bot.blocks.entry_order import DEFAULT
from bot.ids import Action, Field, block_id
from bot.sandbox.person import Person
from handoff.audit import AuditFact
from handoff.directory import Role
from storage import audit, leads
from storage import directory as directories
from tests.support.forms import front, text_of
from tests.support.house import House
from tests.support.leads import activate_design
from tests.support.review import send_for_review, words_of
from tests.support.team import set_up_team

PLACE = "#enterprise-handoff"
DESIGNS = ("ENT-1", "ENT-2", "ENT-3")


@pytest.fixture(autouse=True)
def _designs(house: House) -> None:
    """Let three designs be at work that want the same leads."""
    directory = set_up_team(house)
    for _ in DESIGNS:
        activate_design(house, directory)
        house.clocks.advance(seconds=1)


def open_form(house: House, name: str) -> Person:
    """Open the form as somebody, from the list of designs."""
    person = house.person(name)
    person.command(PLACE, "/handoff designs")
    person.click(house.sandbox.person(name).sees(PLACE)[-1], Action.ENTRY_ORDER_OPEN)
    house.take()
    return person


def choose(person: Person, *order: str, default: bool = False) -> dict[str, str]:
    """Give each design its place, and save."""
    values: dict[str, object] = {
        block_id(Field.ENTRY_PLACE, key): str(place) for place, key in enumerate(order, start=1)
    }
    return person.submit(values=values | ({Field.ENTRY_DEFAULT: [DEFAULT]} if default else {}))


def taken_by(house: House, number: int) -> str | None:
    """Hand over a lead that every design wants; return which one took it."""
    ria = house.person("ria")
    email = f"w{number}@w{number}.example"
    ria.command(PLACE, f"/handoff lead {email}")
    assert ria.submit(values={Field.LEAD_EMPLOYEES: "5000", Field.LEAD_TITLE: "VP"}) == {}
    house.step()
    house.take()
    ria.close_all()
    with house.app.database.read() as connection:
        found = leads.find(
            connection,
            workspace=house.workspace,
            source="slack",
            external_id=None,
            email_key=email,
        )
    assert found is not None
    return found.design


def test_an_order_is_chosen_and_leads_follow_it(house: House) -> None:
    """By default the oldest of equals takes a lead; after that, the first of the order."""
    before = taken_by(house, 1)

    assert choose(open_form(house, "ria"), "ENT-3", "ENT-1", "ENT-2") == {}

    assert (before, taken_by(house, 2)) == ("ENT-1", "ENT-3")
    assert choose(open_form(house, "ria"), *DESIGNS, default=True) == {}
    assert taken_by(house, 3) == "ENT-1"
    with house.app.database.read() as connection:
        facts = audit.history(connection, workspace=house.workspace, subject="designs")
    first, second = (fact for fact in facts if fact.kind is AuditFact.ENTRY_ORDER_CHANGED)
    assert first.actor == house.person("ria").id
    assert first.data["after"] == ["ENT-3", "ENT-1", "ENT-2"]
    assert second.data["after"] == list(DESIGNS)


def test_a_place_is_given_once(house: House) -> None:
    """Two designs in one place are told at both, and nothing changes."""
    ria = open_form(house, "ria")

    errors = ria.submit(values={block_id(Field.ENTRY_PLACE, "ENT-2"): "1"})

    assert set(errors) == {block_id(Field.ENTRY_PLACE, key) for key in ("ENT-1", "ENT-2")}
    ria.close_all()
    assert taken_by(house, 1) == "ENT-1"


def test_only_revops_and_admins_change_it(house: House) -> None:
    """Others see the order, and whom to ask."""
    dana = open_form(house, "dana")

    assert front(dana).body.get("submit") is None
    assert "1. ENT-1" in text_of(front(dana))
    assert f"<@{house.person('ben').id}>" in text_of(front(dana))


def test_who_lost_the_role_meanwhile_is_refused_at_the_field(house: House) -> None:
    """The server decides when the form is sent, whatever it showed when it opened."""
    ben = open_form(house, "ben")
    let_go(house, ben.id)

    errors = choose(ben, "ENT-3", "ENT-1", "ENT-2")

    assert "Only RevOps" in next(iter(errors.values()))
    assert taken_by(house, 1) == "ENT-1"


def test_packets_tell_who_goes_first(house: House) -> None:
    """A packet in review shows its overlaps, and follows a change of the order."""
    packet = send_for_review(house, design="ENT-1")
    assert "ENT-2, which is active; they have the same priority" in words_of(house, packet)

    assert choose(open_form(house, "ria"), "ENT-2", "ENT-1", "ENT-3") == {}
    house.step()

    assert "ENT-2, which is active; ENT-2 takes them" in words_of(house, packet)
    house.take()


def let_go(house: House, person: str) -> None:
    """Take all roles from somebody."""

    def work(connection: Connection) -> None:
        found = directories.load(connection, workspace=house.workspace)
        roles = {
            Role(role): tuple(key for key in keys if key != person)
            for role, keys in found.directory.roles.items()
        }
        directories.save(
            connection,
            workspace=house.workspace,
            directory=found.directory.model_copy(update={"roles": roles}),
            expected=found.revision,
            by="cli",
            now=house.clocks.now(),
        )

    house.app.database.run(work)
