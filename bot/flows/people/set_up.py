"""The first run: propose the team from the people in a channel, and save what was made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows.people.hours import HoursForm, read_hours
from bot.flows.people.pods import PodForm, read_pod
from bot.flows.people.roles import held, role_errors
from bot.flows.people.team import (
    ChangedMeanwhile,
    Refused,
    Team,
    change_directory,
    may_set_roles,
    team_of,
)
from handoff.directory import Directory, Role
from handoff.local_hours import with_local_hours
from handoff.people import DEFAULT_CALENDAR
from handoff.team_file import propose_directory
from storage.database import Database


@dataclass(frozen=True)
class Proposal:
    """What the set-up starts with: the proposed directory, and who may do what."""

    proposed: Directory
    team: Team


def propose(*, database: Database, workspace: str, by: str, members: Sequence[str]) -> Proposal:
    """Return a proposed directory.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        by: Slack id of who sets the team up.
        members: Slack ids of the channel's members; empty takes everybody who is known.
    """
    with database.read() as connection:
        team = team_of(connection, workspace=workspace, by=by)
    people = team.directory.people
    known = [person for person in people if not members or person.key in members]
    proposed = propose_directory(members=known or people)
    return Proposal(proposed=proposed, team=team)


def set_up(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    roles: Mapping[Role, tuple[str, ...]],
    pod: PodForm,
    hours: HoursForm,
) -> Team | Refused | ChangedMeanwhile:
    """Save the first directory: roles (by admins and owners alone), a pod, working hours.

    Returns:
        The directory, errors by field (`role:<role>` for roles), or that somebody else has set
        the team up meanwhile.
    """

    def change(directory: Directory) -> Directory | Refused | ChangedMeanwhile:
        if directory.is_set_up:
            return ChangedMeanwhile()
        calendar = read_hours(hours, year=now.year)
        first = read_pod(directory, form=pod, pod=None)
        given = held(roles) if may_set_roles(directory, by) else dict(directory.roles)
        errors = {f"role:{role}": text for role, text in role_errors(directory, given).items()}
        for part in (calendar, first):
            if isinstance(part, Refused):
                errors |= part.errors
        if errors or isinstance(calendar, Refused) or isinstance(first, Refused):
            return Refused(errors)
        made = {"roles": given, "pods": (first,), "calendars": (calendar,)}
        return with_local_hours(
            directory=directory.model_copy(update=made), holidays=_holidays(directory)
        )

    return change_directory(
        change,
        database=database,
        workspace=workspace,
        now=now,
        by=by,
        revision=None,
        what={"set_up": True, "pod": pod.name, "calendar": DEFAULT_CALENDAR},
    )


def _holidays(directory: Directory) -> dict[str, str | None]:
    """Return the public holidays of each time zone that somebody lives in."""
    calendars = propose_directory(members=directory.people).calendars
    return {spec.timezone: spec.holidays for spec in calendars}
