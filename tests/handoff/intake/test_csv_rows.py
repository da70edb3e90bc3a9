"""Rows of a CSV file."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.intake import csv_rows
from handoff.intake.csv_rows import BadCsv, read_csv, write_csv_row

CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


def test_a_row_has_the_fields_of_the_header() -> None:
    """Cells are trimmed, empty ones and blank rows left out, quotes may hold line breaks."""
    header, rows = read_csv('email, company,problem\n"a@b.c","A,\nInc.",old\n\n , ,\nd@e.f\n')

    first, second = rows
    assert header == ("email", "company", "problem")
    assert first.fields == {"email": "a@b.c", "company": "A,\nInc."}
    assert first.cells == ("a@b.c", "A,\nInc.", "old")
    assert (first.line, second.line) == (3, 6)
    assert second.fields == {"email": "d@e.f"}
    assert second.problem is None


def test_a_row_with_too_many_cells_says_so() -> None:
    """Empty ones at the end do no harm."""
    _, rows = read_csv("a,b\n1,2,,\n1,2,3\n")

    assert [row.problem for row in rows] == [None, "has 3 cells where 2 are named"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name"),
        (",,\n", "first line must name"),
        ("a,A\n", "twice: a"),
        ("a,,\n", r"twice: \(empty\)"),
        ("a\0\n", "NUL"),
        ('"a\n', "Line 1"),
    ],
)
def test_a_file_without_a_header_is_refused(text: str, said: str) -> None:
    """At once, with what to do."""
    with pytest.raises(BadCsv, match=said):
        read_csv(text)


def test_a_broken_quote_names_its_line() -> None:
    """What came before it was told by then."""
    _, rows = read_csv('a\n1\n"2\n')

    assert next(rows).fields == {"a": "1"}
    with pytest.raises(BadCsv, match="Line 3"):
        next(rows)


def test_a_file_may_not_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a cap on the rows."""
    monkeypatch.setattr(csv_rows, "MOST_ROWS", 2)
    _, rows = read_csv("a\n1\n2\n3\n")

    with pytest.raises(BadCsv, match="more than 2 rows"):
        list(rows)


@given(st.lists(CELL, min_size=1))
def test_what_is_written_is_read_back(cells: list[str]) -> None:
    """Whatever stands in a cell."""
    (read,) = csv.reader([write_csv_row(cells)], strict=True)

    assert read == cells
