"""What a lead's messages say to whom."""

from datetime import UTC, datetime

import pytest

from bot.blocks.lead import again_text, lead_text, warning_text
from handoff.lead import LeadState, Outcome
from handoff.lead_card import LeadCard
from handoff.sla.clock import ClockState

DUE_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATE = {"clock": ClockState.BREACHED, "due_at": DUE_AT}

# the lead, what its owner is told when it comes again, what not
AGAIN = [
    ({"state": LeadState.ASSIGNED, **LATE}, "Please contact the lead now", "Closed"),
    ({"state": LeadState.ACCEPTED, **LATE}, "Accepted", "Closed"),
    ({"state": LeadState.TOUCHED, **LATE}, "Contacted after the due time", "Please contact"),
    ({"state": LeadState.CLOSED, **LATE, "outcome": Outcome.SQL}, "Closed: SQL", "Overdue"),
    ({"state": LeadState.DISPOSED, **LATE, "outcome": Outcome.DUPLICATE}, "Closed", "Overdue"),
]


@pytest.mark.parametrize(("lead", "told", "not_told"), AGAIN)
def test_who_comes_again_is_told_as_they_stand(
    lead: dict[str, object], told: str, not_told: str
) -> None:
    """What was contacted or closed is not overdue any more."""
    text = again_text(_card(**lead), {"source": "form"})

    assert text.startswith("*Jane Doe* came again, from form.")
    assert told in text
    assert not_told not in text


def test_only_the_owner_is_asked_what_became_of_it() -> None:
    """Who had the lead before has no button to say so."""
    mine = _card(state=LeadState.TOUCHED, touched_at=DUE_AT)
    passed_on = _card(state=LeadState.TOUCHED, touched_at=DUE_AT, is_mine=False)

    assert lead_text(mine).endswith("What became of it?")
    assert lead_text(passed_on).endswith("UTC>.")


def test_only_who_can_accept_is_asked_to() -> None:
    """The fallback names a rep; its message has no other way on."""
    asked = {
        is_stand_in: warning_text(_card(is_stand_in=is_stand_in), {"why": "accept"})
        for is_stand_in in (False, True)
    }

    assert asked[False].startswith("Please accept *Jane Doe*")
    assert asked[True].startswith("Please name a rep for *Jane Doe*")


def _card(**values: object) -> LeadCard:
    given = {"state": LeadState.ASSIGNED, **values}
    return LeadCard(lead="ld_1", fields={"name": "Jane Doe"}, **given)
