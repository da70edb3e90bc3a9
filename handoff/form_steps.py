"""The five steps of the form, each read into the values of a brief or into errors by field."""

import re
from datetime import date, timedelta

from handoff.brief import (
    Capacity,
    ClockBasis,
    Dependency,
    DependencyKind,
    Goal,
    Qualification,
    ResponseTargets,
    Segment,
    SegmentRef,
    StageDefinitions,
)
from handoff.calendars import BadCalendar, clock_calendar
from handoff.defaults.catalogue import catalogue
from handoff.defaults.form import number_text
from handoff.directory import Directory
from handoff.durations import format_minutes, parse_duration
from handoff.form_data import LEARNED, BriefStep, CapacityStep, QualificationStep, ReviewStep
from handoff.form_fields import FieldReader
from handoff.model import Value
from handoff.people import calendar_named

_FIELD = re.compile(r"[a-z][a-z0-9_.]{0,63}(?: or [a-z][a-z0-9_.]{0,63})*")
_LONGEST_PERSONA = 40
_SEPARATORS = re.compile(r"[,;\n]+")


class BriefValues(Value):
    """Step 1, read. `day` is the length of one day on the design's clock."""

    segment: SegmentRef
    goal: Goal
    entry_rule: str
    targets: ResponseTargets
    go_live: date
    day: timedelta


class CapacityValues(Value):
    """Step 4, read."""

    capacity: Capacity
    dependencies: tuple[Dependency, ...]


def read_brief(
    step: BriefStep, *, reader: FieldReader, directory: Directory, as_of: date
) -> BriefValues:
    """Read step 1; errors go to `reader`. `as_of` is today: go-live must not lie before it."""
    segment = _segment(step, reader=reader)
    goal = reader.choice("goal", step.goal, Goal, ask="Pick what this handoff is for.")
    entry_rule = reader.text(
        "entry_rule",
        step.entry_rule,
        ask="Say which leads belong here, for example: employees >= 1000. For all: always",
    )
    reader.rule("entry_rule", entry_rule)
    clock = reader.choice("clock", step.clock, ClockBasis, ask="Pick how minutes are counted.")
    day = _day_length(step.calendar, clock, reader=reader, directory=directory, as_of=as_of)
    minutes = reader.duration("response_sla", step.response_sla, day=day)
    targets = ResponseTargets(
        response_sla_minutes=minutes,
        a_minutes=min(minutes, _catalogue_a_minutes(segment.base, day=day)),
        attainment_target_percent=reader.number(
            "target_percent", step.target_percent, what="Target %", above=0, up_to=100
        ),
        clock=clock,
        calendar=step.calendar or "default",
    )
    return BriefValues(
        segment=segment,
        goal=goal,
        entry_rule=entry_rule,
        targets=targets,
        go_live=reader.day("go_live", step.go_live, earliest=as_of),
        day=day,
    )


def read_qualification(
    step: QualificationStep, *, reader: FieldReader, brief: BriefValues
) -> Qualification:
    """Read step 2; errors go to `reader`. The band C target is read by `read_cool_target`."""
    gates = tuple(line.strip() for line in (step.gates or "").splitlines() if line.strip())
    if not gates:
        reader.fail("gates", "Write at least one condition, for example: email is set")
    for number, gate in enumerate(gates, start=1):
        reader.rule("gates", gate, where=f"Line {number}: ")
    scores = _scores(step, reader=reader)
    defaults = catalogue().segments[brief.segment.base]
    return Qualification(
        gates=gates,
        mql_minimum=scores[0],
        b_from=scores[1],
        a_from=scores[2],
        blocking_fields=_blocking_fields(step, reader=reader),
        wanted_fields=defaults.wanted_fields,
        stages=_stages(step, reader=reader, exit_rule=defaults.stages.exit),
    )


