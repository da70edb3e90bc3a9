"""Simulation of a steady stream of leads to reps who never go home, thousands of runs at once.

Kiefer and Wolfowitz: a first come first served queue is fully described by how much work stands
in front of each rep, sorted. One lead advances all replications by a few operations on whole
vectors, in single precision: the numbers stay small because only work left is kept, never time.

Source: J. Kiefer and J. Wolfowitz, Trans. AMS 78 (1955) 1; S. Asmussen, Applied Probability and
Queues (2003), chapter XII.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
import numpy.typing as npt

from handoff.sla.interval import Estimate, share_of
from handoff.sla.queue import ImpossibleModel, Service

Floats = npt.NDArray[np.float32]

_CHUNK = 64
_MOST_REPLICATIONS = 4096
_FEWEST_REPLICATIONS = 48
_SETTLED = 6  # relaxation times before measuring: what is left of the empty start is e^-6


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyStream:
    """A queue without hours: random arrivals, equal reps, one line."""

    #: Work per rep: arrivals times handling over reps, 0 < utilisation < 1.
    utilisation: float
    servers: int
    service: Service

    def __post_init__(self) -> None:
        """Refuse streams that never settle.

        Raises:
            ImpossibleModel: naming the number.
        """
        if not 0 < self.utilisation < 1:
            raise ImpossibleModel(
                f"only a utilisation between 0 and 1 settles; got {self.utilisation}"
            )
        if self.servers < 1:
            raise ImpossibleModel(f"a stream needs at least one rep; got {self.servers}")


def simulate(
    *,
    stream: SteadyStream,
    target_minutes: float,
    leads: int,
    rng: np.random.Generator,
) -> Estimate:
    """Return the share of leads taken up within the target.

    Args:
        stream: The queue.
        target_minutes: Response target, >= 0.
        leads: How many leads to simulate in all, those of the warm-up included. Precision grows
            with the square root; above 0.85 utilisation ten million give about 0.001.
        rng: Source of all chance; the same state gives the same answer.

    Raises:
        ImpossibleModel: if `leads` is too few to settle even the fewest replications.
    """
    warm = _warm_up(stream)
    replications = int(np.clip(leads // (5 * warm), _FEWEST_REPLICATIONS, _MOST_REPLICATIONS))
    measured = leads // replications - warm
    if measured < warm // 4:
        raise ImpossibleModel(f"{leads} leads are too few here; use {2 * warm * replications}")
    hits = np.zeros(replications)
    for number, waits in enumerate(_waits(stream, replications, rng, warm + measured)):
        if number >= warm:
            hits += waits <= target_minutes
    return share_of(hits=hits, counts=np.full(replications, measured))


# Private functions


def _warm_up(stream: SteadyStream) -> int:
    """Return after how many leads the empty start is forgotten.

    Source: relaxation time of M/M/c, 1 / (c mu (1 - sqrt(rho))^2) in heavy traffic, 1 / mu
    otherwise, times (1 + cv^2) / 2 for other handling: J. Cohen, The Single Server Queue.
    """
    rho, servers = stream.utilisation, stream.servers
    relaxation = max(servers * rho, rho / (1 - sqrt(rho)) ** 2)
    return ceil(_SETTLED * relaxation * max(1.0, (1 + stream.service.cv**2) / 2)) + 10


def _waits(
    stream: SteadyStream, replications: int, rng: np.random.Generator, steps: int
) -> Iterator[Floats]:
    """Yield the waits of the first, second, ... lead of every replication, in minutes."""
    gap = np.float32(stream.service.mean_minutes / (stream.utilisation * stream.servers))
    few = replications < 500 and stream.servers > 4
    line = (
        _SortedRows(replications, stream.servers) if few else _Ladder(replications, stream.servers)
    )
    for first in range(0, steps, _CHUNK):
        shape = (min(_CHUNK, steps - first), replications)
        gaps = rng.standard_exponential(shape, dtype=np.float32) * gap
        handling = draw_handling(service=stream.service, shape=shape, rng=rng)
        for between, minutes in zip(gaps, handling, strict=True):
            yield line.least()
            line.take_up(minutes, between)


class _Ladder:
    """Work in front of each rep, ascending, one vector over the replications per place.

    The fastest way for many replications: a dozen operations on long vectors per lead.
    """

    def __init__(self, replications: int, servers: int) -> None:
        self._work = [np.zeros(replications, dtype=np.float32) for _ in range(servers)]
        self._spare = np.empty(replications, dtype=np.float32)

    def least(self) -> Floats:
        """Return the least work of each replication: the wait of its next lead."""
        return self._work[0]

    def take_up(self, minutes: Floats, between: Floats) -> None:
        """Give a lead of `minutes` to the rep with the least work, then let `between` pass.

        The new value walks up the ladder, each place keeps the smaller of the two.
        """
        work, spare = self._work, self._spare
        moving = work[0] + minutes
        for place in range(1, len(work)):
            np.maximum(moving, work[place], out=spare)
            np.minimum(moving, work[place], out=work[place - 1])
            moving, spare = spare, moving
        work[-1] = moving
        self._spare = spare
        for row in work:
            np.subtract(row, between, out=row)
            np.maximum(row, 0, out=row)


class _SortedRows:
    """The same with one short row of reps per replication; better for few replications."""

    def __init__(self, replications: int, servers: int) -> None:
        self._work = np.zeros((replications, servers), dtype=np.float32)

    def least(self) -> Floats:
        """Return the least work of each replication: the wait of its next lead."""
        return self._work[:, 0]

    def take_up(self, minutes: Floats, between: Floats) -> None:
        """Give a lead of `minutes` to the rep with the least work, then let `between` pass."""
        self._work[:, 0] += minutes
        self._work -= between[:, None]
        np.maximum(self._work, 0, out=self._work)
        self._work.sort(axis=1)


def draw_handling(*, service: Service, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return handling times in minutes, single precision.

    Args:
        service: Mean, spread and family.
        shape: Leads by replications.
        rng: Source of chance.

    Source: a lognormal with mean m and coefficient of variation v has sigma^2 = ln(1 + v^2) and
    mu = ln m - sigma^2 / 2.
    """
    mean = np.float32(service.mean_minutes)
    if service.family == "exponential":
        return rng.standard_exponential(shape, dtype=np.float32) * mean
    if service.cv == 0:
        return np.full(shape, mean, dtype=np.float32)
    variance = log(1 + service.cv**2)
    normal = rng.standard_normal(shape, dtype=np.float32)
    grown: Floats = np.exp(normal * np.float32(sqrt(variance)) - np.float32(variance / 2)) * mean
    return grown
