"""Make or change a calendar of working hours."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.flows.people.team import ChangedMeanwhile, Refused, Team, change_directory
from handoff.calendars import BadCalendar, calendar_of
from handoff.directory import CalendarSpec, Directory
from handoff.hours import BadHours, parse_week
from storage.database import Database


@dataclass(frozen=True, kw_only=True)
class HoursForm:
    """A calendar as typed: hours are lines such as `mon-fri 09:00-18:00`."""

    name: str
    timezone: str
    hours: str
    holidays: str | None = None


def save_hours(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    revision: int,
    form: HoursForm,
    calendar: str | None = None,
) -> Team | Refused | ChangedMeanwhile:
    """Save a calendar; `calendar` names the one that is changed, None makes a new one."""

    def change(directory: Directory) -> Directory | Refused:
        spec = read_hours(form, year=now.year, known=_find(directory, calendar))
        if isinstance(spec, Refused):
            return spec
        taken = spec.name != calendar and _find(directory, spec.name) is not None
        if taken or (calendar is not None and spec.name != calendar):
            return Refused({"name": "Keep the name, or make a new calendar with another one."})
        others = [one for one in directory.calendars if one.name != calendar]
        places = [one.name for one in directory.calendars]
        at = places.index(calendar) if calendar in places else len(others)
        return directory.model_copy(update={"calendars": (*others[:at], spec, *others[at:])})

    return change_directory(
        change,
        database=database,
        workspace=workspace,
        now=now,
        by=by,
        revision=revision,
        what={"calendar": form.name, "before": calendar},
    )


def read_hours(
    form: HoursForm, *, year: int, known: CalendarSpec | None = None
) -> CalendarSpec | Refused:
    """Return the calendar that a form describes, or what is wrong, by field.

    Args:
        form: What was typed.
        year: A year for which the public holidays are looked up, to see that they exist.
        known: The calendar that is changed; what the form does not show stays.
    """
    errors: dict[str, str] = {}
    if not form.name.strip():
        errors["name"] = "Give the calendar a name, such as default or london."
    if not _is_zone(form.timezone.strip()):
        errors["timezone"] = "Write a time zone such as America/New_York or Europe/London."
    hours = _hours(form.hours)
    try:
        parse_week(hours=hours)
    except BadHours as exc:
        errors["hours"] = str(exc)
    if errors:
        return Refused(errors)
    typed = {
        "name": form.name.strip(),
        "timezone": form.timezone.strip(),
        "hours": hours,
        "holidays": (form.holidays or "").strip() or None,
    }
    spec = known.model_copy(update=typed) if known else CalendarSpec.model_validate(typed)
    try:
        calendar_of(spec=spec, years=(year,))
    except BadCalendar as exc:
        return Refused({"holidays": str(exc)})
    return spec


def _hours(text: str) -> dict[str, str]:
    """Return typed lines as weekdays to times; a line without times stays, to be refused."""
    lines = [line.strip().replace(": ", " ", 1) for line in text.splitlines() if line.strip()]
    return {days: times for days, _, times in (line.partition(" ") for line in lines)}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _find(directory: Directory, name: str | None) -> CalendarSpec | None:
    return next((spec for spec in directory.calendars if spec.name == name), None)
