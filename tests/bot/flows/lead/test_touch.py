"""A touch that is proven later: what it takes back, and what it does not."""

from datetime import timedelta

from bot.flows.lead.touch import Touched, touch_lead
from bot.flows.people.team import Team
from bot.flows.people.time_off import add_time_off
from handoff.escalation.climb import EscalationState
from storage import incidents
from tests.support.escalations import climb_of
from tests.support.house import House
from tests.support.leads import activate_design, arrive
from tests.support.team import set_up_team


def send_away(house: House, *names: str) -> None:
    """Let people be on time off for a week from today."""
    today = house.clocks.now().date()
    for name in names:
        entered = add_time_off(
            database=house.app.database,
            workspace=house.workspace,
            now=house.clocks.now(),
            by="cli",
            person=house.person(name).id,
            first=today.isoformat(),
            last=(today + timedelta(days=6)).isoformat(),
        )
        assert isinstance(entered, Team)


def test_an_earlier_touch_takes_no_routing_failure_back(house: House) -> None:
    """That nobody could be found stays true; that nobody answered in time does not."""
    design = activate_design(house, set_up_team(house))
    send_away(house, "dana", "noor", "eli", "sam")
    lead_id = arrive(house, design=design)
    called_at = house.clocks.now() + timedelta(minutes=5)
    house.step(minutes=40)
    house.take()

    touched = house.app.database.run(
        lambda connection: touch_lead(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=lead_id,
            occurred_at=called_at,
            by="crm",
            via="crm",
            external_id="call-1",
        )
    )

    assert touched is Touched.UNBREACHED
    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert incident is not None
    assert (incident.kind, incident.voided_at) == ("routing_failure", None)
    assert climb_of(house, lead_id).state is EscalationState.RESOLVED
    house.step()
    house.take()
