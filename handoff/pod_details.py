"""A pod's members as one types them: `Dana: ae, weight 2, daily 20, open 40, calendar london`."""

import re
from collections.abc import Mapping, Sequence

from handoff.directory import PodMember

_NUMBER = re.compile(r"(weight|daily(?: cap)?|open(?: cap)?)\s*[:=]?\s*(\d{1,4})", re.IGNORECASE)
_CALENDAR = re.compile(r"calendar\s*[:=]?\s*(\S.*)", re.IGNORECASE)
_ROLE = re.compile(r"(?:role\s*[:=]?\s*)?([a-z][a-z_ -]{0,39})", re.IGNORECASE)
_EXAMPLE = "Write for example “Dana: ae, weight 2, daily 20”."


class BadDetails(ValueError):
    """A line about a pod's member cannot be read."""


def format_details(*, members: Sequence[PodMember], names: Mapping[str, str]) -> str:
    """Return one line for each member who differs from an SDR of weight 1 with default caps."""
    lines = []
    for member in members:
        parts = [
            member.role if member.role != "sdr" else "",
            f"weight {member.weight}" if member.weight != 1 else "",
            f"daily {member.daily_cap}" if member.daily_cap is not None else "",
            f"open {member.open_cap}" if member.open_cap is not None else "",
            f"calendar {member.calendar}" if member.calendar is not None else "",
        ]
        told = ", ".join(part for part in parts if part)
        if told:
            lines.append(f"{names.get(member.person, member.person)}: {told}")
    return "\n".join(lines)


def read_details(
    *,
    text: str,
    members: Sequence[str],
    names: Mapping[str, str],
    calendars: Sequence[str],
) -> tuple[PodMember, ...]:
    """Return the members of a pod with what their lines say.

    Args:
        text: One line a person, `name: role, weight N, daily N, open N, calendar NAME`.
        members: Keys of the pod's people, in order; who has no line gets the defaults.
        names: Display names by key; a first name will do where it is unique in the pod.
        calendars: Names of the directory's calendars.

    Raises:
        BadDetails: naming the line, what is wrong with it and what to write.
    """
    told: dict[str, PodMember] = {}
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        name, colon, rest = line.partition(":")
        if not colon:
            raise BadDetails(f"“{line}” has no colon after the name. {_EXAMPLE}")
        key = _member(name.strip(), members=members, names=names)
        told[key] = _details(key, rest, calendars=calendars)
    return tuple(told.get(key, PodMember(person=key)) for key in members)


def _member(name: str, *, members: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the one member that `name` means."""
    wanted = name.casefold().lstrip("@")
    shown = {key: names.get(key, key).casefold() for key in members}
    exact = [key for key in members if wanted in (key.casefold(), shown[key])]
    found = exact or [key for key in members if shown[key].split()[:1] == [wanted]]
    if len(found) == 1:
        return found[0]
    known = ", ".join(names.get(key, key) for key in members) or "nobody yet"
    reason = "means several members" if found else "is not a member of this pod"
    raise BadDetails(f"“{name}” {reason}. Members are: {known}.")


def _details(key: str, text: str, *, calendars: Sequence[str]) -> PodMember:
    values: dict[str, str | int] = {}
    for part in filter(None, (raw.strip() for raw in text.split(","))):
        if match := _NUMBER.fullmatch(part):
            values[_FIELDS[match[1].lower().split()[0]]] = int(match[2])
        elif match := _CALENDAR.fullmatch(part):
            values["calendar"] = _calendar(match[1], calendars)
        elif match := _ROLE.fullmatch(part):
            values["role"] = match[1].lower()
        else:
            raise BadDetails(f"“{part}” is not understood. {_EXAMPLE}")
    if not 1 <= int(values.get("weight", 1)) <= 100:
        raise BadDetails("A weight is between 1 and 100.")
    return PodMember.model_validate({"person": key} | values)


_FIELDS = {"weight": "weight", "daily": "daily_cap", "open": "open_cap"}


def _calendar(name: str, calendars: Sequence[str]) -> str:
    for known in calendars:
        if known.casefold() == name.strip().casefold():
            return known
    raise BadDetails(f"There is no calendar “{name}”. There are: {', '.join(calendars)}.")
