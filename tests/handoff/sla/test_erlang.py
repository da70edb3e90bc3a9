"""The closed form against published figures, the textbook sum and common sense."""

from fractions import Fraction
from itertools import islice
from math import factorial, inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.sla import erlang
from handoff.sla.erlang import ImpossibleQueue

loads = st.floats(0.01, 80)
sizes = st.integers(1, 90)
minutes = st.floats(0, 600)
handling = st.floats(0.5, 240)

CAPACITY_TABLE = {  # reps: the load in erlangs at which 1 %, 0.5 %, 0.2 %, 0.1 % are blocked
    2: (0.153, 0.105, 0.065, 0.046),
    4: (0.869, 0.701, 0.535, 0.439),
    5: (1.36, 1.13, 0.900, 0.762),
    10: (4.46, 3.96, 3.43, 3.09),
    20: (12.0, 11.1, 10.1, 9.41),
    24: (15.3, 14.2, 13.0, 12.2),
    40: (29.0, 27.3, 25.7, 24.5),
    70: (56.1, 53.7, 51.0, 49.2),
    100: (84.1, 80.9, 77.4, 75.2),
}


@pytest.mark.parametrize("servers", CAPACITY_TABLE)
def test_blocking_agrees_with_the_published_capacity_table(servers: int) -> None:
    """Erlang B gives the blocking of T. S. Rappaport, Wireless Communications (1996), table 3.4.

    The table prints loads cut to three digits; with many lines one unit in the last place moves
    the blocking by up to six percent.
    """
    ours = [
        erlang.blocking_probability(load=load, servers=servers) for load in CAPACITY_TABLE[servers]
    ]

    assert ours == pytest.approx([0.01, 0.005, 0.002, 0.001], rel=0.06)


@pytest.mark.parametrize(
    ("load", "servers", "waiting", "tolerance"),
    [
        (2.0, 3, 4 / 9, 1e-15),  # Gross and Harris, Fundamentals of Queueing Theory, eye clinic
        (3.87, 8, 0.05, 5e-4),  # P. Stavroulakis (ed.), TErrestrial Trunked RAdio, Erlang C table
        (4.08, 10, 0.01, 2e-4),  # the same table
        (10.0, 14, 0.1741319335950498, 1e-12),  # pyworkforce's documented example
    ],
)
def test_waiting_agrees_with_published_figures(
    load: float, servers: int, waiting: float, tolerance: float
) -> None:
    """Erlang C gives the figures that books and other tools print."""
    ours = erlang.waiting_probability(load=load, servers=servers)

    assert ours == pytest.approx(waiting, abs=tolerance)


def test_the_eye_clinic_waits_nine_minutes() -> None:
    """Six patients an hour, three doctors, twenty minutes each: 8.89 minutes on average."""
    mean = erlang.mean_wait_minutes(load=2, servers=3, handling_minutes=20)

    assert mean == pytest.approx(80 / 9, rel=1e-14)


def test_attainment_agrees_with_the_documented_example() -> None:
    """100 calls in 30 minutes of 3 minutes, 20 seconds to answer: 14 agents give 88.8 %."""
    load = erlang.offered_load(arrivals_per_hour=200, handling_minutes=3)

    on_time = erlang.attainment(load=load, servers=14, handling_minutes=3, target_minutes=1 / 3)
    crew = erlang.smallest_crew(
        load=load, handling_minutes=3, target_minutes=1 / 3, attainment_target=0.8
    )

    assert load == 10
    assert on_time == pytest.approx(0.8883500191794669, abs=1e-12)
    assert crew == 14


@given(load=st.integers(1, 400), servers=st.integers(1, 60))
def test_waiting_equals_the_textbook_sum_in_exact_arithmetic(load: int, servers: int) -> None:
    """The recursion agrees to 1e-12 with Erlang's formula summed as fractions."""
    a = Fraction(load, 7)
    if a >= servers:
        a = Fraction(servers) * Fraction(load, 401)
    last = a**servers / factorial(servers) * servers / (servers - a)
    exact = last / (sum(a**k / factorial(k) for k in range(servers)) + last)

    assert isclose(
        erlang.waiting_probability(load=float(a), servers=servers), float(exact), rel_tol=1e-12
    )


def test_two_thousand_reps_neither_overflow_nor_cancel() -> None:
    """Large teams stay exact: the square-root staffing limit of Halfin and Whitt holds."""
    servers = 10_000
    load = servers - 100.0

    waiting = erlang.waiting_probability(load=load, servers=servers)

    assert waiting == pytest.approx(0.22336, abs=3e-3)  # 1 / (1 + Phi(1) / phi(1)) at beta = 1


