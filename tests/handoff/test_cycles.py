"""One pass of a lead is one cycle: what starts one, and what joins it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff.cycles import (
    Arrival,
    Kind,
    Known,
    Verdict,
    carried_over,
    decide_arrival,
    is_from_the_future,
    upstream_delay,
)

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAYS = timedelta(days=1)
HOURS = timedelta(hours=1)


def test_nobody_known_is_a_new_lead() -> None:
    """The first cycle."""
    assert _decide(None) == Verdict(kind=Kind.NEW_LEAD)


@pytest.mark.parametrize("source", ["website", "event"])
def test_an_open_cycle_takes_everything_in(source: str) -> None:
    """The same person from another source while open is the same cycle."""
    known = _known(closed=None)

    verdict = _decide(known, source=source, is_hand_raise=True, submitted_at=NOW)

    assert verdict == Verdict(kind=Kind.MERGE, last_owner="UDANA")


# (closed, arrived) how long ago, source, hand-raise, submitted, what it is
CLOSED = [
    ((DAYS, 2 * DAYS), "website", True, NOW, Kind.NEW_CYCLE),
    ((DAYS, 2 * DAYS), "website", False, NOW, Kind.RECORD),
    ((DAYS, 2 * DAYS), "website", True, None, Kind.RECORD),
    ((DAYS, 2 * DAYS), "website", True, NOW - 5 * DAYS, Kind.RECORD),  # the same submission
    ((DAYS, 2 * DAYS), "website", True, NOW - 6 * DAYS, Kind.RECORD),  # one before it, late
    ((DAYS, 72 * HOURS - SECOND), "event", True, NOW, Kind.RECORD),
    ((DAYS, 72 * HOURS), "event", True, NOW, Kind.NEW_CYCLE),
    ((30 * DAYS, 40 * DAYS), "website", False, None, Kind.RECORD),
    ((30 * DAYS + SECOND, 40 * DAYS), "website", False, None, Kind.NEW_CYCLE),
]


@pytest.mark.parametrize(("ago", "source", "is_hand_raise", "submitted_at", "kind"), CLOSED)
def test_after_close(
    ago: tuple[timedelta, timedelta],
    source: str,
    is_hand_raise: bool,
    submitted_at: datetime | None,
    kind: Kind,
) -> None:
    """A new hand-raise or 30 days start a cycle, the last owner first; else it is recorded."""
    closed, arrived = ago
    known = _known(closed=NOW - closed, arrived=NOW - arrived)

    verdict = _decide(known, source=source, is_hand_raise=is_hand_raise, submitted_at=submitted_at)

    assert verdict == Verdict(kind=kind, last_owner="UDANA")


@pytest.mark.parametrize(
    ("score", "is_hand_raise", "kind"),
    [
        (31, False, Kind.NEW_CYCLE),
        (30, False, Kind.MERGE),
        (None, False, Kind.MERGE),
        (None, True, Kind.NEW_CYCLE),
    ],
)
def test_a_nurtured_lead_comes_back_with_a_better_score(
    score: float | None,
    is_hand_raise: bool,
    kind: Kind,
) -> None:
    """There is no last owner to come first."""
    known = replace(_known(closed=None), is_nurtured=True, score=30.0, owner=None)

    assert _decide(known, score=score, is_hand_raise=is_hand_raise) == Verdict(kind=kind)


def test_a_nurtured_lead_that_has_what_it_lacked_comes_back() -> None:
    """The reasons why it was nurtured say what would change that."""
    known = replace(_known(closed=None), is_nurtured=True, score=30.0, owner=None)

    assert _decide(known, score=30, is_qualified=True) == Verdict(kind=Kind.NEW_CYCLE)


@pytest.mark.parametrize(
    ("submitted_at", "kind"),
    [
        (NOW, Kind.NEW_CYCLE),
        (NOW - 5 * DAYS, Kind.MERGE),  # the same submission
        (NOW - 6 * DAYS, Kind.MERGE),  # one before it, late
    ],
)
def test_a_nurtured_hand_raise_that_is_delivered_again_stays_one(
    submitted_at: datetime, kind: Kind
) -> None:
    """Else each delivery of what fails the gates would be a nurtured cycle more."""
    known = replace(_known(closed=None), is_nurtured=True, score=30.0, owner=None)

    assert _decide(known, is_hand_raise=True, submitted_at=submitted_at) == Verdict(kind=kind)


@pytest.mark.parametrize(("is_nurtured", "kept"), [(True, 5), (False, 1)])
def test_what_a_new_cycle_knows(is_nurtured: bool, kept: int) -> None:
    """Who somebody is, not why they came: that was answered, unless nobody saw it."""
    reason = {"score": 80, "hand_raise": True, "first_touch_at": "x", "lead_source": "partner"}
    fields = {"title": "VP", **reason}

    known = carried_over(attributes=fields, is_nurtured=is_nurtured)

    assert known == dict(list(fields.items())[:kept])


def test_submitted_at_tells_the_delay_and_never_the_future() -> None:
    """Five minutes ahead are a sender's clock, more is refused."""
    ahead = NOW + 5 * timedelta(minutes=1)

    assert upstream_delay(submitted_at=NOW - HOURS, arrived_at=NOW) == HOURS
    assert upstream_delay(submitted_at=ahead, arrived_at=NOW) == timedelta(0)
    assert upstream_delay(submitted_at=None, arrived_at=NOW) is None
    assert not is_from_the_future(submitted_at=ahead, arrived_at=NOW)
    assert is_from_the_future(submitted_at=ahead + SECOND, arrived_at=NOW)
    assert not is_from_the_future(submitted_at=None, arrived_at=NOW)


def _known(*, closed: datetime | None, arrived: datetime = NOW - 5 * DAYS) -> Known:
    return Known(
        lead="ld_1",
        source="website",
        owner="UDANA",
        arrived_at=arrived,
        submitted_at=NOW - 5 * DAYS,
        closed_at=closed,
    )


def _decide(known: Known | None, **fields: object) -> Verdict:
    arrival = Arrival(**{"source": "website", "arrived_at": NOW, **fields})
    return decide_arrival(arrival=arrival, known=known)
