"""The first proposal of a team: who is in the channel, and where most of them live."""

from collections import Counter
from collections.abc import Sequence

from handoff.directory import CalendarSpec, Directory, Person, Pod, PodMember
from handoff.people import DEFAULT_CALENDAR, FALLBACK_HOURS

_POD = "first-pod"
_MOST_REPS = 25


def propose_directory(*, members: Sequence[Person], by: str) -> Directory:
    """Return a directory to be checked by a person: one pod of all members, one calendar.

    Args:
        members: The people of a channel; guests, apps and deactivated people are left out.
        by: Who sets the team up; manages the pod until somebody else is picked, and is no rep.
    """
    people = [one for one in members if one.is_active and not one.is_bot and not one.is_guest]
    zones = Counter(person.timezone for person in people)
    zone = min(zones, key=lambda name: (-zones[name], name), default="UTC")
    reps = [person.key for person in people if person.key != by][:_MOST_REPS]
    pod = Pod(name=_POD, manager=by, members=tuple(PodMember(person=key) for key in reps))
    return Directory(
        calendars=(CalendarSpec(name=DEFAULT_CALENDAR, timezone=zone, hours=FALLBACK_HOURS),),
        pods=(pod,) if reps else (),
    )


def with_local_hours(*, directory: Directory) -> Directory:
    """Give every rep who lives in another zone than the default calendar's the same hours there.

    Reps whose calendar was chosen keep it. A calendar per zone is added, named after its place.
    """
    default = next(spec for spec in directory.calendars if spec.name == DEFAULT_CALENDAR)
    zones = {person.key: person.timezone for person in directory.people}
    added: dict[str, CalendarSpec] = {}

    def local(member: PodMember) -> PodMember:
        zone = zones.get(member.person, default.timezone)
        if member.calendar is not None or zone == default.timezone:
            return member
        name = zone.rpartition("/")[2].replace("_", " ").lower()
        added[name] = default.model_copy(update={"name": name, "timezone": zone, "holidays": None})
        return member.model_copy(update={"calendar": name})

    pods = tuple(
        pod.model_copy(update={"members": tuple(map(local, pod.members))})
        for pod in directory.pods
    )
    calendars = (*directory.calendars, *added.values())
    return directory.model_copy(update={"pods": pods, "calendars": calendars})
