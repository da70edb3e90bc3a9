"""The form without Slack: its defaults, its errors field by field, the brief it makes."""

from datetime import date

import pytest

from handoff.brief import Band, ClockBasis, DependencyKind, Goal, OnMissing, OwnerModel, Segment
from handoff.defaults.form import default_draft, follow_defaults, with_defaults
from handoff.directory import CalendarSpec, Directory, Pod, Role
from handoff.flags import parse_flags
from handoff.form import (
    InvalidDraft,
    first_invalid_step,
    start_draft,
    to_brief,
    validate_step,
)
from handoff.form_choices import form_choices
from handoff.form_data import DraftData, LadderStepText, RowText, Step
from tests.handoff.team import revenue_team

TODAY = date(2026, 3, 2)
TEAM = revenue_team()


def filled(
    *, segment: Segment = Segment.ENTERPRISE, goal: Goal = Goal.PIPELINE, team: Directory = TEAM
) -> DraftData:
    """Return a draft in which only Next was pressed."""
    return default_draft(segment=segment, goal=goal, directory=team, as_of=TODAY, channel="C01")


def changed(step: str, **fields: object) -> DraftData:
    """Return the filled draft with fields of one step as a person would have typed them."""
    data = filled()
    return data.model_copy(update={step: getattr(data, step).model_copy(update=fields)})


def errors_of(step: Step, data: DraftData, *, team: Directory = TEAM) -> dict[str, str]:
    """Return the errors of one step."""
    return dict(validate_step(step=step, data=data, directory=team, as_of=TODAY))


@pytest.mark.parametrize("segment", Segment)
@pytest.mark.parametrize("goal", Goal)
def test_next_on_every_step_makes_a_brief(segment: Segment, goal: Goal) -> None:
    """Once the directory exists, pressing Next on every step yields a valid design."""
    data = filled(segment=segment, goal=goal)

    brief = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA")

    assert first_invalid_step(data=data, directory=TEAM, as_of=TODAY) is None
    assert (brief.segment.base, brief.goal, brief.author) == (segment, goal, "U01RIA")
    assert brief.targets.minutes(Band.A) <= brief.targets.minutes(Band.B)


def test_the_default_brief_is_the_catalogues() -> None:
    """An untouched enterprise pipeline form holds the catalogue's values and the directory's."""
    brief = to_brief(data=filled(), directory=TEAM, as_of=TODAY, author="U01RIA")

    assert brief.targets.response_sla_minutes == 120
    assert (brief.targets.a_minutes, brief.targets.c_minutes) == (30, None)
    assert brief.go_live == date(2026, 3, 16)  # ten working days from a Monday
    assert brief.people.pods == ("enterprise-east",)
    assert brief.people.fallback == "U03SAM"
    assert brief.people.named_rep == "U03SAM"
    assert (brief.people.revops_approver, brief.people.sales_approver) == ("U01RIA", "U03SAM")
    assert brief.people.sales_leadership == ("U04CLEO",)
    assert [step.acknowledge_minutes for step in brief.ladder.steps] == [15, 30, 60]
    assert (brief.ladder.guardrail_count, brief.ladder.guardrail_hours) == (2, 48)
    assert brief.capacity.leads_per_week is None
    assert brief.capacity.arrival_weights == ()


