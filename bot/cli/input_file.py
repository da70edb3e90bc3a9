"""Files that people hand in: read whole, or the command ends and names the place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.failing import BAD_INPUT, fail

if TYPE_CHECKING:
    from handoff.yaml_file import FileProblem


def read_text(file: Path) -> str:
    """Return the text of a file; end the command if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fail([f"{file}: This is not a text in UTF-8. Save it as UTF-8."], code=BAD_INPUT)
    except OSError as exc:
        fail([f"{file}: It cannot be read: {exc.strerror}."], code=BAD_INPUT)


@contextmanager
def failing_in(file: Path) -> Iterator[None]:
    """Turn what is wrong in a file into lines `file:line: field: what to do`."""
    from handoff.yaml_file import BadFile

    try:
        yield
    except BadFile as exc:
        fail((_located(file, problem) for problem in exc.problems), code=BAD_INPUT)


def _located(file: Path, problem: "FileProblem") -> str:
    place = f"{file}:{problem.line}" if problem.line else str(file)
    return ": ".join(part for part in (place, problem.field, problem.message) if part)
