"""How a command ends when it cannot do its work: a plain sentence, and exit code 1."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from bot.settings import BadSettings, Settings, read_settings


def fail(problems: Iterable[str]) -> NoReturn:
    """Say what is wrong, one line each, and end the command."""
    for problem in problems:
        typer.secho(problem, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


def settings_or_fail() -> Settings:
    """Read the settings; end the command if one cannot be used."""
    try:
        return read_settings()
    except BadSettings as exc:
        fail(exc.problems)


@contextmanager
def failing_on(*expected: type[Exception]) -> Iterator[None]:
    """Turn the exceptions that an operator can do something about into a sentence."""
    try:
        yield
    except expected as exc:
        fail([str(exc)])
