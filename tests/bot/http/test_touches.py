"""`POST /v1/touches`: what is refused, and what changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from storage import touches
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

PATH = "/v1/touches"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house whose built-in source has a secret."""
    with open_house(tmp_path, handoff_webhook_secret=SECRET) as opened:
        yield opened


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/type", "/lead", "/occurred_at"}),
        ({"lead": 7, "type": 1.5, "occurred_at": "x"}, {"/lead", "/type", "/occurred_at"}),
        ({"lead": {"email": "x"}, "type": "call"}, {"/lead/email", "/occurred_at"}),
        ({"lead": {"id": "ld_1"}, "type": "outcome"}, {"/outcome"}),
        ({"lead": {"id": "ld_1"}, "type": "outcome", "outcome": "won"}, {"/outcome"}),
        (
            {"lead": {"id": "a\0"}, "type": "call", "occurred_at": "2026-01-01T00:00:00Z"},
            {"/lead", "/lead/id"},
        ),
    ],
)
def test_a_touch_that_is_none_is_refused(
    house: House, body: dict[str, object], pointers: set[str]
) -> None:
    """422 with every problem."""
    answer = send(house, body, path=PATH)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers


def test_only_an_object_is_a_touch(house: House) -> None:
    """400 for anything else."""
    assert send(house, [], path=PATH).status_code == 400


def test_a_touch_of_the_future_is_refused(house: House) -> None:
    """Five minutes are a clock that runs ahead, six are a mistake."""
    soon = house.clocks.now() + timedelta(minutes=6)
    body = {"lead": {"id": "ld_1"}, "type": "call", "occurred_at": soon.isoformat()}

    assert send(house, body, path=PATH).json()["errors"][0]["pointer"] == "/occurred_at"


def test_a_touch_may_come_again_once_its_lead_is_there(house: House) -> None:
    """An unknown lead is no reason to remember the request."""
    body = {
        "lead": {"email": "jane@acme.example"},
        "type": "email",
        "occurred_at": house.clocks.now().isoformat(),
    }

    early = send(house, body, path=PATH, message="touch_1")
    send(house, {"email": "jane@acme.example", "external_id": "web-1"})
    late = send(house, body, path=PATH, message="touch_1")

    assert (early.status_code, late.status_code) == (422, 202)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"direction": "inbound"}, "ignored"),
        ({"automated": True}, "ignored"),
        ({"type": "booking", "direction": "inbound"}, "met"),
        ({"actor_email": "nobody@else.example"}, "met"),
    ],
)
def test_only_sales_own_contact_counts(
    house: House, changes: dict[str, object], outcome: str
) -> None:
    """Inbound and automated touches change nothing; a booking counts."""
    send(house, {"external_id": "web-1"})
    body = {
        "lead": {"source": "default", "external_id": "web-1"},
        "type": "email",
        "occurred_at": house.clocks.now().isoformat(),
    }

    told = send(house, {**body, **changes}, path=PATH)

    assert told.status_code == 202
    assert told.json()["outcome"] == outcome


def test_an_outcome_needs_a_touch(house: House) -> None:
    """A lead that nobody contacted cannot be closed."""
    send(house, {"external_id": "web-1"})
    body = {"lead": {"external_id": "web-1"}, "type": "outcome", "outcome": "sql"}

    answer = send(house, body, path=PATH)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/outcome"


def test_another_outcome_than_the_lead_has_is_told_so(house: House) -> None:
    """The first one stays; a touch that comes with a refused outcome is refused with it."""
    lead_id = send(house, {"external_id": "web-1"}).json()["id"]
    called_at = house.clocks.now().isoformat()

    def tell(outcome: str, name: str) -> httpx.Response:
        body = {"lead": {"id": lead_id}, "type": "call", "occurred_at": called_at}
        return send(house, {**body, "outcome": outcome, "external_id": name}, path=PATH)

    first, other, same = tell("sql", "a"), tell("no_response", "b"), tell("sql", "c")

    assert (first.status_code, other.status_code, same.status_code) == (202, 422, 202)
    assert "closed already, as sql" in other.json()["errors"][0]["detail"]
    with house.app.database.read() as connection:
        kept = touches.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert [one.external_id for one in kept] == ["a", "c"]


def test_what_was_never_handed_over_has_no_outcome(house: House) -> None:
    """A nurtured lead is not closed; it waits for a better score."""
    activate_design(house, set_up_team(house))
    lead_id = send(house, {**LEAD, "score": 10}).json()["id"]
    body = {"lead": {"id": lead_id}, "type": "outcome", "outcome": "sql"}

    answer = send(house, body, path=PATH)

    assert answer.status_code == 422
    assert "not handed over" in answer.json()["errors"][0]["detail"]
