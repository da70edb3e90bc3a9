"""The simulation of real weeks against other models, an event-by-event oracle and sense."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.sla import erlang, simulation
from handoff.sla.interval import share_of
from handoff.sla.placing import RoundRobin, placing_for
from handoff.sla.queue import Crew, Effort, QueueOutcome, Seat, Service, Strategy, always
from handoff.sla.seats import Seats
from tests.handoff.sla.worlds import LATE_SHIFT, OFFICE, around_the_clock, demand, office, steady

STRATEGIES: tuple[Strategy, ...] = ("shared", "round_robin", "least_loaded", "owner")
UNEVEN = Service(mean_minutes=25, cv=0.7, family="lognormal")


def _solve(crew: Crew, *, leads: float = 150, target: float = 60, seed: int = 1) -> float:
    return simulation.solve(
        demand=demand(leads_per_week=leads, target=target),
        crew=crew,
        service=UNEVEN,
        rng=np.random.default_rng(seed),
    ).attainment


def test_a_steady_week_agrees_with_the_closed_form() -> None:
    """Around the clock with exponential handling the interval covers Erlang C."""
    outcome = simulation.solve(
        demand=steady(leads_per_hour=8, target=20),
        crew=around_the_clock(reps=5),
        service=Service(mean_minutes=30),
        rng=np.random.default_rng(2),
    )

    load = {"load": 4.0, "servers": 5, "handling_minutes": 30.0}
    assert outcome.ci_low <= erlang.attainment(**load, target_minutes=20) <= outcome.ci_high
    waiting = erlang.mean_wait_minutes(**load) * 8 / 60
    assert sum(outcome.backlog) / 168 == pytest.approx(waiting, rel=0.1)
    assert outcome.utilisation == pytest.approx(0.8)


def _first_touches(arrived: list[float], handling: list[float], hours: list[list[bool]]) -> list:
    """Walk minute by tenth of a minute: whoever works and is free takes the longest waiting."""
    tick, waiting, touched = 0.1, [], {}
    left = [0.0] * len(hours)
    for step in range(int(10_080 / tick)):
        now = step * tick
        waiting += [n for n, at in enumerate(arrived) if now - tick < at <= now]
        for seat, works in enumerate(hours):
            if works[int(now // 15)] and left[seat] <= 0 and waiting:
                lead = waiting.pop(0)
                touched[lead], left[seat] = now, handling[lead]
            if works[int(now // 15)]:
                left[seat] -= tick
    return [touched[n] for n in range(len(arrived))]


def test_a_tiny_week_is_the_minute_walking_oracle() -> None:
    """Two reps with shifts touch every lead when a walk through the week says they do."""
    rng = np.random.default_rng(8)
    arrived = np.sort(rng.uniform(0, 4 * 1440, 60))
    handling = rng.uniform(5, 90, 60)
    crew = Crew(seats=(Seat(hours=OFFICE), Seat(hours=LATE_SHIFT)), clock=OFFICE)

    touched, _ = simulation._place(
        arrived[:, None],
        handling[:, None],
        Seats.of(crew=crew, periods=2, futures=1),
        placing_for(crew=crew, rng=rng),
    )

    works = [
        [any(a <= slot < b for a, b in hours) for slot in range(672)]
        for hours in (OFFICE, LATE_SHIFT)
    ]
    expected = _first_touches(arrived.tolist(), handling.tolist(), works)
    # the walk rounds every start up to its tick, and the roundings add up along a busy day
    assert touched[:, 0] == pytest.approx(expected, abs=3)


def test_the_time_share_stretches_handling() -> None:
    """Half the time for leads is the same as twice the handling, lead by lead."""
    half = office(reps=4, time_share=0.5)
    whole = office(reps=4, time_share=1.0)
    twice = replace(UNEVEN, mean_minutes=50)

    rushed = simulation.solve(
        demand=demand(), crew=whole, service=twice, rng=np.random.default_rng(4)
    )

    assert _solve(half, seed=4) == pytest.approx(rushed.attainment, abs=1e-3)


def test_strategies_rank_as_theory_says() -> None:
    """A shared queue beats the least loaded, that beats turns, and turns beat fixed owners."""

    def attained(strategy: Strategy) -> float:
        return _solve(office(reps=5, strategy=strategy), leads=200)

    shared, least = attained("shared"), attained("least_loaded")
    turns, fixed = attained("round_robin"), attained("owner")

    assert shared + 0.01 > least > turns + 0.02
    assert turns > fixed + 0.02


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_pod_of_one_has_no_strategy(strategy: Strategy) -> None:
    """With a single rep every way of handing out leads is the same."""
    alone = _solve(office(reps=1, strategy="shared"), leads=30)

    assert _solve(office(reps=1, strategy=strategy), leads=30) == alone


@settings(max_examples=15, deadline=None)
@given(
    strategy=st.sampled_from(STRATEGIES),
    reps=st.integers(2, 8),
    leads=st.floats(30, 220),
    target=st.sampled_from([15.0, 30.0, 60.0, 120.0, 300.0]),
)
def test_the_obvious_directions(
    strategy: Strategy, reps: int, leads: float, target: float
) -> None:
    """More reps and longer targets never hurt, more volume never helps, beyond chance."""

    def outcome(reps: int, leads: float, target: float) -> QueueOutcome:
        return simulation.solve(
            demand=demand(leads_per_week=leads, target=target),
            crew=office(reps=reps, strategy=strategy),
            service=UNEVEN,
            rng=np.random.default_rng(1),
            effort=Effort(futures=96),
        )

    base = outcome(reps, leads, target)
    larger, busier = outcome(reps + 1, leads, target), outcome(reps, leads * 1.2, target)

    assert larger.attainment >= base.attainment - base.error - larger.error
    assert busier.attainment <= base.attainment + base.error + busier.error
    assert outcome(reps, leads, target * 1.5).attainment >= base.attainment


def test_turns_are_fair_by_weight() -> None:
    """While all are eligible every count stays within one of its weighted share."""
    weights = (1.0, 2.0, 3.0, 5.0)
    crew = Crew(
        seats=tuple(Seat(hours=always(), weight=weight) for weight in weights),
        clock=always(),
        strategy="round_robin",
    )
    seats, turns = Seats.of(crew=crew, periods=1, futures=2), RoundRobin()
    counts = np.zeros(4)

    for lead in range(1, 400):
        seats.advance(np.full(2, float(lead)))
        counts[turns(seats)[0]] += 1
        fair = lead * np.array(weights) / sum(weights)
        assert np.abs(counts - fair).max() <= 1 - 1 / 6 + 1e-9


def test_leads_go_to_those_who_work_then_to_those_who_work_next() -> None:
    """At 10:00 the early shift has the turn, at 20:00 the late one, at night the next to come."""
    crew = Crew(
        seats=(Seat(hours=OFFICE), Seat(hours=LATE_SHIFT)), clock=OFFICE, strategy="round_robin"
    )
    seats, turns = Seats.of(crew=crew, periods=1, futures=3), RoundRobin()

    seats.advance(np.array([10.0 * 60, 20.0 * 60, 23.0 * 60]))

    assert turns(seats).tolist() == [0, 1, 0]


def test_absent_reps_take_nothing() -> None:
    """A rep without any hours is as good as not there."""
    with_absent = Crew(seats=(*office(reps=3).seats, Seat(hours=())), clock=OFFICE)

    assert _solve(with_absent, leads=60) == _solve(office(reps=3), leads=60)


def test_a_whole_month_repeats_as_a_month() -> None:
    """Leave in one week of four costs attainment, but not as much as in all of them."""
    month = tuple((week * 672 + a, week * 672 + b) for week in range(4) for a, b in OFFICE)
    on_leave = tuple(run for run in month if not 672 <= run[0] < 1344)

    def crew(*hours: tuple[tuple[int, int], ...]) -> Crew:
        return Crew(
            seats=tuple(Seat(hours=h, time_share=0.6) for h in hours), clock=month, weeks=4
        )

    full, leave, gone = (
        _solve(crew(*hours), leads=130)
        for hours in ((month,) * 5, (*((month,) * 4), on_leave), (month,) * 4)
    )

    assert full > leave > gone


def test_more_work_than_the_team_can_do_never_settles() -> None:
    """Overload is answered at once, without simulating it."""
    outcome = simulation.solve(
        demand=demand(leads_per_week=1000),
        crew=office(reps=2),
        service=UNEVEN,
        rng=np.random.default_rng(1),
    )

    assert not outcome.is_stable


def test_busier_teams_lead_in_longer() -> None:
    """The empty start is forgotten more slowly by a busy team."""
    effort = Effort(futures=2)

    assert [effort.lead_in_weeks(utilisation=u) for u in (0.5, 0.85, 0.95)] == [1, 2, 4]


def test_the_effort_fits_the_volume() -> None:
    """Small weeks get many futures, large ones few."""
    small = Effort.fitting(demand=demand(leads_per_week=10), crew=office(reps=2))
    large = Effort.fitting(demand=demand(leads_per_week=90_000), crew=office(reps=2))

    assert (small.futures, large.futures) == (600, 24)


def test_intervals_of_certain_shares_stay_honest() -> None:
    """Nothing late in a hundred leads does not mean that nothing ever is."""
    estimate = share_of(hits=np.full(10, 10.0), counts=np.full(10, 10.0))

    assert estimate.share == estimate.high == 1
    assert estimate.low == pytest.approx(0.963, abs=0.001)


def test_a_single_replication_counts_its_leads() -> None:
    """Without replications to compare, the leads themselves are the sample."""
    estimate = share_of(hits=np.array([50.0]), counts=np.array([100.0]))

    assert (estimate.low, estimate.high) == pytest.approx((0.404, 0.596), abs=0.001)
