"""Building the plan of a design: its tasks, their order, the pattern, metrics and log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handoff.brief import HandoffBrief
from handoff.calendars import BusinessCalendar
from handoff.defaults.catalogue import catalogue
from handoff.durations import format_minutes
from handoff.enablement import ChecklistItem, ChecklistKind, EnablementRequest
from handoff.plan import (
    ErrorHandling,
    Pattern,
    PlanDependency,
    PlanTask,
    ScoringContext,
    SuccessMetric,
)
from handoff.routing.rules import RoutingMatrix

SUBSTITUTES = {
    "revops": "revops_director",
    "revops_director": "sales_manager",
    "sales_manager": "revops_director",
    "enablement": "sdr_manager",
    "crm_admin": "revops",
    "marketing_ops": "revops",
}
"""The documented stand-in of each role that is in charge of a task."""

PLATFORM_DOCUMENTATION = (
    "Slack: https://docs.slack.dev",
    "HubSpot: https://developers.hubspot.com/docs",
    "Salesforce: https://developer.salesforce.com/docs",
)
"""Where the platforms that Handoff speaks to are documented."""

_TOOLING_KINDS = (ChecklistKind.FIELD, ChecklistKind.INTEGRATION, ChecklistKind.FLOW)


@dataclass(frozen=True)
class Material:
    """What the plan is built from: the drafted parts of one design version."""

    brief: HandoffBrief
    matrix: RoutingMatrix
    requests: Sequence[EnablementRequest]
    checklist: Sequence[ChecklistItem]
    today: date
    calendar: BusinessCalendar


def draft_tasks(*, material: Material) -> tuple[tuple[PlanTask, ...], Pattern, str]:
    """Return the tasks in a workable order, the pattern of their graph and its reason.

    A task depends on whoever puts out what it takes in. When enablement takes in nothing that
    routing puts out, the two run side by side and meet at the merge gate before approvals
    (diamond); otherwise everything runs in a row (pipeline).

    Source: rules.md "Versions, hash, sign-off" (diamond), product.md section 2.
    """
    rows = {row for request in material.requests for row in request.cites_rows}
    cited = sorted(rows, key=lambda row: (len(row), row))  # r2 before r10
    foreign = _pods_of_rows_only(material)
    reads_matrix = bool(cited or foreign)
    tasks = [_intake(), _routing(), _sla_model(), _enablement(material, reads_matrix=reads_matrix)]
    if reads_matrix:
        pattern, reason = Pattern.PIPELINE, _pipeline_reason(cited, foreign)
    else:
        pattern, reason = Pattern.DIAMOND, _DIAMOND_REASON
        tasks.append(_merge_gate())
    tasks += [*_tooling(material), _approvals(pattern), _activation(material), _review(material)]
    return _linked(tasks), pattern, reason


def draft_dependencies(*, material: Material) -> tuple[PlanDependency, ...]:
    """Return the data and tooling that the handoff needs, with the items that provide them."""
    brief = material.brief
    by_kind = {item.kind: item for item in reversed(material.checklist)}
    fields = by_kind[ChecklistKind.FIELD]
    goal = catalogue().goals[brief.goal]
    names = dict.fromkeys((*brief.qualification.blocking_fields, *goal.fields))
    data = [
        PlanDependency(name=name, kind="data", owner_role=fields.owner_role, item=fields.id)
        for name in names
    ]
    tooling = [
        PlanDependency(
            name=item.title, kind=item.kind.value, owner_role=item.owner_role, item=item.id
        )
        for item in material.checklist
        if item.kind in (*_TOOLING_KINDS[1:], ChecklistKind.DEPENDENCY)
    ]
    return (*data, *tooling)


def draft_metrics(*, brief: HandoffBrief) -> tuple[SuccessMetric, ...]:
    """Return the success metrics with their goals: SLA, acceptance, and the goal's own.

    A lift is relative to the baseline; without one it is not yet measurable (baseline None).
    """
    goal = catalogue().goals[brief.goal]
    baseline = brief.capacity.baseline_conversion_percent
    return (
        SuccessMetric(
            name="SLA attainment",
            goal=brief.targets.attainment_target_percent,
            unit="percent",
        ),
        SuccessMetric(name="Acceptance rate", goal=goal.acceptance_percent, unit="percent"),
        *(
            SuccessMetric(
                name=metric.name,
                goal=metric.goal,
                unit=metric.unit.value,
                baseline=baseline if metric.key == "mql_to_sql_lift" else None,
            )
            for metric in goal.metrics
        ),
    )


def draft_objective(*, brief: HandoffBrief, calendar: BusinessCalendar) -> str:
    """Return the objective of the handoff in one sentence."""
    targets, goal = brief.targets, catalogue().goals[brief.goal]
    limit = format_minutes(targets.response_sla_minutes, day=calendar.day)
    return (
        f"Hand {brief.segment.name} leads from marketing to sales for the goal "
        f"“{goal.name}”: {targets.attainment_target_percent:g}% of them get a first touch "
        f"within {limit}."
    )


def scoring_context(*, brief: HandoffBrief) -> ScoringContext:
    """Return the scoring configuration that is passed between tasks."""
    rules = brief.qualification
    return ScoringContext(
        mql_minimum=rules.mql_minimum, b_from=rules.b_from, a_from=rules.a_from, gates=rules.gates
    )


def error_handling(*, brief: HandoffBrief) -> ErrorHandling:
    """Return how the handoff handles failures: retries, then the ladder's roles in order."""
    return ErrorHandling(ladder=tuple(step.role for step in brief.ladder.steps))


_DIAMOND_REASON = (
    "The pods come from the brief and no enablement request cites a routing row, so enablement "
    "is prepared beside routing and the SLA model; both meet at the merge gate before approvals."
)


