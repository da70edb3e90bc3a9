"""The life of a lead in one cycle: its states, declines and outcomes.

Source: architecture.md "State machines", rules.md "Routing".
"""

from collections.abc import Mapping
from enum import StrEnum

from handoff.states import step

MOST_REROUTES = 2


class LeadState(StrEnum):
    """Where a lead stands in its cycle."""

    NEW = "new"
    HELD = "held"
    NURTURED = "nurtured"
    UNROUTABLE = "unroutable"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    TOUCHED = "touched"
    CLOSED = "closed"
    DISPOSED = "disposed"


class Outcome(StrEnum):
    """What became of a touched lead."""

    SQL = "sql"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"
    DUPLICATE = "duplicate"
    NO_RESPONSE = "no_response"


class DeclineReason(StrEnum):
    """Why an owner hands a lead back."""

    WRONG_TERRITORY = "wrong_territory"
    HAS_OWNER = "has_owner"
    AT_CAPACITY = "at_capacity"
    AWAY = "away"
    NOT_READY = "not_ready"
    NOT_ICP = "not_icp"
    DUPLICATE = "duplicate"
    JUNK = "junk"


class AfterDecline(StrEnum):
    """What happens to a declined lead; the clock never restarts."""

    REROUTE = "reroute"
    FALLBACK = "fallback"
    RECYCLE = "recycle"
    CLOSE = "close"
    REFUSE = "refuse"


_OPEN = frozenset(
    {
        LeadState.NEW,
        LeadState.HELD,
        LeadState.UNROUTABLE,
        LeadState.ASSIGNED,
        LeadState.ACCEPTED,
    }
)
"""States in which a lead waits for a first touch, so that it may be disposed of."""

_REROUTES = frozenset(
    {
        DeclineReason.WRONG_TERRITORY,
        DeclineReason.HAS_OWNER,
        DeclineReason.AT_CAPACITY,
        DeclineReason.AWAY,
    }
)
_RECYCLES = frozenset({DeclineReason.NOT_READY, DeclineReason.NOT_ICP})

TRANSITIONS: Mapping[LeadState, frozenset[LeadState]] = {
    LeadState.NEW: frozenset(
        {
            LeadState.HELD,
            LeadState.NURTURED,
            LeadState.ASSIGNED,
            LeadState.UNROUTABLE,
            LeadState.TOUCHED,
            LeadState.DISPOSED,
        }
    ),
    # Sales may touch a lead that has no owner yet; the fact must not be lost.
    LeadState.HELD: frozenset(
        {LeadState.ASSIGNED, LeadState.UNROUTABLE, LeadState.TOUCHED, LeadState.DISPOSED}
    ),
    # A person names an owner, or a retry finds one.
    LeadState.UNROUTABLE: frozenset({LeadState.ASSIGNED, LeadState.TOUCHED, LeadState.DISPOSED}),
    # Its owner handed it back or left, and nobody else is there: a routing failure.
    LeadState.ASSIGNED: frozenset(
        {
            LeadState.ASSIGNED,
            LeadState.ACCEPTED,
            LeadState.UNROUTABLE,
            LeadState.TOUCHED,
            LeadState.DISPOSED,
        }
    ),
    LeadState.ACCEPTED: frozenset(
        {LeadState.ASSIGNED, LeadState.UNROUTABLE, LeadState.TOUCHED, LeadState.DISPOSED}
    ),
    LeadState.TOUCHED: frozenset({LeadState.CLOSED}),
    LeadState.CLOSED: frozenset(),
    LeadState.NURTURED: frozenset(),
    LeadState.DISPOSED: frozenset(),
}


def is_open(state: LeadState) -> bool:
    """Return True while a lead waits for its first touch."""
    return state in _OPEN


def change(*, before: LeadState, after: LeadState) -> LeadState:
    """Return `after` when a lead in state `before` may become it.

    Raises:
        NotAllowed: if the table has no such step.
    """
    return step(subject="a lead", table=TRANSITIONS, before=before, after=after)


def decide_decline(
    *, reason: DeclineReason, reroutes: int, is_fallback_owner: bool
) -> AfterDecline:
    """Decide what becomes of a lead that its owner hands back.

    Args:
        reason: The code the owner chose.
        reroutes: Re-routes so far in this cycle; a manager's reassignment is none.
        is_fallback_owner: The owner holds the lead as the fallback, who may only dispose of it
            or name a rep.

    Returns:
        Re-route, or the fallback after two of them; recycle; close; or a refusal.
    """
    if reason not in _REROUTES:
        return AfterDecline.RECYCLE if reason in _RECYCLES else AfterDecline.CLOSE
    if is_fallback_owner:
        return AfterDecline.REFUSE
    return AfterDecline.REROUTE if reroutes < MOST_REROUTES else AfterDecline.FALLBACK