def read_cool_target(
    step: QualificationStep, *, reader: FieldReader, brief: BriefValues
) -> int | None:
    """Read the band C target in minutes; None when it is empty or the same as the response SLA."""
    if not (step.cool_target or "").strip():
        return None
    minutes = reader.duration("cool_target", step.cool_target, day=brief.day)
    response = brief.targets.response_sla_minutes
    if "cool_target" not in reader.errors and minutes < response:
        text = format_minutes(response, day=brief.day)
        reader.fail(
            "cool_target",
            f"Cool leads cannot be faster than the response SLA ({text}); "
            "write a longer time or leave this empty.",
        )
    return minutes if minutes > response else None


def read_capacity(
    step: CapacityStep, *, reader: FieldReader, brief: BriefValues
) -> CapacityValues:
    """Read step 4; errors go to `reader`."""
    defaults = catalogue().segments[brief.segment.base]
    handling = reader.number(
        "handling_minutes",
        step.handling_minutes,
        what="Handling minutes",
        above=0,
        up_to=10_000,
    )
    spread = reader.optional_number(
        "handling_cv", step.handling_cv, what="Spread of handling time", above=0, up_to=5
    )
    capacity = Capacity(
        notes=(step.notes or "").strip()[:3000],
        leads_per_week=reader.optional_number(
            "leads_per_week",
            step.leads_per_week,
            what="Leads per week",
            above=0,
            up_to=1_000_000,
        ),
        handling_minutes=handling,
        handling_cv=defaults.handling_cv if spread is None else spread,
        time_available_percent=reader.number(
            "time_available", step.time_available, what="Time available %", above=0, up_to=100
        ),
        arrival_weights=_arrival_weights(step, reader=reader, base=brief.segment.base),
        learned_from=_learned_from(step),
        is_volume_measured=_is_measured(step),
        baseline_conversion_percent=reader.optional_number(
            "baseline_conversion",
            step.baseline_conversion,
            what="Baseline MQL→SQL %",
            above=0,
            up_to=100,
        ),
    )
    return CapacityValues(
        capacity=capacity, dependencies=_dependencies(step, reader=reader, brief=brief)
    )


def read_review(step: ReviewStep, *, reader: FieldReader) -> None:
    """Read step 5: all three confirmations are needed before a design is sent."""
    for name, what in (
        ("roles_confirmed", "that the roles are right"),
        ("dependencies_confirmed", "that the dependencies are complete"),
        ("deliverables_confirmed", "that the deliverables are right"),
    ):
        if not getattr(step, name):
            reader.fail(name, f"Confirm {what}, or go back and change them.")


def needs_offered(*, segment: Segment, goal: Goal) -> tuple[tuple[str, DependencyKind], ...]:
    """Return the systems and content that step 4 offers, each with its kind."""
    systems = dict.fromkeys((*catalogue().goals[goal].integrations, *catalogue().systems))
    assets = [request.title for request in catalogue().requests(segment=segment, goal=goal)]
    return (
        *((name, DependencyKind.SYSTEM) for name in systems),
        *((name, DependencyKind.CONTENT) for name in assets),
    )


# Private functions


def _segment(step: BriefStep, *, reader: FieldReader) -> SegmentRef:
    is_custom = step.persona is not None
    base = reader.choice(
        "base" if is_custom else "segment",
        step.segment,
        Segment,
        ask="Pick the segment that the persona takes its defaults from."
        if is_custom
        else "Pick a segment.",
    )
    if step.persona is None:
        return SegmentRef(key=base.value, name=catalogue().segments[base].name, base=base)
    name = reader.text(
        "persona",
        step.persona,
        ask="Name the persona, for example Fintech founders.",
        longest=_LONGEST_PERSONA,
    )
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-")
    if not key:
        reader.fail("persona", "Use at least one letter a–z or digit in the name.")
    elif key in {segment.value for segment in Segment}:
        reader.fail("persona", f"“{name}” is a segment of its own; pick it under Segment.")
    return SegmentRef(key=key or "persona", name=name or "persona", base=base)


