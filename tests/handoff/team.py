"""A small revenue team, shared by the tests of the domain."""

from datetime import date

from handoff.brief import OwnerModel
from handoff.directory import (
    CalendarSpec,
    Directory,
    Person,
    Pod,
    PodMember,
    Role,
    TimeOff,
    UserGroup,
)

NEW_YORK = CalendarSpec(
    name="default", timezone="America/New_York", hours={"mon-fri": "09:00-18:00"}, holidays="US"
)
ALWAYS = CalendarSpec(name="always", timezone="UTC", hours={"mon-sun": "00:00-24:00"})


def person(key: str, name: str, *, timezone: str = "America/New_York", **more: bool) -> Person:
    """Return a member of the workspace."""
    return Person(
        key=key, name=name, email=f"{name.lower()}@example.com", timezone=timezone, **more
    )


def revenue_team() -> Directory:
    """Return a directory with every role held, two pods, one guest, one bot, one leaver."""
    return Directory(
        people=(
            person("U01RIA", "Ria"),
            person("U02BEN", "Ben"),
            person("U03SAM", "Sam"),
            person("U04CLEO", "Cleo", timezone="Europe/London"),
            person("U05MIA", "Mia", timezone="Europe/Berlin"),
            person("U06DANA", "Dana"),
            person("U07ELI", "Eli", timezone="America/Los_Angeles"),
            person("U08GUS", "Gus", is_guest=True),
            person("U09BOT", "Robo", is_bot=True),
            person("U10LEA", "Lea", is_active=False),
        ),
        roles={
            Role.REVOPS_APPROVER: ("U01RIA", "U02BEN"),
            Role.SALES_APPROVER: ("U03SAM",),
            Role.REVOPS_DIRECTOR: ("U01RIA",),
            Role.SALES_MANAGER: ("U03SAM",),
            Role.CRO: ("U04CLEO",),
            Role.SALES_LEADERSHIP: ("U04CLEO",),
            Role.MARKETING_LEADERSHIP: ("U05MIA",),
        },
        calendars=(NEW_YORK, ALWAYS),
        pods=(
            Pod(
                name="enterprise-east",
                segments=("enterprise",),
                manager="U03SAM",
                model=OwnerModel.ROUND_ROBIN,
                members=(
                    PodMember(person="U06DANA", weight=2, daily_cap=20),
                    PodMember(person="U07ELI", role="ae", calendar="always"),
                ),
            ),
            Pod(name="smb", segments=("smb",), manager="U02BEN"),
        ),
        time_off=(TimeOff(person="U06DANA", first=date(2026, 12, 24), last=date(2026, 12, 31)),),
        groups=(
            UserGroup(key="S01ALL", name="sales-leads", members=("U03SAM", "U10LEA")),
            UserGroup(key="S02GONE", name="leavers", members=("U10LEA",)),
            UserGroup(key="S03NONE", name="empty"),
        ),
    )
