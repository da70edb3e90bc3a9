"""What people do about their leads besides answering them: Home, caps, leaving, editing."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from bot.flows.lead import time_off
from bot.flows.lead.again import came_again
from bot.ids import Action, Field
from handoff.approval import VersionState
from handoff.brief import Band, OwnerModel
from handoff.design import HandoffDesign
from handoff.draft import draft
from handoff.lead import LeadState
from storage import directory as directories
from storage import versions
from tests.support.forms import front
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive, stored
from tests.support.team import set_up_team

TEAM = ("dana", "noor", "eli")


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design: two hours, half an hour for band A."""
    return activate_design(house, set_up_team(house))


def owner_name(house: House, lead_id: str) -> str:
    """Return the first name of a lead's owner."""
    owner = stored(house, lead_id).owner
    return next(name for name in (*TEAM, "sam") if house.person(name).id == owner)


def contact(house: House, *lead_ids: str) -> None:
    """Let the owners contact their leads, from the Home tab."""
    for lead_id in lead_ids:
        rep = house.person(owner_name(house, lead_id))
        home = rep.open_home()
        assert home is not None
        rep.click(home, Action.LEAD_CONTACTED, block_id=f"home.lead:{lead_id}")
    house.step()
    house.take()


def test_home_shows_my_leads_with_their_buttons(house: House, design: HandoffDesign) -> None:
    """The one that is due first stands first; a tap redraws the tab."""
    lead_id = arrive(house, design=design)
    rep = house.person(owner_name(house, lead_id))
    house.take()

    home = rep.open_home()
    assert home is not None
    assert "Your leads" in str(home.blocks)
    assert "Nothing waits for you." not in str(home.blocks)
    rep.click(home, Action.LEAD_ACCEPT, block_id=f"home.lead:{lead_id}")

    assert stored(house, lead_id).state is LeadState.ACCEPTED
    assert rep.home is not None
    assert "Accepted." in str(rep.home.blocks)
    contact(house, lead_id)
    assert "What became of it?" in str(rep.home.blocks)


def test_a_cap_of_ones_own_keeps_leads_away(house: House, design: HandoffDesign) -> None:
    """With a cap of none a rep gets none; with every rep capped the fallback has the lead."""
    for name in TEAM:
        rep = house.person(name)
        rep.command(CHANNEL, "/handoff me")
        errors = rep.submit(front(rep), {Field.ME_DAILY_CAP: "2000"})
        assert "1000 or less" in errors[Field.ME_DAILY_CAP]
        cap = "1" if name == "eli" else "0"
        assert not rep.submit(front(rep), {Field.ME_DAILY_CAP: cap, Field.ME_OPEN_CAP: "5"})

    first, second = arrive(house, design=design), arrive(house, design=design)

    assert owner_name(house, first) == "eli"
    assert owner_name(house, second) == "sam"
    contact(house, first, second)


def test_time_off_of_ones_own_can_be_taken_back(house: House, design: HandoffDesign) -> None:
    """What was entered with `/handoff me` is listed there, and removed by its button."""
    del design
    rep = house.person("dana")
    rep.command(CHANNEL, "/handoff me")
    assert not rep.submit(front(rep), {Field.ME_AWAY_FROM: "2026-12-24"})
    rep.command(CHANNEL, "/handoff me")
    assert "24 Dec 2026 to 24 Dec 2026" in str(front(rep).blocks)

    rep.click(front(rep), Action.ME_REMOVE_TIME_OFF)

    assert "no time off ahead" in str(front(rep).blocks)
    with house.app.database.read() as connection:
        assert not directories.time_off(connection, workspace=house.workspace, person=rep.id)


def test_who_leaves_slack_loses_their_leads(house: House, design: HandoffDesign) -> None:
    """Untouched leads of a deactivated person go to others, and RevOps gets the list."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    house.take()
    user = house.sandbox.workspace.user_named(first)

    house.sandbox.doings.change_profile(replace(user, deleted=True))
    house.sandbox.settle()
    house.step()

    assert owner_name(house, lead_id) != first
    (told,) = house.take_direct("ben")
    assert "their leads moved" in told.text
    house.take()
    contact(house, lead_id)


def test_an_account_owner_goes_first_and_a_company_stays_together(
    house: House, design: HandoffDesign
) -> None:
    """The account's owner gets the lead; the next one of that company goes to the same rep."""
    noor = house.sandbox.workspace.user_named("noor")
    first = arrive(house, design=design, domain="acme.example", account_owner_email=noor.email)
    second = arrive(house, design=design, domain="acme.example")

    assert owner_name(house, first) == owner_name(house, second) == "noor"
    texts = [str(message.blocks) for message in house.take_direct("noor")]
    assert "you own this account" in texts[0]
    assert "another open lead of this company" in texts[1]
    contact(house, first, second)


