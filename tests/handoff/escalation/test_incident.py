"""What counts as an incident, and what several have in common."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from handoff.escalation.incident import (
    IncidentFacts,
    IncidentKind,
    SharedCause,
    is_incident,
    is_same_failure,
    shared_causes,
)

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 12:00 in New York
ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("facts", list(product([True, False], repeat=4)))
def test_only_one_combination_is_an_incident(facts: tuple[bool, ...]) -> None:
    """No test lead, no disposal, the first of its cycle, and a final failure."""
    is_test, is_disposed, has_incident, is_final = facts

    found = is_incident(
        is_test=is_test, is_disposed=is_disposed, has_incident=has_incident, is_final=is_final
    )

    assert found is (facts == (False, False, False, True))


@pytest.mark.parametrize(
    ("after", "is_same"),
    [
        (timedelta(0), True),
        (timedelta(minutes=59, seconds=59), True),
        (timedelta(hours=1), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_the_same_error_within_an_hour_is_one_incident(after: timedelta, is_same: bool) -> None:
    """From the hour on it is a new one."""
    assert is_same_failure(error_at=NOON + after, earlier_at=[NOON]) is is_same
    assert not is_same_failure(error_at=NOON, earlier_at=[])


def test_the_most_shared_cause_comes_first() -> None:
    """With its share, its name, and what to do."""
    incidents = [
        _facts(0, owner="UDANA", row="r1", source="web"),
        _facts(1, owner="UDANA", row="r2", source="event"),
        _facts(30, owner="UDANA", row="r1", source="csv"),
    ]

    causes = shared_causes(
        incidents=incidents, zone=ZONE, names={"UDANA": "Dana", "r1": "Everyone else"}
    )

    assert [(cause.dimension.value, cause.value, cause.count) for cause in causes] == [
        ("owner", "Dana", 3),
        ("hour", "12:00 (New York time)", 3),
        ("row", "Everyone else", 2),
    ]
    assert causes[0] == SharedCause(
        dimension="owner",
        value="Dana",
        count=3,
        total=3,
        proposed_fix="Move the open leads of Dana to others, and check their hours, time off and "
        "caps.",
    )


def test_incidents_with_nothing_in_common_have_no_cause() -> None:
    """One of two is no pattern, and missing facts are none either."""
    incidents = [_facts(0, owner="UDANA"), _facts(90, owner="UELI")]

    assert shared_causes(incidents=incidents, zone=ZONE, names={}) == ()


def test_an_integrations_error_is_the_most_telling() -> None:
    """Before owner, row, source and hour."""
    incidents = [_facts(minute, error="CRM write refused", source="web") for minute in (0, 9)]

    (first, *_) = shared_causes(incidents=incidents, zone=ZONE, names={})

    assert first.value == "CRM write refused"
    assert "send its leads again" in first.proposed_fix


def _facts(minutes: int, **shared: str) -> IncidentFacts:
    return IncidentFacts(
        id=f"i{minutes}",
        kind=IncidentKind.BREACH,
        occurred_at=NOON + timedelta(minutes=minutes),
        **shared,
    )
