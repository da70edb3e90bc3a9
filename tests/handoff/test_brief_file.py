"""The brief file: short to write, checked like the form, errors with lines."""

import json
from datetime import UTC, date, datetime

import jsonschema
import pytest

from handoff.brief import ClockBasis, DependencyKind, Goal, OwnerModel, Segment
from handoff.brief_file import brief_schema, example_brief, load_brief
from handoff.design import canonical_json
from handoff.draft import draft
from handoff.yaml_file import BadFile, read_yaml
from tests.handoff.team import revenue_team

TODAY = date(2026, 3, 2)
TEAM = revenue_team()
SHORT = "segment: enterprise\ngoal: pipeline\n"


def problems_of(text: str) -> str:
    """Return what is wrong with a brief file."""
    with pytest.raises(BadFile) as caught:
        load_brief(text=text, as_of=TODAY, directory=TEAM)
    return str(caught.value)


def test_the_example_drafts_as_it_is() -> None:
    """The commented example loads, names its people, and can be drafted."""
    loaded = load_brief(text=example_brief(), as_of=TODAY)

    design = draft(
        brief=loaded.brief,
        directory=loaded.directory,
        key="ENT-1",
        version=1,
        as_of=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )

    assert design.brief.people.fallback == "sam@example.com"
    assert {person.name for person in loaded.directory.people} >= {"Ria", "Sam", "Dana"}
    assert loaded.brief.dependencies[1].kind is DependencyKind.CONTENT
    assert loaded.brief.dependencies[1].owner_role == "pmm"
    assert loaded.brief.author == "ria@example.com"


def test_the_example_matches_the_schema() -> None:
    """The published schema accepts the example and refuses a misspelt field."""
    data = read_yaml(example_brief()).data

    jsonschema.validate(data, brief_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "gaol": "pipeline"}, brief_schema())


def test_two_lines_are_enough() -> None:
    """Segment and goal, in any spelling, with a directory: the catalogue fills in the rest."""
    loaded = load_brief(text="segment: Mid Market\ngoal: ABM\n", as_of=TODAY, directory=TEAM)

    assert loaded.directory == TEAM
    assert loaded.brief.segment.base is Segment.MID_MARKET
    assert loaded.brief.goal is Goal.ABM_CAMPAIGN
    assert loaded.brief.targets.response_sla_minutes == 60
    assert loaded.brief.author == "U01RIA"


def test_everything_that_is_written_counts() -> None:
    """Each field of the format reaches the brief; addresses become Slack ids."""
    weights = ", ".join(["1"] * 168)
    text = f"""
segment: {{name: Fintech founders, base: smb}}
goal: expansion
entry_rule: customer_id is set
response_sla: 1d
target_percent: 92.5
clock: elapsed
calendar: always
go_live: 2026-06-01
author: BEN@example.com
qualification:
  gates: [email is set]
  mql_minimum: 10
  b_from: 20
  a_from: 30
  blocking_fields: [email, team_size]
  cool_target: 2d
  stages: {{mql: one, sal: two, sql_definition: three, recycle: four}}
people:
  pods: [smb]
  owner_models: [named_rep]
  named_rep: dana@example.com
  fallback: ben@example.com
  sales_leadership: [sam@example.com]
  channel: C77
  role_holders: {{cro: [mia@example.com]}}
capacity:
  notes: busy
  leads_per_week: 120.5
  handling_minutes: 7.25
  handling_cv: 0.4
  time_available_percent: 55
  arrival_weights: [{weights}]
  baseline_conversion_percent: 12
dependencies:
  - Dialler
  - {{name: Deck, kind: content, due: 2026-05-01}}
ladder:
  steps: [{{role: cro, acknowledge: 45m, repeats: 2}}]
  guardrail_count: 3
  guardrail_hours: 24
rows:
  - {{when: country = US, owner_model: named_rep, named_rep: eli@example.com}}
"""
    brief = load_brief(text=text, as_of=TODAY, directory=TEAM).brief

    assert (brief.segment.key, brief.author) == ("fintech-founders", "U02BEN")
    assert (brief.targets.response_sla_minutes, brief.targets.c_minutes) == (1440, 2880)
    assert (brief.targets.clock, brief.targets.calendar) == (ClockBasis.ELAPSED, "always")
    assert brief.targets.attainment_target_percent == 92.5
    assert brief.go_live == date(2026, 6, 1)
    assert brief.qualification.blocking_fields == ("email", "team_size")
    assert brief.qualification.stages.recycle == "four"
    assert brief.people.owner_models == (OwnerModel.NAMED_REP,)
    assert (brief.people.named_rep, brief.people.fallback) == ("U06DANA", "U02BEN")
    assert brief.people.role_holders == {"cro": ("U05MIA",)}
    assert brief.people.sales_leadership == ("U03SAM",)
    assert (brief.capacity.leads_per_week, brief.capacity.handling_minutes) == (120.5, 7.25)
    assert len(brief.capacity.arrival_weights) == 168
    assert [one.name for one in brief.dependencies] == ["Dialler", "Deck"]
    assert brief.dependencies[1].due == date(2026, 5, 1)
    assert brief.ladder.steps[0].acknowledge_minutes == 45
    assert (brief.ladder.guardrail_count, brief.ladder.guardrail_hours) == (3, 24)
    assert brief.rows[0].named_rep == "U07ELI"


