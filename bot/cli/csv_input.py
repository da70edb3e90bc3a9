"""CSV files that are too large to be held in memory: read row by row, with a progress bar."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.failing import BAD_INPUT, fail

if TYPE_CHECKING:
    from handoff.intake.csv_rows import Record

_ROWS_A_STEP = 500


@contextmanager
def open_csv(file: Path) -> "Iterator[tuple[tuple[str, ...], Iterator[Record]]]":
    """Give the header and the records of a file; end the command where it cannot be read."""
    from handoff.intake.csv_rows import BadCsv, read_csv_records

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            read = _Counted(lines)
            header, records = read_csv_records(iter(read))
            yield header, _with_progress(records, read, size=file.stat().st_size)
    except UnicodeDecodeError:
        fail([f"{file}: This is not a text in UTF-8. Save it as UTF-8."], code=BAD_INPUT)
    except BadCsv as exc:
        fail([f"{file}: {exc}"], code=BAD_INPUT)
    except OSError as exc:
        fail([f"{file}: It cannot be read: {exc.strerror}."], code=BAD_INPUT)


class _Counted:
    """Lines, and how many bytes they had."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.read += len(line.encode())
            yield line


def _with_progress(
    records: "Iterator[Record]", read: _Counted, *, size: int
) -> "Iterator[Record]":
    shown = 0
    with typer.progressbar(length=size, label="Leads", file=sys.stderr) as bar:
        for number, record in enumerate(records):
            if number % _ROWS_A_STEP == 0:
                bar.update(read.read - shown)
                shown = read.read
            yield record
        bar.update(size - shown)
