"""The workspace directory: people, roles, pods, calendars and time off, set up once."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from handoff.brief import OwnerModel, PersonKey, ShortText
from handoff.model import Value

_LONGEST_TIME_OFF = timedelta(days=5 * 366)


class Role(StrEnum):
    """The roles of a workspace; the first holder is in charge, the rest are its substitutes."""

    REVOPS_APPROVER = "revops_approver"
    SALES_APPROVER = "sales_approver"
    REVOPS_DIRECTOR = "revops_director"
    SALES_MANAGER = "sales_manager"
    CRO = "cro"
    SALES_LEADERSHIP = "sales_leadership"
    MARKETING_LEADERSHIP = "marketing_leadership"


class Person(Value):
    """A member of the Slack workspace, as last synced."""

    key: PersonKey = Field(description="Slack user id")
    name: ShortText
    email: str | None = None
    timezone: str = "UTC"
    is_active: bool = True
    is_guest: bool = False
    is_bot: bool = False
    is_admin: bool = False


class CalendarPart(Value):
    """Windows in one more zone that a calendar unites with its own."""

    timezone: str
    hours: dict[str, str]
    holidays: str | None = None


class CalendarSpec(Value):
    """Working hours as written: weekday ranges to hour ranges, a zone, holidays.

    `hours` maps e.g. `mon-fri` to `09:00-18:00`; `holidays` is a country (`US`), a country and
    subdivision (`DE-BE`) or None; `closed` are single dates over those; `also` unites windows in
    further zones. `day_minutes` is what `1d` means; None is the commonest open day's length.
    """

    name: ShortText
    timezone: str
    hours: dict[str, str]
    holidays: str | None = None
    closed: tuple[date, ...] = ()
    also: tuple[CalendarPart, ...] = ()
    day_minutes: int | None = Field(default=None, gt=0, le=24 * 60)


class PodMember(Value):
    """A rep in a pod; caps None follow from capacity, calendar None is the workspace default."""

    person: PersonKey
    role: ShortText = "sdr"
    weight: int = Field(default=1, ge=1, le=100)
    daily_cap: int | None = Field(default=None, ge=0)
    open_cap: int | None = Field(default=None, ge=0)
    calendar: str | None = None


class Pod(Value):
    """A named group of reps."""

    name: ShortText
    segments: tuple[str, ...] = ()
    manager: PersonKey
    model: OwnerModel = OwnerModel.ROUND_ROBIN
    members: tuple[PodMember, ...] = ()


class TimeOff(Value):
    """A person away from the first to the last day, both included, in the person's zone."""

    person: PersonKey
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.last < self.first:
            raise ValueError("time off must not end before it starts")
        return self

    @property
    def problem(self) -> str | None:
        """Return why these days cannot be entered, or None: every one of them is gone through."""
        if self.last - self.first > _LONGEST_TIME_OFF:
            return "Time off lasts five years at most; take who does not come back out of the pod."
        return None


class UserGroup(Value):
    """A Slack user group, as last synced; it stands for its active members."""

    key: PersonKey = Field(description="Slack user group id (`S…`)")
    name: ShortText
    members: tuple[PersonKey, ...] = ()


class Directory(Value):
    """Everything the form picks from. Persons are referenced by `Person.key`."""

    people: tuple[Person, ...] = ()
    roles: Mapping[Role, tuple[PersonKey, ...]] = Field(default_factory=dict)
    calendars: tuple[CalendarSpec, ...] = ()
    pods: tuple[Pod, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    groups: tuple[UserGroup, ...] = ()

    @property
    def is_set_up(self) -> bool:
        """Return True once somebody said who does what; people alone are no team."""
        return bool(self.pods or self.roles)


ROLE_TITLES: Mapping[str, str] = {
    Role.REVOPS_APPROVER: "RevOps approver",
    Role.SALES_APPROVER: "Sales approver",
    Role.REVOPS_DIRECTOR: "RevOps Director",
    Role.SALES_MANAGER: "Sales Manager",
    Role.CRO: "CRO",
    Role.SALES_LEADERSHIP: "Sales leadership",
    Role.MARKETING_LEADERSHIP: "Marketing leadership",
}


_SPELLINGS: Mapping[str, str] = {
    "ae": "AE",
    "crm": "CRM",
    "cs": "CS",
    "pmm": "PMM",
    "revops": "RevOps",
    "sdr": "SDR",
}


def role_title(role: str) -> str:
    """Return the name people read for a role; an owner role of the catalogue reads as it is."""
    if role in ROLE_TITLES:
        return ROLE_TITLES[role]
    words = [_SPELLINGS.get(word, word) for word in role.replace("_", " ").split()]
    title = " ".join(words)
    return title[:1].upper() + title[1:]
