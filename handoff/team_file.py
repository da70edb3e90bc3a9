"""The directory as a YAML file (`handoff team import|export`), and its first-run proposal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import Field, ValidationError

from handoff.brief import PersonKey
from handoff.calendars import BadCalendar, calendar_of, expand_holidays
from handoff.directory import (
    CalendarSpec,
    Directory,
    Person,
    Pod,
    PodMember,
    Role,
    TimeOff,
    UserGroup,
    role_title,
)
from handoff.model import Value, published_schema
from handoff.people import DEFAULT_CALENDAR, FALLBACK_HOURS, calendar_named
from handoff.yaml_file import BadFile, Path, ReadFile, explain, nearest, read_yaml

_SIGNING = (Role.REVOPS_APPROVER, Role.SALES_APPROVER)
_ANY_YEAR = (2026,)


class TeamFile(Value):
    """The format of a team file; people are written as e-mail addresses or Slack ids."""

    roles: dict[Role, tuple[PersonKey, ...]] = Field(
        default_factory=dict, description="the first holder is in charge, the rest substitutes"
    )
    calendars: tuple[CalendarSpec, ...] = ()
    pods: tuple[Pod, ...] = ()
    time_off: tuple[TimeOff, ...] = ()


def parse_team(
    *, text: str, people: Sequence[Person] = (), groups: Sequence[UserGroup] = ()
) -> Directory:
    """Read a team file.

    Args:
        text: YAML or JSON in the format of product.md ("The directory file").
        people: The synced members; an e-mail address becomes the Slack id of its person. One
            that nobody has yet stays an e-mail address (lower case) until it is synced.
        groups: The synced user groups.

    Raises:
        BadFile: with every problem, its line and field, and what to do.
    """
    return team_from(read=read_yaml(text), people=people, groups=groups)


def team_from(
    *,
    read: ReadFile,
    people: Sequence[Person] = (),
    groups: Sequence[UserGroup] = (),
    under: Path = (),
) -> Directory:
    """Read the team section of a file that was read already; `under` says where it is.

    Raises:
        BadFile: as `parse_team` does.
    """
    data: object = read.data
    for part in under:
        data = data.get(part) if isinstance(data, dict) else None
    try:
        written = TeamFile.model_validate(data)
    except ValidationError as exc:
        raise BadFile(explain(exc, read=read, model=TeamFile, under=under)) from exc
    directory = _resolved(written, people=people, groups=groups)
    problems = [
        read.problem((*under, *path), message)
        for path, message in _contradictions(written, directory)
    ]
    if problems:
        raise BadFile(problems)
    return directory


def dump_team(*, directory: Directory) -> str:
    """Return the directory as a team file; people are written by e-mail where it is known.

    `parse_team` with the same people and groups reads the same directory back.
    """
    emails = {person.key: person.email for person in directory.people if person.email}
    shared = {email for email, count in Counter(emails.values()).items() if count > 1}
    written = {key: email for key, email in emails.items() if email not in shared}
    file = TeamFile(
        roles=dict(directory.roles),
        calendars=directory.calendars,
        pods=directory.pods,
        time_off=directory.time_off,
    )
    named = _with_keys(file, written)
    data = named.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=99)


def resolve_emails(*, directory: Directory) -> Directory:
    """Return the directory with people where e-mail addresses awaited them.

    A team file may name somebody who is not in Slack yet; once they are among
    `directory.people`, their address becomes their Slack id. Unknown addresses stay.
    """
    file = TeamFile(roles=dict(directory.roles), pods=directory.pods, time_off=directory.time_off)
    found = _resolved(file, people=directory.people, groups=directory.groups)
    return directory.model_copy(
        update={"roles": found.roles, "pods": found.pods, "time_off": found.time_off}
    )


def name_people(*, directory: Directory) -> Directory:
    """Return a directory with a person for each key that nobody has yet, named after it.

    So a team file can be used without Slack. `dana.lee@example.com` becomes Dana Lee, in the
    zone of the default calendar.
    """
    known = {person.key for person in directory.people}
    timezone = calendar_named(directory=directory, name=DEFAULT_CALENDAR).timezone
    added = tuple(
        Person(key=key, name=_name_of(key), email=key if "@" in key else None, timezone=timezone)
        for key in dict.fromkeys(_mentioned(directory))
        if key not in known
    )
    return directory.model_copy(update={"people": (*directory.people, *added)})


def team_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of a team file."""
    return published_schema(TeamFile, title="Handoff team file")


def propose_directory(*, members: Sequence[Person]) -> Directory:
    """Propose a directory from the members of a channel and their time zones.

    One calendar for each time zone (Monday to Friday, 09:00-18:00, the country's holidays), the
    commonest as `default`; one pod with all of them, each on their own hours, the first
    workspace admin as its manager. Roles are left open: no profile says who may sign.

    Args:
        members: The people of the channel; guests, bots and deactivated ones are left out.
    """
    taking = [
        person
        for person in members
        if person.is_active and not person.is_bot and not person.is_guest
    ]
    if not taking:
        return Directory(people=tuple(members))
    calendars = _calendars_for(taking)
    names = {spec.timezone: spec.name for spec in calendars}
    manager = next((person for person in taking if person.is_admin), taking[0])
    pod = Pod(
        name="sales",
        manager=manager.key,
        members=tuple(
            PodMember(person=person.key, calendar=_calendar_name(person, names))
            for person in taking
            if person is not manager or len(taking) == 1
        ),
    )
    return Directory(people=tuple(members), calendars=calendars, pods=(pod,))


