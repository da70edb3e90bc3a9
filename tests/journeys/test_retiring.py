"""A design is retired while more of it is under way."""

from datetime import date

from handoff.approval import VersionState
from handoff.audit import AuditFact
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.review import (
    CHANNEL,
    facts,
    forget,
    packet_of,
    retire,
    send_for_review,
    settle_all,
    sign_both,
    state_of,
    words_of,
)
from tests.support.team import set_up_team

NEXT_MONDAY = date(2026, 11, 30)


def test_a_signed_version_of_a_retired_design_does_not_go_live(house: House) -> None:
    """No new leads means none next week either; the channel and the signers read so."""
    activate_design(house, set_up_team(house))
    newer = send_for_review(house, design="ENT-1", go_live=NEXT_MONDAY)
    sign_both(house, newer)
    settle_all(house, 2)
    forget(house)

    retire(house)
    house.step()

    assert (state_of(house, 1), state_of(house, 2)) == (
        VersionState.RETIRED,
        VersionState.SUPERSEDED,
    )
    (told,) = house.take(CHANNEL)
    assert "Version 2 does not go live" in told.text
    (sam,) = house.take_direct("sam")
    assert "Version 2 does not go live" in sam.text
    assert "retired before it went live" in words_of(house, newer)
    (ended,) = facts(house, AuditFact.VERSION_SUPERSEDED, 2)
    assert ended.data["because"] == "retired"
    house.step(days=8)
    assert state_of(house, 2) is VersionState.SUPERSEDED
    assert house.take() == []


def test_what_is_still_in_review_may_start_a_retired_design_over(house: House) -> None:
    """Two people sign it knowing that the design is retired, and then it goes live."""
    activate_design(house, set_up_team(house))
    newer = send_for_review(house, design="ENT-1")
    retire(house)
    house.step()

    sign_both(house, newer)
    settle_all(house, 2)

    assert state_of(house, 2) is VersionState.ACTIVE
    assert "is active" in " ".join(message.text for message in house.take())


def test_open_leads_of_a_retired_design_finish(house: House) -> None:
    """Their clocks and calls go on by the version under which they came."""
    design = activate_design(house, set_up_team(house))
    lead_id = arrive(house, design=design)
    retire(house)
    house.step()
    assert "Retired" in words_of(house, packet_of(house))

    house.step(minutes=30)

    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.due_at == house.clocks.now()
    assert any("Not answered in time" in message.text for message in house.take())
