"""How often the guardrail will call leadership at the predicted attainment."""

from math import exp

LARGEST_COUNT = 100


def fires_per_week(*, breaches_per_week: float, window_hours: float, count: int) -> float:
    """Return about how often a week `count` breaches fall into one window, counted anew after.

    Args:
        breaches_per_week: Expected breaches; they are taken to come at random.
        window_hours: Elapsed hours of the window, > 0.
        count: Breaches that fire it, >= 1.

    Source: after the first count - 1 breaches each further one completes a window with
    probability P(Poisson(rate x window) >= count - 1); a cycle is count - 1 breaches and the
    mean wait for the completing one.
    """
    if breaches_per_week <= 0:
        return 0.0
    expected = breaches_per_week / 168 * window_hours
    term, below = exp(-expected), 0.0
    for n in range(count - 1):
        below += term
        term *= expected / (n + 1)
    completes = 1 - below
    return breaches_per_week / (count - 1 + 1 / completes) if completes > 1e-12 else 0.0


def count_for_weekly(*, breaches_per_week: float, window_hours: float, at_least: int) -> int:
    """Return the smallest count, from `at_least` up, that fires at most once a week."""
    for count in range(at_least, LARGEST_COUNT):
        often = fires_per_week(
            breaches_per_week=breaches_per_week, window_hours=window_hours, count=count
        )
        if often <= 1:
            return count
    return LARGEST_COUNT
