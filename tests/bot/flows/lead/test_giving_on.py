"""A lead goes on to somebody else: when, and to whom."""

from datetime import timedelta

import pytest

from bot.flows.lead.again import came_again
from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Done
from bot.flows.lead.pause import pause, resume
from bot.flows.lead.reassign import reassign
from bot.flows.people.team import Team
from bot.flows.people.time_off import add_time_off
from handoff.brief import Band, OnMissing, ResponseTargets
from handoff.design import HandoffDesign
from handoff.directory import PodMember
from handoff.lead import DeclineReason
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored, story
from tests.support.team import save_team, set_up_team


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design with a pod of five."""
    team = set_up_team(house)
    (pod,) = team.pods
    more = tuple(PodMember(person=house.person(name).id) for name in ("mia", "ria"))
    team = team.model_copy(
        update={"pods": (pod.model_copy(update={"members": (*pod.members, *more)}),)}
    )
    save_team(house, team)
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
    assert why_me(house, "sam") == "you are the fallback (re-routed 2 times)"
    house.take()


def leave(house: House, person: str, *, days: int) -> None:
    """Let somebody be on time off tomorrow, for so many days."""
    first = (house.clocks.now() + timedelta(days=1)).date()
    entered = add_time_off(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=person,
        person=person,
        first=first.isoformat(),
        last=(first + timedelta(days=days - 1)).isoformat(),
    )
    assert isinstance(entered, Team)


@pytest.fixture
def paused(house: House, design: HandoffDesign) -> str:
    """A lead whose clock stands still for a week, and whose owner is away tomorrow."""
    lead_id = arrive(house, design=design, band=Band.B)
    done = pause(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("sam").id,
        lead_id=lead_id,
        reason="next week",
        is_asked_by_prospect=True,
    )
    assert isinstance(done, Done)
    leave(house, str(stored(house, lead_id).owner), days=1)
    return lead_id


def test_a_paused_lead_waits_for_its_owner(house: House, paused: str) -> None:
    """Its clock runs again when they are back, so nobody else has to learn it."""
    owner = stored(house, paused).owner

    house.step(days=1)

    assert stored(house, paused).owner == owner
    house.take()


def test_a_pause_that_ends_early_brings_somebody_who_is_here(house: House, paused: str) -> None:
    """It is due now, and its owner is not back."""
    owner = stored(house, paused).owner
    house.step(days=1)

    done = resume(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("sam").id,
        lead_id=paused,
    )
    house.step()

    assert isinstance(done, Done)
    assert stored(house, paused).owner != owner
    house.take()


@pytest.fixture
def patient(house: House) -> HandoffDesign:
    """An active design that gives the leads of band B several days."""
    return activate_design(
        house,
        set_up_team(house),
        targets=ResponseTargets(
            response_sla_minutes=30 * 60, a_minutes=30, attainment_target_percent=90
        ),
    )


@pytest.mark.parametrize("hours", [20, 24])
def test_a_pause_that_ends_while_its_owner_is_away_moves_no_lead_that_is_due_later(
    house: House, patient: HandoffDesign, hours: int
) -> None:
    """What counts is when it is due, not when its clock runs again."""
    lead_id = arrive(house, design=patient, band=Band.B)
    owner = str(stored(house, lead_id).owner)
    done = pause(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("sam").id,
        lead_id=lead_id,
        reason="tomorrow",
        until=house.clocks.now() + timedelta(hours=hours),
        is_asked_by_prospect=True,
    )
    assert isinstance(done, Done)
    leave(house, owner, days=1)

    house.step(hours=32)

    assert stored(house, lead_id).resume_at is None
    assert stored(house, lead_id).owner == owner
    house.take()


def test_a_lead_that_is_due_earlier_than_its_owner_is_back_goes_on(
    house: House, patient: HandoffDesign
) -> None:
    """It could wait for them, until it came again with a better band."""
    lead_id = arrive(house, design=patient, band=Band.B)
    owner = str(stored(house, lead_id).owner)
    leave(house, owner, days=1)
    house.step(days=1)
    assert stored(house, lead_id).owner == owner

    house.app.database.run(
        lambda connection: came_again(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=lead_id,
            arrival="again",
            source="website",
            band=Band.A,
        )
    )
    house.step()

    assert stored(house, lead_id).owner != owner
    house.take()


def test_a_lead_that_is_named_a_rep_before_its_next_try_has_a_clock(
    house: House, design: HandoffDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The try that would have started it finds the lead with somebody."""

    def broken(**_given: object) -> None:
        raise RuntimeError("a rule that cannot be read")

    monkeypatch.setattr("bot.flows.lead.route.assign", broken)
    lead_id = arrive(house, design=design)
    assert stored(house, lead_id).clock is None
    assert len(house.take_errors()) == 1

    done = reassign(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("sam").id,
        lead_id=lead_id,
        to=house.person("dana").id,
    )
    house.step(minutes=20)

    assert isinstance(done, Done)
    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=30)
    assert any("50% of the time" in message.text for message in house.take())


def why_me(house: House, name: str) -> str:
    """Return why somebody has the lead of their newest message, as it says itself."""
    (_, text) = str(house.person(name).direct_messages()[-1].blocks).split("Why you: ")
    return text.split(" ·")[0]


def test_the_fallback_reads_why_no_rep_was_asked(house: House) -> None:
    """Its message and `why` say what it is there for."""
    design = activate_design(house, set_up_team(house), on_missing=OnMissing.FALLBACK)

    lead_id = arrive(house, design=design, employees=None)
    house.step(minutes=3)

    assert why_me(house, "sam") == "you are the fallback (still missing: employees)"
    assert "still missing: employees" in story(house, lead_id)
    house.take()
