"""Refused leads as text, and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.intake.csv_rows import guarded, read_csv, unguarded, write_csv_row
from handoff.intake.mending import asked_fields, mended, shown_fields

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner),
    max_leaves=5,
)


@given(st.dictionaries(PLAIN, JSON) | JSON)
def test_what_is_shown_and_not_changed_stays_what_it_was(body: Any) -> None:  # noqa: ANN401
    """Whatever was sent survives a look at it."""
    kept = body if isinstance(body, dict) else {}

    assert mended(body=body, changes=shown_fields(body)) == kept


@given(PLAIN)
def test_a_guarded_cell_comes_back_through_a_file(cell: str) -> None:
    """No spreadsheet runs it, and nothing of it is lost."""
    written = write_csv_row([guarded(cell), "x"])

    _, rows = read_csv("cell,other\r\n" + written)

    (row,) = rows
    assert unguarded(row.cells[0]) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": "a@a.example"}, {"email": "a@a.example", "score": 90, "tags": ["x"]}),
        ({"EMAIL": "a@a.example"}, {"email": "a@a.example", "score": 90, "tags": ["x"]}),
        ({"score": " "}, {"email": "nope", "tags": ["x"]}),
        ({"score": "91"}, {"email": "nope", "score": "91", "tags": ["x"]}),
        ({"tags": '["x"]'}, {"email": "nope", "score": 90, "tags": ["x"]}),
        ({"problem": "p", "Refused_ID": "r"}, {"email": "nope", "score": 90, "tags": ["x"]}),
        ({"title": "VP"}, {"email": "nope", "score": 90, "tags": ["x"], "title": "VP"}),
    ],
)
def test_changes_are_taken_over(changes: dict[str, str], expected: dict[str, Any]) -> None:
    """Text that is new replaces, empty takes away, what is unchanged keeps its kind."""
    body = {"email": "nope", "score": 90, "tags": ["x"]}

    assert mended(body=body, changes=changes) == expected
    assert body == {"email": "nope", "score": 90, "tags": ["x"]}


def test_what_is_wrong_is_asked_first() -> None:
    """Fields with a problem come first, missing ones empty; a lead without a name asks for one."""
    assert list(asked_fields(body={"a": 1, "b": 2}, pointers=["/b", "/x~1y"])) == ["b", "x/y", "a"]
    assert asked_fields(body=["no object"], pointers=[""]) == {"external_id": "", "email": ""}