@pytest.mark.parametrize(
    ("step", "field", "typed", "error"),
    [
        # Brief
        ("brief", "segment", None, "Pick a segment."),
        ("brief", "segment", "nope", "Pick a segment."),
        ("brief", "goal", None, "Pick what this handoff is for."),
        ("brief", "entry_rule", " ", "Say which leads belong here"),
        ("brief", "entry_rule", "employees >=", "`employees"),
        ("brief", "entry_rule", "x" * 3001, "This has 3,001 characters; shorten it to 3,000."),
        ("brief", "response_sla", "", "A duration is needed here."),
        ("brief", "response_sla", "soon", "“soon” is not a duration."),
        ("brief", "response_sla", "0m", "is zero"),
        ("brief", "response_sla", "-2h", "is negative"),
        ("brief", "response_sla", "31d", "is over 30 days"),
        ("brief", "target_percent", "0", "Target % must be a number over 0, up to 100."),
        ("brief", "target_percent", "101", "Target % must be a number over 0, up to 100."),
        ("brief", "target_percent", "nan", "Target % must be a number over 0, up to 100."),
        ("brief", "clock", "sun dial", "Pick how minutes are counted."),
        ("brief", "calendar", "lunar", "Pick one of the calendars of /handoff team."),
        ("brief", "go_live", None, "Pick the day"),
        ("brief", "go_live", "2026-02-30", "Pick the day"),
        ("brief", "go_live", "2026-03-01", "1 March 2026 is in the past"),
        ("brief", "go_live", "2036-03-01", "over two years ahead"),
        # Qualification
        ("qualification", "gates", "\n \n", "Write at least one condition"),
        ("qualification", "gates", "email is set\nwhat", "Line 2: "),
        ("qualification", "mql_minimum", "fifty", "MQL minimum must be a whole number"),
        ("qualification", "mql_minimum", "-1", "MQL minimum must be a whole number"),
        ("qualification", "b_from", "49", "B from must be 50 (the MQL minimum) or more."),
        ("qualification", "a_from", "64", "A from must be 65 (B from) or more."),
        ("qualification", "a_from", "101", "A from must be a whole number from 0 to 100."),
        ("qualification", "blocking_fields", (), "Pick at least one field"),
        ("qualification", "blocking_fields", ("DROP TABLE",), "is not a lead field"),
        ("qualification", "cool_target", "1h", "cannot be faster than the response SLA (2h)"),
        ("qualification", "cool_target", "later", "is not a duration"),
        ("qualification", "mql", "", "Say what a marketing qualified lead is."),
        ("qualification", "recycle", "", "Say when a lead goes back to marketing."),
        # People
        ("people", "pods", None, "Pick at least one pod; New pod makes one."),
        ("people", "pods", ("gone",), "The pod “gone” is not in the directory any more"),
        ("people", "owner_model_1", None, "Pick how the owner is found."),
        ("people", "owner_model_2", "lottery", "Pick one of the owner models."),
        ("people", "owner_model_2", "account_owner", "already chosen above"),
        ("people", "named_rep", None, "Pick the named rep, or another owner model."),
        ("people", "fallback", None, "Pick who gets a lead"),
        ("people", "fallback", "U09BOT", "Robo is an app; pick a person."),
        ("people", "fallback", "U10LEA", "Lea is deactivated in Slack"),
        ("people", "revops_approver", None, "may sign for RevOps: Ria, Ben."),
        ("people", "revops_approver", "U07ELI", "may sign for RevOps: Ria, Ben."),
        ("people", "sales_approver", "U01RIA", "may sign for Sales: Sam."),
        ("people", "sales_leadership", (), "pick at least one"),
        ("people", "sales_leadership", ("S03NONE",), "The group empty has no members"),
        ("people", "marketing_leadership", ("U10LEA",), "Lea is deactivated"),
        ("people", "channel", None, "invite @handoff"),
        ("people", "ladder", (), "The ladder needs one to 6 steps."),
        ("people", "guardrail_count", "0", "The count must be a whole number from 1 to 100."),
        ("people", "guardrail_hours", "721", "The window in hours must be a number"),
        # Capacity
        ("capacity", "leads_per_week", "0", "Leads per week must be a number over 0"),
        ("capacity", "leads_per_week", "many", "Leads per week must be a number over 0"),
        ("capacity", "handling_minutes", "", "Handling minutes must be a number over 0"),
        ("capacity", "time_available", "120", "Time available % must be a number over 0"),
        ("capacity", "baseline_conversion", "-3", "Baseline MQL→SQL % must be a number"),
        ("capacity", "handling_cv", "9", "Spread of handling time must be a number"),
        ("capacity", "arrival_profile", "moon", "Pick one of the arrival profiles."),
        ("capacity", "other_dependencies", "y" * 201, "is too long; use 200 characters."),
        # Review
        ("review", "roles_confirmed", False, "Confirm that the roles are right"),
        ("review", "dependencies_confirmed", False, "Confirm that the dependencies"),
        ("review", "deliverables_confirmed", False, "Confirm that the deliverables"),
    ],
)
def test_each_bad_field_says_what_to_do(step: str, field: str, typed: object, error: str) -> None:
    """A bad value is refused at its own field, in words that tell the way on."""
    errors = errors_of(Step(step), changed(step, **{field: typed}))

    assert error in errors[field]


