"""FILE.repair.csv: the rows that were refused, with what is wrong with each."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count as counting
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from bot.blocks.kit import count
from bot.cli.failing import BAD_INPUT, fail


class RepairFile:
    """Collects refused rows; there is no file unless a row was refused.

    Cells are written as they came, so that the mended file can be imported again. A repair file
    of an earlier run that was mended since stays as it is: then this one has a number.

    Attributes:
        path: Of the repair file; settled when all rows are in it.
        count: How many rows were refused so far.
    """

    def __init__(
        self, file: Path, header: Sequence[str], *, then: str = "mend it and import it"
    ) -> None:
        """Say which file is read.

        Args:
            file: The file.
            header: The names in its first line.
            then: What to do with the repair file.
        """
        self.path = file.with_name(f"{file.stem.removesuffix('.repair')}.repair.csv")
        if self.path == file:
            self.path = file.with_name(f"{file.stem}.again.csv")
        self._draft = self.path.with_name(f".{self.path.name}.writing")
        self._header = tuple(header)
        self._then = then
        self.count = 0
        self._out: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._out is not None:
            with self._failing():
                self._out.close()
                self.path = _free_path(self.path, self._draft)
                os.replace(self._draft, self.path)

    def add(self, cells: tuple[str, ...], problem: str) -> None:
        """Add a row and what is wrong with it."""
        with self._failing():
            self._write(cells, problem)
        self.count += 1

    def report(self) -> None:
        """Say where the refused rows are, and end the command with an error."""
        if self.count:
            rows = count(self.count, "row")
            fail([f"To be repaired: {rows}. See {self.path}, {self._then}."])

    def _write(self, cells: tuple[str, ...], problem: str) -> None:
        from handoff.intake.csv_rows import PROBLEM, write_csv_row

        names = [name for name in self._header if name != PROBLEM]
        kept = [cell for name, cell in zip(self._header, cells, strict=False) if name != PROBLEM]
        kept += [""] * (len(names) - len(kept))
        if self._out is None:
            self._out = self._draft.open("w", encoding="utf-8-sig", newline="")
            self._out.write(write_csv_row([*names, PROBLEM]))
        self._out.write(write_csv_row([*kept, problem, *cells[len(self._header) :]]))

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """End the command with a sentence if the file cannot be written."""
        try:
            yield
        except OSError as exc:
            fail(
                [
                    f"{self.path}: It cannot be written: {exc.strerror}. What was told by then is "
                    "stored. Mend that, and run the same command again: it tells of every row."
                ]
            )


def _free_path(path: Path, draft: Path) -> Path:
    """Return where a file goes: over one that it continues, or beside what somebody changed."""
    numbered = (path.with_name(f"{path.stem}.{number}.csv") for number in counting(2))
    while path.exists() and not _continues(draft, path):
        path = next(numbered)
    return path


def _continues(new: Path, old: Path) -> bool:
    """Tell whether a file begins with all of another one, as after a run that was stopped."""
    with new.open("rb") as longer, old.open("rb") as shorter:
        while piece := shorter.read(1 << 16):
            if longer.read(len(piece)) != piece:
                return False
    return True


def survey(file: Path, text: str) -> tuple[tuple[str, ...], int]:
    """Return the header of a file that is imported, and how many rows there are to go through."""
    from handoff.intake.csv_rows import BadCsv, read_csv

    try:
        header, rows = read_csv(text)
        return header, sum(1 for _ in rows)
    except BadCsv as exc:
        fail([f"{file}: {exc}"], code=BAD_INPUT)
