"""The exact chain against the closed form, against brute force and against common sense."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.sla import erlang, simulation, transient
from handoff.sla.queue import Crew, ImpossibleModel, Seat, Service, TargetBand, always
from tests.handoff.sla.worlds import LATE_SHIFT, OFFICE, around_the_clock, demand, office, steady

TEN = Service(mean_minutes=10)


@pytest.mark.parametrize(
    ("reps", "busy", "target"),
    [(1, 0.3, 5), (1, 0.9, 45), (3, 0.7, 15), (8, 0.85, 10), (25, 0.9, 4), (40, 0.95, 90)],
)
def test_a_steady_week_is_the_closed_form(reps: int, busy: float, target: float) -> None:
    """Where nothing changes with time, every slot has the attainment of Erlang C, to 1e-9."""
    week = steady(leads_per_hour=6 * reps * busy, target=target)

    outcome = transient.solve(demand=week, crew=around_the_clock(reps=reps), service=TEN)

    load = {"load": reps * busy, "servers": reps, "handling_minutes": 10.0}
    expected = erlang.attainment(**load, target_minutes=target)
    assert outcome.attainment == pytest.approx(expected, abs=1e-9)
    assert outcome.late_by_hour == pytest.approx([1 - expected] * 168, abs=1e-9)
    assert outcome.error < 1e-9
    waiting = erlang.mean_wait_minutes(**load) * 6 * reps * busy / 60
    assert outcome.backlog == pytest.approx([waiting] * 168, rel=1e-6)
    assert outcome.p95 == pytest.approx(
        erlang.wait_percentile_minutes(**load, share=0.95), abs=1e-4
    )


def _exponential(rates: np.ndarray, minutes: float) -> np.ndarray:
    """Return exp(rates x minutes) by Taylor's series of a tiny step, squared up."""
    small = rates * minutes / 2**20
    result = np.eye(len(rates)) + small + small @ small / 2 + small @ small @ small / 6
    for _ in range(20):
        result = result @ result
    return result


def test_a_tiny_day_is_the_brute_force_chain() -> None:
    """The state through a day with shifts equals the matrix exponential of its rates."""
    crew = Crew(seats=(Seat(hours=OFFICE), Seat(hours=LATE_SHIFT)), clock=OFFICE)
    chain = transient.build(demand=demand(leads_per_week=60), crew=crew, service=TEN)

    course = transient.follow(chain=chain, empty_at_start=True)

    size = course.states.shape[1]
    state = np.eye(size)[0]
    for slot in range(96):
        up, reps = chain.arrivals[slot], int(chain.reps[slot])
        rates = np.diag(np.full(size - 1, up), 1)
        rates += np.diag(np.minimum(np.arange(1, size), reps) * 0.1, -1)
        rates -= np.diag(rates.sum(axis=1))
        state = state @ _exponential(rates, 15.0)
        assert course.states[2 * slot + 2] == pytest.approx(state, abs=1e-9)


def test_the_wait_looks_ahead_to_reps_who_come() -> None:
    """A night lead on an elapsed clock is late unless the office opens before it is due.

    One lead a week, so nobody else is ever in front: late means arrived more than an hour
    before opening, or within the last hour of no day at all.
    """
    night = tuple(1.0 if hour == 6 else 0.0 for hour in range(168))
    crew = Crew(seats=(Seat(hours=OFFICE),), clock=always())
    week = demand(leads_per_week=1e-6, target=150, weights=night)

    outcome = transient.solve(demand=week, crew=crew, service=TEN)

    # arrivals are even over 06:00 to 07:00, opening is at 09:00: half of them make 150 minutes;
    # Simpson's rule knows the kink at 06:30 as a slot's edge, where due and opening coincide
    assert outcome.attainment == pytest.approx(0.5, abs=0.05)
    assert outcome.late_by_hour[6] == pytest.approx(0.5, abs=0.05)


def test_a_business_clock_stands_still_at_night() -> None:
    """The same night leads on an office-hours clock are all in time: it runs from opening."""
    night = tuple(1.0 if hour == 6 else 0.0 for hour in range(168))
    crew = Crew(seats=(Seat(hours=OFFICE),), clock=OFFICE)
    week = demand(leads_per_week=1e-6, target=15, weights=night)

    outcome = transient.solve(demand=week, crew=crew, service=TEN)

    assert outcome.attainment == pytest.approx(1, abs=1e-6)
    assert outcome.p99 == pytest.approx(0, abs=1e-6)


def test_a_target_beyond_closing_time_goes_on_the_next_morning() -> None:
    """A lead at the last minute is due the next morning, and with nobody in front is in time."""
    evening = tuple(1.0 if hour == 17 else 0.0 for hour in range(168))
    reps = Seat(hours=tuple((day * 96 + 36, day * 96 + 68) for day in range(5)))  # leave at 17
    week = demand(leads_per_week=1e-6, weights=evening)

    def attained(target: float) -> float:
        bands = (TargetBand(share=1, target_minutes=target),)
        crew = Crew(seats=(reps,), clock=OFFICE)
        return transient.solve(
            demand=replace(week, bands=bands), crew=crew, service=TEN
        ).attainment

    assert attained(30) == pytest.approx(0.5, abs=0.05)  # due at closing time is still late
    assert attained(61) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("reps", [5, 7])
