"""Rows of a CSV file: a header with the names of the fields, then one record a row."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

MOST_ROWS = 1_000_000

#: The column of a repair file that says what is wrong; it is no field.
PROBLEM = "problem"

#: A cell that begins so is a formula to some spreadsheet; or is guarded already.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


_NUL = "There is a NUL character in the file. Save it as CSV in UTF-8."

#: A line with its end. `splitlines()` would also cut at a form feed or U+2028 inside a cell.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")

#: A cell in quotes, or what its first line has of it: a mark in it parts nothing.
_QUOTED = re.compile(r'"[^"]*"?')

#: What to do about what Python's reader says, by what it says.
_ADVICE = (
    ("unexpected end of data", "A quote is opened and never closed: close it."),
    ("expected after", "Write a quote inside a quoted cell twice."),
    ("field larger", "Is a quote never closed? Else shorten that cell."),
)


Record = tuple[int, list[str]]
"""The line of the file on which a record ends, and its cells as they came."""


class BadCsv(ValueError):
    """The file cannot be read as a table; the message says why and where."""


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """One record.

    Attributes:
        line: Of the file, where the record ends.
        cells: As they came.
        fields: By the names of the header; empty cells are left out.
        problem: What is wrong with the row as such, or None.
    """

    line: int
    cells: tuple[str, ...]
    fields: dict[str, str]
    problem: str | None = None


def read_csv(text: str) -> tuple[tuple[str, ...], Iterator[CsvRow]]:
    """Return the header and the rows of a CSV file; nothing in it is evaluated.

    Raises:
        BadCsv: at once if there is no usable header; while reading at a broken quote, a NUL, or
            too many rows.
    """
    if "\0" in text:
        raise BadCsv(_NUL)
    return read_csv_lines(_LINE.findall(text))


def read_csv_lines(lines: Iterable[str]) -> tuple[tuple[str, ...], Iterator[CsvRow]]:
    """Return the header and the rows of a CSV file that is read line by line.

    Args:
        lines: With their line ends, as a file opened with `newline=""` gives them.

    Raises:
        BadCsv: as `read_csv`.
    """
    header, records = read_csv_records(lines)
    return header, (row_of(record=record, header=header) for record in records)


def read_csv_records(lines: Iterable[str]) -> tuple[tuple[str, ...], Iterator[Record]]:
    """Return the header and the records of a CSV file, where a million rows would be many.

    Raises:
        BadCsv: as `read_csv`.
    """
    records = _records(lines)
    header = tuple(cell.strip() for cell in next(records, (0, []))[1])
    if not any(header):
        raise BadCsv("The first line must name the fields, like `external_id,email,company`.")
    names = [name.casefold() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        shown = ", ".join(name or "(empty)" for name in twice)
        raise BadCsv(f"The first line names a field twice: {shown}.")
    return header, _filled(records)


def row_of(*, record: Record, header: Sequence[str]) -> CsvRow:
    """Return a record as a row: its cells by the names of the header."""
    line, cells = record
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    named = zip(header, cells, strict=False)
    return CsvRow(
        line=line,
        cells=tuple(cells),
        fields={n: c.strip() for n, c in named if n not in ("", PROBLEM) and c.strip()},
        problem=f"has {len(cells)} cells where {len(header)} are named" if extra else None,
    )


def write_csv_row(cells: Sequence[str]) -> str:
    """Return one line of CSV with its line end, all cells quoted."""
    return ",".join(map(quoted, cells)) + "\r\n"


def quoted(cell: str) -> str:
    """Return a cell as it stands in a line of CSV."""
    return '"' + cell.replace('"', '""') + '"'


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` takes it back.

    Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def unguarded(cell: str) -> str:
    """Return what was guarded."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell


def _records(lines: Iterable[str]) -> Iterator[Record]:
    lines = _without_nul(lines)
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=_delimiter(first), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as exc:
        advice = "".join(f" {words}" for told, words in _ADVICE if told in str(exc))
        raise BadCsv(f"Line {reader.line_num}: {exc}.{advice}") from exc


def _delimiter(header: str) -> str:
    """Return what parts the cells: where commas part decimals, spreadsheets write semicolons."""
    bare = _QUOTED.sub("", header)
    return "," if "," in bare else max(",;\t", key=bare.count)


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise BadCsv(_NUL)
        yield line


def _filled(records: Iterable[Record]) -> Iterator[Record]:
    filled = (one for one in records if any(map(str.strip, one[1])))
    for count, record in enumerate(filled, start=1):
        if count > MOST_ROWS:
            raise BadCsv(f"There are more than {MOST_ROWS:,} rows. Import the file in parts.")
        yield record
