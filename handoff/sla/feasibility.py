"""The feasibility proof: can this roster keep this response SLA at this volume?

One line of thought over whichever model answers: predict, compare with the target, then ask the
same model what would change with more reps, other targets, other volumes.
"""

from dataclasses import replace
from datetime import datetime
from math import ceil, inf, isfinite

from handoff.brief import HandoffBrief
from handoff.calendars import BusinessCalendar
from handoff.directory import Directory
from handoff.sla.alternatives import surer, wider_cover
from handoff.sla.basis import basis_of
from handoff.sla.guardrail_forecast import count_for_weekly, fires_per_week
from handoff.sla.model import Depth, Feasibility, Verdict, WhatIf
from handoff.sla.prediction import predict_at_once, predict_in_full
from handoff.sla.question import Question, fewest, tightest_sla
from handoff.sla.queue import HOUR_SLOTS, QueueOutcome
from handoff.sla.risks import Findings, risks
from handoff.sla.staffing import StaffedPod, staffing
from handoff.words import rounded_beside

_LARGEST_TEAM = 500
_PRECISE_ENOUGH = 0.02  # of a volume; a prediction of next month's leads is never better
_NO_BETTER = 0.002
_METHODS = {"closed form": "closed form (Erlang C)"}


def prove(
    *,
    brief: HandoffBrief,
    directory: Directory,
    calendar: BusinessCalendar,
    as_of: datetime,
    depth: Depth = Depth.QUICK,
) -> Feasibility:
    """Predict whether the team keeps the response SLA.

    Args:
        brief: Targets, volume, handling time, share of time available, pods.
        directory: Who is in the pods, their hours and time off.
        calendar: The design's clock.
        as_of: The day of the proof, aware; four weeks from there, or from go-live if that is
            later, are looked at.
        depth: QUICK answers in milliseconds with formulas that know nothing of hours. FULL
            takes up to some seconds, models every quarter of an hour, and says how sure it is.

    Returns:
        The prediction against the attainment target, with risks and what would help. UNPROVEN
        with the volume that the team can sustain when the brief gives none.
    """
    staffed = staffing(brief=brief, directory=directory, calendar=calendar, as_of=as_of)
    predict = predict_in_full if depth is Depth.FULL else predict_at_once
    goal = brief.targets.attainment_target_percent / 100
    question = Question(staffed=staffed, goal=goal, predict=predict)
    common = {
        "basis": basis_of(brief=brief),
        "target_percent": brief.targets.attainment_target_percent,
        "team_size": len({rep for pod in staffed.pods for rep in pod.reps}),
        "depth": depth,
    }
    if brief.capacity.leads_per_week is None:
        return _unproven(question, brief, directory, common)
    return _proven(question, brief, directory, as_of, common)


# Private functions


def _unproven(
    question: Question, brief: HandoffBrief, directory: Directory, common: dict[str, object]
) -> Feasibility:
    sustainable = _sustainable_volume(question)
    found = Findings(staffed=question.staffed, outcome=None, sustainable=sustainable)
    return Feasibility(
        verdict=Verdict.UNPROVEN,
        method=_method(question.outcome()),
        sustainable_leads_per_week=sustainable,
        risks=risks(brief=brief, directory=directory, found=found),
        **common,
    )


def _proven(
    question: Question,
    brief: HandoffBrief,
    directory: Directory,
    as_of: datetime,
    common: dict[str, object],
) -> Feasibility:
    outcome = question.outcome()
    smallest, team_curve = _smallest_team(question)
    tightest = tightest_sla(question, brief, outcome)
    forecast = _guardrail(brief, outcome)
    is_kept = outcome.attainment >= question.goal
    # fewer leads are the way out when no longer target is
    sustainable = _sustainable_volume(question) if not is_kept and tightest is None else None
    found = Findings(
        sustainable=sustainable or 0.0,
        staffed=question.staffed,
        outcome=outcome,
        smallest_team=smallest,
        tightest_sla=tightest,
        guardrail_fires=forecast[0],
        guardrail_count=forecast[1],
        surer=surer(question=question, brief=brief, outcome=outcome),
        wider=wider_cover(question=question, brief=brief, directory=directory, as_of=as_of),
    )
    by_hour = question.staffed.leads_by_hour()
    late = tuple(
        leads * share for leads, share in zip(by_hour, outcome.late_by_hour, strict=False)
    )
    return Feasibility(
        verdict=Verdict.HOLDS if is_kept else Verdict.FAILS,
        method=_method(outcome),
        attainment_percent=_percent_beside(outcome.attainment, question.goal),
        ci_low_percent=_percent_beside(outcome.ci_low, question.goal),
        ci_high_percent=_percent_beside(outcome.ci_high, question.goal),
        error_points=round(100 * outcome.error, 3),
        p50_minutes=_minutes(outcome.p50),
        p90_minutes=_minutes(outcome.p90),
        p95_minutes=_minutes(outcome.p95),
        p99_minutes=_minutes(outcome.p99),
        utilisation_percent=_percent(min(outcome.utilisation, 9.99)),
        smallest_team=smallest,
        tightest_sla_minutes=tightest,
        sustainable_leads_per_week=sustainable,
        what_ifs=_what_ifs(question),
        backlog_by_hour=tuple(round(n, 3) for n in outcome.backlog),
        late_by_hour=tuple(round(n, 4) for n in late),
        attainment_curve=tuple((at, _percent(share)) for at, share in outcome.curve),
        team_curve=team_curve,
        guardrail_fires_per_week=round(forecast[0], 3),
        suggested_guardrail_count=forecast[1],
        risks=risks(brief=brief, directory=directory, found=found),
        **common,
    )


