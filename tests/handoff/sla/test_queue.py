"""The values of the queue models: what is refused, and how a curve is read."""

from math import inf, log

import pytest

from handoff.sla.queue import (
    Crew,
    Demand,
    ImpossibleModel,
    Seat,
    Service,
    TargetBand,
    overwhelmed,
    percentile,
)
from tests.handoff.sla.worlds import OFFICE, WEEKDAY_PROFILE, demand

ALL = (TargetBand(share=1, target_minutes=60),)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"leads_per_week": 0}, "above zero"),
        ({"leads_per_week": inf}, "above zero"),
        ({"hour_weights": (1.0,) * 24}, "168"),
        ({"hour_weights": (-1.0,) * 168}, "168"),
        ({"hour_weights": (0.0,) * 168}, "at least one hour"),
        ({"bands": ()}, "add up"),
        ({"bands": (TargetBand(share=0.5, target_minutes=60),)}, "add up"),
        ({"bands": (TargetBand(share=1, target_minutes=0),)}, "longer than zero"),
    ],
)
def test_impossible_weeks_are_refused(wrong: dict[str, object], message: str) -> None:
    """A week with numbers that no week has raises, naming the number."""
    right = {"leads_per_week": 10.0, "hour_weights": WEEKDAY_PROFILE, "bands": ALL}

    with pytest.raises(ImpossibleModel, match=message):
        Demand(**(right | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"mean_minutes": 0}, "more than zero"),
        ({"mean_minutes": inf}, "more than zero"),
        ({"cv": -0.1}, "spread"),
        ({"cv": 0.5}, "exponential"),
    ],
)
def test_impossible_handling_is_refused(wrong: dict[str, float], message: str) -> None:
    """Handling times that no rep can have raise."""
    with pytest.raises(ImpossibleModel, match=message):
        Service(**({"mean_minutes": 10.0} | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"time_share": 0}, {"time_share": 1.1}, {"weight": 0}])
def test_impossible_seats_are_refused(wrong: dict[str, float]) -> None:
    """A rep without time or weight raises."""
    with pytest.raises(ImpossibleModel):
        Seat(hours=OFFICE, **wrong)


@pytest.mark.parametrize(
    ("clock", "hours", "message"),
    [
        ((), OFFICE, "never open"),
        (OFFICE, ((5, 3),), "ascending"),
        (OFFICE, ((0, 10), (10, 20)), "separate"),
        (OFFICE, ((0, 673),), "in the period"),
    ],
)
def test_impossible_hours_are_refused(
    clock: tuple[tuple[int, int], ...], hours: tuple[tuple[int, int], ...], message: str
) -> None:
    """Hours outside the week, or a clock that never runs, raise."""
    with pytest.raises(ImpossibleModel, match=message):
        Crew(seats=(Seat(hours=hours),), clock=clock)


def test_the_profile_is_scaled_to_the_week() -> None:
    """The hours share the leads of the week by weight."""
    by_hour = demand(leads_per_week=100).leads_by_hour()

    assert sum(by_hour) == pytest.approx(100)
    assert by_hour[10] == pytest.approx(10 * by_hour[3])


def test_open_minutes_count_the_share_for_leads() -> None:
    """Nine hours on five days at 60 % are 27 hours for leads."""
    assert Seat(hours=OFFICE, time_share=0.6).open_minutes() == pytest.approx(27 * 60)


def test_percentiles_of_an_exponential_tail_are_exact() -> None:
    """Between two points, and beyond the last, the late share falls exponentially."""
    curve = tuple((t, 1 - 0.4 * 2 ** (-t / 10)) for t in (0.0, 10.0, 40.0))

    assert percentile(curve=curve, share=0.5) == 0
    assert percentile(curve=curve, share=0.7) == pytest.approx(10 * log(0.4 / 0.3) / log(2))
    assert percentile(curve=curve, share=0.99) == pytest.approx(10 * log(40) / log(2))


def test_a_flat_curve_has_no_percentile_above_it() -> None:
    """Nothing says when the rest is touched."""
    assert percentile(curve=((0.0, 0.5), (10.0, 0.5)), share=0.9) == inf


def test_an_overwhelmed_team_is_late_for_ever() -> None:
    """More work than the team can do: no percentile, no attainment, not stable."""
    outcome = overwhelmed(utilisation=1.2, method="closed form")

    assert not outcome.is_stable
    assert (outcome.attainment, outcome.p50, outcome.attainment_at(minutes=10)) == (0, inf, 0)
