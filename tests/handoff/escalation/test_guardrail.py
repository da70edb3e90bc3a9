"""The guardrail fires at the exact edge, once, in whatever order incidents are stored."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calendars import calendar_of
from handoff.escalation.guardrail import (
    FireGuardrail,
    Incident,
    JoinGuardrail,
    decide_guardrail,
    overdue_at,
)
from handoff.escalation.policy import Guardrail
from tests.handoff.samples import NEW_YORK

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = 1 / 3600


# hours of earlier incidents, of the new one, last resolve, fires
EDGES = [
    ([], 0, None, False),
    ([0], 0, None, True),
    ([0], 48 - SECOND, None, True),
    ([0], 48, None, False),
    ([0], 47, 0, False),
    ([0], 47, -SECOND, True),
    ([0, 1], 2, 1, False),
    ([0, 1, 3], 4, 1, True),
    ([10], 0, None, True),
    ([48], 0, None, False),
    ([48 - SECOND], 0, None, True),
    ([0, 60], 30, None, True),
    ([0], -5, -5, False),
]


@pytest.mark.parametrize(("earlier", "new", "resolved", "fires"), EDGES)
def test_the_edges_of_the_window(
    earlier: list[float],
    new: float,
    resolved: float | None,
    fires: bool,
) -> None:
    """An incident exactly 48 h old is outside, one at the resolve too; late ones count."""
    decided = _decide(earlier, new, resolved=resolved)

    assert isinstance(decided, FireGuardrail) is fires


def test_the_packet_holds_what_the_window_holds() -> None:
    """Oldest first; the window that is full first is the one that fires."""
    decided = _decide([0, 40, 70], 45, count=3)

    assert decided == FireGuardrail(
        incidents=("i0", "i1", "new"), window_end=START + timedelta(hours=45)
    )


def test_while_open_incidents_join() -> None:
    """It does not fire again until it is resolved."""
    assert _decide([0, 1], 2, is_open=True) == JoinGuardrail(incident="new")


def test_an_incident_of_before_the_resolve_joins_nothing() -> None:
    """It belongs to what was resolved, even while the guardrail is open again."""
    assert _decide([2, 3], 1, resolved=1, is_open=True) is None
    assert _decide([2, 3], 1.5, resolved=1, is_open=True) == JoinGuardrail(incident="new")


def test_a_stored_incident_is_not_counted_twice() -> None:
    """The caller may pass the new one among the others."""
    incident = Incident(id="new", occurred_at=START)

    decided = decide_guardrail(
        incident=incident,
        others=[incident],
        guardrail=Guardrail(),
        last_resolved_at=None,
        is_open=False,
    )

    assert decided is None


@given(
    hours=st.lists(st.integers(0, 200), min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
    count=st.integers(1, 4),
)
def test_the_order_of_storing_does_not_decide_whether_it_fires(
    hours: list[int], order: object, count: int
) -> None:
    """It fires if and only if some window of 48 h holds enough, whatever came in when."""
    shuffled = list(enumerate(hours))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    stored: list[Incident] = []
    fired = False
    for number, hour in shuffled:
        incident = Incident(id=f"i{number}", occurred_at=START + timedelta(hours=hour))
        decided = decide_guardrail(
            incident=incident,
            others=stored,
            guardrail=Guardrail(count=count),
            last_resolved_at=None,
            is_open=fired,
        )
        if isinstance(decided, FireGuardrail):
            assert not fired
            assert len(decided.incidents) >= count
        fired = fired or isinstance(decided, FireGuardrail)
        stored.append(incident)

    assert fired is any(sum(end - 48 < hour <= end for hour in hours) >= count for end in hours)


def test_an_unresolved_guardrail_is_overdue_after_five_working_days() -> None:
    """On the design's calendar, a weekend in between."""
    calendar = calendar_of(spec=NEW_YORK, years=range(2025, 2029))
    fired = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)

    assert overdue_at(fired_at=fired, calendar=calendar) == datetime(2026, 3, 11, 14, tzinfo=UTC)


def _decide(
    earlier: list[float],
    new: float,
    *,
    resolved: float | None = None,
    count: int = 2,
    is_open: bool = False,
) -> FireGuardrail | JoinGuardrail | None:
    others = [
        Incident(id=f"i{number}", occurred_at=START + timedelta(hours=hour))
        for number, hour in enumerate(earlier)
    ]
    return decide_guardrail(
        incident=Incident(id="new", occurred_at=START + timedelta(hours=new)),
        others=others,
        guardrail=Guardrail(count=count),
        last_resolved_at=None if resolved is None else START + timedelta(hours=resolved),
        is_open=is_open,
    )
