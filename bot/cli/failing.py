"""How a command ends when it cannot do its work: plain sentences, and an exit code.

1: it could not be done. 2: what was handed in cannot be used, be it an option or a file.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from bot.settings import BadSettings, Settings, read_settings

BAD_INPUT = 2


def fail(problems: Iterable[str], *, code: int = 1) -> NoReturn:
    """Say what is wrong, one line each, and end the command."""
    for problem in problems:
        typer.secho(problem, fg=typer.colors.RED, err=True)
    raise typer.Exit(code)


def settings_or_fail() -> Settings:
    """Read the settings; end the command if one cannot be used."""
    try:
        return read_settings()
    except BadSettings as exc:
        fail(exc.problems)


@contextmanager
def failing_on(*expected: type[Exception], code: int = 1) -> Iterator[None]:
    """Turn the exceptions that an operator can do something about into a sentence."""
    try:
        yield
    except expected as exc:
        fail([str(exc)], code=code)
