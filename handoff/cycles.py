"""What an arriving lead is: new, the same again, or the next cycle of somebody known.

Source: rules.md "Identity and cycles".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.brief import PersonKey
from handoff.model import Instant, made

QUIET = timedelta(hours=72)
"""Within this time from another source, the same person is not a new hand-raise."""
LONG_AGO = timedelta(days=30)
FUTURE_SLACK = timedelta(minutes=5)
_OF_ONE_CYCLE = frozenset(
    {
        "score",
        "scored_at",
        "hand_raise",
        "first_touch_at",
        "lead_source",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "campaign_id",
        "decline_reason",
        "handed_over_by",
    }
)
"""Fields that say how and why a lead came then, not who it is."""


@made
class Known:
    """The latest cycle of the lead that an arrival was found to be.

    Found by (source, external id) or by the e-mail key. `submitted_at` is when the person last
    asked. `closed_at` None: still open. A nurtured cycle has no clock and no owner; `score` is
    what it was nurtured with.
    """

    lead: str
    source: str
    owner: PersonKey | None = None
    arrived_at: Instant
    submitted_at: Instant | None = None
    closed_at: Instant | None = None
    is_nurtured: bool = False
    score: float | None = None


@made
class Arrival:
    """An arriving lead, as far as its identity goes.

    `is_qualified`: with all that is known of it, it passes the gates of the design that takes it.
    `is_repeat`: the source sent the very same not long ago, as far as one can tell.
    """

    source: str
    arrived_at: Instant
    submitted_at: Instant | None = None
    is_hand_raise: bool = False
    is_qualified: bool = False
    is_repeat: bool = False
    score: float | None = None


class Kind(StrEnum):
    """What to do with an arrival."""

    NEW_LEAD = "new_lead"
    MERGE = "merge"
    NEW_CYCLE = "new_cycle"
    RECORD = "record"


@made
class Verdict:
    """What an arrival is.

    NEW_LEAD: first cycle. MERGE: into the open cycle; tell its owner, due at the earlier instant.
    NEW_CYCLE: of a known lead; `last_owner` comes first. RECORD: on the closed cycle; tell
    `last_owner`.
    """

    kind: Kind
    last_owner: PersonKey | None = None


def decide_arrival(*, arrival: Arrival, known: Known | None) -> Verdict:
    """Decide whether an arrival starts a cycle.

    Args:
        arrival: The lead as it came in.
        known: Its latest cycle, None when nobody was found.
    """
    if known is None:
        return Verdict(kind=Kind.NEW_LEAD)
    if known.is_nurtured:
        is_better = _is_better(arrival, known)
        return Verdict(kind=Kind.NEW_CYCLE if is_better else Kind.MERGE)
    if known.closed_at is None:
        return Verdict(kind=Kind.MERGE, last_owner=known.owner)
    is_new = _is_new_hand_raise(arrival, known) or _is_long_ago(arrival, known.closed_at)
    return Verdict(kind=Kind.NEW_CYCLE if is_new else Kind.RECORD, last_owner=known.owner)


def carried_over(*, attributes: Mapping[str, object], is_nurtured: bool) -> dict[str, object]:
    """Return what a new cycle knows of a lead before anything new: its fields so far.

    Why it came the last time was answered in that cycle, unless it was nurtured and nobody saw it.

    Args:
        attributes: Those of its latest cycle.
        is_nurtured: That cycle was nurtured.
    """
    if is_nurtured:
        return dict(attributes)
    return {name: told for name, told in attributes.items() if name not in _OF_ONE_CYCLE}


def may_repeat(*, heard_at: datetime, arrived_at: datetime) -> bool:
    """Tell whether the same words without a `submitted_at` are a repeat: not after 72 h.

    So long are requests tried again; after that, somebody filled in the same form once more.

    Args:
        heard_at: When the lead was last heard of.
        arrived_at: When the same came again.
    """
    return arrived_at - heard_at < QUIET


def upstream_delay(*, submitted_at: datetime | None, arrived_at: datetime) -> timedelta | None:
    """Return how long a lead was on its way before it reached us, None when not known.

    Reported only: the clock starts at the durable receipt.
    """
    return None if submitted_at is None else max(timedelta(0), arrived_at - submitted_at)


def is_from_the_future(*, submitted_at: datetime | None, arrived_at: datetime) -> bool:
    """Return True for a lead that says it was submitted over 5 minutes from now: refuse it."""
    return submitted_at is not None and submitted_at > arrived_at + FUTURE_SLACK


def _is_better(arrival: Arrival, known: Known) -> bool:
    """Tell whether a nurtured lead comes back with a better score, or has what it lacked."""
    if arrival.is_qualified or (arrival.is_hand_raise and not _was_heard(arrival, known)):
        return True
    return arrival.score is not None and arrival.score > (known.score or 0)


def _is_new_hand_raise(arrival: Arrival, known: Known) -> bool:
    if not arrival.is_hand_raise or arrival.submitted_at is None:
        return False
    if _was_heard(arrival, known):
        return False
    is_elsewhere = arrival.source != known.source
    return not (is_elsewhere and arrival.arrived_at - known.arrived_at < QUIET)


def _was_heard(arrival: Arrival, known: Known) -> bool:
    """Tell whether this submission came before.

    Senders repeat themselves, and not in order: what is older was answered with what is newer.
    """
    if arrival.submitted_at is None or known.submitted_at is None:
        return arrival.is_repeat
    return arrival.submitted_at <= known.submitted_at


def _is_long_ago(arrival: Arrival, closed_at: datetime) -> bool:
    return arrival.arrived_at - closed_at > LONG_AGO