def test_saturation_is_answered_not_divided_by() -> None:
    """With as much work as the team can do, everybody waits, for ever."""
    busy = {"load": 3.0, "servers": 3}

    assert erlang.waiting_probability(**busy) == 1
    assert erlang.attainment(**busy, handling_minutes=10, target_minutes=600) == 0
    assert erlang.mean_wait_minutes(**busy, handling_minutes=10) == inf
    assert erlang.wait_percentile_minutes(**busy, handling_minutes=10, share=0.1) == inf


def test_no_work_means_no_wait() -> None:
    """Without leads nobody waits, as long as there is somebody."""
    idle = {"load": 0.0, "servers": 1}

    assert erlang.waiting_probability(**idle) == 0
    assert erlang.mean_wait_minutes(**idle, handling_minutes=10) == 0
    assert erlang.wait_percentile_minutes(**idle, handling_minutes=10, share=0.99) == 0
    assert erlang.waiting_probability(load=0.0, servers=0) == 1
    assert erlang.mean_wait_minutes(load=0.0, servers=0, handling_minutes=10) == inf


@given(load=loads, servers=sizes, handling_minutes=handling, target=minutes)
def test_one_more_rep_never_hurts(
    load: float, servers: int, handling_minutes: float, target: float
) -> None:
    """More reps never lower attainment."""
    curve = erlang.attainment_by_crew(
        load=load, handling_minutes=handling_minutes, target_minutes=target
    )

    before, after = islice(curve, servers - 1, servers + 1)

    assert after >= before - 1e-15
    assert before == pytest.approx(
        erlang.attainment(
            load=load, servers=servers, handling_minutes=handling_minutes, target_minutes=target
        ),
        abs=1e-14,
    )


@given(load=loads, servers=sizes, target=minutes, longer=minutes, more=st.floats(0, 20))
def test_longer_targets_help_and_volume_hurts(
    load: float, servers: int, target: float, longer: float, more: float
) -> None:
    """A longer target never lowers attainment, and more volume never raises it."""
    team = {"servers": servers, "handling_minutes": 12.0}
    base = erlang.attainment(**team, load=load, target_minutes=target)

    assert erlang.attainment(**team, load=load, target_minutes=target + longer) >= base - 1e-15
    assert erlang.attainment(**team, load=load + more, target_minutes=target) <= base + 1e-13


@given(load=loads, handling_minutes=handling, target=minutes, wanted=st.floats(0.01, 0.999))
def test_the_smallest_crew_is_enough_and_one_fewer_is_not(
    load: float, handling_minutes: float, target: float, wanted: float
) -> None:
    """The suggested team reaches the target, and no smaller one does."""
    work = {"load": load, "handling_minutes": handling_minutes, "target_minutes": target}

    size = erlang.smallest_crew(**work, attainment_target=wanted)

    assert size is not None
    curve = list(islice(erlang.attainment_by_crew(**work), size))
    assert curve[-1] >= wanted
    assert all(on_time < wanted for on_time in curve[:-1])


@given(servers=sizes, busy=st.floats(0.05, 0.97), wanted=st.floats(0.01, 0.999))
def test_the_tightest_target_is_held_exactly(servers: int, busy: float, wanted: float) -> None:
    """At the tightest target the attainment is the wanted one, or everybody is in time at once."""
    team = {"load": servers * busy, "servers": servers, "handling_minutes": 9.0}

    target = erlang.tightest_target_minutes(**team, attainment_target=wanted)

    on_time = erlang.attainment(**team, target_minutes=target)
    assert on_time >= wanted - 1e-12
    assert target == 0 or on_time == pytest.approx(wanted, abs=1e-12)


def test_no_team_is_suggested_for_absurd_work() -> None:
    """Beyond the largest team the answer is None, not a loop without end."""
    size = erlang.smallest_crew(
        load=6_000, handling_minutes=10, target_minutes=10, attainment_target=0.9
    )

    assert size is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"load": -1.0},
        {"load": inf},
        {"servers": -1},
        {"handling_minutes": 0.0},
        {"handling_minutes": inf},
        {"target_minutes": -1.0},
    ],
)
def test_impossible_numbers_are_refused(wrong: dict[str, float]) -> None:
    """A number out of its range raises, naming what was wrong."""
    right = {"load": 1.0, "servers": 2, "handling_minutes": 10.0, "target_minutes": 5.0}

    with pytest.raises(ImpossibleQueue, match="got"):
        erlang.attainment(**(right | wrong))  # type: ignore[arg-type]


def test_impossible_shares_are_refused() -> None:
    """A certain answer within finite time does not exist."""
    with pytest.raises(ImpossibleQueue, match="share"):
        erlang.wait_percentile_minutes(load=1, servers=2, handling_minutes=10, share=1)
    with pytest.raises(ImpossibleQueue, match="attainment target"):
        erlang.smallest_crew(load=1, handling_minutes=10, target_minutes=5, attainment_target=1)
