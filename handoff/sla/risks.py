"""The named risks of a design, in plain words, each with the change that would help."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil

from handoff.brief import ClockBasis, HandoffBrief
from handoff.directory import Directory
from handoff.durations import format_minutes
from handoff.people import display_name
from handoff.sla.alternatives import MANY_OUTSIDE, hand_over, set_sla
from handoff.sla.model import ProposedChange, Risk
from handoff.sla.question import friendly
from handoff.sla.queue import SLOT_MINUTES, QueueOutcome
from handoff.sla.remedies import another_pod, calendar_of_reps
from handoff.sla.staffing import StaffedPod, Staffing
from handoff.sla.uncovered import (
    describe,
    empty_days,
    next_day_at_work,
    outside_share,
    uncovered_slots,
)
from handoff.words import counted, percent_beside, rate

BUSY = 0.85
"""Utilisation above which small surprises make long queues."""

_UNCOVERED_MINUTES = 60.0
_MOST_TIME = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the proof found out; an outcome of None means that no volume was given."""

    staffed: Staffing
    outcome: QueueOutcome | None
    #: Leads a week at which the team keeps its goal; 0 where nobody asked.
    sustainable: float = 0.0
    smallest_team: int | None = None
    tightest_sla: int | None = None
    guardrail_fires: float = 0.0
    guardrail_count: int | None = None
    #: What takes chance out of a close call, and a clock for leads that come while it stands.
    surer: ProposedChange | None = None
    wider: ProposedChange | None = None


def risks(*, brief: HandoffBrief, directory: Directory, found: Findings) -> tuple[Risk, ...]:
    """Return the risks of a brief, the worst first.

    Args:
        brief: What was asked for.
        directory: Names and time off, for the words.
        found: What the model says.
    """
    every = (
        *_volume(found),
        *_attainment(brief, found),
        *_utilisation(brief, directory, found),
        *_people(brief, directory, found.staffed),
        *_hours(brief, directory, found.staffed, found.wider),
        *_handling(brief),
        *_guardrail(brief, found),
    )
    return tuple(sorted(every, key=lambda risk: -risk.severity))


# Private functions


def _volume(found: Findings) -> Iterator[Risk]:
    if found.outcome is None:
        yield Risk(
            code="volume_unknown",
            severity=2,
            message="Leads per week are not known, so the SLA is unproven. This team can take "
            f"about {int(found.sustainable):,} a week.",
            change=hand_over(int(found.sustainable)) if found.sustainable >= 1 else None,
        )


def _attainment(brief: HandoffBrief, found: Findings) -> Iterator[Risk]:
    outcome, goal = found.outcome, brief.targets.attainment_target_percent
    if outcome is None:
        return
    if 100 * outcome.attainment < goal:
        yield _below_target(found, 100 * outcome.attainment, goal)
    elif 100 * outcome.ci_low < goal:
        predicted, low, high = (
            percent_beside(100 * share, goal)
            for share in (outcome.attainment, outcome.ci_low, outcome.ci_high)
        )
        yield Risk(
            code="close_call",
            severity=1,
            message=f"The prediction, {predicted}, is so close to the target of {goal:g}% that "
            f"chance decides: it lies between {low} and {high}.",
            change=found.surer,
        )


def _below_target(found: Findings, predicted: float, goal: float) -> Risk:
    ways, change = [], None
    if found.smallest_team is not None:
        ways.append(f"{counted(found.smallest_team, 'rep')} instead of {found.staffed.team_size}")
    if found.tightest_sla is not None:
        minutes = friendly(found.tightest_sla)
        ways.append(f"a response SLA of {format_minutes(minutes)}")
        change = set_sla(minutes)
    elif found.sustainable >= 1:
        leads = int(found.sustainable)
        ways.append(f"{counted(leads, 'lead')} a week")
        change = hand_over(leads)
    way_out = f" {' or '.join(ways)} would keep it." if ways else ""
    return Risk(
        code="below_target",
        severity=3,
        message=f"Predicted: {percent_beside(predicted, goal)} of leads on time, the target is "
        f"{goal:g}%.{way_out}",
        change=change,
    )


def _utilisation(brief: HandoffBrief, directory: Directory, found: Findings) -> Iterator[Risk]:
    outcome = found.outcome
    if outcome is None or outcome.utilisation <= BUSY:
        return
    team = found.staffed.team_size
    if not team or outcome.utilisation > 100:
        yield Risk(
            code="utilisation",
            severity=3,
            message="Nobody in these pods works while the clock runs, so no lead is touched.",
            change=calendar_of_reps(brief=brief, directory=directory),
        )
        return
    yield Risk(
        code="utilisation",
        severity=3 if outcome.utilisation >= 1 else 2,
        message=f"The leads take {100 * outcome.utilisation:.0f}% of the time that the team has "
        f"for them; over {BUSY:.0%} any surprise makes a queue. "
        f"{counted(ceil(team * outcome.utilisation / BUSY), 'rep')} would be under it.",
        change=_lighter_load(brief, outcome.utilisation),
    )


