"""What a source sends about a lead, read into the fields of rules."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handoff.defaults.catalogue import catalogue
from handoff.intake.arriving import IncomingLead, NotUnderstood, read_lead
from storage.canonical import to_json

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def read(**body: Any) -> IncomingLead:  # noqa: ANN401 - any JSON
    """Read a lead that has a name."""
    return read_lead(body={"external_id": "x", **body}, now=NOW)


def refusals(body: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong by pointer."""
    with pytest.raises(NotUnderstood) as caught:
        read_lead(body=body, now=NOW)
    assert str(caught.value)
    return {problem.pointer: problem.detail for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("sent", "name", "value"),
    [
        ({"employee_count": "25-50"}, "employees", 25),
        ({"NumberOfEmployees": "1,200+"}, "employees", 1200),
        ({"employees": "many"}, "employees", None),
        ({"employees": -5}, "employees", -5),
        ({"employees": "-5"}, "employees", None),
        ({"employees": True}, "employees", None),
        ({"annual revenue": "2.5"}, "revenue", 2.5),
        ({"Job Title": " VP "}, "title", "VP"),
        ({"lifecycle-stage": "mql"}, "stage", "mql"),
        ({"website": "https://www.acme.com/x"}, "domain", "acme.com"),
        ({"utm": {"source": "google"}}, "utm_source", "google"),
        ({"utm": "google"}, "utm", "google"),
        ({"country": "Germany"}, "region", "emea"),
        ({"country": "Atlantis"}, "country", "Atlantis"),
        ({"country": 5}, "country", "5"),
        ({"employees": "9" * 400}, "employees", None),
        ({"hand_raise": "Yes"}, "hand_raise", True),
        ({"is_hand_raise": "no"}, "hand_raise", False),
        ({"score": "82.5"}, "score", 82.5),
        ({"email": "a@gmail.com"}, "work_email", False),
        ({"email": "a@gmail.com"}, "domain", None),
        ({"email": "a@gmail.com", "domain": "gmail.com"}, "domain", None),  # from the CRM
        ({"email": "a@acme.com", "domain": "gmail.com"}, "domain", "acme.com"),
        ({"email": "a@mail.acme.com"}, "domain", "acme.com"),
        ({"phone": "+442079460958"}, "email or phone", "+442079460958"),
        ({"phone": "call me"}, "email or phone", None),
        ({"plan": "", "seats": None}, "plan", None),
        ({"notes": json.loads("[" * 20 + "]" * 20)}, "notes", None),
    ],
)
def test_fields_are_named_and_written_one_way(
    sent: dict[str, object], name: str, value: object
) -> None:
    """Every usual spelling; what says nothing is missing."""
    assert read(**sent).attributes.get(name) == value


def test_what_came_is_kept() -> None:
    """Rewritten values under `raw`, shapes that rules cannot compare under `extra`."""
    lead = read(
        country="Germany",
        phone="call me",
        tags=["a"],
        work_email=True,
        raw="mine",
        **{"Überraschung": "ja", "crm.id": "7"},
    )

    assert lead.attributes["raw"] == {"country": "Germany", "phone": "call me"}
    assert lead.attributes["extra"] == {
        "tags": ["a"],
        "work_email": True,
        "raw": "mine",
        "Überraschung": "ja",
    }
    assert lead.attributes["crm.id"] == "7"


def test_the_identity_is_no_field() -> None:
    """It has places of its own."""
    lead = read(
        source="website", submitted_at="2026-03-02T15:00:00+01:00", design="ENT-1", test=True
    )

    assert lead.attributes == {}
    assert (lead.source, lead.design, lead.is_test) == ("website", "ENT-1", True)
    assert lead.submitted_at == NOW


def test_a_known_first_touch_is_read_leniently() -> None:
    """Where it is no instant, the lead comes all the same."""
    assert read(first_touch_at="2026-03-02T13:00:00Z").first_touch_at == NOW - timedelta(hours=1)
    assert read(first_touch_at="last week").first_touch_at is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"phone": "+442079460958"}, ""),
        ({str(n): n for n in range(201)}, ""),
        ({"email": "nope"}, "/email"),
        ({"E-mail": "x", "email": 7}, "/email"),
        ({"external_id": ["x"]}, "/external_id"),
        ({"external_id": True}, "/external_id"),
        ({"external_id": "x" * 201}, "/external_id"),
        ({"company": "x" * 2001}, "/company"),
        ({"score": 101}, "/score"),
        ({"score": "high"}, "/score"),
        ({"score": float("inf")}, "/score"),
        ({"test": "perhaps"}, "/test"),
        ({"hand_raise": "maybe"}, "/hand_raise"),
        ({"submitted_at": "2026-03-02"}, "/submitted_at"),
        ({"submitted_at": "0001-01-01T00:00:00+14:00"}, "/submitted_at"),
        ({"submitted_at": "2026-03-02T14:05:01Z"}, "/submitted_at"),
        ({"a/b~c": "x" * 2001}, "/a~1b~0c"),
        ({"employees": 10**400}, "/employees"),
        ({"budget": {"eur": [float("inf")]}}, "/budget"),
        ({"notes": json.loads("[" * 21 + "]" * 21)}, "/notes"),
    ],
)
def test_what_cannot_be_taken_is_named(body: dict[str, Any], pointer: str) -> None:
    """By an RFC 6901 pointer to the field as it was sent."""
    assert pointer in refusals(body)


@pytest.mark.parametrize(
    "body", [{"email": "nope"}, {"E-mail": 7}, {"External ID": ["x"]}, {"external_id": "x" * 201}]
)
def test_a_name_that_cannot_be_read_is_one_problem(body: dict[str, Any]) -> None:
    """Not also that there is no name."""
    assert len(refusals(body)) == 1


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("a\0b", "has a NUL"),
        ({"a": ["\ud800"]}, "half of a character"),
        ([1.5, 10**400], "too large"),
        (json.loads("[" * 21 + "]" * 21), "nested more than 20 deep"),
    ],
)
def test_what_cannot_be_stored_says_why(value: object, detail: str) -> None:
    """Each reason in its own words; a field of such a name, too."""
    assert detail in refusals({"external_id": "x", "notes": value})["/notes"]
    assert "has a NUL" in refusals({"external_id": "x", "a\0": value})["/a\\0"]


def test_a_lead_may_be_five_minutes_ahead() -> None:
    """Clocks of senders are not perfect."""
    assert read(submitted_at="2026-03-02T14:05:00Z").submitted_at is not None


KNOWN = [one.name for one in catalogue().lead_fields]
NAMES = st.sampled_from([*KNOWN, "external_id", "source", "submitted_at", "design", "test", "utm"])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(
    st.dictionaries(
        NAMES | st.text(),
        st.recursive(
            PLAIN | st.just(10**400),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=6,
    )
)
@example({"country": 5})
@example({"employees": 10**400})
@example({"budget": float("inf")})
@example({"revenue": "9" * 400})
def test_any_object_is_read_or_refused(body: dict[str, Any]) -> None:
    """Nothing that is JSON breaks it: what is refused has a reason, the rest can be stored."""
    try:
        lead = read_lead(body={"external_id": "x", **body}, now=NOW)
        found: object = to_json(lead.attributes).encode() and lead.external_id
    except NotUnderstood as exc:
        found = exc.problems

    assert found
