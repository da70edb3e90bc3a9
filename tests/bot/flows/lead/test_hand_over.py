"""Leads that people hand over by form."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.flows.lead.hand_over import HandedOver, hand_over
from handoff.lead import LeadState
from tests.support.house import House, open_house
from tests.support.leads import activate_design
from tests.support.team import set_up_team


def test_a_message_that_many_hand_over_at_once_is_one_lead(tmp_path: Path, url: str) -> None:
    """Eight people use the shortcut on the same message, which has no address."""
    with open_house(tmp_path, handoff_database_url=url) as house:
        activate_design(house, set_up_team(house))

        with ThreadPoolExecutor(8) as pool:
            handed = list(pool.map(lambda _: hand_in(house), range(8)))

        assert len({one.lead.id for one in handed}) == 1
        assert [one.is_known for one in handed].count(False) == 1
        assert handed[0].lead.state is LeadState.UNROUTABLE
        house.step()
        house.take()


def hand_in(house: House) -> HandedOver:
    """Hand over the lead of one message."""
    handed = hand_over(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("dana").id,
        fields={"last_name": "Doe", "company": "Acme Ltd"},
        name="C1/1795442400.000001",
        design=None,
    )
    assert isinstance(handed, HandedOver)
    return handed
