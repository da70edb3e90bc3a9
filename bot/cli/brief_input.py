"""A brief and its team from files, as of a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail
from bot.cli.input_file import failing_in, read_text

if TYPE_CHECKING:
    from handoff.brief_file import LoadedBrief
    from handoff.directory import Directory

TeamOption = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="A team file, for a brief that has no `team` of its own.",
    ),
]
DateOption = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="As if it were this day; the same brief and day give the same design.",
        show_default="today",
    ),
]

_YEARS = (1970, 2200)


def day_or_now(day: datetime | None) -> date | datetime:
    """Return the given day, else this instant."""
    if day is not None and not _YEARS[0] <= day.year <= _YEARS[1]:
        fail([f"--date: {day.date()} is not a day of {_YEARS[0]} to {_YEARS[1]}."], code=BAD_INPUT)
    if day is not None:
        return day.date()

    from bot.clocks import RunningClocks

    return RunningClocks().now()


def load_or_fail(
    *,
    brief: Path,
    team: Path | None,
    as_of: date | datetime,
    directory: "Directory | None" = None,
) -> "LoadedBrief":
    """Read a brief; end the command if it cannot be used, naming the place of each problem.

    Args:
        brief: The file.
        team: A team file for a brief without its own.
        as_of: Now, aware, or any day in its place.
        directory: The team where there is no file of it.
    """
    from handoff.brief_file import load_brief

    directory = directory if team is None else _team(team)
    with failing_in(brief):
        loaded = load_brief(text=read_text(brief), as_of=as_of, directory=directory)
    _warn_of_strangers(brief, loaded)
    return loaded


@contextmanager
def failing_to_draft(brief: Path) -> Iterator[None]:
    """Turn what only drafting can find in a brief into a sentence."""
    from handoff.calendars import BadCalendar
    from handoff.routing.conditions import BadCondition

    try:
        yield
    except (BadCalendar, BadCondition) as exc:
        fail([f"{brief}: {exc}"], code=BAD_INPUT)


def _warn_of_strangers(file: Path, loaded: "LoadedBrief") -> None:
    """Name people who are in no pod and no role: it may be right, or a slip of the pen."""
    people = loaded.brief.people
    named = (people.fallback, people.named_rep, people.revops_approver, people.sales_approver)
    known = {person.key for person in loaded.directory.people}
    for key in dict.fromkeys((*named, *people.sales_leadership, *people.marketing_leadership)):
        if key is not None and key not in known:
            warning = f"{file}: {key} has no pod and no role in the team. Is it spelt right?"
            typer.secho(warning, fg=typer.colors.YELLOW, err=True)


def _team(file: Path) -> "Directory":
    from handoff.team_file import name_people, parse_team

    with failing_in(file):
        return name_people(directory=parse_team(text=read_text(file)))