def test_a_persona_is_named_and_has_a_base() -> None:
    """A custom persona becomes a segment with its own key and the base's defaults."""
    data = changed("brief", persona="Fintech founders")

    brief = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA")

    assert brief.segment.key == "fintech-founders"
    assert brief.segment.is_custom
    assert brief.segment.base is Segment.ENTERPRISE


@pytest.mark.parametrize(
    ("persona", "field", "error"),
    [
        ("", "persona", "Name the persona"),
        ("日本", "persona", "at least one letter"),
        ("SMB", "persona", "“SMB” is a segment of its own"),
        ("x" * 41, "persona", "shorten it to 40"),
    ],
)
def test_a_bad_persona_is_refused(persona: str, field: str, error: str) -> None:
    """A persona needs a usable name that is not a segment's."""
    assert error in errors_of(Step.BRIEF, changed("brief", persona=persona))[field]


def test_a_persona_without_base_is_asked_for_it() -> None:
    """The error of a missing base stands at the base, not at the segment."""
    errors = errors_of(Step.BRIEF, changed("brief", persona="Fintech", segment=None))

    assert "takes its defaults from" in errors["base"]


def test_steps_are_validated_on_their_own_fields() -> None:
    """An error on one step does not keep another from going on."""
    data = changed("people", fallback=None)

    assert errors_of(Step.BRIEF, data) == {}
    assert errors_of(Step.PEOPLE, data).keys() == {"fallback"}
    assert first_invalid_step(data=data, directory=TEAM, as_of=TODAY) is Step.PEOPLE


def test_all_errors_are_told_at_once() -> None:
    """A draft that is far from complete names each field by step."""
    with pytest.raises(InvalidDraft, match=r"brief\.segment") as caught:
        to_brief(data=DraftData(), directory=Directory(), as_of=TODAY, author="U01RIA")

    assert set(caught.value.errors) == set(Step) - {Step.REVIEW}
    assert "Nobody may sign for RevOps yet" in caught.value.errors[Step.PEOPLE]["revops_approver"]
    assert "There is no pod yet" in caught.value.errors[Step.PEOPLE]["pods"]


def test_one_person_cannot_sign_both_sides() -> None:
    """The form already says that two different people must sign."""
    roles = {**TEAM.roles, Role.SALES_APPROVER: ("U01RIA", "U03SAM")}
    team = TEAM.model_copy(update={"roles": roles})
    data = changed("people", revops_approver="U01RIA", sales_approver="U01RIA")

    errors = errors_of(Step.PEOPLE, data, team=team)

    assert "two different people" in errors["sales_approver"]


def test_the_defaults_pick_two_different_approvers() -> None:
    """When the first holder of both roles is one person, a substitute is proposed for one side."""
    roles = {
        **TEAM.roles,
        Role.REVOPS_APPROVER: ("U01RIA", "U02BEN"),
        Role.SALES_APPROVER: ("U01RIA",),
    }
    team = TEAM.model_copy(update={"roles": roles})

    people = filled(team=team).people

    assert (people.revops_approver, people.sales_approver) == ("U02BEN", "U01RIA")


def test_a_slower_cool_target_is_kept_and_an_equal_one_is_none() -> None:
    """C has a target of its own only when it was chosen slower than the response SLA."""
    slower = changed("qualification", cool_target="1d")
    equal = changed("qualification", cool_target="120m")

    briefs = [
        to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA")
        for data in (slower, equal)
    ]

    assert [brief.targets.c_minutes for brief in briefs] == [540, None]


def test_a_day_follows_the_clock() -> None:
    """`1d` is the calendar's nine open hours on business hours, 24 h around the clock."""
    business = changed("brief", response_sla="1d")
    elapsed = changed("brief", response_sla="1d", clock=ClockBasis.ELAPSED.value)

    minutes = [
        to_brief(
            data=data, directory=TEAM, as_of=TODAY, author="U01RIA"
        ).targets.response_sla_minutes
        for data in (business, elapsed)
    ]

    assert minutes == [540, 1440]