def test_a_whole_brief_loads_back_equal() -> None:
    """The JSON of a brief is a brief file too, and nothing is lost."""
    brief = load_brief(text=SHORT, as_of=TODAY, directory=TEAM).brief

    again = load_brief(text=canonical_json(brief), as_of=TODAY, directory=TEAM).brief

    assert again == brief


@pytest.mark.parametrize(
    ("part", "change", "problem"),
    [
        ("people", {"pods": ["nowhere"]}, "people.pods: The pod “nowhere” is not in"),
        ("people", {"sales_approver": "U01RIA"}, "people.sales_approver: "),
        ("targets", {"calendar": "mars"}, "targets.calendar: "),
        ("targets", {"response_sla_minutes": "soon"}, "targets.response_sla_minutes: must be"),
        ("qualification", {"gates": ["nonsense"]}, "qualification.gates: "),
    ],
)
def test_a_whole_brief_is_checked_like_the_form(
    part: str, change: dict[str, object], problem: str
) -> None:
    """What a program wrote is no less checked than what a person typed."""
    brief = load_brief(text=SHORT, as_of=TODAY, directory=TEAM).brief
    data = json.loads(canonical_json(brief))

    assert problem in problems_of(json.dumps({**data, part: {**data[part], **change}}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("goal: pipeline", "segment: is missing; add it."),
        ("segment: fintech\ngoal: pipeline", "line 1, segment: “fintech” is not one of enterpr"),
        ("segment: smb\ngoal: fame", "line 2, goal: “fame” is not one of pipeline, "),
        (SHORT + "gaol: x", "line 3, gaol: is not a known field; did you mean `goal`?"),
        (SHORT + "response_sla: soon", "line 3, response_sla: “soon” is not a duration."),
        (SHORT + "go_live: 2020-01-01", "line 3, go_live: 1 January 2020 is in the past"),
        (SHORT + "capacity:\n  time_available_percent: 120", "line 4, capacity.time_available_p"),
        (SHORT + "people:\n  pods: [x]", "line 4, people.pods: The pod “x” is not in"),
        (SHORT + "people:\n  owner_models: [pod, pod]", "people.owner_models[1]: This model is"),
        (SHORT + "people:\n  fallback: robo@example.com", "line 4, people.fallback: Robo is an"),
        (SHORT + "ladder: {steps: [{role: cro, acknowledge: x}]}", "ladder.steps[0].acknowledge"),
        (SHORT + "capacity: {arrival_weights: [1, 2]}", "must be 168 shares"),
        ("segment: {name: SMB, base: smb}\ngoal: pipeline", "segment.name: “SMB” is a segment"),
        ("targets: {}", "segment: is missing; add it."),
        (SHORT + "team: {rolls: {}}", "line 3, team.rolls: is not a known field"),
        (SHORT + "team: {roles: {}}", "Nobody may sign for RevOps yet"),
    ],
)
def test_problems_name_the_line_and_the_way_on(text: str, problem: str) -> None:
    """Each mistake is told at its place in the file, in the form's words."""
    assert problem in problems_of(text)


def test_a_named_rep_beside_another_owner_model_is_refused() -> None:
    """Nobody would look at it, while every document showed it as the row's owner."""
    row = "rows: [{when: '', owner_model: round_robin, pod: smb, named_rep: dana@example.com}]"

    assert problems_of(SHORT + row).startswith(
        "line 3, rows: Row 1: round_robin does not look at named_rep; leave it out."
    )


def test_a_brief_without_a_team_says_what_is_missing() -> None:
    """Outside a workspace the file must bring its team."""
    with pytest.raises(BadFile, match="team: is missing; add roles, calendars and pods"):
        load_brief(text=SHORT, as_of=TODAY)


