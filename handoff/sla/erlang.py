"""The closed form of a queue: leads arrive at random, any free rep takes the longest waiting.

This is the M/M/c queue of A. K. Erlang: Poisson arrivals, exponential handling times, `servers`
equal reps, first come first served, nobody gives up. Loads are in erlangs (busy reps needed on
average, arrivals per minute x handling minutes), times in minutes of one clock.

Everything here is plain floating point with the standard library: the drafter and the form use
it on every keystroke, so it must cost microseconds and import nothing heavy. The recursions
have only positive terms; they neither overflow nor cancel, with thousands of servers as with one.

Source: L. Kleinrock, Queueing Systems, volume I (1975), sections 3.5 and 3.6; recursion and
relation of B to C: R. B. Cooper, Introduction to Queueing Theory, 2nd edition (1981), chapter 3.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from math import exp, inf, log
from operator import mul

#: Beyond this many reps no team is suggested; the largest sensible sales floor is far smaller.
LARGEST_CREW = 5_000


class ImpossibleQueue(ValueError):
    """A queue cannot have these numbers."""


def offered_load(*, arrivals_per_hour: float, handling_minutes: float) -> float:
    """Return the load in erlangs: how many reps this work keeps busy on average.

    Args:
        arrivals_per_hour: Leads per hour, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.

    Raises:
        ImpossibleQueue: if a number is negative, not finite, or the handling time is zero.
    """
    _check(arrivals_per_hour, 0, handling_minutes)
    return arrivals_per_hour * handling_minutes / 60


def blocking_probability(*, load: float, servers: int) -> float:
    """Return Erlang B: the share of arrivals that find every rep busy when none may wait.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0; with none every arrival is blocked.

    Raises:
        ImpossibleQueue: if a number is negative or not finite.

    Source: A. K. Erlang (1917); Cooper (1981) 3.3.
    """
    _check(load, servers)
    return 1 / _inverse_blocking(load, servers) if load else float(servers == 0)


def waiting_probability(*, load: float, servers: int) -> float:
    """Return Erlang C: the share of leads that find every rep busy and must wait.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0. At or beyond saturation (load >= servers) the queue grows without
            bound and every lead waits: the answer is 1.

    Raises:
        ImpossibleQueue: if a number is negative or not finite.

    Source: A. K. Erlang (1917); C = cB / (c - a(1 - B)), Cooper (1981) 3.4.
    """
    _check(load, servers)
    return _erlang_c(load, servers)


def late_probability(
    *, load: float, servers: int, handling_minutes: float, target_minutes: float
) -> float:
    """Return P(W > t): the share of leads that wait longer than the response target.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        target_minutes: Response target t, >= 0.

    Raises:
        ImpossibleQueue: if a number is out of its range.

    Source: P(W > t) = C exp(-(c - a) t / s), Kleinrock (1975) 5.86 for FCFS M/M/c.
    """
    _check(load, servers, handling_minutes, target_minutes)
    return _late(_erlang_c(load, servers), load, servers, target_minutes / handling_minutes)


def attainment(
    *, load: float, servers: int, handling_minutes: float, target_minutes: float
) -> float:
    """Return the share of leads, 0 to 1, that are taken up within the response target.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        target_minutes: Response target, >= 0.

    Raises:
        ImpossibleQueue: if a number is out of its range.
    """
    _check(load, servers, handling_minutes, target_minutes)
    waiting = _erlang_c(load, servers)
    if load >= servers:
        return 1.0 - waiting
    return 1.0 - waiting * exp((load - servers) * target_minutes / handling_minutes)


def mean_wait_minutes(*, load: float, servers: int, handling_minutes: float) -> float:
    """Return the mean minutes a lead waits, those that do not wait included.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.

    Returns:
        Minutes; infinity at or beyond saturation.

    Raises:
        ImpossibleQueue: if a number is out of its range.

    Source: E[W] = C s / (c - a), Cooper (1981) 3.4.
    """
    _check(load, servers, handling_minutes)
    if load >= servers:
        return inf
    return waiting_probability(load=load, servers=servers) * handling_minutes / (servers - load)


def wait_percentile_minutes(
    *, load: float, servers: int, handling_minutes: float, share: float
) -> float:
    """Return the wait that `share` of the leads do not exceed.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        share: 0 <= share < 1; 0.95 asks for the 95th percentile.

    Returns:
        Minutes; 0 where that many do not wait at all, infinity at or beyond saturation.

    Raises:
        ImpossibleQueue: if a number is out of its range.
    """
    _check(load, servers, handling_minutes)
    if not 0 <= share < 1:
        raise ImpossibleQueue(f"a share lies from 0 up to, not including, 1; got {share}")
    if load >= servers:
        return inf
    waiting = waiting_probability(load=load, servers=servers)
    if waiting <= 1 - share:
        return 0.0
    return handling_minutes / (servers - load) * log(waiting / (1 - share))


def tightest_target_minutes(
    *, load: float, servers: int, handling_minutes: float, attainment_target: float
) -> float:
    """Return the shortest response target that this team holds for the wanted share of leads.

    Args:
        load: Erlangs, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        attainment_target: Wanted share of leads on time, 0 <= share < 1.

    Returns:
        Minutes; infinity when the team cannot keep up at all.

    Raises:
        ImpossibleQueue: if a number is out of its range.
    """
    return wait_percentile_minutes(
        load=load,
        servers=servers,
        handling_minutes=handling_minutes,
        share=attainment_target,
    )


def attainment_by_crew(
    *, load: float, handling_minutes: float, target_minutes: float
) -> Iterator[float]:
    """Yield the attainment, 0 to 1, of a team of 1, 2, 3, ... reps, without end.

    One step of the recursion per team size, so a whole curve costs what its last point does.

    Args:
        load: Erlangs, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        target_minutes: Response target, >= 0.

    Raises:
        ImpossibleQueue: if a number is out of its range, at the first step.
    """
    _check(load, 0, handling_minutes, target_minutes)
    span, blocked, n = target_minutes / handling_minutes, 1.0, 0
    while True:
        n += 1
        blocked = load * blocked / (n + load * blocked)
        waiting = 1.0 if load >= n else _waiting(blocked, load, n)
        yield 1.0 - _late(waiting, load, n, span)


def late_probability_in_turn(
    *, load: float, servers: int, handling_minutes: float, target_minutes: float
) -> float:
    """Return P(W > t) when leads are dealt out in turn and wait for the rep they fell to.

    Each rep then sees every c-th lead of a random stream. With one rep this is Erlang C.

    Args:
        load: Erlangs of the whole pod, >= 0.
        servers: Reps, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        target_minutes: Response target t, >= 0.

    Raises:
        ImpossibleQueue: if a number is out of its range.

    Source: GI/M/1 with Erlang arrivals: P(W > t) = s exp(-(1 - s) t / h), s the root below 1 of
    s = (a / (a + 1 - s))^c; Kleinrock (1975) 6.25 to 6.27.
    """
    _check(load, servers, handling_minutes, target_minutes)
    if load >= servers:
        return 1.0
    root = _turn_root(load, servers)
    return root * exp(-(1 - root) * target_minutes / handling_minutes)


def smallest_crew(
    *, load: float, handling_minutes: float, target_minutes: float, attainment_target: float
) -> int | None:
    """Return the fewest reps that take up the wanted share of leads within the target.

    Args:
        load: Erlangs, >= 0.
        handling_minutes: Mean minutes a rep is taken by one lead, > 0.
        target_minutes: Response target, >= 0.
        attainment_target: Wanted share of leads on time, 0 < share < 1.

    Returns:
        The number of reps, or None if even LARGEST_CREW would not do.

    Raises:
        ImpossibleQueue: if a number is out of its range.
    """
    if not 0 < attainment_target < 1:
        raise ImpossibleQueue(
            f"an attainment target lies between 0 and 1; got {attainment_target}"
        )
    _check(load, 0, handling_minutes, target_minutes)
    if load == 0:
        return 1
    span, size = target_minutes / handling_minutes, int(load) + 1  # fewer never catch up
    blocked = 1 / _inverse_blocking(load, size)
    while _late(_waiting(blocked, load, size), load, size, span) > 1 - attainment_target:
        size += 1
        if size > LARGEST_CREW:
            return None
        blocked = load * blocked / (size + load * blocked)
    return size


@lru_cache(maxsize=1024)
def _turn_root(load: float, servers: int) -> float:
    """Return the root below 1 of s = (a / (a + 1 - s))^c, for a < c, by halving."""
    low, high = 0.0, 1.0
    for _ in range(55):
        middle = (low + high) / 2
        if (load / (load + 1 - middle)) ** servers > middle:
            low = middle
        else:
            high = middle
    return low


@lru_cache(maxsize=1024)
def _erlang_c(load: float, servers: int) -> float:
    """Return Erlang C, remembered: a team is asked for one target after the other."""
    if load >= servers:
        return 1.0
    if load == 0:
        return 0.0
    return _waiting(1 / _inverse_blocking(load, servers), load, servers)


def _inverse_blocking(load: float, servers: int) -> float:
    """Return 1 / B as the sum over k of c (c - 1) ... (c - k + 1) / a^k, without a Python loop.

    It overflows to infinity where B is too small for a float, which is right.
    """
    factors = map((1 / load).__mul__, range(servers, 0, -1))
    inverse: float = 1.0 + sum(accumulate(factors, mul))
    return inverse


def _waiting(blocked: float, load: float, servers: int) -> float:
    return servers * blocked / (servers - load * (1 - blocked))


def _late(waiting: float, load: float, servers: int, span: float) -> float:
    return waiting if load >= servers else waiting * exp((load - servers) * span)


def _check(load: float, servers: int, handling_minutes: float = 1.0, minutes: float = 0.0) -> None:
    if not 0 <= load < inf:
        raise ImpossibleQueue(f"arrivals are zero or more, and finite; got {load}")
    if servers < 0:
        raise ImpossibleQueue(f"a team has zero reps or more; got {servers}")
    if not 0 < handling_minutes < inf:
        raise ImpossibleQueue(f"a lead takes more than zero minutes; got {handling_minutes}")
    if not minutes >= 0:
        raise ImpossibleQueue(f"a response target is zero minutes or more; got {minutes}")
