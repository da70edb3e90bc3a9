"""Drafting: a brief becomes a design, in five steps, read top to bottom.

Pure and deterministic: the same brief, directory and date give the same design, byte for byte.
"""

from datetime import datetime

from handoff.brief import HandoffBrief, OwnerModel
from handoff.calendars import calendar_of, expand_holidays
from handoff.changes import changes_between
from handoff.design import BindingDesign, FrozenCalendar, HandoffDesign, PodRules, content_hash
from handoff.directory import CalendarSpec, Directory
from handoff.escalation.ladder import draft_guardrail, draft_policy
from handoff.people import DEFAULT_CALENDAR, calendar_named, find_pod
from handoff.plan import ChangeLogEntry, Plan, ReviewChecklist
from handoff.plan_build import (
    Material,
    draft_dependencies,
    draft_metrics,
    draft_objective,
    draft_tasks,
    error_handling,
    scoring_context,
)
from handoff.preparation import draft_checklist, draft_requests, short_notice
from handoff.proof import question_of_brief, years_from
from handoff.routing.lint import lint
from handoff.routing.matrix import default_caps, draft_matrix
from handoff.routing.rules import LintFinding, RoutingMatrix
from handoff.sla.model import Depth, Feasibility
from handoff.sla.table import sla_table


def draft(
    *,
    brief: HandoffBrief,
    directory: Directory,
    key: str,
    version: int,
    as_of: datetime,
    previous: HandoffDesign | None = None,
    review: ReviewChecklist | None = None,
    depth: Depth = Depth.QUICK,
    proof: Feasibility | None = None,
) -> HandoffDesign:
    """Draft one version of a design.

    Args:
        brief: Everything the form, the command line or a brief file asked for.
        directory: The workspace as it is at `as_of`.
        key: The design's human key, ENT-3.
        version: The number of this version, from 1.
        as_of: The date of drafting, aware; there is no other clock here.
        previous: The version before, whose change log goes on; None for the first.
        review: The author's three confirmations; None before they are given.
        depth: How thoroughly to prove feasibility; drafting is waited for, so quick by default.
        proof: The answer to that very question, if it is known; None computes it here.

    Returns:
        The design with its proofs, lint and plan. It can always be drafted; whether it can be
        signed is for the lint and the proofs to say.

    Raises:
        BadCondition: if a condition text of the brief cannot be read.
        BadCalendar: if the brief's calendar cannot be used.
    """
    # 1. Brief intake: the calendar on which everything else counts.
    calendar_spec = calendar_named(directory=directory, name=brief.targets.calendar)
    office = calendar_of(spec=calendar_spec, years=years_from(as_of))
    today = office.local_date(as_of)

    # 2. Routing blueprint.
    matrix = draft_matrix(brief=brief, directory=directory)
    findings = _lint(brief, matrix, directory)

    # 3. SLA model: targets, escalation, and the two proofs.
    policy = draft_policy(brief=brief)
    question = question_of_brief(brief=brief, directory=directory, as_of=as_of)
    feasibility = proof or question.feasibility(depth=depth)
    coverage = question.coverage()

    # 4. Enablement requirements.
    requests = draft_requests(brief=brief, matrix=matrix, today=today, calendar=office)
    checklist = draft_checklist(brief=brief, today=today, calendar=office)
    notice = short_notice(brief=brief, items=(*requests, *checklist), today=today, calendar=office)
    if notice is not None:
        feasibility = feasibility.model_copy(update={"risks": (*feasibility.risks, notice)})

    # 5. Approval packet: what a sign-off binds, its hash, and the plan.
    binding = BindingDesign(
        segment=brief.segment.key,
        goal=brief.goal,
        calendar=_frozen(calendar_spec, as_of),
        routing=matrix,
        sla=sla_table(brief=brief),
        pods=_pod_rules(brief, matrix, directory, as_of),
        policy=policy,
        guardrail=draft_guardrail(brief=brief),
        requests=requests,
        checklist=checklist,
    )
    design = HandoffDesign(
        key=key,
        version=version,
        as_of=as_of,
        brief=brief,
        binding=binding,
        content_hash=content_hash(binding),
        feasibility=feasibility,
        coverage=coverage,
        lint=findings,
        plan=_plan(
            Material(
                brief=brief,
                matrix=matrix,
                requests=requests,
                checklist=checklist,
                today=today,
                calendar=office,
            ),
            key=key,
            version=version,
            content_hash=content_hash(binding),
            review=review or ReviewChecklist(),
        ),
    )
    return _with_log(design, previous, today.isoformat())


def _frozen(spec: CalendarSpec, as_of: datetime) -> FrozenCalendar:
    years = years_from(as_of)
    return FrozenCalendar(
        spec=spec,
        holidays=expand_holidays(part=spec, years=years),
        also_holidays=tuple(expand_holidays(part=part, years=years) for part in spec.also),
    )


def _lint(
    brief: HandoffBrief, matrix: RoutingMatrix, directory: Directory
) -> tuple[LintFinding, ...]:
    fields = (*brief.qualification.blocking_fields, *brief.qualification.wanted_fields)
    return lint(matrix=matrix, directory=directory, people=brief.people, known_fields=fields)


def _pod_rules(
    brief: HandoffBrief, matrix: RoutingMatrix, directory: Directory, as_of: datetime
) -> tuple[PodRules, ...]:
    # Caps count a rep's day, which is the workspace's and not that of a clock that never closes.
    spec = calendar_named(directory=directory, name=DEFAULT_CALENDAR)
    usual = calendar_of(spec=spec, years=years_from(as_of))
    daily, untouched = default_caps(brief=brief, calendar=usual)
    routed = [name for row in matrix.rows for name in row.pods]
    pods = {
        name: find_pod(directory=directory, name=name) for name in (*brief.people.pods, *routed)
    }
    return tuple(
        PodRules(
            name=name,
            model=pod.model if pod else OwnerModel.ROUND_ROBIN,
            default_daily_cap=daily,
            default_open_cap=untouched,
        )
        for name, pod in pods.items()
    )


def _plan(
    material: Material, *, key: str, version: int, content_hash: str, review: ReviewChecklist
) -> Plan:
    tasks, pattern, reason = draft_tasks(material=material)
    return Plan(
        key=key,
        version=version,
        content_hash=content_hash,
        objective=draft_objective(brief=material.brief, calendar=material.calendar),
        pattern=pattern,
        pattern_reason=reason,
        tasks=tasks,
        dependencies=draft_dependencies(material=material),
        context=scoring_context(brief=material.brief),
        error_handling=error_handling(brief=material.brief),
        success_metrics=draft_metrics(brief=material.brief),
        review=review,
    )


def _with_log(design: HandoffDesign, previous: HandoffDesign | None, at: str) -> HandoffDesign:
    """Carry the change log on: the entries of the version before, then this version's."""
    changed = changes_between(old=previous, new=design) if previous else ()
    log = previous.plan.change_log if previous else ()
    nothing = f"Nothing changed since version {previous.version}" if previous else "First draft"
    summary = "; ".join(changed) or nothing
    entry = ChangeLogEntry(
        version=design.version, at=at, by=design.brief.author, summary=summary, changed=changed
    )
    plan = design.plan.model_copy(update={"change_log": (*log, entry)})
    return design.model_copy(update={"plan": plan})
