"""Whatever JSON a source sends is answered, and harms neither the app nor any other lead."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.defaults.catalogue import catalogue
from storage import migrations
from storage.database import Database
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design
from tests.support.postgres import create_database
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

NAMES = [one.name for one in catalogue().lead_fields] + [
    "external_id",
    "source",
    "submitted_at",
    "first_touch_at",
    "design",
    "test",
    "utm",
    "account_owner",
    "account_owner_email",
    "named_rep",
]
_WORDS = st.sampled_from(["ENT-1", "website", "jane@acme.example", "acme.example", "true", "90"])
_UNSOUND = st.sampled_from(["\ud800", "a\0b", "a\ud800@acme.example"])
_TIMES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | _WORDS
    | _UNSOUND
    | _TIMES
)
VALUE = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text() | _UNSOUND, VALUE, max_size=5)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The app with a team and an active design, so that what is taken is routed, too."""
    place = tmp_path_factory.mktemp("any")
    chosen: dict[str, Any] = {"handoff_webhook_secret": SECRET}
    if request.param == "postgresql":
        url = create_database(request.getfixturevalue("postgres_server"), "any_json")
        with closing(Database(url)) as database:
            migrations.upgrade(database)
        chosen["handoff_database_url"] = url
    with open_house(place, **chosen) as opened:
        activate_design(opened, set_up_team(opened))
        yield opened


@settings(max_examples=150, deadline=None)
@given(fields=FIELDS)
@example(fields={"external_id": "\ud800"})
@example(fields={"source": "a\0b"})
@example(fields={"employees": 10**400, "country": 5})
def test_any_lead_is_stored_or_refused(house: House, fields: dict[str, Any]) -> None:
    """202 or 422 with its reasons; ours is the fault of none."""
    answer = send(house, {**LEAD, **fields})

    assert answer.status_code in (202, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"]


@pytest.mark.parametrize("query", ["source=%00", "workspace=%00", "workspace=%ED%A0%80"])
def test_any_name_in_the_address_proves_nothing(house: House, query: str) -> None:
    """401, as for every other source that there is not."""
    assert send(house, LEAD, path=f"/v1/leads?{query}").status_code == 401


@settings(max_examples=60, deadline=None)
@given(items=st.lists(FIELDS | VALUE, max_size=4))
@example(items=[{"external_id": "a\0b"}, {"email": "\ud800@acme.example"}, {"country": 5}])
def test_a_good_lead_is_stored_whatever_comes_with_it(house: House, items: list[Any]) -> None:
    """Each item has its answer, and the last one is a lead."""
    answer = send(house, {"leads": [*items, {"external_id": "good"}]}, path="/v1/leads/batch")

    assert answer.status_code == 207, answer.text
    told = [result["status"] for result in answer.json()["results"]]
    assert len(told) == len(items) + 1
    assert set(told) <= {"accepted", "refused"}
    assert told[-1] == "accepted"


@settings(max_examples=100, deadline=None)
@given(
    body=VALUE
    | st.fixed_dictionaries(
        {},
        optional={
            "lead": VALUE
            | st.dictionaries(st.sampled_from(["id", "source", "external_id", "email"]), VALUE),
            "type": VALUE | st.sampled_from(["call", "email", "outcome", "automation"]),
            "occurred_at": VALUE | _TIMES,
            "outcome": VALUE,
            "by": VALUE,
            "id": VALUE,
        },
    )
)
def test_any_touch_is_answered(house: House, body: Any) -> None:  # noqa: ANN401 - any JSON
    """The sender's fault, every one of them."""
    answer = send(house, body, path="/v1/touches")

    assert answer.status_code < 500, answer.text