# Private functions


def _resolved(
    written: TeamFile, *, people: Sequence[Person], groups: Sequence[UserGroup]
) -> Directory:
    """Return the directory, e-mail addresses turned into the keys of their people."""
    keys = {person.email.lower(): person.key for person in people if person.email}
    mentioned = set(_mentioned(written))
    known = {key: keys.get(key.lower(), key.lower() if "@" in key else key) for key in mentioned}
    named = _with_keys(written, known)
    return Directory(
        people=tuple(people),
        roles=named.roles,
        calendars=named.calendars,
        pods=named.pods,
        time_off=named.time_off,
        groups=tuple(groups),
    )


def _mentioned(file: TeamFile | Directory) -> Iterator[PersonKey]:
    for holders in file.roles.values():
        yield from holders
    for pod in file.pods:
        yield pod.manager
        yield from (member.person for member in pod.members)
    yield from (span.person for span in file.time_off)


def _name_of(key: str) -> str:
    words = key.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words) if "@" in key and words else key


def _with_keys(file: TeamFile, keys: Mapping[str, str]) -> TeamFile:
    """Return the file with each person written as `keys` says, unknown ones as they are."""

    def key(person: str) -> str:
        return keys.get(person, person)

    return file.model_copy(
        update={
            "roles": {role: tuple(map(key, holders)) for role, holders in file.roles.items()},
            "pods": tuple(
                pod.model_copy(
                    update={
                        "manager": key(pod.manager),
                        "members": tuple(
                            member.model_copy(update={"person": key(member.person)})
                            for member in pod.members
                        ),
                    }
                )
                for pod in file.pods
            ),
            "time_off": tuple(
                span.model_copy(update={"person": key(span.person)}) for span in file.time_off
            ),
        }
    )


def _contradictions(file: TeamFile, directory: Directory) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong between valid parts, each with its path."""
    yield from _bad_calendars(file)
    yield from _twice("calendars", [calendar.name for calendar in file.calendars])
    yield from _twice("pods", [pod.name for pod in file.pods])
    names = {calendar.name for calendar in file.calendars}
    for number, pod in enumerate(directory.pods):
        seen: set[str] = set()
        for place, member in enumerate(pod.members):
            path: Path = ("pods", number, "members", place)
            if member.person in seen:
                yield (*path, "person"), f"{member.person} is in this pod twice; keep one."
            seen.add(member.person)
            if member.calendar is not None and member.calendar not in names:
                advice = nearest(member.calendar, names) if names else "add it under `calendars`."
                yield (*path, "calendar"), f"there is no calendar “{member.calendar}”; {advice}"
    for number, absence in enumerate(file.time_off):
        if absence.problem:
            yield ("time_off", number, "to"), absence.problem
    yield from _bad_signers(directory)


def _bad_calendars(file: TeamFile) -> Iterator[tuple[Path, str]]:
    for number, calendar in enumerate(file.calendars):
        try:
            calendar_of(spec=calendar, years=_ANY_YEAR)
        except BadCalendar as exc:
            yield ("calendars", number), str(exc)


def _twice(section: str, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield (section, number, "name"), f"“{name}” is used twice; names must differ."
        seen.add(name)


def _bad_signers(directory: Directory) -> Iterator[tuple[Path, str]]:
    people = {person.key: person for person in directory.people}
    for role in _SIGNING:
        for place, key in enumerate(directory.roles.get(role, ())):
            person = people.get(key)
            if person is not None and (person.is_bot or person.is_guest):
                yield (
                    ("roles", role.value, place),
                    f"{person.name} is a guest or an app and can never be "
                    f"{role_title(role)}; name somebody else.",
                )


def _calendars_for(people: Sequence[Person]) -> tuple[CalendarSpec, ...]:
    """Return a calendar for each zone, the commonest first and named default."""
    counted = Counter(_usable_zone(person.timezone) for person in people)
    zones = sorted(counted, key=lambda zone: (-counted[zone], zone))
    return tuple(
        CalendarSpec(
            name=DEFAULT_CALENDAR if place == 0 else zone.replace("_", "-").lower(),
            timezone=zone,
            hours=FALLBACK_HOURS,
            holidays=_country_of(zone),
        )
        for place, zone in enumerate(zones)
    )


def _calendar_name(person: Person, names: Mapping[str, str]) -> str | None:
    name = names[_usable_zone(person.timezone)]
    return None if name == DEFAULT_CALENDAR else name


def _usable_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return zone


def _country_of(zone: str) -> str | None:
    """Return the country whose holidays a zone keeps, None when there is none to name."""
    country = _countries().get(zone)
    if country is None:
        return None
    spec = CalendarSpec(name=zone, timezone=zone, hours=FALLBACK_HOURS, holidays=country)
    try:
        expand_holidays(part=spec, years=_ANY_YEAR)
    except BadCalendar:
        return None
    return country


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
