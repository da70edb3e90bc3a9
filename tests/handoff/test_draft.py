"""The drafter turns a brief into a whole design, the same one every time."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.brief import Band, Goal, HandoffBrief, OnMissing, OwnerModel, RowSpec, Segment
from handoff.design import HandoffDesign, canonical_json
from handoff.directory import TimeOff
from handoff.draft import draft
from handoff.plan import Pattern, PlanTask, dump_plan, load_plan, plan_schema
from handoff.proof import prove_design
from handoff.routing.conditions import BadCondition, format_rule
from handoff.sla.model import Verdict
from tests.handoff.samples import ALWAYS, AS_OF, brief, design, directory, people, with_change

briefs = st.builds(
    brief,
    segment=st.sampled_from(Segment),
    goal=st.sampled_from(Goal),
    people=st.builds(
        people,
        pods=st.permutations(["enterprise-east", "enterprise-emea"]).flatmap(
            lambda pods: st.integers(1, 2).map(lambda n: tuple(pods[:n]))
        ),
        owner_models=st.lists(
            st.sampled_from(OwnerModel), min_size=1, max_size=3, unique=True
        ).map(tuple),
        named_rep=st.none() | st.just("UDANA"),
    ),
    go_live=st.dates(min_value=date(2026, 3, 2), max_value=date(2026, 12, 31)),
    rows=st.just(()) | st.just((RowSpec(when="", owner_model="pod", pod="enterprise-east"),)),
)


@settings(max_examples=25, deadline=None)
@given(drafted_from=briefs)
def test_drafting_is_deterministic(drafted_from: HandoffBrief) -> None:
    """The same brief, directory and date give the same bytes; also after a JSON round trip."""
    again = HandoffBrief.model_validate_json(drafted_from.model_dump_json())

    first = draft(brief=drafted_from, directory=directory(), key="X-1", version=1, as_of=AS_OF)
    second = draft(brief=again, directory=directory(), key="X-1", version=1, as_of=AS_OF)

    assert canonical_json(first) == canonical_json(second)
    assert first.content_hash == second.content_hash
    assert HandoffDesign.model_validate_json(canonical_json(first)) == first


@settings(max_examples=25, deadline=None)
@given(drafted_from=briefs)
def test_a_plan_validates_and_loads_back_equal(drafted_from: HandoffBrief) -> None:
    """The plan file fits its published schema and nothing in it is lost."""
    plan = draft(brief=drafted_from, directory=directory(), key="X-1", version=1, as_of=AS_OF).plan
    text = dump_plan(plan)

    jsonschema.Draft202012Validator(plan_schema()).validate(json.loads(text))
    assert load_plan(text) == plan


@settings(max_examples=25, deadline=None)
@given(drafted_from=briefs)
def test_what_is_drafted_can_be_signed(drafted_from: HandoffBrief) -> None:
    """A brief of working parts drafts a matrix without lint errors, whatever it combines."""
    drafted = draft(brief=drafted_from, directory=directory(), key="X-1", version=1, as_of=AS_OF)

    assert [found.code for found in drafted.lint if found.severity == "error"] == []
    assert drafted.binding.routing.rows[-1].when.is_always


def test_rows_follow_owner_models_and_regions() -> None:
    """Owners first, then the pods by region; the first pod takes everybody else."""
    rows = design().binding.routing.rows

    assert [(row.name, row.owner_model, row.pod) for row in rows] == [
        ("Accounts with an owner", "account_owner", None),
        ("Leads that name a rep", "named_rep", None),
        ("Europe, Middle East and Africa", "round_robin", "enterprise-emea"),
        ("Everyone else", "round_robin", "enterprise-east"),
    ]
    assert rows[0].band_targets == {Band.A: 30, Band.B: 120, Band.C: 120}
    assert rows[0].required_fields == ("email", "domain", "employees", "country")


@pytest.mark.parametrize(
    ("segment", "condition"),
    [
        (Segment.PARTNER, "deal_registration_id is set"),
        (Segment.ENTERPRISE, "account_tier is set"),
    ],
)
def test_a_rep_named_by_the_brief_takes_what_calls_for_one(
    segment: Segment, condition: str
) -> None:
    """A partner manager takes registered deals, elsewhere a named rep takes tiered accounts."""
    named = people(owner_models=(OwnerModel.NAMED_REP, OwnerModel.ROUND_ROBIN), named_rep="UDANA")

    first = design(brief=brief(segment=segment, people=named)).binding.routing.rows[0]

    assert (format_rule(first.when), first.named_rep) == (condition, "UDANA")


def test_pods_of_one_region_share_a_rotation() -> None:
    """Nothing about a lead tells two pods of the same region apart."""
    team = directory()
    twin = team.pods[0].model_copy(update={"name": "enterprise-west"})
    team = team.model_copy(update={"pods": (*team.pods, twin)})
    asked = brief(people=people(pods=("enterprise-west", "enterprise-east")))

    (row,) = design(brief=asked, directory=team).binding.routing.rows[2:]

    assert (row.pod, row.share_with) == ("enterprise-west", ("enterprise-east",))


def test_rows_written_by_hand_take_the_place_of_the_drafted() -> None:
    """The edited matrix is used as it is, and makes enablement wait for routing."""
    written = brief(
        rows=(
            RowSpec(when="country = US", owner_model="round_robin", pod="enterprise-east"),
            RowSpec(when="country = DE", owner_model="named_rep", named_rep="UHANA"),
            RowSpec(owner_model="pod", pod="enterprise-emea", fallback="UBEN"),
        )
    )

    drafted = design(brief=written)

    rows = drafted.binding.routing.rows
    assert [(row.name, row.fallback) for row in rows] == [
        ("Row 1", "USAM"),
        ("Row 2", "USAM"),
        ("Everyone else", "UBEN"),
    ]
    assert drafted.plan.pattern is Pattern.PIPELINE
    assert "cite the routing rows r1" in drafted.plan.pattern_reason
    assert "sla-model" in _task(drafted, "enablement").depends_on
    assert all(task.id != "merge-gate" for task in drafted.plan.tasks)


def test_cited_rows_are_named_in_their_order() -> None:
    """The tenth row comes after the ninth."""
    rows = tuple(
        RowSpec(when=f"employees > {10_000 - n}", owner_model="pod", pod="enterprise-east")
        for n in range(10)
    )

    drafted = design(brief=brief(rows=rows))

    assert (
        "the routing rows r1, r2, r3, r4, r5, r6, r7, r8, r9, r10" in drafted.plan.pattern_reason
    )


def test_a_row_that_cannot_be_read_is_refused() -> None:
    """The drafter does not guess what a condition means."""
    with pytest.raises(BadCondition, match="needs a number"):
        design(brief=brief(rows=(RowSpec(when="employees > many", owner_model="account_owner"),)))


@pytest.mark.parametrize("choice", OnMissing)
def test_a_row_written_by_hand_decides_about_leads_that_lack_a_field(choice: OnMissing) -> None:
    """And a drafted one gives them to the fallback."""
    spec = RowSpec(owner_model="pod", pod="enterprise-east", on_missing=choice)

    (written,) = design(brief=brief(rows=(spec,))).binding.routing.rows
    drafted = design().binding.routing.rows

    assert written.on_missing is choice
    assert {row.on_missing for row in drafted} == {OnMissing.FALLBACK}


def test_a_pod_that_only_rows_name_makes_a_pipeline() -> None:
    """When the pods do not come from the brief, enablement must wait for routing."""
    asked = brief(
        people=people(pods=("enterprise-east",)),
        rows=(RowSpec(owner_model="pod", pod="enterprise-emea"),),
    )

    drafted = design(brief=asked)

    assert drafted.plan.pattern is Pattern.PIPELINE
    assert "bring in the pods enterprise-emea" in drafted.plan.pattern_reason
    assert {request.pod for request in drafted.binding.requests} == {
        "enterprise-east",
        "enterprise-emea",
    }
    assert [pod.name for pod in drafted.binding.pods] == ["enterprise-east", "enterprise-emea"]


def test_a_diamond_joins_at_the_merge_gate() -> None:
    """Routing and enablement run side by side; approvals wait for both."""
    drafted = design()

    assert drafted.plan.pattern is Pattern.DIAMOND
    assert _task(drafted, "enablement").depends_on == ("intake",)
    assert _task(drafted, "sla-model").depends_on == ("routing",)
    assert _task(drafted, "merge-gate").depends_on == ("sla-model", "enablement")
    assert _task(drafted, "approvals").depends_on == ("merge-gate",)


def test_every_task_is_complete() -> None:
    """Each task has somebody in charge, a substitute, a retry limit, and known dependencies."""
    tasks = design().plan.tasks

    done: set[str] = set()
    for task in tasks:
        assert task.role
        assert task.substitute not in (None, task.role)
        assert (task.retry_limit, task.status) == (2, "planned")
        assert task.inputs
        assert task.outputs
        assert set(task.depends_on) <= done
        done.add(task.id)


def test_due_dates_count_back_from_go_live_in_working_days() -> None:
    """Ten working days before Friday 20 March is Friday 6 March; never before today."""
    requests = {request.title: request for request in design().binding.requests}
    short = design(brief=brief(go_live=date(2026, 3, 5)))

    assert requests["Account brief and security pack"].due == date(2026, 3, 6)
    assert min(request.due for request in short.binding.requests) == date(2026, 3, 2)


def test_short_notice_is_a_risk_with_the_earliest_realistic_go_live() -> None:
    """The longest lead time of a required item, in working days from today."""
    short = design(brief=brief(go_live=date(2026, 3, 13)))
    realistic = design(brief=brief(go_live=date(2026, 3, 16)))

    (risk,) = [risk for risk in short.feasibility.risks if risk.code == "short_notice"]
    assert risk.change is not None
    assert (risk.change.path, risk.change.value) == ("go_live", "2026-03-16")
    moved = design(brief=with_change(short.brief, risk.change)).feasibility
    assert all(risk.code != "short_notice" for risk in moved.risks)
    assert all(risk.code != "short_notice" for risk in realistic.feasibility.risks)


def test_each_dependency_becomes_a_required_item() -> None:
    """With owner and due date: its own, or counted back from go-live."""
    items = [item for item in design().binding.checklist if item.kind == "dependency"]

    assert [(item.title, item.due, item.is_required) for item in items] == [
        ("System ready: Enrichment", date(2026, 3, 13), True),
        ("Content ready: Security pack", date(2026, 3, 10), True),
    ]
    assert all(item.owner_role == "revops" for item in items)


def test_tooling_work_is_in_the_checklist() -> None:
    """Change records, documentation, quality checks with evidence, the 30-day review."""
    items = {item.kind: item for item in design().binding.checklist}

    assert {"change_record", "documentation", "qa", "review"} <= set(items)
    assert items["qa"].needs_evidence
    assert not items["review"].is_required
    assert items["review"].due == date(2026, 4, 20)  # 30 days after go-live is a Sunday


def test_the_plan_links_the_platforms_documentation() -> None:
    """As part of the tooling work, before the quality check is over."""
    links = _task(design(), "documentation").tooling

    assert all("https://" in link for link in links)
    assert {"documentation", "quality-check"} <= set(_task(design(), "activation").depends_on)


def test_drafting_does_not_depend_on_the_order_of_hashes() -> None:
    """Two processes with different hash seeds write the same bytes."""
    code = (
        "from tests.handoff.samples import design;"
        "from handoff.design import canonical_json;"
        "print(canonical_json(design()))"
    )

    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(texts) == 1


def test_caps_follow_from_capacity() -> None:
    """9 hours a day at 60% and 25 minutes a lead are 12 leads; twice that may lie untouched."""
    (pod, _) = design().binding.pods

    assert (pod.default_daily_cap, pod.default_open_cap) == (12, 24)


def test_the_elapsed_clock_keeps_working_days_for_due_dates() -> None:
    """A clock that never stops does not make people work at night."""
    targets = brief().targets.model_copy(update={"clock": "elapsed"})

    drafted = design(brief=brief(targets=targets))

    assert drafted.binding.pods[0].default_daily_cap == 12
    assert drafted.binding.requests[0].due == date(2026, 3, 6)
    assert drafted.binding.calendar.spec.name == "default"


def test_the_calendar_is_frozen_with_its_holidays() -> None:
    """A version never drifts when a holiday library is updated."""
    frozen = design().binding.calendar
    always = design(
        brief=brief(targets=brief().targets.model_copy(update={"calendar": "always"}))
    ).binding.calendar

    assert date(2026, 7, 4) in frozen.holidays
    assert (always.spec, always.holidays) == (ALWAYS, ())


def test_unknown_volume_is_unproven_with_the_sustainable_volume() -> None:
    """Blank leads per week does not stop the draft; the proof says what the team holds."""
    capacity = brief().capacity.model_copy(update={"leads_per_week": None})

    feasibility = design(brief=brief(capacity=capacity)).feasibility

    assert feasibility.verdict is Verdict.UNPROVEN
    assert feasibility.sustainable_leads_per_week
    assert feasibility.attainment_percent is None


def test_the_change_log_goes_on() -> None:
    """Each version adds what it changed, in plain words."""
    first = design()
    second = design(
        brief=brief(targets=first.brief.targets.model_copy(update={"response_sla_minutes": 60})),
        version=2,
        previous=first,
        as_of=AS_OF + timedelta(days=1),
    )
    third = design(brief=second.brief, version=3, previous=second)

    log = third.plan.change_log
    assert [entry.version for entry in log] == [1, 2, 3]
    assert "Response target of band B: 120 min → 60 min" in log[1].changed
    assert log[2].summary == "Nothing changed since version 2"
    assert (log[1].at, log[1].by) == ("2026-03-03", "URIA")


def test_proofs_run_again_against_the_directory_as_it_is() -> None:
    """The same brief is judged anew when people go on leave."""
    away = tuple(
        TimeOff(person=key, first=date(2026, 3, 1), last=date(2026, 3, 31)) for key in ("UCLEO",)
    )

    _, before = prove_design(brief=brief(), directory=directory(), as_of=AS_OF)
    _, after = prove_design(brief=brief(), directory=directory(time_off=away), as_of=AS_OF)

    assert before.is_complete
    assert [gap.role for gap in after.gaps] == ["cro"]


def _task(drafted: HandoffDesign, task_id: str) -> PlanTask:
    return next(task for task in drafted.plan.tasks if task.id == task_id)
