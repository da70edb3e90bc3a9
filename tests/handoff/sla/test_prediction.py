"""Mixing pods, the guardrail's forecast, and leads that are dealt out in turn."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.sla import erlang, prediction, simulation
from handoff.sla.guardrail_forecast import count_for_weekly, fires_per_week
from handoff.sla.mixing import mix
from handoff.sla.queue import Crew, Demand, Service, overwhelmed
from handoff.sla.staffing import StaffedPod, Staffing
from handoff.sla.transient import solve
from tests.handoff.sla.worlds import around_the_clock, demand, office, steady

TEN = Service(mean_minutes=10)
BUSY, QUIET = (3.0,) * 168, (1.0,) * 167 + (0.0,)


def test_one_pod_is_left_as_it_is() -> None:
    """Mixing a single outcome changes nothing."""
    only = solve(demand=demand(), crew=office(reps=4), service=TEN)

    assert mix(outcomes=[only], shares=[1.0], arrivals=[BUSY]) is only


def test_pods_mix_by_their_share_of_the_leads() -> None:
    """Shares weigh attainment and lateness; backlogs add up; the interval narrows."""
    good, poor = (
        solve(demand=demand(), crew=office(reps=reps), service=Service(mean_minutes=25))
        for reps in (8, 4)
    )
    poor = replace(poor, ci_low=poor.attainment - 0.04, ci_high=poor.attainment + 0.04)

    both = mix(outcomes=[good, poor], shares=[0.75, 0.25], arrivals=[BUSY, QUIET])

    expected = 0.75 * good.attainment + 0.25 * poor.attainment
    assert both.attainment == pytest.approx(expected)
    assert both.ci_high - both.attainment == pytest.approx(0.01, abs=1e-6)
    assert both.backlog[12] == pytest.approx(good.backlog[12] + poor.backlog[12])
    assert both.late_by_hour[12] == pytest.approx(
        0.75 * good.late_by_hour[12] + 0.25 * poor.late_by_hour[12]
    )
    assert both.attainment_at(minutes=60) == pytest.approx(expected, abs=1e-3)
    assert good.p90 <= both.p90 <= poor.p90


def test_an_overwhelmed_pod_caps_what_the_rest_can_reach() -> None:
    """A tenth of the leads that never get an answer leaves no 95th percentile."""
    fine = solve(demand=demand(), crew=office(reps=8), service=TEN)
    lost = overwhelmed(utilisation=2.0, method="transient chain")

    both = mix(outcomes=[fine, lost], shares=[0.9, 0.1], arrivals=[BUSY, QUIET])

    assert both.attainment == pytest.approx(0.9 * fine.attainment)
    assert both.backlog == ()


@pytest.mark.parametrize(("reps", "busy"), [(1, 0.7), (3, 0.8), (8, 0.6)])
def test_leads_in_turn_agree_with_the_simulation(reps: int, busy: float) -> None:
    """The formula for round robin lies within the interval of the simulated one."""
    outcome = simulation.solve(
        demand=steady(leads_per_hour=6 * reps * busy, target=15),
        crew=around_the_clock(reps=reps, strategy="round_robin"),
        service=TEN,
        rng=np.random.default_rng(3),
    )

    late = erlang.late_probability_in_turn(
        load=reps * busy, servers=reps, handling_minutes=10, target_minutes=15
    )

    assert 1 - outcome.ci_high <= late <= 1 - outcome.ci_low


@given(load=st.floats(0.01, 0.999), target=st.floats(0, 100))
def test_one_rep_in_turn_is_erlang(load: float, target: float) -> None:
    """With a single rep there is nothing to deal out."""
    asked = {"load": load, "servers": 1, "handling_minutes": 10.0, "target_minutes": target}

    assert erlang.late_probability_in_turn(**asked) == pytest.approx(
        erlang.late_probability(**asked), rel=1e-9
    )


@pytest.mark.parametrize(("load", "servers", "late"), [(0, 2, 0), (3, 2, 1), (0, 0, 1)])
def test_leads_in_turn_at_the_edges(load: float, servers: int, late: float) -> None:
    """No work is never late; too much, or nobody, always is."""
    assert (
        erlang.late_probability_in_turn(
            load=load, servers=servers, handling_minutes=10, target_minutes=5
        )
        == late
    )


def _rings(per_week: float, hours: float, count: int) -> float:
    """Ring a guardrail through ten thousand weeks of random breaches."""
    rng = np.random.default_rng(6)
    times = np.cumsum(rng.exponential(168 / per_week, int(per_week * 10_000)))
    rings, since = 0, []
    for at in times:
        since = [earlier for earlier in since if at - earlier < hours] + [at]
        if len(since) >= count:
            rings, since = rings + 1, []
    return rings / (times[-1] / 168)


@pytest.mark.parametrize(
    ("per_week", "count", "tolerance"), [(2, 1, 0.05), (4, 2, 0.1), (12, 3, 0.15), (3, 4, 0.6)]
)
def test_the_forecast_is_near_what_random_breaches_do(
    per_week: float, count: int, tolerance: float
) -> None:
    """The formula tells weekly from daily; rare triples and more are rougher."""
    forecast = fires_per_week(breaches_per_week=per_week, window_hours=48, count=count)

    assert forecast == pytest.approx(_rings(per_week, 48, count), rel=tolerance, abs=0.02)


def test_no_breaches_never_ring() -> None:
    """A perfect team is never escalated."""
    assert fires_per_week(breaches_per_week=0, window_hours=48, count=1) == 0
    assert fires_per_week(breaches_per_week=1e-9, window_hours=1e-6, count=50) == 0


def test_the_count_for_weekly_is_the_smallest() -> None:
    """One fewer would ring more than once a week."""
    late = {"breaches_per_week": 15.0, "window_hours": 48.0}

    count = count_for_weekly(**late, at_least=2)

    assert fires_per_week(**late, count=count) <= 1 < fires_per_week(**late, count=count - 1)
    assert count_for_weekly(breaches_per_week=10_000, window_hours=48, at_least=2) == 100


def test_a_what_if_of_one_pod_asks_the_model_about_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Large teams have many pods; the answers of those that stay as they are, are known."""
    asked: list[int] = []

    def solved(*, demand: Demand, crew: Crew, **_: object) -> object:
        asked.append(len(crew.seats))
        return solve(demand=demand, crew=crew, service=TEN)

    monkeypatch.setattr(prediction, "solve", solved)
    pods = tuple(
        StaffedPod(name=f"pod{reps}", share=share, crew=office(reps=reps))
        for reps, share in ((6, 0.3), (7, 0.7))
    )
    week = replace(demand(), leads_per_week=123.4)
    both = Staffing(first=date(2026, 3, 2), demand=week, service=TEN, pods=pods)

    before = prediction.predict_in_full(both)
    after = prediction.predict_in_full(both.with_changed_pod("pod7", -1))

    assert asked == [6, 7, 6]
    assert before.attainment > after.attainment
