"""P8 to P10: the queue models against pyworkforce, Ciw and SimPy."""

from collections.abc import Callable, Iterator
from itertools import islice
from math import sqrt

import ciw
import numpy as np
import simpy
from pyworkforce.queuing import ErlangC

from handoff.sla import erlang, transient
from handoff.sla.queue import Service
from handoff.sla.stationary import SteadyStream, simulate
from tests.benchmarks.goals import Effort, Goal, seconds
from tests.handoff.sla.worlds import around_the_clock, demand, office, steady

_HANDLING, _TARGET = 12.0, 20.0
_SIZES = range(1, 61)


def stationary(_effort: Effort) -> Iterator[Goal]:
    """Measure the closed form against pyworkforce."""
    yield _equality()
    yield _one_team()
    yield _grid()


def weeks(_effort: Effort) -> Iterator[Goal]:
    """Measure the exact week of slots."""
    yield _steady_week()
    yield _one_day()


def simulations(_effort: Effort) -> Iterator[Goal]:
    """Measure the simulation against Ciw and SimPy."""
    fast = _leads_a_second()
    yield _against("Ciw", fast, 500, _ciw)
    yield _against("SimPy", fast, 300, _simpy)
    yield _precision()


def _peer(load: float) -> ErlangC:
    return ErlangC(transactions=load * 60 / _HANDLING, aht=_HANDLING, asa=_TARGET, interval=60)


def _equality() -> Goal:
    """Compare every team size that keeps up with loads of 0.5 to 40 erlangs."""
    worst = 0.0
    for load in np.linspace(0.5, 40, 30):
        peer = _peer(float(load))
        for size in _SIZES:
            if size > load:
                ours = erlang.attainment(
                    load=float(load),
                    servers=size,
                    handling_minutes=_HANDLING,
                    target_minutes=_TARGET,
                )
                worst = max(worst, abs(ours - peer.service_level(size)))
    return Goal(
        goal="P8",
        what="largest difference of the closed form",
        ours=worst,
        peer=1e-12,
        peer_name="(pyworkforce)",
        unit="",
        ratio=worst / 1e-12,
        wanted="≤ 1x",
        met=worst <= 1e-12,
    )


def _one_team() -> Goal:
    """Ask for the attainment of one team at 200 response targets, as its picture does."""
    targets = [float(minutes) for minutes in range(1, 201)]

    def ours() -> list[float]:
        team = {"load": 10.0, "servers": 14, "handling_minutes": _HANDLING}
        return [erlang.attainment(**team, target_minutes=minutes) for minutes in targets]

    def theirs() -> list[float]:
        return [
            ErlangC(transactions=50, aht=_HANDLING, asa=minutes, interval=60).service_level(14)
            for minutes in targets
        ]

    return _faster("one team at 200 targets", seconds(ours), seconds(theirs), wanted=3)


def _grid() -> Goal:
    loads = [float(load) for load in np.linspace(0.5, 20, 20)]

    def ours() -> list[list[float]]:
        return [
            list(
                islice(
                    erlang.attainment_by_crew(
                        load=load, handling_minutes=_HANDLING, target_minutes=_TARGET
                    ),
                    len(_SIZES),
                )
            )
            for load in loads
        ]

    def theirs() -> list[list[float]]:
        return [[_peer(load).service_level(n) for n in _SIZES if n > load] for load in loads]

    return _faster("20 loads by 60 team sizes", seconds(ours), seconds(theirs), wanted=3)


def _steady_week() -> Goal:
    outcome = transient.solve(
        demand=steady(leads_per_hour=24, target=15),
        crew=around_the_clock(reps=6),
        service=Service(mean_minutes=_HANDLING),
    )
    exact = erlang.attainment(load=4.8, servers=6, handling_minutes=_HANDLING, target_minutes=15)
    off = abs(outcome.attainment - exact)
    return Goal(
        goal="P9",
        what="week of slots against steady state",
        ours=off,
        peer=1e-9,
        peer_name="(Erlang C)",
        unit="",
        ratio=off / 1e-9,
        wanted="≤ 1x",
        met=off <= 1e-9,
    )


