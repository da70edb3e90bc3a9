"""Small teams and weeks that the tests of the queue models share."""

from handoff.sla.queue import WEEK_HOURS, Crew, Demand, Hours, Seat, Strategy, TargetBand, always

OFFICE: Hours = tuple((day * 96 + 36, day * 96 + 72) for day in range(5))
"""Monday to Friday, 09:00 to 18:00."""

LATE_SHIFT: Hours = tuple((day * 96 + 52, day * 96 + 84) for day in range(5))
"""Monday to Friday, 13:00 to 21:00."""

WEEKDAY_PROFILE = tuple(
    2.0 if day < 5 and 9 <= hour < 18 else 0.2 for day in range(7) for hour in range(24)
)


def demand(
    *,
    leads_per_week: float = 150,
    target: float = 60,
    weights: tuple[float, ...] = WEEKDAY_PROFILE,
) -> Demand:
    """Return a week of leads that share one response target."""
    bands = (TargetBand(share=1, target_minutes=target),)
    return Demand(leads_per_week=leads_per_week, hour_weights=weights, bands=bands)


def steady(*, leads_per_hour: float, target: float) -> Demand:
    """Return leads at one pace around the clock."""
    return demand(
        leads_per_week=leads_per_hour * WEEK_HOURS, target=target, weights=(1.0,) * WEEK_HOURS
    )


def office(*, reps: int, time_share: float = 0.6, strategy: Strategy = "shared") -> Crew:
    """Return reps who all work office hours on an office-hours clock."""
    seats = (Seat(hours=OFFICE, time_share=time_share),) * reps
    return Crew(seats=seats, clock=OFFICE, strategy=strategy)


def around_the_clock(*, reps: int, strategy: Strategy = "shared") -> Crew:
    """Return reps who never go home."""
    return Crew(seats=(Seat(hours=always()),) * reps, clock=always(), strategy=strategy)