def _pipeline_reason(cited: Sequence[str], foreign: Sequence[str]) -> str:
    causes = []
    if cited:
        causes.append(f"enablement requests cite the routing rows {', '.join(cited)}")
    if foreign:
        causes.append(f"routing rows bring in the pods {', '.join(foreign)}")
    return f"Enablement waits for routing, because {' and '.join(causes)}."


def _pods_of_rows_only(material: Material) -> list[str]:
    named = set(material.brief.people.pods)
    routed = {name for row in material.matrix.rows for name in row.pods}
    return sorted(routed - named)


def _intake() -> PlanTask:
    return _task(
        "intake",
        "Brief intake: stages, qualification, thresholds",
        "revops",
        inputs=("brief",),
        outputs=("stage definitions", "scoring configuration", "pods"),
        tooling=("Handoff form",),
    )


def _routing() -> PlanTask:
    return _task(
        "routing",
        "Routing blueprint: matrix, owners, fallback, required fields",
        "revops",
        inputs=("stage definitions", "scoring configuration", "pods"),
        outputs=("routing matrix",),
        tooling=("CRM", "Handoff routing rules"),
    )


def _sla_model() -> PlanTask:
    return _task(
        "sla-model",
        "SLA model: targets, feasibility, escalation policy",
        "revops",
        inputs=("routing matrix",),
        outputs=("SLA table", "escalation policy", "risks"),
        tooling=("Handoff feasibility model",),
    )


def _enablement(material: Material, *, reads_matrix: bool) -> PlanTask:
    source = ("routing matrix",) if reads_matrix else ("stage definitions", "pods")
    return _task(
        "enablement",
        "Enablement: assets, talk tracks, sequences, dashboards",
        "enablement",
        inputs=(*source, *(("SLA table",) if reads_matrix else ())),
        outputs=("enablement requests",),
        tooling=("Content library", "Sales engagement"),
        due=_last_due(material.requests),
    )


def _merge_gate() -> PlanTask:
    return _task(
        "merge-gate",
        "Merge gate: routing, SLA model and enablement fit together",
        "revops",
        inputs=("SLA table", "escalation policy", "enablement requests"),
        outputs=("merged design",),
    )


def _tooling(material: Material) -> list[PlanTask]:
    """Return the work on the tools: build, change records, documentation, quality checks."""
    items = material.checklist
    build = [item for item in items if item.kind in _TOOLING_KINDS]
    records = [item for item in items if item.kind is ChecklistKind.CHANGE_RECORD]
    links = [item for item in items if item.kind is ChecklistKind.DOCUMENTATION]
    checks = [item for item in items if item.kind is ChecklistKind.QA]
    return [
        _task(
            "change-record",
            "Change record for CRM and marketing automation",
            "crm_admin",
            inputs=("routing matrix",),
            outputs=("change record",),
            tooling=("CRM", "Marketing automation"),
            due=_last_due(records),
        ),
        _task(
            "tooling",
            "Fields, integrations and automation flows set up",
            "crm_admin",
            inputs=("routing matrix", "change record"),
            outputs=("automation",),
            tooling=tuple(item.title for item in build),
            due=_last_due(build),
        ),
        _task(
            "documentation",
            "Links to the documentation of each platform",
            "revops",
            inputs=("automation",),
            outputs=("documentation links",),
            tooling=PLATFORM_DOCUMENTATION,
            due=_last_due(links),
        ),
        _task(
            "quality-check",
            "Quality check of every form and sequence, with an evidence link",
            "marketing_ops",
            inputs=("automation", "enablement requests"),
            outputs=("quality evidence",),
            tooling=("Marketing automation", "Sales engagement"),
            due=_last_due(checks),
        ),
    ]


def _approvals(pattern: Pattern) -> PlanTask:
    merged = ("merged design",)
    parts = ("SLA table", "escalation policy", "enablement requests")
    return _task(
        "approvals",
        "Sign-off by RevOps and Sales",
        "revops_director",
        inputs=merged if pattern is Pattern.DIAMOND else parts,
        outputs=("signed design",),
        tooling=("Slack",),
    )


def _activation(material: Material) -> PlanTask:
    return _task(
        "activation",
        "Readiness gate and activation",
        "revops",
        inputs=("signed design", "quality evidence", "documentation links"),
        outputs=("active design",),
        tooling=("Handoff",),
        due=material.brief.go_live,
    )


def _review(material: Material) -> PlanTask:
    reviews = [item for item in material.checklist if item.kind is ChecklistKind.REVIEW]
    return _task(
        "review",
        reviews[0].title,
        "revops",
        inputs=("active design",),
        outputs=("review notes",),
        tooling=("Handoff SLA report",),
        due=_last_due(reviews),
    )


def _task(
    task_id: str,
    title: str,
    role: str,
    *,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    tooling: tuple[str, ...] = (),
    due: date | None = None,
) -> PlanTask:
    return PlanTask(
        id=task_id,
        title=title,
        role=role,
        substitute=SUBSTITUTES[role],
        inputs=inputs,
        outputs=outputs,
        tooling=tooling,
        due=due,
    )


def _linked(tasks: Sequence[PlanTask]) -> tuple[PlanTask, ...]:
    """Fill in `depends_on`: the tasks that put out what a task takes in."""
    producers = {output: task.id for task in tasks for output in task.outputs}
    return tuple(
        task.model_copy(
            update={
                "depends_on": tuple(
                    dict.fromkeys(producers[name] for name in task.inputs if name in producers)
                )
            }
        )
        for task in tasks
    )


def _last_due(items: Sequence[EnablementRequest | ChecklistItem]) -> date | None:
    return max((item.due for item in items), default=None)