def test_a_team_without_a_calendar_presses_next_as_well() -> None:
    """A team file need not name one: the hours that the form offers then are no error."""
    team = TEAM.model_copy(update={"calendars": ()})
    data = filled(team=team)
    offered = form_choices(data=data, directory=team).calendars

    assert [choice.value for choice in offered] == [data.brief.calendar]
    assert first_invalid_step(data=data, directory=team, as_of=TODAY) is None


def test_a_broken_calendar_is_an_error_of_its_field() -> None:
    """A calendar that cannot be read is named, with where to correct it."""
    bad = CalendarSpec(name="default", timezone="Mars/Base", hours={"mon-fri": "09:00-18:00"})
    team = TEAM.model_copy(update={"calendars": (bad,)})

    errors = errors_of(Step.BRIEF, changed("brief"), team=team)

    assert "“Mars/Base” is not a time zone" in errors["calendar"]


def test_numbers_are_read_as_people_write_them() -> None:
    """`~45`, `60%` and a decimal comma are numbers."""
    data = changed("capacity", leads_per_week="~45", time_available="60%", handling_minutes="12,5")

    capacity = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA").capacity

    assert (capacity.leads_per_week, capacity.handling_minutes) == (45, 12.5)
    assert capacity.time_available_percent == 60


def test_dependencies_are_picked_and_typed() -> None:
    """Picked and typed needs become dependencies once each, with kind and owner."""
    data = changed(
        "capacity",
        dependencies=("CRM", "First-call guide"),
        other_dependencies="CRM, Data lake; Dialler\n",
    )

    found = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA").dependencies

    assert [one.name for one in found] == ["CRM", "First-call guide", "Data lake", "Dialler"]
    assert found[1].kind is DependencyKind.CONTENT
    assert [one.owner_role for one in found] == ["revops", "enablement", "revops", "revops"]


def test_another_arrival_profile_brings_its_weights() -> None:
    """A profile other than the segment's own is written into the brief as 168 shares."""
    data = changed("capacity", arrival_profile="smb")

    weights = to_brief(
        data=data, directory=TEAM, as_of=TODAY, author="U01RIA"
    ).capacity.arrival_weights

    assert len(weights) == 168
    assert sum(weights) == pytest.approx(1)


def test_the_ladder_is_read_step_by_step() -> None:
    """Errors of the ladder stand at the field of their own step."""
    ladder = (
        LadderStepText(role="cro", acknowledge="15m"),
        LadderStepText(role="cro", acknowledge="never", repeats="6"),
        LadderStepText(role="", acknowledge="1h"),
    )

    errors = errors_of(Step.PEOPLE, changed("people", ladder=ladder))

    assert errors.keys() == {"role:1", "acknowledge:1", "repeats:1", "role:2"}
    assert "CRO already has a step" in errors["role:1"]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (RowText(when="employees >", owner_model="pod", pod="smb"), "Row 1: "),
        (RowText(when="", owner_model="lottery"), "Row 1: the owner model is one of"),
        (RowText(when="", owner_model="round_robin"), "Row 1: round_robin needs a pod"),
        (RowText(when="", owner_model="round_robin", pod="x"), "Row 1: there is no pod “x”"),
        (RowText(when="", owner_model="named_rep"), "Row 1: named_rep needs the rep."),
        (
            RowText(when="", owner_model="pod", pod="smb", on_missing="wait"),
            "Row 1: on_missing is one of route_anyway, fallback, ask_marketing.",
        ),
    ],
)
def test_each_bad_row_says_what_to_do(row: RowText, error: str) -> None:
    """A row written by hand that cannot work is named by its number."""
    assert error in errors_of(Step.PEOPLE, changed("people", rows=(row,)))["rows"]


def test_a_condition_that_is_too_long_is_refused_and_not_cut() -> None:
    """The end of a condition decides as much as its start."""
    towns = ", ".join(f"town {number}" for number in range(400))
    row = RowText(when=f"city in [{towns}]", owner_model="account_owner")

    told = errors_of(Step.PEOPLE, changed("people", rows=(row,)))["rows"]

    assert told == (
        f"Row 1: the condition has {len(row.when):,} characters; at most 3,000 are possible. "
        "Make two rows of it."
    )


