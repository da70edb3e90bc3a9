"""Which model answers which question, and that the answers agree where two could."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from handoff.sla import choose, erlang, transient
from handoff.sla.queue import Crew, Demand, Effort, Method, Seat, Service
from tests.handoff.sla.worlds import OFFICE, around_the_clock, demand, office, steady

TEN = Service(mean_minutes=10)
UNEVEN = Service(mean_minutes=10, cv=0.7, family="lognormal")
STEADY = steady(leads_per_hour=12, target=15)


@pytest.mark.parametrize(
    ("week", "crew", "service", "method"),
    [
        (STEADY, around_the_clock(reps=4), TEN, "closed form"),
        (STEADY, around_the_clock(reps=4), UNEVEN, "simulation"),
        (STEADY, around_the_clock(reps=4, strategy="round_robin"), TEN, "simulation"),
        (steady(leads_per_hour=3, target=5), around_the_clock(reps=1), TEN, "closed form"),
        (demand(), office(reps=4), TEN, "transient chain"),
        (demand(leads_per_week=960), office(reps=6), TEN, "simulation"),
        (demand(leads_per_week=50), office(reps=1, strategy="owner"), TEN, "transient chain"),
        (
            demand(),
            Crew(seats=(Seat(hours=OFFICE), Seat(hours=OFFICE, time_share=0.5)), clock=OFFICE),
            TEN,
            "simulation",
        ),
    ],
)
def test_the_cheapest_right_model_is_chosen(
    week: Demand, crew: Crew, service: Service, method: Method
) -> None:
    """Assumptions decide, and the answer names its method."""
    outcome = choose.solve(
        demand=week,
        crew=crew,
        service=service,
        rng=np.random.default_rng(1),
        effort=Effort(futures=24),
    )

    assert outcome.method == method
    assert outcome.ci_low <= outcome.attainment <= outcome.ci_high
    assert outcome.curve[-1][1] > 0.9 or outcome.utilisation > 0.95


def test_closed_form_and_chain_give_the_same_outcome() -> None:
    """Where both apply they agree on every figure."""
    crew = around_the_clock(reps=4)

    closed = choose.solve(demand=STEADY, crew=crew, service=TEN, rng=np.random.default_rng(1))
    chain = transient.solve(demand=STEADY, crew=crew, service=TEN)

    assert closed.attainment == pytest.approx(chain.attainment, abs=1e-9)
    assert closed.p99 == pytest.approx(chain.p99, abs=1e-4)
    assert closed.backlog == pytest.approx(chain.backlog, rel=1e-6)
    assert closed.attainment_at(minutes=15) == pytest.approx(
        erlang.attainment(load=2, servers=4, handling_minutes=10, target_minutes=15)
    )


def test_a_queue_too_long_for_the_chain_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is left without an answer because the exact model gives up."""
    monkeypatch.setattr(transient, "_LARGEST_QUEUE", 10)

    outcome = choose.solve(
        demand=demand(),
        crew=office(reps=4),
        service=TEN,
        rng=np.random.default_rng(1),
        effort=Effort(futures=24),
    )

    assert outcome.method == "simulation"


def test_overload_around_the_clock_is_answered() -> None:
    """The closed form does not divide by what is not there."""
    week = replace(STEADY, leads_per_week=10_000)

    outcome = choose.solve(
        demand=week, crew=around_the_clock(reps=4), service=TEN, rng=np.random.default_rng(1)
    )

    assert (outcome.method, outcome.attainment) == ("closed form", 0)


def test_the_closed_form_does_not_load_numpy() -> None:
    """Importing the chooser costs a start of the app nothing."""
    code = "import sys, handoff.sla.choose; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
