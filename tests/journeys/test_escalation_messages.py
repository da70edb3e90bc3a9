"""What the messages of an escalation say to each of those who get one."""

import pytest

from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.reassign import reassign
from bot.ids import Action, Field
from handoff.design import HandoffDesign
from handoff.directory import Role, UserGroup
from handoff.lead import DeclineReason
from tests.support.escalations import calls, climb_of, current_of, message_to, now_shows, who
from tests.support.forms import front
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import save_team, set_up_team

CHANNEL = "#enterprise-handoff"


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active design: band A is due after half an hour; steps of 15, 30 and 60 minutes."""
    return activate_design(house, set_up_team(house))


def owner_of(house: House, lead_id: str) -> str:
    """Return the name of a lead's owner."""
    owner = stored(house, lead_id).owner
    names = ("dana", "noor", "eli", "sam", "ben")
    return next(name for name in names if house.person(name).id == owner)


def test_an_owner_is_told_of_their_own_lead_alone(house: House, design: HandoffDesign) -> None:
    """Two leads of two reps are late at once: channel and director read of both on one message."""
    leads = [arrive(house, design=design) for _ in range(2)]
    owners = [owner_of(house, lead_id) for lead_id in leads]
    assert len(set(owners)) == 2
    for rep in map(house.person, owners):
        rep.click(rep.direct_messages()[0], Action.LEAD_ACCEPT)
    house.step(minutes=30)
    found = calls(house)

    for name, lead_id in zip(owners, leads, strict=True):
        shown = now_shows(house, message_to(found, name))
        assert str(stored(house, lead_id).attributes["last_name"]) in shown
        assert "2 leads" not in shown
        assert "You own this" in shown
        assert Action.ESCALATION_ACKNOWLEDGE_ALL not in shown
    assert "ben" in who(found)
    for name in ("ben", CHANNEL):
        (both,) = [one for one in found if one[0] == name and "2 leads of" in one[1].text]
        assert Action.ESCALATION_ACKNOWLEDGE_ALL in now_shows(house, both[1])
    ben = house.person("ben")
    ben.click(current_of(house, message_to(found, "ben")), Action.ESCALATION_ACKNOWLEDGE_ALL)
    house.step()
    assert "has it" in now_shows(house, message_to(found, owners[0]))


@pytest.mark.parametrize(("steps", "name"), [(0, "max"), (1, "omar"), (2, "cleo")])
def test_whoever_is_called_names_a_rep(house: House, steps: int, name: str) -> None:
    """A member of a user group and the CRO have the button too, and it does what it says."""
    team = set_up_team(house)
    groups = (group(house, "S0REVOPS01", "ria", "max"), group(house, "S0SALESLD1", "sam", "omar"))
    roles = {
        **team.roles,
        Role.REVOPS_DIRECTOR: ("S0REVOPS01",),
        Role.SALES_MANAGER: ("S0SALESLD1",),
    }
    save_team(house, team.model_copy(update={"roles": roles, "groups": groups}))
    lead_id = arrive(house, design=None)
    found = calls(house)
    for minutes in (15, 30)[:steps]:
        house.step(minutes=minutes)
        found += calls(house)
    person, message = house.person(name), message_to(found, name)

    person.click(current_of(house, message), Action.LEAD_REASSIGN)
    assert not person.submit(front(person), {Field.LEAD_TO: house.person("dana").id})
    house.step()

    assert owner_of(house, lead_id) == "dana"
    house.take()


def test_who_was_not_called_names_nobody(house: House) -> None:
    """The CRO is not called yet, and so has no say in who gets the lead."""
    set_up_team(house)
    lead_id = arrive(house, design=None)
    house.take()
    now = {"database": house.app.database, "workspace": house.workspace}

    told = reassign(
        **now,
        now=house.clocks.now(),
        by=house.person("cleo").id,
        lead_id=lead_id,
        to=house.person("dana").id,
    )

    assert isinstance(told, Denied)
    assert stored(house, lead_id).owner is None


