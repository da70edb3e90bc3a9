"""What a source sends about a touch."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.intake.arriving import NotUnderstood
from handoff.intake.touching import IncomingTouch, read_touch
from handoff.lead import Outcome

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TOUCH = {"lead": {"id": "ld_1"}, "type": "Call", "occurred_at": "2026-03-02T13:00:00Z"}


def read(**changes: Any) -> IncomingTouch:  # noqa: ANN401 - any JSON
    """Read a touch."""
    return read_touch(body={**TOUCH, **changes}, now=NOW)


def test_a_touch_has_its_own_time_and_name() -> None:
    """Without a name it is named by what it says, so that the same twice is one."""
    touch = read(actor_email="Dana@Example.com")

    assert touch.occurred_at == NOW - timedelta(hours=1)
    assert (touch.kind, touch.actor, touch.counts) == ("call", "dana@example.com", True)
    assert touch.name == read(actor_email="Dana@Example.com").name
    assert touch.name != read().name
    assert read(external_id="c-1").name == "c-1"


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"direction": "Inbound"}, False),
        ({"automated": True}, False),
        ({"type": "booking", "direction": "inbound"}, True),
        ({"type": "outcome", "outcome": "sql"}, False),
    ],
)
def test_only_sales_own_contact_counts(changes: dict[str, object], *, counts: bool) -> None:
    """A booking counts, although the prospect does it."""
    assert read(**changes).counts is counts


def test_an_outcome_alone_needs_no_time() -> None:
    """It is known when it is told."""
    body = {"lead": {"email": "J@Acme.com"}, "type": "outcome", "outcome": "Recycled"}

    touch = read_touch(body=body, now=NOW)

    assert (touch.outcome, touch.occurred_at) == (Outcome.RECYCLED, NOW)
    assert touch.email_key == "j@acme.com"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lead": None}, "/lead"),
        ({"lead": {"source": "x"}}, "/lead"),
        ({"lead": {"email": "nope"}}, "/lead/email"),
        ({"lead": {"id": True}}, "/lead/id"),
        ({"type": None}, "/type"),
        ({"type": "x" * 201}, "/type"),
        ({"type": "\ud800"}, "/type"),
        ({"occurred_at": None}, "/occurred_at"),
        ({"occurred_at": "2026-03-02T14:05:01Z"}, "/occurred_at"),
        ({"outcome": "won"}, "/outcome"),
        ({"actor_email": []}, "/actor_email"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], pointer: str) -> None:
    """By a pointer, every problem."""
    with pytest.raises(NotUnderstood) as caught:
        read(**changes)

    assert pointer in {problem.pointer for problem in caught.value.problems}
