"""What is due at the very minute in which the office closes."""

from datetime import UTC, datetime

from bot.ids import Action
from handoff.brief import Band
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import set_up_team

#: Monday 17:00 in New York, an hour before the office closes: the time to accept a lead of band C.
AN_HOUR_BEFORE = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
#: Tuesday 09:00 in New York.
OPENING = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_who_stays_silent_until_closing_loses_the_lead_at_opening(house: House) -> None:
    """Nobody works at the closing itself; the next morning somebody does."""
    design = activate_design(house, set_up_team(house))
    house.step(until=AN_HOUR_BEFORE)
    lead_id = arrive(house, design=design, band=Band.C)
    first = stored(house, lead_id).owner
    house.take()

    house.step(until=OPENING)

    lead = stored(house, lead_id)
    assert lead.owner not in (None, first)
    assert lead.clock is not None
    assert lead.clock.due_at > OPENING
    house.take()


def test_who_accepts_after_closing_keeps_the_lead(house: House) -> None:
    """The evening still belongs to the rep."""
    design = activate_design(house, set_up_team(house))
    house.step(until=AN_HOUR_BEFORE)
    lead_id = arrive(house, design=design, band=Band.C)
    owner = stored(house, lead_id).owner
    rep = next(p for p in map(house.person, ("dana", "noor", "eli")) if p.id == owner)
    house.step(hours=2)

    rep.click(rep.direct_messages()[0], Action.LEAD_ACCEPT)
    house.step(until=OPENING)

    assert stored(house, lead_id).owner == owner
    house.take()
