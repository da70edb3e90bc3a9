"""Changes of a brief that are proposed only because the model says that they pass."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from handoff.brief import ClockBasis, HandoffBrief
from handoff.calendars import clock_calendar
from handoff.directory import Directory
from handoff.durations import format_minutes
from handoff.people import calendar_named
from handoff.sla.model import ProposedChange
from handoff.sla.prediction import predict_in_full
from handoff.sla.question import Question, friendly, tightest_sla
from handoff.sla.queue import QueueOutcome
from handoff.sla.staffing import bands_under, staffing
from handoff.sla.uncovered import outside_share
from handoff.words import counted

MANY_OUTSIDE = 0.25
"""Share of leads that arrive while the clock stands or nobody works, from which it is a risk."""

_NOTABLY_FEWER = 0.8
_DAYS = tuple(days * 24 * 60 for days in (1, 2, 3, 4))
_LONGER = (1.1, 1.25, 1.5, 2)
_FEWER = (0.95, 0.9, 0.8, 0.7)


def surer(
    *, question: Question, brief: HandoffBrief, outcome: QueueOutcome
) -> ProposedChange | None:
    """Propose what takes chance out of a close call; None where it is none, or nothing does.

    A longer response SLA, else fewer leads: the first one at which even the low end of the
    prediction keeps the goal.
    """
    if not 100 * outcome.ci_low < 100 * question.goal <= 100 * outcome.attainment:
        return None
    for factor in _LONGER:
        minutes = friendly(round(brief.targets.response_sla_minutes * factor))
        bands = bands_under(brief=brief, response_sla=minutes)
        if question.predict(question.staffed.with_targets(bands)).ci_low >= question.goal:
            return set_sla(minutes)
    for factor in _FEWER:
        leads = int((brief.capacity.leads_per_week or 0) * factor)
        if leads >= 1 and _is_sure_with(question, leads):
            return hand_over(leads)
    return None


def wider_cover(
    *, question: Question, brief: HandoffBrief, directory: Directory, as_of: datetime
) -> ProposedChange | None:
    """Propose a clock for leads that come while it stands; None where few do, or none passes.

    The best is a calendar of the team that is open longer while reps work. Without one the clock
    counts every hour, so that the promise tells how long people really wait. Where the response
    SLA does not hold on that clock, the shortest that does is part of the change.
    """
    is_full = question.predict is predict_in_full  # formulas know nothing of hours
    stands = brief.targets.clock is ClockBasis.BUSINESS_HOURS
    outside = outside_share(staffed=question.staffed)
    if not (is_full and stands and outside > MANY_OUTSIDE):
        return None
    best: tuple[float, ProposedChange] | None = None
    for change in _calendars(brief, directory):
        targets = brief.targets.model_copy(update={"calendar": change.value})
        other, share = _on_another_clock(question, _with(brief, targets), directory, as_of)
        passing = _passing(other, _with(brief, targets), change)
        if share < _NOTABLY_FEWER * outside and passing and (best is None or share < best[0]):
            best = share, passing
    if best is not None:
        return best[1]
    targets = brief.targets.model_copy(update={"clock": ClockBasis.ELAPSED})
    other, _ = _on_another_clock(question, _with(brief, targets), directory, as_of)
    every_hour = ProposedChange(
        path="targets.clock", value=ClockBasis.ELAPSED.value, label="Count every hour"
    )
    return _passing(other, _with(brief, targets), every_hour)


def set_sla(minutes: int) -> ProposedChange:
    """Propose a response SLA."""
    return ProposedChange(
        path="targets.response_sla_minutes",
        value=minutes,
        label=f"Set the response SLA to {format_minutes(minutes)}",
    )


def hand_over(leads: int) -> ProposedChange:
    """Propose a volume."""
    return ProposedChange(
        path="capacity.leads_per_week",
        value=leads,
        label=f"Hand over {counted(leads, 'lead')} a week",
    )


# Private functions


def _is_sure_with(question: Question, leads: int) -> bool:
    factor = leads / question.staffed.demand.leads_per_week
    return question.predict(question.staffed.with_volume(factor)).ci_low >= question.goal


def _calendars(brief: HandoffBrief, directory: Directory) -> Iterator[ProposedChange]:
    for spec in directory.calendars:
        if spec.name != brief.targets.calendar:
            label = f"Count the hours of calendar “{spec.name}”"
            yield ProposedChange(path="targets.calendar", value=spec.name, label=label)


def _with(brief: HandoffBrief, targets: object) -> HandoffBrief:
    return brief.model_copy(update={"targets": targets})


def _on_another_clock(
    question: Question, brief: HandoffBrief, directory: Directory, as_of: datetime
) -> tuple[Question, float]:
    """Return the same question on the clock of `brief`, and the leads that come outside of it."""
    spec = calendar_named(directory=directory, name=brief.targets.calendar)
    years = range(as_of.year, as_of.year + 2)
    clock = clock_calendar(spec=spec, clock=brief.targets.clock, years=years)
    staffed = staffing(brief=brief, directory=directory, calendar=clock, as_of=as_of)
    return replace(question, staffed=staffed), outside_share(staffed=staffed)


def _passing(
    question: Question, brief: HandoffBrief, change: ProposedChange
) -> ProposedChange | None:
    """Return a change with the response SLA that keeps the goal with it; None if none does."""
    outcome = question.outcome()
    if outcome.attainment >= question.goal:
        return change
    minutes = tightest_sla(question, brief, outcome) or _days_that_hold(question, brief)
    if minutes is None:
        return None
    longer = set_sla(friendly(minutes))
    label = f"{change.label}, with a response SLA of {format_minutes(float(longer.value))}"
    return change.model_copy(update={"also": (longer,), "label": label})


def _days_that_hold(question: Question, brief: HandoffBrief) -> int | None:
    """Return the first of some days, in minutes, within which enough leads are touched.

    Over a night or a weekend waits are longer than the curve of waits is known for.
    """
    for minutes in _DAYS:
        bands = bands_under(brief=brief, response_sla=minutes)
        if question.predict(question.staffed.with_targets(bands)).attainment >= question.goal:
            return minutes
    return None