def _lighter_load(brief: HandoffBrief, utilisation: float) -> ProposedChange:
    """Propose more time for leads where that is enough, else fewer leads."""
    needed = brief.capacity.time_available_percent * utilisation / BUSY
    if needed <= _MOST_TIME:
        percent = ceil(needed / 5) * 5
        return ProposedChange(
            path="capacity.time_available_percent",
            value=percent,
            label=f"Give leads {percent}% of the reps' time",
        )
    leads = int((brief.capacity.leads_per_week or 0) * BUSY / utilisation)
    return hand_over(max(1, leads))


def _people(brief: HandoffBrief, directory: Directory, staffed: Staffing) -> Iterator[Risk]:
    for pod in staffed.pods:
        if len(pod.reps) == 1:
            name = display_name(directory=directory, key=pod.reps[0])
            yield Risk(
                code="pod_of_one",
                severity=2,
                message=f"Pod “{pod.name}” has one rep, {name}: a day off leaves its leads to "
                "the fallback.",
                change=another_pod(brief=brief, directory=directory),
            )
        if days := empty_days(pod=pod, first=staffed.first):
            yield _everybody_away(staffed.first, directory, pod, days)


def _everybody_away(first: date, directory: Directory, pod: StaffedPod, days: list[date]) -> Risk:
    away = [
        display_name(directory=directory, key=rep)
        for rep in pod.reps
        if any(
            off.person == rep and off.first <= days[0] <= off.last for off in directory.time_off
        )
    ]
    who = f": {', '.join(away)} away" if away else ": a holiday of its calendar"
    when = f"on {days[0]:%d %b}" if len(days) == 1 else f"on {len(days)} days from {days[0]:%d %b}"
    back = next_day_at_work(pod=pod, first=first, after=days[-1])
    return Risk(
        code="nobody_at_work",
        severity=3 if away else 1,
        message=f"Nobody in pod “{pod.name}” works {when} to {days[-1]:%d %b %Y} while the clock "
        f"runs{who}. Add a rep who works then"
        f"{' or move the time off' if away else ''}.",
        change=ProposedChange(
            path="go_live", value=back.isoformat(), label=f"Go live on {back:%d %b %Y}"
        )
        if back and away and (days[0] - first).days < 14
        else None,
    )


def _hours(
    brief: HandoffBrief, directory: Directory, staffed: Staffing, wider: ProposedChange | None
) -> Iterator[Risk]:
    never_stops = brief.targets.clock is ClockBasis.ELAPSED
    to_business = ProposedChange(
        path="targets.clock",
        value=ClockBasis.BUSINESS_HOURS.value,
        label="Count business hours only",
    )
    gaps = uncovered_slots(staffed=staffed)
    minutes = len(gaps) * SLOT_MINUTES
    if minutes >= _UNCOVERED_MINUTES and any(pod.reps for pod in staffed.pods):
        yield Risk(
            code="uncovered_hours",
            severity=2,
            message=f"In {counted(round(minutes / 60), 'hour')} of the week the clock runs but "
            f"no rep works: {describe(gaps)}.",
            change=to_business
            if never_stops
            else calendar_of_reps(brief=brief, directory=directory),
        )
    outside = outside_share(staffed=staffed)
    if outside > MANY_OUTSIDE and any(pod.reps for pod in staffed.pods):
        wait = "nobody works" if never_stops else "the clock stands, and wait for opening"
        hint = "" if never_stops or wider else " Reps with longer hours would reach them."
        yield Risk(
            code="arrivals_outside_hours",
            severity=1,
            message=f"About {outside:.0%} of the leads arrive while {wait}.{hint}",
            change=to_business if never_stops else wider,
        )


def _handling(brief: HandoffBrief) -> Iterator[Risk]:
    needed = friendly(ceil(brief.capacity.handling_minutes))
    if brief.targets.response_sla_minutes < brief.capacity.handling_minutes:
        yield Risk(
            code="sla_under_handling",
            severity=2,
            message="The response SLA is shorter than one lead takes: a rep who has just begun "
            "one cannot be in time for the next.",
            change=set_sla(needed),
        )


def _guardrail(brief: HandoffBrief, found: Findings) -> Iterator[Risk]:
    ladder, count = brief.ladder, found.guardrail_count
    if count is not None:
        yield Risk(
            code="guardrail_often",
            severity=1,
            message=f"At this attainment {counted(ladder.guardrail_count, 'incident')} in "
            f"{ladder.guardrail_hours:g} hours come together about "
            f"{rate(found.guardrail_fires)} times a week; leadership will stop listening.",
            change=ProposedChange(
                path="ladder.guardrail_count",
                value=count,
                label=f"Call leadership at {counted(count, 'incident')}",
            ),
        )
