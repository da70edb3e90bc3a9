"""The team's overview, made from what a flow returned."""

from bot.blocks import kit
from bot.blocks.team import TeamPlace, team_view
from bot.flows.people.team import Team


def overview(team: Team, *, notice: str | None = None) -> kit.View:
    """Return the overview of the directory; `notice` is mrkdwn."""
    return team_view(
        directory=team.directory,
        absences=[(absence.id, absence.time_off) for absence in team.absences],
        names=team.names,
        place=TeamPlace(revision=team.revision),
        may_set_roles=team.may_set_roles,
        notice=notice,
    )
