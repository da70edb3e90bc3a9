"""Reps in other time zones get the default hours where they live."""

from handoff.local_hours import with_local_hours
from tests.handoff.team import revenue_team


def test_each_zone_gets_a_calendar_with_the_same_hours() -> None:
    """Named after its place, with that country's holidays; a chosen calendar is kept."""
    team = revenue_team()
    free = team.pods[0].members[1].model_copy(update={"calendar": None})
    pod = team.pods[0].model_copy(update={"members": (team.pods[0].members[0], free)})
    holidays = {"America/Los_Angeles": "US-CA"}

    made = with_local_hours(directory=team.model_copy(update={"pods": (pod,)}), holidays=holidays)

    added = made.calendars[-1]
    assert (added.name, added.timezone) == ("los angeles", "America/Los_Angeles")
    assert (added.hours, added.holidays) == ({"mon-fri": "09:00-18:00"}, "US-CA")
    assert [member.calendar for member in made.pods[0].members] == [None, "los angeles"]


def test_chosen_calendars_stay() -> None:
    """Nothing is added for a team in which everybody is taken care of."""
    team = revenue_team()

    assert with_local_hours(directory=team) == team
