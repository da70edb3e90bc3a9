"""Leadership is away when a handoff fails in a pattern, and comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.ids import Action
from handoff.design import HandoffDesign
from handoff.directory import TimeOff
from storage import directory as directories
from tests.support.escalations import calls, current_of, message_to, now_shows
from tests.support.forms import fill
from tests.support.house import House
from tests.support.leads import activate_design, arrive
from tests.support.team import set_up_team

CHANNEL = "#enterprise-handoff"


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active design: band A is due after half an hour; two incidents in 48 hours."""
    return activate_design(house, set_up_team(house))


def packets(house: House) -> list[str]:
    """Take all new messages, and return who got leadership's packet."""
    return [name for name, message in calls(house) if "is failing" in message.text]


def away(house: House, *names: str, days: int) -> None:
    """Let people be away today and for some days after it."""
    today = house.clocks.now().date()

    def work(connection: Connection) -> None:
        for name in names:
            span = {"person": house.person(name).id, "from": today}
            directories.add_time_off(
                connection,
                workspace=house.workspace,
                time_off=TimeOff.model_validate({**span, "to": today + timedelta(days=days)}),
                by="cli",
                now=house.clocks.now(),
            )

    house.app.database.run(work)


def fail(house: House, design: HandoffDesign) -> None:
    """Let two leads arrive that nobody answers until they are due."""
    for _ in range(2):
        arrive(house, design=design)
    house.step(minutes=30)


def test_who_comes_back_gets_the_packet_at_opening(house: House, design: HandoffDesign) -> None:
    """Cleo is away today, Mia tomorrow as well; each is called once, when a day opens."""
    away(house, "cleo", days=0)
    away(house, "mia", days=1)

    fail(house, design)

    assert packets(house) == [CHANNEL]
    house.step(hours=23)
    assert packets(house) == []
    house.step(minutes=30)  # Tuesday, 09:00 in New York
    assert packets(house) == ["cleo"]
    house.step(days=1)
    assert packets(house) == ["mia"]
    house.step(days=2)
    assert packets(house) == []


def test_what_was_resolved_meanwhile_calls_nobody(house: House, design: HandoffDesign) -> None:
    """Ben sees the packet in the channel and resolves it before Mia is back."""
    away(house, "mia", days=0)
    for _ in range(2):
        arrive(house, design=design)
    house.step(minutes=30)
    found = [one for one in calls(house) if "is failing" in one[1].text]
    packet = message_to(found, CHANNEL)
    assert "Marketing leadership: nobody can be reached" in now_shows(house, packet)
    ben = house.person("ben")
    ben.click(current_of(house, packet), Action.ESCALATION_RESOLVE)
    assert not fill(ben, cause="nobody_free", note="")

    house.step(days=2)

    assert packets(house) == []
