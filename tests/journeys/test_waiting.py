"""Leads that cannot go to a rep at once: a paused design, and fields that are missing."""

from datetime import timedelta

import pytest

from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import receive_leads
from handoff.approval import VersionState
from handoff.brief import Band, OnMissing
from handoff.design import HandoffDesign
from handoff.lead import LeadState
from handoff.routing.assignment import Reason
from handoff.sla.clock import ClockState
from storage import assignments, audit, versions
from storage.assignments import Assignment
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive, stored
from tests.support.team import set_up_team


def waiting_design(house: House, on_missing: OnMissing) -> HandoffDesign:
    """Let a design be active whose rows do this about missing fields."""
    return activate_design(house, set_up_team(house), on_missing=on_missing)


def move(house: House, before: VersionState, after: VersionState) -> None:
    """Bring the design's version into another state."""
    house.app.database.run(
        lambda connection: versions.move(
            connection,
            workspace=house.workspace,
            design="ENT-1",
            number=1,
            expected=before,
            to=after,
            now=house.clocks.now(),
        )
    )


def given(house: House, lead_id: str) -> list[Assignment]:
    """Return to whom a lead was given."""
    with house.app.database.read() as connection:
        return assignments.of_lead(connection, workspace=house.workspace, lead=lead_id)


def facts(house: House, lead_id: str) -> list[str]:
    """Return what happened to a lead."""
    with house.app.database.read() as connection:
        history = audit.history(connection, workspace=house.workspace, subject=lead_id)
    return [fact.kind.value for fact in history]


def news(house: House, lead_id: str, **fields: object) -> None:
    """Let the source send the lead again, with more fields."""
    lead = stored(house, lead_id)
    email = f"{lead.email_key}"
    (result,) = receive_leads(
        database=house.app.database,
        caller=Caller(house.workspace, "website", is_on=True),
        items=[{"external_id": lead.external_id, "email": email, **fields}],
        key=None,
        now=house.clocks.now(),
        wall=house.clocks.wall(),
    )
    assert result.duplicate
    house.step()


@pytest.mark.parametrize("lacking", [{}, {"employees": None}])
def test_a_paused_design_sends_new_leads_to_the_fallback(
    house: House, lacking: dict[str, object]
) -> None:
    """At once, whatever they lack, and their clocks run; leads of before stay where they are."""
    design = waiting_design(house, OnMissing.FALLBACK)
    before = arrive(house, design=design)
    move(house, VersionState.ACTIVE, VersionState.PAUSED)

    lead_id = arrive(house, design=design, **lacking)

    lead, (assignment,) = stored(house, lead_id), given(house, lead_id)
    assert (lead.owner, assignment.reason) == (house.person("sam").id, Reason.FALLBACK)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.RUNNING
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=30)
    assert stored(house, before).owner != house.person("sam").id
    house.take()
    house.step(minutes=30)
    assert "clock_breached" in facts(house, lead_id)
    house.take()


def test_a_paused_design_routes_again_when_it_is_resumed(house: House) -> None:
    """The pause ends with the design's own state; nothing of it sticks to new leads."""
    design = waiting_design(house, OnMissing.FALLBACK)
    move(house, VersionState.ACTIVE, VersionState.PAUSED)
    move(house, VersionState.PAUSED, VersionState.ACTIVE)

    lead_id = arrive(house, design=design)

    (assignment,) = given(house, lead_id)
    assert assignment.reason == Reason.ROUND_ROBIN
    house.take()


@pytest.mark.parametrize(
    ("band", "minutes"),
    [(Band.A, 3), (Band.B, 10)],  # a tenth of 30 minutes; of two hours it would be 12
)
def test_what_stays_missing_goes_to_the_fallback(house: House, band: Band, minutes: int) -> None:
    """After a tenth of the target and ten minutes at most; the clock runs from the arrival."""
    design = waiting_design(house, OnMissing.FALLBACK)
    lead_id = arrive(house, design=design, band=band, employees=None)

    house.step(minutes=minutes, seconds=-1)
    held = stored(house, lead_id)
    house.step(seconds=1)

    lead, (assignment,) = stored(house, lead_id), given(house, lead_id)
    assert (held.state, held.owner) == (LeadState.HELD, None)
    assert (lead.owner, assignment.reason) == (house.person("sam").id, Reason.FALLBACK)
    assert lead.clock == held.clock
    house.take()


def test_what_stays_missing_may_be_routed_anyway(house: House) -> None:
    """The row says so: a rep gets it after the wait."""
    design = waiting_design(house, OnMissing.ROUTE_ANYWAY)
    lead_id = arrive(house, design=design, employees=None)

    house.step(minutes=3)

    (assignment,) = given(house, lead_id)
    assert assignment.reason == Reason.ROUND_ROBIN
    house.take()


def test_marketing_is_asked_once_and_then_the_fallback_has_it(house: House) -> None:
    """After the hold Mia is asked; after one and five minutes more it goes to the fallback."""
    design = waiting_design(house, OnMissing.ASK_MARKETING)
    lead_id = arrive(house, design=design, employees=None)
    assert house.take() == []

    house.step(minutes=3)
    (asked,) = house.take()
    house.step(minutes=1)
    waits = stored(house, lead_id)
    house.step(minutes=5)

    assert "employees is missing" in asked.text
    assert asked in house.person("mia").direct_messages()
    assert waits.state is LeadState.HELD
    (assignment,) = given(house, lead_id)
    assert assignment.reason == Reason.FALLBACK
    (card,) = house.take_direct("sam")
    assert "First contact is due" in card.text
    assert house.take(CHANNEL) == []


def test_marketing_answers_and_a_rep_has_it_at_once(house: House) -> None:
    """What was missing comes: nobody waits for the next try, and the clock is the first one."""
    design = waiting_design(house, OnMissing.ASK_MARKETING)
    lead_id = arrive(house, design=design, employees=None)
    house.step(minutes=3)
    house.take()
    clock = stored(house, lead_id).clock

    news(house, lead_id, employees=5000)

    lead, (assignment,) = stored(house, lead_id), given(house, lead_id)
    assert assignment.reason == Reason.ROUND_ROBIN
    assert (lead.state, lead.clock) == (LeadState.ASSIGNED, clock)
    house.take()
    house.step(minutes=6)
    assert len(given(house, lead_id)) == 1
    house.take()


def test_news_without_what_is_missing_do_not_shorten_the_wait(house: House) -> None:
    """The lead is held as long as it was to be, and goes to the fallback then."""
    design = waiting_design(house, OnMissing.FALLBACK)
    lead_id = arrive(house, design=design, employees=None)
    house.step(minutes=1)

    news(house, lead_id, job_level="director")

    assert stored(house, lead_id).state is LeadState.HELD
    assert given(house, lead_id) == []
    house.step(minutes=2)
    (assignment,) = given(house, lead_id)
    assert assignment.reason == Reason.FALLBACK
    house.take()
