"""One question, three models: picks the cheapest that is right for the case at hand."""

from contextlib import suppress
from typing import TYPE_CHECKING

from handoff.sla import erlang
from handoff.sla.queue import (
    WEEK_HOURS,
    Crew,
    Demand,
    Effort,
    Method,
    QueueOutcome,
    Service,
    overwhelmed,
    utilisation_of,
)

if TYPE_CHECKING:  # the closed form answers without loading numpy
    import numpy as np

#: Above this utilisation the exact chain needs too many weeks to settle.
_SETTLES_SLOWLY = 0.95

_READ_AT = (0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)


def solve(
    *,
    demand: Demand,
    crew: Crew,
    service: Service,
    rng: "np.random.Generator",
    effort: Effort | None = None,
) -> QueueOutcome:
    """Return what a crew does to its leads, by the cheapest model whose assumptions hold.

    Args:
        demand: Leads of the week and their bands.
        crew: Seats with hours, the clock, the strategy.
        service: Handling with its spread.
        rng: Source of all chance, used by the simulation only; the same state gives the same
            answer.
        effort: How much to simulate; None for what fits the volume.

    Returns:
        The outcome with the method used and its error.
    """
    method = method_for(demand=demand, crew=crew, service=service)
    if method == "closed form":
        return _closed_form(demand, crew, service)
    # numpy is loaded by the first question that needs it, never at start
    from handoff.sla import simulation, transient

    if method == "transient chain":
        with suppress(transient.QueueTooLong):
            return transient.solve(demand=demand, crew=crew, service=service)
    return simulation.solve(demand=demand, crew=crew, service=service, rng=rng, effort=effort)


def method_for(*, demand: Demand, crew: Crew, service: Service) -> Method:
    """Return which model answers this case.

    Args:
        demand: Leads of the week.
        crew: Seats, clock and strategy.
        service: Handling.

    Returns:
        `closed form` for random arrivals at one pace, equal reps around the clock, one shared
        queue and exponential handling; `transient chain` for the same with hours; `simulation`
        for everything else.
    """
    is_one_queue = crew.strategy == "shared" or len(crew.seats) == 1
    is_equal = len({seat.time_share for seat in crew.seats}) <= 1
    if not (is_one_queue and is_equal and service.family == "exponential"):
        return "simulation"
    always = ((0, crew.slots),)
    is_steady = max(demand.hour_weights) == min(demand.hour_weights) and crew.clock == always
    if is_steady and crew.seats and all(seat.hours == always for seat in crew.seats):
        return "closed form"
    if utilisation_of(demand=demand, crew=crew, service=service) > _SETTLES_SLOWLY:
        return "simulation"
    return "transient chain"


def _closed_form(demand: Demand, crew: Crew, service: Service) -> QueueOutcome:
    handling = service.mean_minutes / crew.seats[0].time_share
    load = erlang.offered_load(
        arrivals_per_hour=demand.leads_per_week / WEEK_HOURS, handling_minutes=handling
    )
    servers = len(crew.seats)
    if load >= servers:
        return overwhelmed(utilisation=load / servers, method="closed form")

    def on_time(minutes: float) -> float:
        return erlang.attainment(
            load=load, servers=servers, handling_minutes=handling, target_minutes=minutes
        )

    def within(share: float) -> float:
        return erlang.wait_percentile_minutes(
            load=load, servers=servers, handling_minutes=handling, share=share
        )

    attainment = sum(band.share * on_time(band.target_minutes) for band in demand.bands)
    waiting = (
        demand.leads_per_week
        / (WEEK_HOURS * 60)
        * erlang.mean_wait_minutes(load=load, servers=servers, handling_minutes=handling)
    )
    minutes = sorted({*_READ_AT, *(band.target_minutes for band in demand.bands)})
    return QueueOutcome(
        attainment=attainment,
        ci_low=attainment,
        ci_high=attainment,
        p50=within(0.5),
        p90=within(0.9),
        p95=within(0.95),
        p99=within(0.99),
        utilisation=load / servers,
        backlog=(waiting,) * WEEK_HOURS,
        late_by_hour=(1 - attainment,) * WEEK_HOURS,
        curve=tuple((float(at), on_time(at)) for at in minutes),
        method="closed form",
        error=0.0,
    )
