"""What the design document says, in the order in which an approver reads it."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from handoff.approval import Side
from handoff.brief import ClockBasis
from handoff.defaults.catalogue import MetricUnit, goal_name
from handoff.design import HandoffDesign
from handoff.directory import CalendarPart, CalendarSpec, role_title
from handoff.documents.document import (
    Bullets,
    Callout,
    Chart,
    Document,
    Facts,
    Figure,
    Paragraph,
    Part,
    Section,
    Table,
)
from handoff.documents.escalation_tree import escalation_tree_svg
from handoff.documents.plan_graph import plan_graph_svg
from handoff.documents.proof import prediction_parts, risk_table, verdict_callout
from handoff.durations import format_minutes
from handoff.enablement import ChecklistItem, ChecklistKind, EnablementRequest
from handoff.pictures.coverage import COVERAGE
from handoff.pictures.of_design import pictures_of
from handoff.pictures.shapes import Drawn, Picture
from handoff.plan import SuccessMetric
from handoff.routing.conditions import format_rule
from handoff.words import counted

Names = Mapping[str, str]

_KINDS = {ChecklistKind.QA.value: "quality check"}


def contents(design: HandoffDesign, names: Names, drawn: Mapping[str, Drawn]) -> Document:
    """Return the design document.

    Args:
        design: Any version.
        names: Display names by person key; a key without a name is shown as it is.
        drawn: Its pictures by name; one that is missing is told in words.
    """
    charts = tuple(
        _chart(picture, drawn.get(picture.name)) for picture in pictures_of(design=design)
    )
    of_coverage = tuple(chart for chart in charts if chart.name == COVERAGE)
    of_sla = tuple(chart for chart in charts if chart.name != COVERAGE)
    return Document(
        title=f"{design.key} · {design.brief.segment.name} → {goal_name(design.brief.goal)}",
        subtitle=f"Marketing-to-sales handoff, version {design.version}, "
        f"drafted {_day(_drafted_on(design))}",
        sections=(
            Section(title="At a glance", parts=tuple(_glance(design, names))),
            Section(title="1. Brief intake", parts=tuple(_intake(design))),
            Section(title="2. Routing blueprint", parts=tuple(_routing(design, names))),
            Section(title="3. SLA model", parts=(*_sla(design), *of_sla)),
            Section(title="4. Escalation", parts=(*_escalation(design, names), *of_coverage)),
            Section(title="5. Enablement requirements", parts=tuple(_enablement(design))),
            Section(title="6. Data and tooling checklist", parts=tuple(_checklist(design))),
            Section(title="7. Plan", parts=tuple(_plan(design))),
            Section(title="8. Sign-off", parts=tuple(_sign_off(design, names))),
        ),
        footer=f"{design.key} version {design.version} · content {design.content_hash}",
    )


def _chart(picture: Picture, drawn: Drawn | None) -> Chart:
    return Chart(
        name=picture.name,
        title=picture.title,
        alt=picture.alt,
        svg=drawn.svg if drawn else "",
    )


def _glance(design: HandoffDesign, names: Names) -> Iterable[Part]:
    yield verdict_callout(design.feasibility)
    brief = design.brief
    yield Facts(
        pairs=(
            ("Objective", design.plan.objective),
            ("Leads", brief.entry_rule),
            ("Answered within", _answer_times(design)),
            ("Clock", _clock(design)),
            ("Pods", ", ".join(brief.people.pods)),
            ("Escalation", " → ".join(role_title(s.role) for s in design.binding.policy.steps)),
            ("Go-live", _day(brief.go_live)),
            ("Author", names.get(brief.author, brief.author)),
        )
    )
    if risks := risk_table(design.feasibility):
        yield risks


def _answer_times(design: HandoffDesign) -> str:
    return ", ".join(
        f"{row.band.value} {format_minutes(row.target_minutes)}" for row in design.binding.sla.rows
    )


def _clock(design: HandoffDesign) -> str:
    """Return when minutes count, and where: “2h” is nothing without its hours and zone."""
    if design.binding.sla.clock is ClockBasis.ELAPSED:
        return "every minute, around the clock"
    spec = design.binding.calendar.spec
    parts: tuple[CalendarSpec | CalendarPart, ...] = (spec, *spec.also)
    hours = "; ".join(map(_open_hours, parts))
    return f"business hours of calendar “{spec.name}”: {hours}"


def _open_hours(part: CalendarSpec | CalendarPart) -> str:
    hours = ", ".join(f"{days} {times}" for days, times in part.hours.items())
    holidays = f", closed on holidays of {part.holidays}" if part.holidays else ""
    return f"{hours} {part.timezone} time{holidays}"


def _intake(design: HandoffDesign) -> Iterable[Part]:
    qualification = design.brief.qualification
    stages = qualification.stages
    yield Table(
        columns=("Stage", "Definition"),
        rows=(
            ("MQL", stages.mql),
            ("SAL", stages.sal),
            ("SQL", stages.sql_definition),
            ("Recycle", stages.recycle),
            ("Exit", stages.exit or "–"),
        ),
        widths=(1, 5),
    )
    yield Facts(
        pairs=(
            (
                "Score thresholds",
                f"C from {qualification.mql_minimum}, B from "
                f"{qualification.b_from}, A from {qualification.a_from}",
            ),
            ("Blocking fields", ", ".join(qualification.blocking_fields) or "none"),
            ("Wanted fields", ", ".join(qualification.wanted_fields) or "none"),
        )
    )
    yield Paragraph(text="Qualification gates; all must hold, or the lead is nurtured:")
    yield Bullets(items=qualification.gates or ("none",))


def _routing(design: HandoffDesign, names: Names) -> Iterable[Part]:
    yield Paragraph(text="Rows are tried from top to bottom; the first match decides.")
    yield Table(
        columns=("#", "When", "Owner model", "Fallback", "A / B / C", "Needs", "If missing"),
        rows=tuple(
            (
                str(number),
                format_rule(row.when) or "always",
                _owner(row.owner_model.value, row.pod, row.named_rep, names),
                names.get(row.fallback, row.fallback),
                " / ".join(format_minutes(minutes) for minutes in row.band_targets.values()),
                ", ".join(row.required_fields) or "–",
                row.on_missing.value.replace("_", " "),
            )
            for number, row in enumerate(design.binding.routing.rows, start=1)
        ),
        widths=(0.4, 3, 2, 1.5, 1.6, 2, 1.3),
    )
    yield Table(
        columns=("Pod", "Owner model", "Leads a day per rep", "Open leads per rep"),
        rows=tuple(
            (
                pod.name,
                pod.model.replace("_", " "),
                str(pod.default_daily_cap),
                str(pod.default_open_cap),
            )
            for pod in design.binding.pods
        ),
        widths=(2, 2, 1, 1),
    )
    if design.lint:
        yield Bullets(items=tuple(f"{f.severity.value}: {f.message}" for f in design.lint))
    else:
        yield Paragraph(text="The routing lint found nothing.", is_note=True)


def _owner(model: str, pod: str | None, named_rep: str | None, names: Names) -> str:
    whom = names.get(named_rep, named_rep) if named_rep else pod
    words = model.replace("_", " ")
    return f"{words}: {whom}" if whom else words


def _sla(design: HandoffDesign) -> Iterable[Part]:
    yield Table(
        columns=("Band", "Score from", "Answer within", "Warnings at", "Accept by"),
        rows=tuple(
            (
                row.band.value,
                str(row.from_score),
                format_minutes(row.target_minutes),
                f"{format_minutes(row.warn_50_minutes)}, {format_minutes(row.warn_80_minutes)}",
                format_minutes(row.accept_by_minutes),
            )
            for row in design.binding.sla.rows
        ),
        widths=(1, 1, 1.5, 2, 1.5),
    )
    yield from prediction_parts(design.feasibility)


def _escalation(design: HandoffDesign, names: Names) -> Iterable[Part]:
    yield Figure(
        svg=escalation_tree_svg(design.binding, names),
        caption="Who is called when a lead waits too long",
    )
    proof = design.coverage
    if proof.is_complete:
        yield Callout(
            tone="good",
            title="Every step reaches somebody",
            text=f"In every hour of the next {proof.days} days in which a climb could run.",
        )
    else:
        yield Callout(
            tone="bad",
            title=counted(len(proof.gaps), "coverage gap"),
            text="Signing needs a written reason, or somebody to fill them.",
        )
        yield Table(
            columns=("Step", "From (UTC)", "To (UTC)", "Who could fill it"),
            rows=tuple(
                (
                    f"{gap.step + 1}. {role_title(gap.role)}",
                    f"{gap.starts_at:%a %-d %b %H:%M}",
                    f"{gap.ends_at:%a %-d %b %H:%M}",
                    ", ".join(names.get(key, key) for key in gap.could_fill) or "nobody",
                )
                for gap in proof.gaps
            ),
            widths=(2, 1.5, 1.5, 3),
        )
    if proof.warnings:
        yield Bullets(items=proof.warnings)


def _enablement(design: HandoffDesign) -> Iterable[Part]:
    yield Table(
        columns=("What", "Pod", "Kind", "Owner", "Due", "Required"),
        rows=tuple(
            (request.title, request.pod, *_item(request)) for request in design.binding.requests
        ),
        widths=(3.4, 1.8, 1.2, 1.8, 1.5, 1),
    )


def _checklist(design: HandoffDesign) -> Iterable[Part]:
    yield Table(
        columns=("What", "Kind", "Owner", "Due", "Required"),
        rows=tuple((item.title, *_item(item)) for item in design.binding.checklist),
        widths=(4, 1.6, 1.8, 1.5, 1),
    )


def _item(item: EnablementRequest | ChecklistItem) -> tuple[str, ...]:
    return (
        _KINDS.get(item.kind.value, item.kind.value.replace("_", " ")),
        role_title(item.owner_role),
        _day(item.due),
        "yes" if item.is_required else "no",
    )


def _plan(design: HandoffDesign) -> Iterable[Part]:
    plan = design.plan
    yield Paragraph(text=f"Pattern: {plan.pattern.value}. {plan.pattern_reason}")
    numbers = {task.id: str(number) for number, task in enumerate(plan.tasks, start=1)}
    yield Table(
        columns=("#", "Task", "In charge", "Substitute", "After", "Due"),
        rows=tuple(
            (
                numbers[task.id],
                task.title,
                role_title(task.role),
                role_title(task.substitute) if task.substitute else "–",
                _in_order(numbers.get(d, d) for d in task.depends_on),
                _day(task.due) if task.due else "–",
            )
            for task in plan.tasks
        ),
        widths=(0.4, 4.5, 1.6, 1.6, 1, 1.3),
    )
    yield Figure(svg=plan_graph_svg(plan), caption="Tasks by what they wait for")
    yield Table(
        columns=("Success metric", "Goal", "Baseline"),
        rows=tuple(
            (metric.name, _goal(metric), _baseline(metric)) for metric in plan.success_metrics
        ),
        widths=(3, 1, 1),
    )


def _in_order(numbers: Iterable[str]) -> str:
    return ", ".join(sorted(numbers, key=lambda number: (len(number), number))) or "–"


def _goal(metric: SuccessMetric) -> str:
    """Return what a metric must reach; a lift is a relative rise over its baseline."""
    return f"+{metric.goal:g}%" if _is_lift(metric) else f"{metric.goal:g}%"


def _baseline(metric: SuccessMetric) -> str:
    if metric.baseline is not None:
        return f"{metric.baseline:g}%"
    return "not yet measurable" if _is_lift(metric) else "–"


def _is_lift(metric: SuccessMetric) -> bool:
    return metric.unit == MetricUnit.PERCENT_LIFT


def _sign_off(design: HandoffDesign, names: Names) -> Iterable[Part]:
    people = design.brief.people
    asked = {Side.REVOPS: people.revops_approver, Side.SALES: people.sales_approver}
    yield Table(
        columns=("Side", "Approver", "Signs in Slack"),
        rows=tuple(
            (side.title, names.get(key, key), "bound to the content hash below")
            for side, key in asked.items()
        ),
        widths=(1, 2, 2),
    )
    review = design.plan.review
    confirmed = (
        ("Roles", review.roles_confirmed),
        ("Dependencies", review.dependencies_confirmed),
        ("Deliverables", review.deliverables_confirmed),
    )
    yield Facts(
        pairs=(
            *((label, "confirmed" if done else "not confirmed") for label, done in confirmed),
            ("Content hash (SHA-256)", design.content_hash),
        )
    )
    if design.plan.change_log:
        yield Table(
            columns=("Version", "When", "By", "Change"),
            rows=tuple(
                (str(entry.version), entry.at, names.get(entry.by, entry.by), entry.summary)
                for entry in design.plan.change_log
            ),
            widths=(0.7, 1.2, 1.5, 5),
        )


def _drafted_on(design: HandoffDesign) -> date:
    """Return the day of drafting where the design's calendar is, as in its change log."""
    return design.as_of.astimezone(ZoneInfo(design.binding.calendar.spec.timezone)).date()


def _day(value: object) -> str:
    return f"{value:%-d %b %Y}"