def test_the_chain_agrees_with_the_simulation(reps: int) -> None:
    """Two models that share nothing but their inputs give the same office week."""
    week, crew = demand(leads_per_week=200, target=30), office(reps=reps)
    service = Service(mean_minutes=25)

    exact = transient.solve(demand=week, crew=crew, service=service)
    sample = simulation.solve(
        demand=week, crew=crew, service=service, rng=np.random.default_rng(7)
    )

    assert sample.ci_low <= exact.attainment <= sample.ci_high
    assert sample.p90 == pytest.approx(exact.p90, rel=0.1)
    assert sample.late_by_hour[10] == pytest.approx(exact.late_by_hour[10], abs=0.05)


def test_more_work_than_the_team_can_do_never_settles() -> None:
    """At a utilisation of one or more everybody waits for ever."""
    outcome = transient.solve(
        demand=demand(leads_per_week=500), crew=office(reps=2), service=Service(mean_minutes=25)
    )

    assert outcome.attainment == 0
    assert outcome.utilisation == pytest.approx(500 * 25 / (2 * 27 * 60))


def test_nobody_at_work_is_overwhelmed() -> None:
    """A crew whose reps are all away has no capacity at all."""
    crew = Crew(seats=(Seat(hours=()),), clock=OFFICE)

    assert not transient.solve(demand=demand(), crew=crew, service=TEN).is_stable


def test_a_queue_too_long_to_follow_says_so() -> None:
    """Thousands of leads over a weekend are for the simulation."""
    week = demand(leads_per_week=60_000, weights=(1.0,) * 168)

    with pytest.raises(ImpossibleModel, match="simulation"):
        transient.solve(demand=week, crew=office(reps=600), service=TEN)


def test_a_queue_that_outgrows_the_guess_is_followed_further() -> None:
    """A nearly saturated team needs more states than first guessed, and the answer stays exact."""
    week = steady(leads_per_hour=6 * 0.93, target=60)

    outcome = transient.solve(demand=week, crew=around_the_clock(reps=1), service=TEN)

    expected = erlang.attainment(load=0.93, servers=1, handling_minutes=10, target_minutes=60)
    assert outcome.attainment == pytest.approx(expected, abs=1e-8)


def test_a_queue_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the periods allowed the week must reproduce itself."""
    monkeypatch.setattr(transient, "_MOST_PERIODS", 2)

    with pytest.raises(transient.QueueTooLong, match="settle"):
        transient.solve(
            demand=demand(leads_per_week=210),
            crew=office(reps=4),
            service=Service(mean_minutes=25),
        )


def test_long_queues_are_walked_as_short_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the size where a matrix pays off the same steps are taken one by one."""
    asked = {
        "demand": demand(leads_per_week=100),
        "crew": office(reps=4),
        "service": Service(mean_minutes=25),
    }
    by_matrix = transient.solve(**asked)
    monkeypatch.setattr(transient, "_DENSE_STATES", 5)

    one_by_one = transient.solve(**asked)

    assert one_by_one.attainment == pytest.approx(by_matrix.attainment, abs=1e-12)


def test_no_leap_is_taken_against_the_trend() -> None:
    """A change that turns round does not sum to anything; the next period starts at the end."""
    end, move = np.array([0.5, 0.5]), np.array([0.1, -0.1])

    assert transient._next_start(end, [move, move, -move]) is end
    assert transient._next_start(end, [move, move]) is end
    assert transient._next_start(end, [move, move, move / 2]) == pytest.approx([0.55, 0.45])


@pytest.mark.parametrize("mean", [0.0, 3.5, 120.0, 900.0])
def test_poisson_weights_add_up(mean: float) -> None:
    """The weights of the sum are a distribution with the right mean, however large."""
    weights = transient._poisson(mean)

    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert weights @ np.arange(len(weights)) == pytest.approx(mean, abs=1e-9)


teams = st.integers(3, 9)
volumes = st.floats(20, 150)
targets = st.sampled_from([10.0, 20.0, 45.0, 60.0, 100.0, 240.0])


def _attainment(*, reps: int, leads: float, target: float) -> float:
    return transient.solve(
        demand=demand(leads_per_week=leads, target=target),
        crew=office(reps=reps),
        service=Service(mean_minutes=20),
    ).attainment


@pytest.mark.untraced
@settings(max_examples=10, deadline=None)
@given(reps=teams, leads=volumes, target=targets)
def test_the_obvious_directions(reps: int, leads: float, target: float) -> None:
    """One more rep and a longer target never hurt; more volume never helps."""
    base = _attainment(reps=reps, leads=leads, target=target)

    assert _attainment(reps=reps + 1, leads=leads, target=target) >= base - 1e-9
    assert _attainment(reps=reps, leads=leads, target=target * 1.5) >= base - 1e-9
    assert _attainment(reps=reps, leads=leads * 1.2, target=target) <= base + 1e-9
