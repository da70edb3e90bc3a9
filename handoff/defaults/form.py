"""What the form shows before anybody typed: the catalogue and the directory, as strings."""

from collections.abc import Callable, Sequence
from datetime import date

from handoff.arrival_history import ArrivalHistory
from handoff.brief import ClockBasis, Goal, OwnerModel, PersonKey, Segment
from handoff.calendars import calendar_of
from handoff.defaults.catalogue import SegmentDefaults, catalogue
from handoff.directory import Directory, Pod, Role
from handoff.form_data import (
    LEARNED,
    BriefStep,
    CapacityStep,
    DraftData,
    LadderStepText,
    PeopleStep,
    QualificationStep,
    Step,
)
from handoff.people import DEFAULT_CALENDAR, calendar_named, find_person, holders

DEFAULT_GUARDRAIL_COUNT = "2"
DEFAULT_GUARDRAIL_HOURS = "48"
DEFAULT_LADDER = (
    LadderStepText(role=Role.REVOPS_DIRECTOR, acknowledge="15m"),
    LadderStepText(role=Role.SALES_MANAGER, acknowledge="30m"),
    LadderStepText(role=Role.CRO, acknowledge="1h"),
)


def default_draft(
    *,
    segment: Segment | None,
    goal: Goal | None,
    directory: Directory,
    as_of: date,
    channel: str | None = None,
    persona: str | None = None,
    history: ArrivalHistory | None = None,
) -> DraftData:
    """Return every field's default, as the strings that the form shows.

    Args:
        segment: A segment, or the base of `persona`; None picks the one that the first pod of
            the directory is tagged for.
        goal: A goal; None is pipeline.
        directory: The workspace directory; where it is silent a field stays None.
        as_of: Today in the workspace; go-live is the earliest realistic day from there.
        channel: The channel in which the command was typed.
        persona: Name of a custom persona; None for a segment of the catalogue.
        history: What stored leads tell of volume and arrivals; None when nothing is known.

    Source: catalogue.md, "The form".
    """
    base = segment or default_segment(directory=directory)
    aim = goal or Goal.PIPELINE
    texts = catalogue().segments[base]
    return DraftData(
        brief=_brief(base=base, goal=aim, persona=persona, directory=directory, as_of=as_of),
        qualification=_qualification(texts),
        people=_people(base=base, texts=texts, directory=directory, channel=channel),
        capacity=CapacityStep(
            leads_per_week=number_text(history.leads_per_week if history else None),
            handling_minutes=number_text(texts.handling_minutes),
            time_available=number_text(catalogue().time_available_percent),
            dependencies=(),
            handling_cv=number_text(texts.handling_cv),
            arrival_profile=LEARNED if history and history.weights else base.value,
            history=history,
        ),
    )


def default_segment(*, directory: Directory) -> Segment:
    """Return the first segment that a pod is tagged for, else enterprise."""
    known = {segment.value: segment for segment in Segment}
    tags = (tag for pod in directory.pods for tag in pod.segments)
    return next((known[tag] for tag in tags if tag in known), Segment.ENTERPRISE)


def earliest_go_live(*, segment: Segment, goal: Goal, directory: Directory, as_of: date) -> date:
    """Return the first working day by which everything can be ready, from `as_of` on.

    It is the longest lead time of any request or item of segment and goal, in working days of
    the workspace's default calendar.
    """
    days = catalogue().longest_lead_days(segment=segment, goal=goal)
    spec = calendar_named(directory=directory, name=DEFAULT_CALENDAR)
    calendar = calendar_of(spec=spec, years=range(as_of.year - 1, as_of.year + 3))
    return calendar.working_days_after(as_of, days)


def with_defaults(*, data: DraftData, defaults: DraftData) -> DraftData:
    """Return `data` with each field that was not given yet filled from `defaults`."""
    return _merged(data, defaults, keep=lambda value, _: value is not None)


def follow_defaults(*, data: DraftData, old: DraftData, new: DraftData) -> DraftData:
    """Return `data` after segment or goal changed: what still is the old default follows.

    Args:
        data: The draft as typed so far.
        old: The defaults that were shown.
        new: The defaults of the new choice; segment, persona and goal are taken from it.

    Returns:
        The draft in which everything that the person had changed stays.
    """
    merged = _merged(
        data, new, keep=lambda value, old_value: value is not None and value != old_value, old=old
    )
    chosen = {name: getattr(new.brief, name) for name in ("segment", "persona", "goal")}
    return merged.model_copy(update={"brief": merged.brief.model_copy(update=chosen)})