def test_one_run_tells_all_that_is_missing_and_misspelt() -> None:
    """Segment, goal and a missing team at once; a slip in the team beside those of the brief."""
    with pytest.raises(BadFile) as caught:
        load_brief(text="segment: enterprize\ngoal: pipelin\n", as_of=TODAY)

    told = [(problem.line, problem.field) for problem in caught.value.problems]
    assert sorted(field for _, field in told) == ["goal", "segment", "team"]
    assert [line for line, field in told if field != "team"] == [1, 2]
    text = "segment: enterprize\ngoal: pipeline\nteam: {pod: []}\nresponse_sal: 2h"
    assert [line.partition(":")[0] for line in problems_of(text).splitlines()] == [
        "line 3, team.pod",
        "line 4, response_sal",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("segment: 5\ngoal: smb", ["line 1, segment: must be a text; a number needs quotes"]),
        (
            "segment: {nam: x, base: smb}\ngoal: pipeline",
            ["line 1, segment.name: is missing", "line 1, segment.nam: is not a known field; did"],
        ),
        (SHORT + "dependencies: [5]", ["line 3, dependencies[0]: must be a text;"]),
        (
            SHORT + "dependencies: [CRM, {name: Deck, kind: pdf}]",
            ["line 3, dependencies[1].kind: must be one of 'system', 'content'."],
        ),
        (SHORT + "qualification: {a_from: high}", ["a_from: must be a whole number."]),
        (SHORT + "qualification: {gates: x}", ["qualification.gates: must be a valid list;"]),
        (SHORT + "capacity: 45", ["line 3, capacity: must hold fields, such as `name: value`."]),
        (SHORT + "capacity: {leads_per_week: x}", ["leads_per_week: must be a number."]),
        (SHORT + "go_live: soon", ["line 3, go_live: must be a day, such as 2027-03-01."]),
        (SHORT + "people: {fallback: ''}", ["line 3, people.fallback: must not be empty."]),
        (SHORT + "people: {fallback: " + "x" * 201 + "}", ["is too long; at most 200 characters"]),
        (SHORT + "people: {owner_models: [pod, pod, pod, pod]}", ["at most 3 entries"]),
    ],
)
def test_problems_are_told_once_and_in_plain_words(text: str, told: list[str]) -> None:
    """Who writes a brief reads of texts, lists and days, and of no class of ours."""
    lines = problems_of(text).splitlines()

    assert len(lines) == len(told)
    assert all(words in line for words, line in zip(told, lines, strict=True))


@pytest.mark.parametrize(
    "part",
    [
        "target_percent: .inf",
        "calendar: ' '",
        "calendar: " + "x" * 201,
        "people: {pods: ['']}",
        "people: {pods: [" + "x" * 201 + "]}",
        "dependencies: [' ']",
        "capacity: {leads_per_week: .nan}",
        "capacity: {handling_cv: .inf}",
        "capacity: {arrival_weights: [" + "1, " * 167 + ".inf]}",
        "ladder: {guardrail_hours: .inf}",
        "rows: [{when: '', owner_model: round_robin, pod: ' '}]",
        "rows: [{when: '', owner_model: named_rep, named_rep: ''}]",
        "rows: [{when: '', owner_model: named_rep, fallback: " + "x" * 201 + "}]",
        "team: {roles: {cro: [' ']}}",
        "team: {pods: [{name: east, manager: ' '}]}",
        "team: {pods: [{name: east, manager: m, members: [{person: ' '}]}]}",
        "team: {time_off: [{person: ' ', from: 2026-01-01, to: 2026-01-02}]}",
    ],
)
def test_blank_endless_and_overlong_values_are_told(part: str) -> None:
    """What no brief can hold is told with its line, wherever in the file it stands."""
    assert problems_of(SHORT + part).startswith("line 3, ")


def test_a_whole_brief_of_endless_load_is_told() -> None:
    """A program's brief is checked for numbers without end as well."""
    brief = load_brief(text=SHORT, as_of=TODAY, directory=TEAM).brief
    text = canonical_json(brief).replace('"leads_per_week":null', '"leads_per_week":.inf')

    assert "capacity.leads_per_week: must be a number" in problems_of(text)


@pytest.mark.parametrize(
    ("zone", "as_of"),
    [
        # noon in London is Tuesday in New Zealand
        ("Pacific/Auckland", date(2026, 3, 2)),
        # nine on Monday morning in Sydney is Sunday in London
        ("Australia/Sydney", datetime(2026, 3, 1, 22, tzinfo=UTC)),
        # nine on Monday evening in New York is Tuesday there
        ("America/New_York", datetime(2026, 3, 3, 2, tzinfo=UTC)),
    ],
)
def test_today_is_the_day_where_the_calendar_is(zone: str, as_of: date) -> None:
    """The default go-live leaves the time that everything takes, and today is not too late."""
    (office,) = (one for one in TEAM.calendars if one.name == "default")
    there = office.model_copy(update={"timezone": zone, "holidays": None})
    team = TEAM.model_copy(update={"calendars": (there,)})

    loaded = load_brief(text=SHORT, as_of=as_of, directory=team)
    design = draft(brief=loaded.brief, directory=team, key="ENT-1", version=1, as_of=loaded.as_of)

    assert design.plan.change_log[0].at == "2026-03-02"
    assert loaded.brief.go_live == date(2026, 3, 16)
    assert "short_notice" not in {risk.code for risk in design.feasibility.risks}
    at_once = load_brief(text=SHORT + "go_live: 2026-03-02", as_of=as_of, directory=team)
    assert at_once.brief.go_live == date(2026, 3, 2)