def test_rows_are_kept_as_written() -> None:
    """Valid rows come through to the brief, in order; more than forty are refused."""
    row = RowText(
        when="country = US", owner_model="round_robin", pod="smb", on_missing="ask_marketing"
    )

    brief = to_brief(
        data=changed("people", rows=(row,)), directory=TEAM, as_of=TODAY, author="U01RIA"
    )
    errors = errors_of(Step.PEOPLE, changed("people", rows=(row,) * 41))

    assert brief.rows[0].owner_model is OwnerModel.ROUND_ROBIN
    assert brief.rows[0].when == "country = US"
    assert brief.rows[0].on_missing is OnMissing.ASK_MARKETING
    assert "At most 40 rows" in errors["rows"]


def test_optional_owner_models_may_stay_empty() -> None:
    """Only the first owner model is needed."""
    data = changed("people", owner_model_2=None, owner_model_3="least_loaded", named_rep=None)

    people = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA").people

    assert people.owner_models == (OwnerModel.ACCOUNT_OWNER, OwnerModel.LEAST_LOADED)
    assert people.named_rep is None


def test_a_change_of_segment_keeps_what_was_typed() -> None:
    """What still is the old default follows the new segment; what a person typed stays."""
    old, new = filled(), filled(segment=Segment.SMB)
    typed = old.model_copy(update={"brief": old.brief.model_copy(update={"response_sla": "3h"})})

    followed = follow_defaults(data=typed, old=old, new=new)

    assert followed.brief.segment == "smb"
    assert followed.brief.response_sla == "3h"
    assert followed.qualification.mql_minimum == "60"
    assert followed.people.pods == ("smb",)


def test_defaults_fill_only_what_is_missing() -> None:
    """Flags of the command stay when the defaults are filled in."""
    given = DraftData().model_copy(
        update={"brief": DraftData().brief.model_copy(update={"response_sla": "45m"})}
    )

    data = with_defaults(data=given, defaults=filled())

    assert (data.brief.response_sla, data.brief.goal) == ("45m", "pipeline")


def test_the_first_tagged_pod_gives_the_default_segment() -> None:
    """Without a flag the form starts with the segment that the team has a pod for."""
    smb_first = TEAM.model_copy(update={"pods": (TEAM.pods[1],)})
    untagged = TEAM.model_copy(update={"pods": (Pod(name="all", manager="U03SAM"),)})

    segments = [
        default_draft(segment=None, goal=None, directory=team, as_of=TODAY).brief.segment
        for team in (smb_first, untagged, Directory())
    ]

    assert segments == ["smb", "enterprise", "enterprise"]
    assert filled(segment=Segment.PARTNER, team=untagged).people.pods == ("all",)


def test_a_draft_starts_from_the_command_line() -> None:
    """Flags fill their fields, the defaults follow segment and goal, problems are kept."""
    flags = parse_flags(
        "--segment smb --goal abm --response-sla 45m --capacity '6 SDRs' --deps CRM --foo"
    )

    data = start_draft(flags=flags, directory=TEAM, as_of=TODAY, channel="C01")

    assert (data.brief.segment, data.brief.goal) == ("smb", "abm-campaign")
    assert (data.brief.response_sla, data.brief.target_percent) == ("45m", "95")
    assert (data.capacity.notes, data.capacity.other_dependencies) == ("6 SDRs", "CRM")
    assert len(data.problems) == 1
    assert first_invalid_step(data=data, directory=TEAM, as_of=TODAY) is None


def test_an_unknown_segment_is_offered_as_a_persona() -> None:
    """The form opens on the persona with a base, so that Next works."""
    data = start_draft(
        flags=parse_flags("--segment fintech founders"), directory=TEAM, as_of=TODAY, channel="C01"
    )

    assert (data.brief.persona, data.brief.segment) == ("fintech founders", "enterprise")
    assert first_invalid_step(data=data, directory=TEAM, as_of=TODAY) is None


def test_three_confirmations_complete_the_review() -> None:
    """With all three given, Review has no error."""
    data = changed(
        "review",
        roles_confirmed=True,
        dependencies_confirmed=True,
        deliverables_confirmed=True,
    )

    assert errors_of(Step.REVIEW, data) == {}
