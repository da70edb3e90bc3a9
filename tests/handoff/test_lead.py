"""The life of a lead: only the steps of the table, and what a decline leads to."""

from itertools import product

import pytest

from handoff.lead import (
    TRANSITIONS,
    AfterDecline,
    DeclineReason,
    LeadState,
    change,
    decide_decline,
    is_open,
)
from handoff.states import NotAllowed

ALLOWED = {
    "new": "held nurtured assigned unroutable touched disposed",
    "held": "assigned unroutable touched disposed",
    "unroutable": "assigned touched disposed",
    "assigned": "assigned accepted unroutable touched disposed",
    "accepted": "assigned unroutable touched disposed",
    "touched": "closed",
}


@pytest.mark.parametrize(("before", "after"), list(product(LeadState, LeadState)))
def test_only_the_steps_of_the_table_are_taken(before: LeadState, after: LeadState) -> None:
    """Every other pair raises, naming both states."""
    if after in ALLOWED.get(before, "").split():
        assert change(before=before, after=after) is after
    else:
        with pytest.raises(NotAllowed, match=f"a lead that is {before} cannot become {after}"):
            change(before=before, after=after)


def test_every_state_has_its_successors() -> None:
    """A state without an entry would break the machine only when it is reached."""
    assert set(TRANSITIONS) == set(LeadState)


def test_open_is_what_may_be_disposed_of() -> None:
    """A lead that waits for a first touch."""
    for state in LeadState:
        assert is_open(state) is (LeadState.DISPOSED in TRANSITIONS[state])


# reason, re-routes so far, held as fallback, what happens
DECLINES = [
    ("wrong_territory", 0, False, "reroute"),
    ("has_owner", 1, False, "reroute"),
    ("at_capacity", 2, False, "fallback"),
    ("away", 3, False, "fallback"),
    ("away", 0, True, "refuse"),
    ("not_ready", 2, True, "recycle"),
    ("not_icp", 0, False, "recycle"),
    ("duplicate", 0, True, "close"),
    ("junk", 9, False, "close"),
]


@pytest.mark.parametrize(("reason", "reroutes", "is_fallback", "after"), DECLINES)
def test_what_a_decline_leads_to(
    reason: str,
    reroutes: int,
    is_fallback: bool,
    after: str,
) -> None:
    """The reason code decides; two re-routes at most; a fallback may dispose or name a rep."""
    decided = decide_decline(
        reason=DeclineReason(reason), reroutes=reroutes, is_fallback_owner=is_fallback
    )

    assert decided is AfterDecline(after)