def number_text(number: float | None) -> str | None:
    """Return a number as a form shows it: without a trailing `.0`; None stays None."""
    if number is None:
        return None
    return str(int(number)) if number == int(number) else str(round(number, 4))


# Private functions


def _brief(
    *, base: Segment, goal: Goal, persona: str | None, directory: Directory, as_of: date
) -> BriefStep:
    target = catalogue().attainment_target_percent(segment=base, goal=goal)
    go_live = earliest_go_live(segment=base, goal=goal, directory=directory, as_of=as_of)
    return BriefStep(
        segment=base.value,
        persona=persona,
        goal=goal.value,
        entry_rule=catalogue().entry_rule(segment=base, goal=goal),
        response_sla=catalogue().segments[base].response_sla,
        target_percent=number_text(target),
        clock=ClockBasis.BUSINESS_HOURS.value,
        calendar=calendar_named(directory=directory, name=DEFAULT_CALENDAR).name,
        go_live=go_live.isoformat(),
    )


def _qualification(texts: SegmentDefaults) -> QualificationStep:
    return QualificationStep(
        gates="\n".join(texts.gates),
        mql_minimum=str(texts.thresholds.mql_minimum),
        b_from=str(texts.thresholds.b_from),
        a_from=str(texts.thresholds.a_from),
        blocking_fields=texts.blocking_fields,
        cool_target=None,  # empty means: the same as the response SLA, whatever it becomes
        mql=texts.stages.mql,
        sal=texts.stages.sal,
        sql_definition=texts.stages.sql_definition,
        recycle=texts.stages.recycle,
    )


def _people(
    *, base: Segment, texts: SegmentDefaults, directory: Directory, channel: str | None
) -> PeopleStep:
    pods = _pods_for(base, directory=directory)
    models: list[str | None] = [default.model.value for default in texts.owner_models]
    models += [None] * (3 - len(models))
    manager = pods[0].manager if pods else None
    revops, sales = _two_approvers(directory)
    return PeopleStep(
        pods=tuple(pod.name for pod in pods) or None,
        owner_model_1=models[0],
        owner_model_2=models[1],
        owner_model_3=models[2],
        named_rep=manager if OwnerModel.NAMED_REP.value in models else None,
        fallback=manager,
        revops_approver=revops,
        sales_approver=sales,
        sales_leadership=holders(directory=directory, role=Role.SALES_LEADERSHIP) or None,
        marketing_leadership=holders(directory=directory, role=Role.MARKETING_LEADERSHIP) or None,
        channel=channel,
        ladder=DEFAULT_LADDER,
        guardrail_count=DEFAULT_GUARDRAIL_COUNT,
        guardrail_hours=DEFAULT_GUARDRAIL_HOURS,
    )


def _pods_for(segment: Segment, *, directory: Directory) -> tuple[Pod, ...]:
    """Return the pods tagged for a segment, else those without a tag, else all."""
    tagged = tuple(pod for pod in directory.pods if segment.value in pod.segments)
    untagged = tuple(pod for pod in directory.pods if not pod.segments)
    return tagged or untagged or directory.pods


def _two_approvers(directory: Directory) -> tuple[PersonKey | None, PersonKey | None]:
    """Return a RevOps and a Sales approver who are two different people, where there are two."""
    revops = _signers(directory, Role.REVOPS_APPROVER)
    sales = _signers(directory, Role.SALES_APPROVER)
    pairs = [(left, right) for left in revops for right in sales if left != right]
    if pairs:
        return pairs[0]
    return (revops[0] if revops else None, sales[0] if sales else None)


def _signers(directory: Directory, role: Role) -> Sequence[PersonKey]:
    known = {
        key: find_person(directory=directory, key=key)
        for key in holders(directory=directory, role=role)
    }
    return [key for key, person in known.items() if person is None or person.is_active]


def _merged(
    data: DraftData,
    defaults: DraftData,
    *,
    keep: Callable[[object, object], bool],
    old: DraftData | None = None,
) -> DraftData:
    """Return `data` with each field of each step that `keep` refuses taken from `defaults`."""
    steps = {}
    for step in (Step.BRIEF, Step.QUALIFICATION, Step.PEOPLE, Step.CAPACITY):
        given, filling = getattr(data, step), getattr(defaults, step)
        before = getattr(old or defaults, step)
        changes = {
            name: getattr(filling, name)
            for name in type(given).model_fields
            if not keep(getattr(given, name), getattr(before, name))
        }
        steps[step.value] = given.model_copy(update=changes)
    return data.model_copy(update=steps)