def group(house: House, key: str, *names: str) -> UserGroup:
    """Return a user group of these people."""
    members = tuple(house.person(name).id for name in names)
    return UserGroup(key=key, name=key.lower(), members=members)


def test_a_lead_that_finds_an_owner_late_is_no_lead_of_nobody(house: House) -> None:
    """A rep is named after routing failed: every message, and leadership's packet, says so."""
    set_up_team(house)
    leads = [arrive(house, design=None) for _ in range(2)]
    found = calls(house)
    call = next(message for name, message in found if name == "ben")
    packet = message_to(found, "mia")
    assert "2 leads" in now_shows(house, call)
    assert now_shows(house, call).count("Nobody to give it to") == 2
    assert "owner Dana Lopez" not in now_shows(house, packet)

    done = reassign(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("ben").id,
        lead_id=leads[0],
        to=house.person("dana").id,
    )
    assert isinstance(done, Done)
    house.step()

    shown = now_shows(house, call)
    assert shown.count("Nobody to give it to") == 1
    assert "Found an owner late: Lena" in shown
    assert now_shows(house, packet).count("owner Dana Lopez") == 1
    house.take()
    house.step(minutes=15)
    assert "Found an owner late" in now_shows(house, message_to(calls(house), "sam"))


def test_a_rep_is_named_for_one_of_several_leads(house: House) -> None:
    """Each lead of nobody on a shared message has it in its menu, until it has an owner."""
    set_up_team(house)
    leads = [arrive(house, design=None) for _ in range(2)]
    call = next(message for name, message in calls(house) if name == "ben")
    ben = house.person("ben")
    block = f"escalation.climb:{climb_of(house, leads[1]).id}"

    ben.select(current_of(house, call), Action.ESCALATION_MENU, f"name|{leads[1]}", block_id=block)
    assert not ben.submit(front(ben), {Field.LEAD_TO: house.person("noor").id})
    house.step()

    assert owner_of(house, leads[1]) == "noor"
    assert stored(house, leads[0]).owner is None
    shown = now_shows(house, call)
    assert f"name|{leads[0]}" in shown
    assert f"name|{leads[1]}" not in shown
    house.take()


def test_leadership_reads_what_to_do_about_leads_of_nobody(house: House) -> None:
    """No integration failed, so nobody is sent to look at one."""
    set_up_team(house)
    for _ in range(2):
        arrive(house, design=None)

    shown = now_shows(house, message_to(calls(house), "mia"))

    assert "2 of 2 share the reason *no design takes this lead*. Name a rep" in shown
    assert "integration" not in shown


def test_a_step_of_the_owner_is_passed_over_for_that(house: House, design: HandoffDesign) -> None:
    """The Sales Manager has the lead; that is why the step calls nobody, not that he is away."""
    lead_id = arrive(house, design=design)
    done = reassign(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("ben").id,
        lead_id=lead_id,
        to=house.person("sam").id,
    )
    assert isinstance(done, Done)
    house.step(minutes=45)

    shown = now_shows(house, message_to(calls(house), "cleo"))

    assert "Sales Manager skipped, Sam Whitfield owns the lead" in shown


def test_a_lead_of_no_design_that_is_handed_back_is_a_lead_of_nobody_again(house: House) -> None:
    """The call says so at once, and another rep can be named from it."""
    set_up_team(house)
    lead_id = arrive(house, design=None)
    call = message_to(calls(house), "ben")
    where = {"database": house.app.database, "workspace": house.workspace, "lead_id": lead_id}
    dana, ben = house.person("dana"), house.person("ben")
    done = reassign(**where, now=house.clocks.now(), by=ben.id, to=dana.id)
    assert isinstance(done, Done)
    house.step()
    assert "Found an owner late" in now_shows(house, call)

    reason = DeclineReason.WRONG_TERRITORY
    done = decline(**where, now=house.clocks.now(), by=dana.id, reason=reason)
    assert isinstance(done, Done)
    house.step()

    shown = now_shows(house, call)
    assert "Nobody to give it to" in shown
    assert "Dana Lopez" not in shown
    assert Action.LEAD_REASSIGN in shown
    house.take()
