"""The same working hours for every rep, each in their own time zone."""

from collections.abc import Mapping

from handoff.directory import CalendarSpec, Directory, PodMember
from handoff.people import DEFAULT_CALENDAR


def with_local_hours(
    *, directory: Directory, holidays: Mapping[str, str | None] | None = None
) -> Directory:
    """Give every rep who lives in another zone than the default calendar's the same hours there.

    Reps whose calendar was chosen keep it. A calendar per zone is added, named after its place.

    Args:
        directory: Has a calendar `default`.
        holidays: Public holidays by time zone, for the calendars that are added; a zone that is
            not there has none.
    """
    default = next(spec for spec in directory.calendars if spec.name == DEFAULT_CALENDAR)
    zones = {person.key: person.timezone for person in directory.people}
    added: dict[str, CalendarSpec] = {}

    def at_home(member: PodMember) -> PodMember:
        zone = zones.get(member.person, default.timezone)
        if member.calendar is not None or zone == default.timezone:
            return member
        name = zone.rpartition("/")[2].replace("_", " ").lower()
        there = {"name": name, "timezone": zone, "holidays": (holidays or {}).get(zone)}
        added[name] = default.model_copy(update=there)
        return member.model_copy(update={"calendar": name})

    pods = tuple(
        pod.model_copy(update={"members": tuple(map(at_home, pod.members))})
        for pod in directory.pods
    )
    calendars = (*directory.calendars, *added.values())
    return directory.model_copy(update={"pods": pods, "calendars": calendars})