def _day_length(
    name: str | None,
    clock: ClockBasis,
    *,
    reader: FieldReader,
    directory: Directory,
    as_of: date,
) -> timedelta:
    spec = calendar_named(directory=directory, name=name or "default")
    # As long as the team has no calendar the form offers the hours that count until then.
    names = {calendar.name for calendar in directory.calendars or (spec,)}
    reader.one_of("calendar", name, names, ask="Pick one of the calendars of /handoff team.")
    try:
        return clock_calendar(spec=spec, clock=clock, years=(as_of.year,)).day
    except BadCalendar as exc:
        reader.fail("calendar", f"{exc} Correct it with /handoff team.")
        return timedelta(days=1)


def _catalogue_a_minutes(base: Segment, *, day: timedelta) -> int:
    return parse_duration(catalogue().segments[base].a_target, day=day).minutes


def _scores(step: QualificationStep, *, reader: FieldReader) -> tuple[int, int, int]:
    minimum = reader.score("mql_minimum", step.mql_minimum, what="MQL minimum")
    b_from = reader.score("b_from", step.b_from, what="B from")
    a_from = reader.score("a_from", step.a_from, what="A from")
    if not {"mql_minimum", "b_from"} & reader.errors.keys() and b_from < minimum:
        reader.fail("b_from", f"B from must be {minimum} (the MQL minimum) or more.")
    if not {"b_from", "a_from"} & reader.errors.keys() and a_from < b_from:
        reader.fail("a_from", f"A from must be {b_from} (B from) or more.")
    return (minimum, max(minimum, b_from), max(minimum, b_from, a_from))


def _blocking_fields(step: QualificationStep, *, reader: FieldReader) -> tuple[str, ...]:
    fields = step.blocking_fields or ()
    if not fields:
        reader.fail("blocking_fields", "Pick at least one field that a lead cannot do without.")
    for field in fields:
        if not _FIELD.fullmatch(field):
            reader.fail("blocking_fields", f"“{field}” is not a lead field; pick from the list.")
    return fields


def _stages(step: QualificationStep, *, reader: FieldReader, exit_rule: str) -> StageDefinitions:
    texts = {
        "mql": "what a marketing qualified lead is",
        "sal": "what a sales accepted lead is",
        "sql_definition": "what a sales qualified lead is",
        "recycle": "when a lead goes back to marketing",
    }
    read = {
        name: reader.text(name, getattr(step, name), ask=f"Say {what}.")
        for name, what in texts.items()
    }
    return StageDefinitions(**read, exit=exit_rule)


def _arrival_weights(
    step: CapacityStep, *, reader: FieldReader, base: Segment
) -> tuple[float, ...]:
    if not step.arrival_profile:
        return ()
    if step.arrival_profile == LEARNED and step.history:
        return step.history.weights
    profile = reader.choice(
        "arrival_profile", step.arrival_profile, Segment, ask="Pick one of the arrival profiles."
    )
    return () if profile is base else catalogue().arrival_weights(segment=profile)


def _learned_from(step: CapacityStep) -> int:
    is_learned = step.arrival_profile == LEARNED and step.history is not None
    return step.history.leads if is_learned and step.history else 0


def _is_measured(step: CapacityStep) -> bool:
    """Tell whether the volume still is what was filled in from the last four weeks."""
    measured = step.history.leads_per_week if step.history else None
    return measured is not None and step.leads_per_week == number_text(measured)


def _dependencies(
    step: CapacityStep, *, reader: FieldReader, brief: BriefValues
) -> tuple[Dependency, ...]:
    kinds = dict(needs_offered(segment=brief.segment.base, goal=brief.goal))
    typed = (part.strip() for part in _SEPARATORS.split(step.other_dependencies or ""))
    names = dict.fromkeys((*(step.dependencies or ()), *(name for name in typed if name)))
    found = []
    for name in names:
        if len(name) > 200:
            reader.fail("other_dependencies", f"“{name[:40]}…” is too long; use 200 characters.")
            continue
        kind = kinds.get(name, DependencyKind.SYSTEM)
        owner = "revops" if kind is DependencyKind.SYSTEM else "enablement"
        found.append(Dependency(name=name, kind=kind, owner_role=owner))
    return tuple(found)
