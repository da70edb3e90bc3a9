"""Turn a brief back into what the form holds, so that editing a design opens the same form."""

from datetime import timedelta

from handoff.arrival_history import ArrivalHistory
from handoff.brief import Capacity, HandoffBrief, LadderSpec, People, Qualification
from handoff.calendars import clock_calendar
from handoff.defaults.catalogue import catalogue
from handoff.defaults.form import number_text
from handoff.directory import Directory
from handoff.durations import format_minutes
from handoff.form_data import (
    LEARNED,
    BriefStep,
    CapacityStep,
    DraftData,
    LadderStepText,
    PeopleStep,
    QualificationStep,
    RowText,
)
from handoff.form_steps import needs_offered
from handoff.people import calendar_named


def draft_of(*, brief: HandoffBrief, directory: Directory) -> DraftData:
    """Return the draft that `to_brief` reads back as an equal brief.

    Args:
        brief: The brief of a design's version.
        directory: The workspace directory; its calendar says how long a day is.
    """
    targets = brief.targets
    spec = calendar_named(directory=directory, name=targets.calendar)
    day = clock_calendar(spec=spec, clock=targets.clock, years=(brief.go_live.year,)).day
    cool = targets.c_minutes and format_minutes(targets.c_minutes, day=day)
    return DraftData(
        brief=BriefStep(
            segment=brief.segment.base.value,
            persona=brief.segment.name if brief.segment.is_custom else None,
            goal=brief.goal.value,
            entry_rule=brief.entry_rule,
            response_sla=format_minutes(targets.response_sla_minutes, day=day),
            target_percent=number_text(targets.attainment_target_percent),
            clock=targets.clock.value,
            calendar=targets.calendar,
            go_live=brief.go_live.isoformat(),
        ),
        qualification=_qualification(brief.qualification, cool=cool or None),
        people=_people(brief, day=day),
        capacity=_capacity(brief),
    )


def _qualification(values: Qualification, *, cool: str | None) -> QualificationStep:
    return QualificationStep(
        gates="\n".join(values.gates),
        mql_minimum=str(values.mql_minimum),
        b_from=str(values.b_from),
        a_from=str(values.a_from),
        blocking_fields=values.blocking_fields,
        cool_target=cool,
        mql=values.stages.mql,
        sal=values.stages.sal,
        sql_definition=values.stages.sql_definition,
        recycle=values.stages.recycle,
    )


def _people(brief: HandoffBrief, *, day: timedelta) -> PeopleStep:
    people: People = brief.people
    models: list[str | None] = [model.value for model in people.owner_models]
    models += [None] * (3 - len(models))
    return PeopleStep(
        pods=people.pods,
        owner_model_1=models[0],
        owner_model_2=models[1],
        owner_model_3=models[2],
        named_rep=people.named_rep,
        fallback=people.fallback,
        revops_approver=people.revops_approver,
        sales_approver=people.sales_approver,
        sales_leadership=people.sales_leadership,
        marketing_leadership=people.marketing_leadership,
        channel=people.channel,
        ladder=_ladder(brief.ladder, day=day),
        guardrail_count=str(brief.ladder.guardrail_count),
        guardrail_hours=number_text(brief.ladder.guardrail_hours),
        rows=_rows(brief),
        role_holders=dict(people.role_holders),
    )


def _ladder(ladder: LadderSpec, *, day: timedelta) -> tuple[LadderStepText, ...]:
    return tuple(
        LadderStepText(
            role=step.role,
            acknowledge=format_minutes(step.acknowledge_minutes, day=day),
            repeats=str(step.repeats),
        )
        for step in ladder.steps
    )


def _rows(brief: HandoffBrief) -> tuple[RowText, ...] | None:
    return (
        tuple(
            RowText(
                when=row.when,
                owner_model=row.owner_model.value,
                pod=row.pod,
                named_rep=row.named_rep,
                fallback=row.fallback,
                on_missing=row.on_missing.value,
            )
            for row in brief.rows
        )
        or None
    )


def _capacity(brief: HandoffBrief) -> CapacityStep:
    values: Capacity = brief.capacity
    offered = {name for name, _ in needs_offered(segment=brief.segment.base, goal=brief.goal)}
    names = [item.name for item in brief.dependencies]
    return CapacityStep(
        notes=values.notes or None,
        leads_per_week=number_text(values.leads_per_week),
        handling_minutes=number_text(values.handling_minutes),
        time_available=number_text(values.time_available_percent),
        dependencies=tuple(name for name in names if name in offered),
        other_dependencies=", ".join(name for name in names if name not in offered) or None,
        baseline_conversion=number_text(values.baseline_conversion_percent),
        handling_cv=number_text(values.handling_cv),
        arrival_profile=_profile(brief),
        history=_history(brief),
    )


def _profile(brief: HandoffBrief) -> str:
    """Return the segment whose arrival profile the brief has; its own when it has none."""
    weights = brief.capacity.arrival_weights
    if _has_own_weights(brief):
        return LEARNED
    found = (
        segment.value
        for segment in catalogue().segments
        if weights and catalogue().arrival_weights(segment=segment) == weights
    )
    return next(found, brief.segment.base.value)


def _has_own_weights(brief: HandoffBrief) -> bool:
    """Tell whether the arrivals are those of no segment: learned, or given in a brief file."""
    weights = brief.capacity.arrival_weights
    return bool(weights) and all(
        catalogue().arrival_weights(segment=segment) != weights for segment in catalogue().segments
    )


def _history(brief: HandoffBrief) -> ArrivalHistory | None:
    """Return what the brief took from stored leads; the version keeps it until it is changed."""
    capacity = brief.capacity
    weights = capacity.arrival_weights if _has_own_weights(brief) else ()
    measured = capacity.leads_per_week if capacity.is_volume_measured else None
    if not weights and measured is None:
        return None
    return ArrivalHistory(leads=capacity.learned_from, leads_per_week=measured, weights=weights)