def _one_day() -> Goal:
    chain = transient.build(
        demand=demand(leads_per_week=225),
        crew=office(reps=6),
        service=Service(mean_minutes=25),
    )

    def day() -> None:
        course = transient.follow(chain=chain, empty_at_start=True)
        transient.late_shares(chain=chain, course=course, target_minutes=60)

    ours = seconds(day) / 7 * 1000
    return Goal(
        goal="P9",
        what="one day of a week with hours and waits",
        ours=ours,
        peer=50,
        peer_name="limit",
        unit="ms",
        ratio=ours / 50,
        wanted="≤ 1x (stretch 0.2x)",
        met=ours <= 50,
    )


def _leads_a_second() -> float:
    stream = SteadyStream(utilisation=0.8, servers=3, service=Service(mean_minutes=10))
    leads = 4_000_000
    return leads / seconds(
        lambda: simulate(
            stream=stream, target_minutes=8, leads=leads, rng=np.random.default_rng(1)
        )
    )


def _ciw() -> float:
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(0.24)],
        service_distributions=[ciw.dists.Exponential(0.1)],
        number_of_servers=[3],
    )

    def run() -> None:
        ciw.seed(1)
        ciw.Simulation(network).simulate_until_max_time(40_000)

    return 0.24 * 40_000 / seconds(run)


def _simpy() -> float:
    leads = 10_000

    def run() -> None:
        rng = np.random.default_rng(1)
        gaps, handling = rng.exponential(1 / 0.24, leads), rng.exponential(10, leads)
        world = simpy.Environment()
        reps = simpy.Resource(world, capacity=3)

        def lead(minutes: float) -> Iterator[simpy.Event]:
            with reps.request() as turn:
                yield turn
                yield world.timeout(minutes)

        def arrivals() -> Iterator[simpy.Event]:
            for gap, minutes in zip(gaps, handling, strict=True):
                yield world.timeout(gap)
                world.process(lead(minutes))

        world.process(arrivals())
        world.run()

    return leads / seconds(run)


def _against(name: str, ours: float, wanted: float, peer: Callable[[], float]) -> Goal:
    theirs = peer()
    return Goal(
        goal="P10",
        what=f"three reps at 0.8, leads a second, against {name}",
        ours=ours,
        peer=theirs,
        peer_name=name,
        unit="/s",
        ratio=ours / theirs,
        wanted=f"≥ {wanted:g}x",
        met=ours / theirs >= wanted,
    )


def _precision() -> Goal:
    """Measure the error of a second's worth of leads over ten seeds."""
    stream = SteadyStream(utilisation=0.8, servers=6, service=Service(mean_minutes=10))
    exact = erlang.attainment(load=4.8, servers=6, handling_minutes=10, target_minutes=8)
    leads = 12_000_000

    def once(seed: int) -> float:
        return simulate(
            stream=stream, target_minutes=8, leads=leads, rng=np.random.default_rng(seed)
        ).share

    errors = [once(seed) - exact for seed in range(6)]
    rmse = sqrt(sum(error**2 for error in errors) / len(errors))
    taken = seconds(lambda: once(0))
    return Goal(
        goal="P10",
        what=f"RMSE of 12 million leads at 0.8, in {taken:.2f} s",
        ours=rmse,
        peer=1e-3,
        peer_name="in 1 s",
        unit="",
        ratio=rmse / 1e-3,
        wanted="≤ 1x in ≤ 1 s",
        met=rmse <= 1e-3 and taken <= 1,
    )


def _faster(work: str, ours: float, theirs: float, *, wanted: float) -> Goal:
    return Goal(
        goal="P8",
        what=work,
        ours=ours * 1000,
        peer=theirs * 1000,
        peer_name="pyworkforce",
        unit="ms",
        ratio=theirs / ours,
        wanted=f"≥ {wanted:g}x",
        met=theirs / ours >= wanted,
    )


GOALS = {"P8": stationary, "P9": weeks, "P10": simulations}
