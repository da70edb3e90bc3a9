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


@pytest.mark.parametrize(
    ("broken", "advice"),
    [
        ('"2\n', "close it"),
        ('"2"3\n', "twice"),
        (f"{'x' * 200_000}\n", "shorten"),
    ],
)
def test_a_broken_row_names_its_line(broken: str, advice: str) -> None:
    """What came before it was told by then; and what to do is said."""
    _, rows = read_csv(f"a\n1\n{broken}")

    assert next(rows).fields == {"a": "1"}
    with pytest.raises(BadCsv, match=f"Line 3: .*{advice}"):
        next(rows)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_only_a_line_end_ends_a_row(mark: str) -> None:
    """Other marks that some take for one stay in their cell; no lead is made of the rest."""
    _, rows = read_csv(f"a,b\r\n1,x{mark}y\r2,z\n3,")

    assert [(row.line, row.cells) for row in rows] == [
        (2, ("1", f"x{mark}y")),
        (3, ("2", "z")),
        (4, ("3", "")),
    ]


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


@pytest.mark.parametrize("mark", [";", "\t"])
def test_spreadsheets_of_other_countries_part_cells_otherwise(mark: str) -> None:
    """Semicolons and tabs part the cells of a file whose header has no comma."""
    header, rows = read_csv(f'email{mark}company\na@b.com{mark}"Acme{mark} Inc, 1"\n')

    assert header == ("email", "company")
    assert next(rows).fields == {"email": "a@b.com", "company": f"Acme{mark} Inc, 1"}


def test_a_semicolon_in_a_file_of_commas_stays_a_semicolon() -> None:
    """The header decides for the whole file."""
    header, rows = read_csv("email,a;b;c\nx@y.com,1;2\n")

    assert header == ("email", "a;b;c")
    assert next(rows).fields["a;b;c"] == "1;2"


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ('"Name, first";email\nJane;a@b.com\n', ("Name, first", "email")),
        ('"one; two"\nJane\n', ("one; two",)),
        ('email,"one; two; ""three"""\nJane,x\n', ("email", 'one; two; "three"')),
        ('email;"Name,\nfirst"\na@b.com;Jane\n', ("email", "Name,\nfirst")),
    ],
)
def test_what_stands_in_quotes_parts_no_cells(text: str, header: tuple[str, ...]) -> None:
    """A comma in a name of a field makes no file of commas."""
    named, rows = read_csv(text)

    assert named == header
    assert set(next(rows).fields) <= set(header)
