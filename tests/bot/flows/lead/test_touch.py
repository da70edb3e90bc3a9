"""Touches, and when they count: what they take back, and what they do not."""

from datetime import UTC, datetime, timedelta

from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Done
from bot.flows.lead.pause import pause
from bot.flows.lead.touch import Touched, touch_lead
from bot.flows.people.team import Team
from bot.flows.people.time_off import add_time_off
from bot.ids import Action
from handoff.escalation.climb import EscalationState
from handoff.lead import DeclineReason, LeadState, Outcome
from handoff.sla.clock import ClockState
from storage import incidents
from tests.support.escalations import climb_of
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive, stored
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


def touch(house: House, lead_id: str, *, occurred_at: datetime) -> Touched:
    """Let the CRM report a touch of a lead."""
    return house.app.database.run(
        lambda connection: touch_lead(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=lead_id,
            occurred_at=occurred_at,
            by="crm",
            via="crm",
            external_id="call-1",
        )
    )


def test_an_earlier_touch_takes_no_routing_failure_back(house: House) -> None:
    """That nobody could be found stays true; that nobody answered in time does not."""
    design = activate_design(house, set_up_team(house))
    send_away(house, "dana", "noor", "eli", "sam")
    lead_id = arrive(house, design=design)
    called_at = house.clocks.now() + timedelta(minutes=5)
    house.step(minutes=40)
    house.take()

    assert touch(house, lead_id, occurred_at=called_at) is Touched.UNBREACHED

    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert incident is not None
    assert (incident.kind, incident.voided_at) == ("routing_failure", None)
    assert climb_of(house, lead_id).state is EscalationState.RESOLVED
    house.step()
    house.take()


def test_a_pause_that_is_over_saves_nobody(house: House) -> None:
    """At the due instant it is a breach, even if no tick ran since the pause."""
    design = activate_design(house, set_up_team(house))
    touched, declined = (arrive(house, design=design) for _ in range(2))
    here = {"database": house.app.database, "workspace": house.workspace}
    for lead_id in (touched, declined):
        by = house.person("sam").id
        done = pause(**here, now=house.clocks.now(), by=by, lead_id=lead_id, reason="they asked")
        assert isinstance(done, Done)
    resume_at = stored(house, touched).resume_at
    assert resume_at is not None
    house.clocks.move_to(resume_at + timedelta(hours=16))  # half an hour of the next day

    late = touch(house, touched, occurred_at=house.clocks.now())
    owner = str(stored(house, declined).owner)
    done = decline(
        **here, now=house.clocks.now(), by=owner, lead_id=declined, reason=DeclineReason.JUNK
    )

    assert late is Touched.LATE
    assert isinstance(done, Done)
    assert {state_of(house, lead) for lead in (touched, declined)} == {ClockState.BREACHED}
    house.step()
    house.take()


def state_of(house: House, lead_id: str) -> ClockState | None:
    """Return where a lead's clock stands."""
    clock = stored(house, lead_id).clock
    return clock and clock.state


def test_an_owner_who_is_not_told_yet_is_told_on_monday(house: House) -> None:
    """Somebody called on Saturday; what became of it is asked when the owner's work starts."""
    design = activate_design(house, set_up_team(house))
    house.step(datetime(2026, 11, 27, 23, 30, tzinfo=UTC))
    lead_id = arrive(house, design=design)
    house.step(hours=12)
    assert touch(house, lead_id, occurred_at=house.clocks.now()) is Touched.MET
    house.step(hours=12)
    assert not house.take()

    house.step(datetime(2026, 11, 30, 14, 0, tzinfo=UTC))

    (card,) = house.take()
    assert "What became of it?" in card.text


def test_an_owner_who_is_away_on_monday_is_told_when_they_are_back(house: House) -> None:
    """Somebody called on Saturday, and then the owner took a week off: it is still their lead."""
    design = activate_design(house, set_up_team(house))
    house.step(datetime(2026, 11, 27, 23, 30, tzinfo=UTC))
    lead_id = arrive(house, design=design)
    house.step(hours=12)
    assert touch(house, lead_id, occurred_at=house.clocks.now()) is Touched.MET
    owner = stored(house, lead_id).owner
    send_away(house, next(n for n in ("dana", "noor", "eli") if house.person(n).id == owner))

    house.step(datetime(2026, 12, 4, 15, 0, tzinfo=UTC))
    assert not house.take_direct("dana") + house.take_direct("noor") + house.take_direct("eli")
    house.step(datetime(2026, 12, 7, 14, 0, tzinfo=UTC))

    assert stored(house, lead_id).owner == owner
    (card,) = house.take()
    assert "What became of it?" in card.text


def test_a_manager_says_what_became_of_a_lead_that_nobody_owns(house: House) -> None:
    """Sales called it while it waited for a field; `why` offers what nobody's message does."""
    design = activate_design(house, set_up_team(house))
    lead_id = arrive(house, design=design, employees=None)
    assert touch(house, lead_id, occurred_at=house.clocks.now()) is Touched.MET
    house.step()
    sam = house.person("sam")
    sam.command(CHANNEL, f"/handoff why {lead_id}")

    sam.click(sam.sees(CHANNEL)[-1], Action.LEAD_IS_SQL)

    lead = stored(house, lead_id)
    assert (lead.state, lead.owner, lead.outcome) == (LeadState.CLOSED, None, Outcome.SQL)
    house.step()
    house.take()
