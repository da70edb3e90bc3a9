"""Who holds a role, who works, who can be reached."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff.directory import Directory, Role, TimeOff
from handoff.people import (
    calendar_named,
    display_name,
    find_person,
    find_pod,
    holders,
    is_reachable,
    is_working,
    local_today,
    next_working_at,
    on_time_off,
    reachable,
    working_calendar,
)
from tests.handoff.team import revenue_team

TEAM = revenue_team()
TUESDAY = datetime(2026, 3, 3, 15, tzinfo=UTC)  # 10:00 in New York
NIGHT = datetime(2026, 3, 3, 3, tzinfo=UTC)  # 22:00 on Monday in New York


def away(person: str, first: str, last: str) -> Directory:
    """Return the team with one more time off."""
    span = TimeOff(person=person, first=date.fromisoformat(first), last=date.fromisoformat(last))
    return TEAM.model_copy(update={"time_off": (span,)})


def test_holders_come_in_order_and_a_design_may_name_its_own() -> None:
    """The first is in charge; per-design holders replace the directory's, an empty list not."""
    role = Role.REVOPS_APPROVER

    assert holders(directory=TEAM, role=role) == ("U01RIA", "U02BEN")
    assert holders(directory=TEAM, role=role, overrides={role: ("U05MIA",)}) == ("U05MIA",)
    assert holders(directory=TEAM, role=role, overrides={role: ()}) == ("U01RIA", "U02BEN")
    assert holders(directory=TEAM, role="pmm") == ()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("U01RIA", True),
        ("U08GUS", True),  # a guest can be called
        ("U09BOT", False),
        ("U10LEA", False),
        ("U99", False),
        ("S01ALL", True),  # one active member is enough
        ("S02GONE", False),
        ("S03NONE", False),
    ],
)
def test_reachability(person: str, *, expected: bool) -> None:
    """Active people and groups with one of them can be reached, day and night."""
    assert is_reachable(directory=TEAM, person=person, at=TUESDAY) is expected
    assert is_reachable(directory=TEAM, person=person, at=NIGHT) is expected


def test_time_off_is_in_the_persons_zone_and_both_days_count() -> None:
    """Ria is away 3–4 March, New York time."""
    team = away("U01RIA", "2026-03-03", "2026-03-04")

    def is_away(text: str) -> bool:
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))
        return on_time_off(directory=team, person="U01RIA", at=at)

    assert not is_away("2026-03-02 23:59")
    assert is_away("2026-03-03 00:00")
    assert is_away("2026-03-04 23:59")
    assert not is_away("2026-03-05 00:00")
    assert not on_time_off(directory=team, person="U02BEN", at=TUESDAY)


def test_the_reachable_holders_of_a_role() -> None:
    """With the one in charge away, the substitute is first."""
    team = away("U01RIA", "2026-03-03", "2026-03-03")

    assert reachable(directory=TEAM, role=Role.REVOPS_APPROVER, at=TUESDAY) == (
        "U01RIA",
        "U02BEN",
    )
    assert reachable(directory=team, role=Role.REVOPS_APPROVER, at=TUESDAY) == ("U02BEN",)


@pytest.mark.parametrize(
    ("person", "at", "expected"),
    [
        ("U06DANA", TUESDAY, True),
        ("U06DANA", NIGHT, False),
        ("U07ELI", NIGHT, True),  # a calendar of his own: always
        ("U04CLEO", datetime(2026, 3, 3, 9, 30, tzinfo=UTC), True),  # the default in London
        ("U04CLEO", datetime(2026, 3, 3, 18, 30, tzinfo=UTC), False),
        ("U10LEA", TUESDAY, False),
    ],
)
def test_working(person: str, at: datetime, *, expected: bool) -> None:
    """Working is reachable and inside one's own hours."""
    assert is_working(directory=TEAM, person=person, at=at) is expected


def test_the_next_working_minute_skips_time_off() -> None:
    """From the night on: the next opening, after days off; nobody for a leaver or a bot."""
    team = away("U06DANA", "2026-03-03", "2026-03-06")
    opening = datetime(2026, 3, 9, 13, tzinfo=UTC)  # Monday 09:00, summer time

    assert next_working_at(directory=team, person="U06DANA", at=NIGHT) == opening
    assert next_working_at(directory=TEAM, person="U06DANA", at=TUESDAY) == TUESDAY
    for gone in ("U09BOT", "U10LEA", "U99"):
        assert next_working_at(directory=TEAM, person=gone, at=TUESDAY) is None


def test_calendars_by_name() -> None:
    """An unknown name is the default, then the first, then plain office hours."""
    without_default = TEAM.model_copy(update={"calendars": TEAM.calendars[1:]})

    assert calendar_named(directory=TEAM, name="always").name == "always"
    assert calendar_named(directory=TEAM, name="gone").name == "default"
    assert calendar_named(directory=without_default, name="gone").name == "always"
    assert calendar_named(directory=Directory(), name="gone").hours == {"mon-fri": "09:00-18:00"}


def test_people_and_pods_are_found_by_key() -> None:
    """Unknown keys are None, and shown as they are."""
    ria, east = find_person(directory=TEAM, key="U01RIA"), find_pod(directory=TEAM, name="smb")

    assert (ria is not None, east is not None) == (True, True)
    assert find_person(directory=TEAM, key="U99") is None
    assert find_pod(directory=TEAM, name="west") is None
    names = [display_name(directory=TEAM, key=key) for key in ("U01RIA", "S01ALL", "U99")]
    assert names == ["Ria", "sales-leads", "U99"]


def test_today_is_local() -> None:
    """At 03:00 UTC it is still yesterday in New York; an unknown person is in UTC."""
    assert local_today(directory=TEAM, person="U01RIA", now=NIGHT) == date(2026, 3, 2)
    assert local_today(directory=TEAM, person="U99", now=NIGHT) == date(2026, 3, 3)
    assert str(working_calendar(directory=TEAM, person="U99", at=NIGHT).zone) == "America/New_York"
