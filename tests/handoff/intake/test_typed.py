"""What a person typed about a lead and nobody can read is told, and nothing else is."""

from datetime import UTC, datetime

import pytest

from handoff.intake.typed import typed_problems

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value"), [("country", "Atlantis"), ("phone", "ask Jane"), ("employees", "lots")]
)
def test_what_cannot_be_read_is_told_at_its_field(field: str, value: str) -> None:
    """It alone, when the rest is in order."""
    (problem,) = typed_problems(fields={"email": "jane@acme.example", field: value}, now=NOW)

    assert problem.pointer == f"/{field}"


def test_what_else_is_wrong_is_told_with_it() -> None:
    """So that all can be mended at once."""
    fields = {"email": "jane", "country": "Atlantis"}

    assert [one.pointer for one in typed_problems(fields=fields, now=NOW)] == [
        "/email",
        "/country",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "GB", "phone": "020 7946 0018", "employees": "500-1000"},
        {"country": " ", "phone": "+1 212 555 0100", "email": "not read here"},
        {},
    ],
)
def test_what_can_be_read_is_nothing_to_tell(fields: dict[str, str]) -> None:
    """What the lead as a whole needs is told when it is taken in."""
    assert typed_problems(fields=fields, now=NOW) == ()