def _smallest_team(question: Question) -> tuple[int | None, tuple[tuple[int, float], ...]]:
    """Return the fewest reps that keep the goal, and the team sizes that were tried.

    The formula says where to look; the model itself decides, one rep at a time from there.
    """
    tried = {question.staffed.team_size: question.outcome().attainment}

    def keeps(size: int) -> bool:
        if size not in tried:
            tried[size] = question.attained_by(size)
        return tried[size] >= question.goal

    formula = replace(question, predict=predict_at_once)
    here = fewest(lambda size: formula.attained_by(size) >= question.goal, 1, _LARGEST_TEAM)
    low, high = 0, max(here or 1, 1)
    while not keeps(high):
        # more reps cannot help where nobody works or the clock outruns everybody
        is_useless = tried.get(low, 0) > 0.1 and tried[high] - tried[low] < _NO_BETTER
        if high >= _LARGEST_TEAM or is_useless:
            return None, _team_curve(tried)
        low, high = high, min(_LARGEST_TEAM, max(high + 1, ceil(high * 1.3)))
    return fewest(keeps, low + 1, high), _team_curve(tried)


def _team_curve(tried: dict[int, float]) -> tuple[tuple[int, float], ...]:
    return tuple((size, _percent(share)) for size, share in sorted(tried.items()))


def _sustainable_volume(question: Question) -> float:
    """Return the most leads a week at which the team keeps the goal, to a percent or finer."""
    factor = question.staffed.demand.leads_per_week
    limit = min(_fullest(question), factor if factor > 1 else inf) / factor
    low, high = 0.0, limit
    step = _PRECISE_ENOUGH if question.predict is predict_in_full else _PRECISE_ENOUGH / 20
    while high - low > step * limit / 2:
        middle = (low + high) / 2
        if question.attained_at(middle) >= question.goal:
            low = middle
        else:
            high = middle
    return round(low * factor, 1)


def _fullest(question: Question) -> float:
    """Return the leads a week that would take all the time there is."""
    minutes = sum(
        seat.open_minutes() / pod.crew.weeks
        for pod in question.staffed.pods
        for seat in pod.crew.seats
    )
    return max(minutes / question.staffed.service.mean_minutes, 1e-3)


def _what_ifs(question: Question) -> tuple[WhatIf, ...]:
    staffed = question.staffed
    busiest = max(staffed.pods, key=_pressure).name
    variants = {
        "one rep more": staffed.with_changed_pod(busiest, 1),
        "one rep fewer": staffed.with_changed_pod(busiest, -1),
        "20% more leads": staffed.with_volume(1.2),
        "20% fewer leads": staffed.with_volume(0.8),
        "reps stay an hour longer": staffed.with_longer_days(HOUR_SLOTS),
    }
    attained = {label: question.predict(variant).attainment for label, variant in variants.items()}
    return tuple(
        WhatIf(label=label, attainment_percent=_percent_beside(share, question.goal))
        for label, share in attained.items()
    )


def _pressure(pod: StaffedPod) -> float:
    minutes = sum(seat.open_minutes() for seat in pod.crew.seats)
    return pod.share / minutes if minutes else inf


def _guardrail(brief: HandoffBrief, outcome: QueueOutcome) -> tuple[float, int | None]:
    """Return how often a week the guardrail fires, and the count to suggest instead."""
    ladder = brief.ladder
    late = {
        "breaches_per_week": (brief.capacity.leads_per_week or 0) * (1 - outcome.attainment),
        "window_hours": ladder.guardrail_hours,
    }
    fires = fires_per_week(**late, count=ladder.guardrail_count)
    enough = count_for_weekly(**late, at_least=ladder.guardrail_count)
    return fires, enough if enough != ladder.guardrail_count else None


def _method(outcome: QueueOutcome) -> str:
    return _METHODS.get(outcome.method, outcome.method)


def _minutes(wait: float) -> float | None:
    return round(wait, 2) if isfinite(wait) else None


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _percent_beside(share: float, goal: float) -> float:
    """Return a share in percent, on the side of the goal on which the verdict sees it."""
    return _percent(rounded_beside(share, goal, 4))
