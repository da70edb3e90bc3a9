"""How a pod hands a lead to a rep, for many simulated futures at once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from handoff.sla.queue import Crew
from handoff.sla.seats import Seats

Whole = npt.NDArray[np.int64]

#: Picks a seat per future for the lead in hand.
Placing = Callable[[Seats], Whole]


def placing_for(*, crew: Crew, rng: np.random.Generator) -> Placing:
    """Return how this crew's leads find their rep.

    Args:
        crew: Its strategy decides.
        rng: Only used by `owner`, where the lead comes with its rep.
    """
    if crew.strategy == "round_robin":
        return RoundRobin()
    if crew.strategy == "least_loaded":
        return _least_loaded
    if crew.strategy == "owner":
        return _Owner(rng)
    return _shared


class RoundRobin:
    """In turn by weight among the seats that work now or, if none does, next.

    Source: the product's fairness rule: R. Tijdeman, Discrete Mathematics 32 (1980) 323.
    """

    def __init__(self) -> None:
        self._credit: npt.NDArray[np.float64] | None = None

    def __call__(self, seats: Seats) -> Whole:
        """Return the seat whose turn it is, per future."""
        if self._credit is None:
            self._credit = np.zeros(seats.worked.shape)
        credit, able = self._credit, _eligible(seats)
        share = np.where(able, seats.weights[:, None], 0.0)
        share /= share.sum(axis=0)
        credit += share
        count = able.sum(axis=0)
        slack = 1 / np.maximum(2 * count - 2, 1)
        urgency = np.full(credit.shape, np.inf)
        ripe = able & (credit >= slack - 1e-9)
        np.divide(1 - slack - credit, share, out=urgency, where=ripe)
        most = np.where(able, credit, -np.inf).argmax(axis=0)
        chosen: Whole = np.where(ripe.any(axis=0), urgency.argmin(axis=0), most)
        credit[chosen, np.arange(len(chosen))] -= 1
        return chosen


class _Owner:
    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def __call__(self, seats: Seats) -> Whole:
        parts = np.cumsum(seats.weights / seats.weights.sum())
        drawn = np.searchsorted(parts, self._rng.random(seats.worked.shape[1]), side="right")
        chosen: Whole = np.minimum(drawn, len(parts) - 1)
        return chosen


def _shared(seats: Seats) -> Whole:
    first: Whole = seats.free_at().argmin(axis=0)
    return first


def _least_loaded(seats: Seats) -> Whole:
    able = _eligible(seats)
    # among equals the one with less work in front of it, then the first
    work = np.maximum(seats.busy_until - seats.worked, 0)
    load = seats.untouched() / seats.weights[:, None] + work / (work.max() + 1) / 1e3
    lightest: Whole = np.where(able, load, np.inf).argmin(axis=0)
    return lightest


def _eligible(seats: Seats) -> npt.NDArray[np.bool_]:
    opens = seats.opens_in()
    able: npt.NDArray[np.bool_] = opens == opens.min(axis=0)
    return able
