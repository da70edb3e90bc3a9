"""The team file: read with lines and advice, written back the same, proposed on a first run."""

from datetime import UTC, datetime

import jsonschema
import pytest

from handoff.brief import OwnerModel
from handoff.directory import Directory, Person, Role
from handoff.people import calendar_named, working_calendar
from handoff.team_file import dump_team, parse_team, propose_directory, team_schema
from handoff.yaml_file import BadFile, read_yaml
from tests.handoff.team import person, revenue_team

CONTRACT = """
roles:
  revops_approver: [ria@example.com, ben@example.com]
  sales_approver: [sam@example.com]
  revops_director: [ria@example.com]
  sales_manager: [sam@example.com]
  cro: [cleo@example.com]
  sales_leadership: [cleo@example.com]
  marketing_leadership: [mia@example.com]
calendars:
  - {name: default, timezone: America/New_York, hours: {mon-fri: "09:00-18:00"}, holidays: US}
  - {name: always, timezone: UTC, hours: {mon-sun: "00:00-24:00"}}
pods:
  - name: enterprise-east
    segments: [enterprise]
    manager: sam@example.com
    model: round_robin        # or least_loaded
    members:
      - {person: dana@example.com, role: sdr, weight: 2, daily_cap: 20}
      - {person: eli@example.com, role: ae, calendar: default}
time_off:
  - {person: dana@example.com, from: 2026-12-24, to: 2026-12-31}
"""
TEAM = revenue_team()


def test_the_contracts_file_is_read() -> None:
    """The example of the contract becomes a directory of Slack ids."""
    team = parse_team(text=CONTRACT, people=TEAM.people)

    assert team.roles[Role.REVOPS_APPROVER] == ("U01RIA", "U02BEN")
    assert team.roles[Role.MARKETING_LEADERSHIP] == ("U05MIA",)
    assert team.pods[0].manager == "U03SAM"
    assert team.pods[0].model is OwnerModel.ROUND_ROBIN
    assert [member.person for member in team.pods[0].members] == ["U06DANA", "U07ELI"]
    assert team.pods[0].members[0].daily_cap == 20
    assert team.time_off == TEAM.time_off
    assert calendar_named(directory=team, name="always").timezone == "UTC"


def test_unknown_addresses_stay_until_they_are_synced() -> None:
    """Without synced people, e-mail addresses are the keys, in lower case."""
    team = parse_team(text="roles: {cro: [Cleo@Example.com, U77]}")

    assert team.roles[Role.CRO] == ("cleo@example.com", "U77")


def test_a_directory_round_trips() -> None:
    """Export and import give the same directory, people and groups included."""
    text = dump_team(directory=TEAM)

    assert "ria@example.com" in text
    assert "U01RIA" not in text
    assert parse_team(text=text, people=TEAM.people, groups=TEAM.groups) == TEAM


def test_a_shared_address_is_written_as_slack_ids() -> None:
    """Two accounts with one e-mail address cannot be told apart by it."""
    team = TEAM.model_copy(
        update={
            "people": tuple(
                one.model_copy(update={"email": "team@example.com"}) for one in TEAM.people
            )
        }
    )

    assert "U01RIA" in dump_team(directory=team)


def test_the_schema_accepts_what_we_write() -> None:
    """The published schema holds for the contract's example and for an export."""
    for text in (CONTRACT, dump_team(directory=TEAM)):
        data = read_yaml(text).data
        jsonschema.validate(_json(data), team_schema())


