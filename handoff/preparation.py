"""What must be ready before go-live: enablement requests and the data and tooling checklist.

Due dates count back from go-live in working days of the design's calendar, never before today.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handoff.brief import Dependency, HandoffBrief
from handoff.calendars import BusinessCalendar
from handoff.defaults.catalogue import RequestDefault, catalogue
from handoff.enablement import ChecklistItem, ChecklistKind, EnablementRequest, RequestKind
from handoff.routing.rules import RoutingMatrix
from handoff.sla.model import ProposedChange, Risk

REVIEW_EVERY_DAYS = 30
SHORT_NOTICE = "short_notice"
"""Code of the one risk that drafting adds to those of the proof."""
_CHANGE_LEAD_DAYS = 5
_DEPENDENCY_LEAD_DAYS = 5

Item = EnablementRequest | ChecklistItem


def due_date(*, go_live: date, lead_days: int, today: date, calendar: BusinessCalendar) -> date:
    """Return the later of today and the count back from go-live in working days."""
    return max(today, calendar.working_days_before(go_live, lead_days))


def draft_requests(
    *, brief: HandoffBrief, matrix: RoutingMatrix, today: date, calendar: BusinessCalendar
) -> tuple[EnablementRequest, ...]:
    """Draft the enablement requests, e1, e2, …: the segment's for each pod, the goal's once.

    A pod whose leads are chosen by rows written by hand gets its talk track and sequence written
    for these rows, so the requests cite them. Dashboards do not hold up go-live.
    """
    defaults = catalogue()
    segment, goal = defaults.segments[brief.segment.base], defaults.goals[brief.goal]
    pods = _pods(brief, matrix)
    wanted = [(pod, request) for pod in pods for request in segment.requests]
    wanted += [(pods[0], request) for request in goal.extra_assets]
    return tuple(
        EnablementRequest(
            id=f"e{number}",
            kind=RequestKind(request.kind),
            pod=pod,
            title=request.title,
            owner_role=request.owner_role,
            lead_days=request.lead_days,
            due=due_date(
                go_live=brief.go_live, lead_days=request.lead_days, today=today, calendar=calendar
            ),
            is_required=request.kind != "dashboard",
            cites_rows=_cited(brief, matrix, pod, request),
        )
        for number, (pod, request) in enumerate(wanted, start=1)
    )


def draft_checklist(
    *, brief: HandoffBrief, today: date, calendar: BusinessCalendar
) -> tuple[ChecklistItem, ...]:
    """Draft the data and tooling checklist, c1, c2, …, each item with its owner.

    Fields, integrations and flows of the goal; quality checks with evidence; change records;
    links to the platforms' documentation; each dependency of the brief as a required item; and
    the review after go-live, which holds nothing up.
    """
    wanted = [*_data_and_tools(brief), *map(_dependency, brief.dependencies), _REVIEW]
    return tuple(
        ChecklistItem(
            id=f"c{number}",
            kind=item.kind,
            title=item.title,
            owner_role=item.owner_role,
            lead_days=item.lead_days,
            due=_due(item, brief=brief, today=today, calendar=calendar),
            is_required=item.is_required,
            needs_evidence=item.kind is ChecklistKind.QA,
        )
        for number, item in enumerate(wanted, start=1)
    )


def short_notice(
    *,
    brief: HandoffBrief,
    items: Iterable[Item],
    today: date,
    calendar: BusinessCalendar,
) -> Risk | None:
    """Return the risk that go-live comes before the required items can be ready, or None.

    The proposed change moves go-live to the earliest realistic date: the longest lead time of a
    required item, in working days from today.
    """
    longest = max((item.lead_days for item in items if item.is_required), default=0)
    earliest = calendar.working_days_after(today, longest)
    if brief.go_live >= earliest:
        return None
    return Risk(
        code=SHORT_NOTICE,
        severity=2,
        message=f"Go-live on {brief.go_live:%-d %b %Y} leaves less than the {longest} "
        "working days that some required items take.",
        change=ProposedChange(
            path="go_live",
            value=earliest.isoformat(),
            label=f"Go live on {earliest:%-d %b %Y}",
        ),
    )


@dataclass(frozen=True)
class _Wanted:
    """A checklist item before it has a number and a date; `due` overrides the count back."""

    kind: ChecklistKind
    title: str
    owner_role: str
    lead_days: int
    is_required: bool = True
    due: date | None = None


_REVIEW = _Wanted(
    kind=ChecklistKind.REVIEW,
    title=f"Review of the handoff every {REVIEW_EVERY_DAYS} days",
    owner_role="revops",
    lead_days=0,
    is_required=False,
)


def _data_and_tools(brief: HandoffBrief) -> Iterator[_Wanted]:
    defaults = catalogue()
    goal, owners = defaults.goals[brief.goal], defaults.checklist
    fields = dict.fromkeys((*brief.qualification.blocking_fields, *goal.fields))
    labels = ", ".join(defaults.field_label(name) for name in fields)
    field, link, flow, qa = owners.field, owners.integration, owners.flow, owners.qa
    yield _Wanted(
        ChecklistKind.FIELD, f"Lead fields set up: {labels}", field.owner_role, field.lead_days
    )
    for name in goal.integrations:
        yield _Wanted(ChecklistKind.INTEGRATION, name, link.owner_role, link.lead_days)
    for name in goal.flows:
        yield _Wanted(ChecklistKind.FLOW, name, flow.owner_role, flow.lead_days)
    for what in ("form", "sequence"):
        title = f"Quality check of every {what}, with a link to the evidence"
        yield _Wanted(ChecklistKind.QA, title, qa.owner_role, qa.lead_days)
    for system, owner in (
        ("the CRM", field.owner_role),
        ("marketing automation", flow.owner_role),
    ):
        title = f"Change record for {system}"
        yield _Wanted(ChecklistKind.CHANGE_RECORD, title, owner, _CHANGE_LEAD_DAYS)
    yield _Wanted(
        ChecklistKind.DOCUMENTATION,
        "Links to the documentation of each platform involved",
        link.owner_role,
        _CHANGE_LEAD_DAYS,
        is_required=False,
    )


def _dependency(dependency: Dependency) -> _Wanted:
    return _Wanted(
        kind=ChecklistKind.DEPENDENCY,
        title=f"{dependency.kind.value.capitalize()} ready: {dependency.name}",
        owner_role=dependency.owner_role,
        lead_days=0 if dependency.due else _DEPENDENCY_LEAD_DAYS,
        due=dependency.due,
    )


def _due(item: _Wanted, *, brief: HandoffBrief, today: date, calendar: BusinessCalendar) -> date:
    if item.kind is ChecklistKind.REVIEW:
        return calendar.next_working_day(brief.go_live + timedelta(days=REVIEW_EVERY_DAYS))
    if item.due is not None:
        return max(today, item.due)
    return due_date(
        go_live=brief.go_live, lead_days=item.lead_days, today=today, calendar=calendar
    )


def _pods(brief: HandoffBrief, matrix: RoutingMatrix) -> list[str]:
    routed = [name for row in matrix.rows for name in row.pods]
    return list(dict.fromkeys((*brief.people.pods, *routed)))


def _cited(
    brief: HandoffBrief, matrix: RoutingMatrix, pod: str, request: RequestDefault
) -> tuple[str, ...]:
    if not brief.rows or request.kind not in ("talk_track", "sequence"):
        return ()
    return tuple(
        row.id
        for row in matrix.rows
        if pod in (row.pod, *row.share_with) and not row.when.is_always
    )
