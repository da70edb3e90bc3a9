"""Queues solved in other ways than the product does, to hold the models against."""

from math import erf, exp, log, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def deterministic_on_time(*, load: float, servers: int, target: float) -> float:
    """Return P(W <= target) of M/D/c, target in handling times.

    Source: C. Crommelin (1932) for the number in the system, from one handling time to the
    next; G. Franx, Operations Research Letters 29 (2001) 221 for the wait.
    """
    size = servers * 12 + 400
    counts = np.arange(size)
    fresh = np.exp(counts * log(load) - load - np.cumsum(np.log(np.maximum(counts, 1))))
    state = fresh.copy()
    for _ in range(20_000):
        left = np.concatenate(([state[: servers + 1].sum()], state[servers + 1 :]))
        after = np.convolve(left, fresh)[:size]
        moved = np.abs(after - state).sum()
        state = after
        if moved < 1e-13:
            break
    waiting = np.cumsum(np.concatenate(([state[: servers + 1].sum()], state[servers + 1 :])))
    k = int(target) + 1
    rest = load * (k - target)
    terms = np.concatenate(([1.0], np.cumprod(rest / np.arange(1, k * servers))))
    return float(exp(-rest) * (terms * waiting[k * servers - 1 :: -1][: k * servers]).sum())


def lognormal_on_time(*, load: float, cv: float, target: float) -> float:
    """Return P(W <= target) of M/G/1 with lognormal handling, target in handling times.

    Source: Pollaczek and Khinchine: F(t) = 1 - rho + rho * integral of F(t - x) (1 - B(x)) dx,
    solved forward in small steps.
    """
    step = target / 2_000
    sigma = sqrt(log(1 + cv**2))
    times = np.arange(1, 2_001) * step
    tail = [1.0] + [0.5 - 0.5 * erf((log(t) + sigma**2 / 2) / sigma / sqrt(2)) for t in times]
    weights = load * step * np.array(tail)
    found = np.zeros(2_001)
    found[0] = 1 - load
    for n in range(1, 2_001):
        past = weights[1:n] @ found[n - 1 : 0 : -1] + weights[n] * found[0] / 2
        found[n] = (1 - load + past) / (1 - weights[0] / 2)
    return float(found[-1])