def _json(value: object) -> object:
    """Return YAML data as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a list", "line 1: The file must hold fields"),
        ("", "The file must hold fields"),
        ("a: [", "line 1: This is not YAML"),
        ("a: \x00", "characters that YAML does not allow"),
        ("rolls: {}", "line 1, rolls: is not a known field; did you mean `roles`?"),
        ("roles: {}\nzzzz: 1", "line 2, zzzz: is not a known field; use one of "),
        ("roles: {ceo: [a@b.c]}", "line 1, roles.ceo: must be one of 'revops_approver', "),
        ("roles: {cro: a@b.c}", "line 1, roles.cro: must be a valid"),
        ("roles:\n  cro: [a@b.c]\n  cro: [a@b.c]", "line 3, roles.cro: is written twice"),
        ("pods:\n  - name: east", "line 2, pods[0].manager: is missing; add it."),
        (
            "pods:\n  - name: a\n    manager: m\n    members:\n      - {person: p, weight: 0}",
            "line 5, pods[0].members[0].weight: must be greater than or equal to 1.",
        ),
        (
            "pods:\n  - {name: a, manager: m}\n  - {name: a, manager: m}",
            "line 3, pods[1].name: “a” is used twice",
        ),
        (
            "pods:\n  - {name: a, manager: m, members: [{person: p}, {person: p}]}",
            "line 2, pods[0].members[1].person: p is in this pod twice",
        ),
        (
            "pods:\n  - {name: a, manager: m, members: [{person: p, calendar: x}]}",
            "there is no calendar “x”; add it under `calendars`.",
        ),
        (
            "calendars: [{name: london, timezone: Europe/London, hours: {mon: 9-17}}]\n"
            "pods: [{name: a, manager: m, members: [{person: p, calendar: londen}]}]",
            "line 2, pods[0].members[0].calendar: there is no calendar “londen”; did you mean",
        ),
        (
            "calendars: [{name: d, timezone: Mars/Base, hours: {mon: 9-17}}]",
            "line 1, calendars[0]: Calendar “d”: “Mars/Base” is not a time zone",
        ),
        (
            "calendars: [{name: d, timezone: UTC, hours: {someday: 9-17}}]",
            "“someday” in “someday” is not a weekday",
        ),
        (
            "calendars: [{name: d, timezone: UTC, hours: {mon: 9-17}, holidays: XX}]",
            "holidays “XX” are unknown; write a country such as US or DE-BE.",
        ),
        (
            "time_off: [{person: p, from: 2026-02-02, to: 2026-02-01}]",
            "line 1, time_off[0]: time off must not end before it starts.",
        ),
        ("time_off: [{person: p, from: 2026-02-30, to: 2026-03-01}]", "cannot be read"),
        ("roles: {sales_approver: [gus@example.com]}", "Gus is a guest or an app"),
        ("a: &x [1]\nb: *x", "line 1, b: Aliases and deep nesting are not supported"),
        ("? [1]\n: 2", "is not a field name."),
        ("[" * 30 + "]" * 30, "Aliases and deep nesting"),
        ("#" * 1_000_001, "The file is larger than 1 MB."),
    ],
)
def test_problems_name_the_place_and_the_way_on(text: str, problem: str) -> None:
    """Each mistake is told with its line, its field and what to do."""
    with pytest.raises(BadFile) as caught:
        parse_team(text=text, people=TEAM.people)

    assert problem in str(caught.value)


def test_time_off_without_end_is_not_taken() -> None:
    """Every day of it would be gone through for each lead."""
    with pytest.raises(BadFile) as caught:
        parse_team(text="time_off: [{person: p, from: 2026-12-24, to: 9999-12-31}]")

    assert "line 1, time_off[0].to: Time off lasts five years at most;" in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    """A file with three mistakes is corrected in one go."""
    text = "rolls: {}\npods:\n  - {name: a}\n  - {manager: m}"

    with pytest.raises(BadFile) as caught:
        parse_team(text=text)

    assert len(caught.value.problems) == 3


def test_norway_is_a_country() -> None:
    """`NO` is not read as false."""
    text = "calendars: [{name: d, timezone: Europe/Oslo, hours: {mon: 9-17}, holidays: NO}]"

    assert parse_team(text=text).calendars[0].holidays == "NO"


def test_a_first_run_is_proposed_from_people_and_their_zones() -> None:
    """The commonest zone is the default, others have calendars of their own, nobody is lost."""
    proposed = propose_directory(members=TEAM.people)

    default = calendar_named(directory=proposed, name="default")
    assert (default.timezone, default.holidays) == ("America/New_York", "US")
    assert {spec.timezone for spec in proposed.calendars} == {
        "America/New_York",
        "Europe/London",
        "Europe/Berlin",
        "America/Los_Angeles",
    }
    pod = proposed.pods[0]
    assert pod.manager == "U01RIA"
    assert {member.person: member.calendar for member in pod.members} == {
        "U02BEN": None,
        "U03SAM": None,
        "U04CLEO": "europe/london",
        "U05MIA": "europe/berlin",
        "U06DANA": None,
        "U07ELI": "america/los-angeles",
    }
    assert proposed.roles == {}
    assert parse_team(text=dump_team(directory=proposed), people=TEAM.people) == proposed


def test_an_admin_is_proposed_as_manager() -> None:
    """A workspace admin comes before the first member."""
    members = (person("U1", "Ann"), person("U2", "Bob", is_admin=True))

    assert propose_directory(members=members).pods[0].manager == "U2"


def test_a_proposal_copes_with_strange_zones_and_nobody() -> None:
    """An unknown zone counts as UTC; without people there is nothing to propose."""
    odd = Person(key="U1", name="Odd", timezone="Mars/Base")
    arctic = Person(key="U2", name="Ice", timezone="Antarctica/Vostok")

    proposed = propose_directory(members=(odd, arctic))

    assert {spec.timezone: spec.holidays for spec in proposed.calendars} == {
        "UTC": None,
        "Antarctica/Vostok": "AQ",
    }
    assert propose_directory(members=()) == Directory()
    assert [one.person for one in propose_directory(members=(odd,)).pods[0].members] == ["U1"]


def test_the_proposed_hours_are_each_persons_own() -> None:
    """A rep in London works London hours in the proposal."""
    proposed = propose_directory(members=TEAM.people)
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)

    calendar = working_calendar(directory=proposed, person="U04CLEO", at=noon)

    assert str(calendar.zone) == "Europe/London"


def test_a_country_without_known_holidays_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zone of a country whose holidays nobody lists still makes a usable calendar."""
    monkeypatch.setattr("handoff.team_file._countries", lambda: {"Europe/London": "ZZ"})

    proposed = propose_directory(members=(person("U1", "Ann", timezone="Europe/London"),))

    assert proposed.calendars[0].holidays is None
