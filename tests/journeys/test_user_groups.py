"""A user group holds a role: what is for that role comes to a person of it who is here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handoff.brief import OnMissing
from handoff.directory import Directory, Role, TimeOff, UserGroup
from storage import directory as directories
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.review import brief_for
from tests.support.team import save_team, set_up_team

GROUP = "S0REVOPS01"


@pytest.fixture
def team(house: House) -> Directory:
    """A team whose RevOps Director is the user group of Max and Mia."""
    members = tuple(house.person(name).id for name in ("max", "mia"))
    found = set_up_team(house)
    team = found.model_copy(
        update={
            "roles": {**found.roles, Role.REVOPS_DIRECTOR: (GROUP,)},
            "groups": (UserGroup(key=GROUP, name="RevOps team", members=members),),
        }
    )
    save_team(house, team)
    return team


def take_time_off(house: House, name: str) -> None:
    """Let somebody be away today and tomorrow."""
    now = house.clocks.now()
    until = (now + timedelta(days=1)).date()
    away = TimeOff.model_validate(
        {"person": house.person(name).id, "from": now.date(), "to": until}
    )
    house.app.database.run(
        lambda connection: directories.add_time_off(
            connection, workspace=house.workspace, time_off=away, by="cli", now=now
        )
    )


def test_the_list_of_moved_leads_comes_to_somebody_of_the_group(
    house: House, team: Directory
) -> None:
    """Max is away, so Mia gets it; nothing is posted to the group, which is no conversation."""
    design = activate_design(house, team)
    take_time_off(house, "max")
    lead_id = arrive(house, design=design)
    owner = stored(house, lead_id).owner
    (user,) = [one for one in house.sandbox.workspace.users.values() if one.id == owner]

    house.sandbox.doings.change_profile(replace(user, deleted=True))
    house.sandbox.settle()
    house.step()

    (told,) = house.take_direct("mia")
    assert "their leads moved" in told.text
    assert house.take_direct("max") == []
    house.take()


@pytest.mark.parametrize(("away", "asked"), [("mia", "max"), ("max", "mia")])
def test_marketing_is_asked_through_its_group(
    house: House, team: Directory, away: str, asked: str
) -> None:
    """Who is here is asked for what a lead lacks."""
    people = brief_for(house).people.model_copy(update={"marketing_leadership": (GROUP,)})
    design = activate_design(house, team, on_missing=OnMissing.ASK_MARKETING, people=people)
    take_time_off(house, away)
    arrive(house, design=design, employees=None)

    house.step(minutes=3)

    (told,) = house.take()
    assert "employees is missing" in told.text
    assert told in house.person(asked).direct_messages()