def test_the_same_lead_again_is_due_at_the_earlier_instant(
    house: House, design: HandoffDesign
) -> None:
    """A better band brings the due instant forward; a worse one changes nothing; once told."""
    lead_id = arrive(house, design=design, band=Band.B)
    name = owner_name(house, lead_id)
    house.take()
    before = stored(house, lead_id).clock
    house.step(minutes=10)

    for band, arrival in ((Band.C, "again-1"), (Band.A, "again-2"), (Band.A, "again-2")):
        house.app.database.run(
            lambda connection, band=band, arrival=arrival: came_again(
                connection,
                workspace=house.workspace,
                now=house.clocks.now(),
                lead_id=lead_id,
                arrival=arrival,
                source="webinar",
                band=band,
            )
        )
    house.step()

    after = stored(house, lead_id).clock
    assert before is not None
    assert after is not None
    assert after.due_at < before.due_at
    assert (after.due_at - house.clocks.now()).total_seconds() == 30 * 60
    told = [message.text for message in house.take_direct(name)]
    assert len(told) == 2
    assert all("came again, from webinar" in text for text in told)
    contact(house, lead_id)


def test_a_lead_keeps_the_version_of_its_arrival(house: House, design: HandoffDesign) -> None:
    """When the design is edited meanwhile, a re-route still goes by the old rules."""
    lead_id = arrive(house, design=design)
    house.take()
    activate_next(house, design)

    rep = house.person(owner_name(house, lead_id))
    home = rep.open_home()
    assert home is not None
    rep.click(home, Action.LEAD_DECLINE, block_id=f"home.lead:{lead_id}")
    assert not rep.submit(front(rep), {Field.LEAD_REASON: "at_capacity"})
    house.step()

    lead = stored(house, lead_id)
    assert (lead.version, lead.pod) == (1, "enterprise-east")
    assert lead.clock is not None
    assert lead.clock.target_minutes == 30
    house.take()
    contact(house, lead_id)


def activate_next(house: House, design: HandoffDesign) -> None:
    """Let version 2 of the design replace the first: it gives everything to one named rep."""
    people = design.brief.people.model_copy(
        update={
            "owner_models": (OwnerModel.NAMED_REP,),
            "named_rep": house.person("sam").id,
        }
    )
    brief = design.brief.model_copy(update={"people": people, "go_live": date(2026, 11, 23)})

    def work(connection: Connection) -> None:
        now, workspace = house.clocks.now(), house.workspace
        directory = directories.load(connection, workspace=workspace).directory
        body = draft(brief=brief, directory=directory, key=design.key, version=2, as_of=now)
        versions.add(connection, workspace=workspace, body=body, author=brief.author, now=now)
        for number, before, after in (
            (1, VersionState.ACTIVE, VersionState.RETIRED),
            (2, VersionState.DRAFT, VersionState.IN_REVIEW),
            (2, VersionState.IN_REVIEW, VersionState.APPROVED),
            (2, VersionState.APPROVED, VersionState.ACTIVE),
        ):
            assert versions.move(
                connection,
                workspace=workspace,
                design=design.key,
                number=number,
                expected=before,
                to=after,
                now=now,
            )

    house.app.database.run(work)


def test_many_leads_of_who_is_away_move_in_parts(
    house: House, design: HandoffDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction moves more than its part, touched leads in front hide none, all move."""
    monkeypatch.setattr(time_off, "_PART", 2)
    rep = "dana"
    mail = house.sandbox.workspace.user_named(rep).email
    leads = [arrive(house, design=design, account_owner_email=mail) for _ in range(5)]
    assert {owner_name(house, lead) for lead in leads} == {rep}
    contact(house, leads[0])
    house.take()
    user = house.sandbox.workspace.user_named(rep)

    house.sandbox.doings.change_profile(replace(user, deleted=True))
    house.sandbox.settle()
    house.step()

    assert owner_name(house, leads[0]) == rep
    assert rep not in {owner_name(house, lead) for lead in leads[1:]}
    assert [one.text.count(" → ") for one in house.take_direct("ben")] == [2, 2]
    house.take()
    contact(house, *leads[1:])
