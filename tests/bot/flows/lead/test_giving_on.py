"""A lead goes on to somebody else: when, and to whom."""

import pytest

from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Done
from handoff.design import HandoffDesign
from handoff.directory import PodMember
from handoff.lead import DeclineReason
from storage import directory as directories
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import set_up_team


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design with a pod of five."""
    team = set_up_team(house)
    (pod,) = team.pods
    more = tuple(PodMember(person=house.person(name).id) for name in ("mia", "ria"))
    team = team.model_copy(
        update={"pods": (pod.model_copy(update={"members": (*pod.members, *more)}),)}
    )
    house.app.database.run(
        lambda connection: directories.save(
            connection,
            workspace=house.workspace,
            directory=team,
            expected=directories.load(connection, workspace=house.workspace).revision,
            by="cli",
            now=house.clocks.now(),
        )
    )
    return activate_design(house, team)


def hand_back(house: House, lead_id: str, reason: DeclineReason) -> None:
    """Let the owner decline a lead."""
    done = decline(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=str(stored(house, lead_id).owner),
        lead_id=lead_id,
        reason=reason,
    )
    assert isinstance(done, Done)
    house.step()


def test_after_two_re_routes_silence_brings_the_fallback(
    house: House, design: HandoffDesign
) -> None:
    """It costs as much time as a decline, so a third rep is not asked either."""
    lead_id = arrive(house, design=design)
    for _ in range(2):
        hand_back(house, lead_id, DeclineReason.WRONG_TERRITORY)

    house.step(minutes=15)

    assert stored(house, lead_id).owner == house.person("sam").id
    assert stored(house, lead_id).reroutes == 2
    house.take()
