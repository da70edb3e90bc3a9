"""What a staffing does to its leads: at once by formula, or in full by the model that fits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from handoff.sla import erlang
from handoff.sla.choose import solve
from handoff.sla.mixing import mix
from handoff.sla.queue import (
    SLOT_MINUTES,
    Crew,
    Demand,
    Effort,
    Hours,
    QueueOutcome,
    Service,
    overwhelmed,
)
from handoff.sla.queue import percentile as read_percentile
from handoff.sla.staffing import StaffedPod, Staffing

#: How a staffing is answered.
Predict = Callable[[Staffing], QueueOutcome]

#: Chance is drawn anew from here for every question: the same brief gives the same proof.
_SEED = 20_260_101
_LEADS = 60_000
_READ_AT = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)


def predict_at_once(staffing: Staffing) -> QueueOutcome:
    """Return a first answer in microseconds, without numpy.

    The leads of the week are spread evenly over the open time of the clock, reps count by how
    much of it they work, uneven handling stretches waits as it does in heavy traffic. It knows
    nothing of nights and weekends that pile up before opening; `predict_in_full` does.

    Source: Allen and Cunneen's approximation, A. Allen, Probability, Statistics and Queueing
    Theory (1990) 5.3.
    """
    outcomes = [_at_once(pod, staffing) for pod in staffing.pods]
    return _together(outcomes, staffing)


def predict_in_full(staffing: Staffing) -> QueueOutcome:
    """Return the answer of the cheapest model whose assumptions hold, pod by pod.

    Answers are remembered: a brief is proved again whenever the team or the day changes, and
    most days are like the day before. So are those of each pod, as most what-ifs change one.
    """
    return _in_full(replace(staffing, first=date.min))


# Private functions


@lru_cache(maxsize=256)
def _in_full(staffing: Staffing) -> QueueOutcome:
    outcomes = [
        _of_pod(pod.demand(staffing.demand), pod.crew, staffing.service) for pod in staffing.pods
    ]
    return _together(outcomes, staffing)


@lru_cache(maxsize=256)
def _of_pod(demand: Demand, crew: Crew, service: Service) -> QueueOutcome:
    import numpy as np  # loaded by the first proof, never at start

    return solve(
        demand=demand,
        crew=crew,
        service=service,
        rng=np.random.default_rng(_SEED),
        effort=_effort(demand.leads_per_week, crew),
    )


def _together(outcomes: list[QueueOutcome], staffing: Staffing) -> QueueOutcome:
    return mix(
        outcomes=outcomes,
        shares=[pod.share for pod in staffing.pods],
        arrivals=[pod.demand(staffing.demand).leads_by_hour() for pod in staffing.pods],
    )


def _effort(leads_per_week: float, crew: Crew) -> Effort:
    """Return the same number of futures for volumes that differ by what-ifs.

    Then the chance is the same too, and a difference between two answers is one of the teams.
    """
    wanted = _LEADS / (leads_per_week * crew.weeks)
    return Effort(futures=next((n for n in (384, 192, 96, 48) if n <= wanted), 24))


def _at_once(pod: StaffedPod, staffing: Staffing) -> QueueOutcome:
    crew, service = pod.crew, staffing.service
    clock_minutes = _minutes(crew.clock) / crew.weeks
    covers = [
        seat.time_share * _minutes_of_both(seat.hours, crew.clock) / crew.weeks / clock_minutes
        for seat in crew.seats
    ]
    at_work = [seat.time_share for seat, cover in zip(crew.seats, covers, strict=True) if cover]
    if not at_work:
        return overwhelmed(utilisation=float("inf"), method="closed form")
    usual_share = sum(at_work) / len(at_work)
    servers = max(1, round(sum(covers) / usual_share))
    handling = service.mean_minutes / usual_share
    load = staffing.demand.leads_per_week * pod.share / clock_minutes * handling
    if load >= servers:
        return overwhelmed(utilisation=load / servers, method="closed form")
    uneven = (1 + service.cv**2) / 2

    def on_time(minutes: float) -> float:
        return 1 - _late(crew, load, servers, handling, minutes / uneven)

    bands = staffing.demand.bands
    attained = sum(band.share * on_time(band.target_minutes) for band in bands)
    minutes = sorted({1e-9, *_READ_AT, *(float(band.target_minutes) for band in bands)})
    curve = tuple((at, on_time(at)) for at in minutes)
    return QueueOutcome(
        attainment=attained,
        ci_low=attained,
        ci_high=attained,
        p50=read_percentile(curve=curve, share=0.5),
        p90=read_percentile(curve=curve, share=0.9),
        p95=read_percentile(curve=curve, share=0.95),
        p99=read_percentile(curve=curve, share=0.99),
        utilisation=load / servers,
        backlog=(),
        late_by_hour=(),
        curve=curve,
        method="closed form",
        error=0.0,
    )


def _late(crew: Crew, load: float, servers: int, handling: float, minutes: float) -> float:
    formula = erlang.late_probability
    if crew.strategy == "round_robin":
        formula = erlang.late_probability_in_turn
    elif crew.strategy == "owner":
        load, servers = load / servers, 1
    return formula(load=load, servers=servers, handling_minutes=handling, target_minutes=minutes)


def _minutes(hours: Hours) -> float:
    return SLOT_MINUTES * sum(stop - start for start, stop in hours)


@lru_cache(maxsize=1024)
def _minutes_of_both(left: Hours, right: Hours) -> float:
    """Return the minutes that lie in both; each side ascending and apart."""
    slots = i = j = 0
    while i < len(left) and j < len(right):
        slots += max(0, min(left[i][1], right[j][1]) - max(left[i][0], right[j][0]))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return SLOT_MINUTES * slots
