"""Confidence intervals of a share that was estimated from independent replications."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

#: Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, 0 to 1, with its 95 % interval."""

    share: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Return the larger distance from the share to an end of its interval."""
        return max(self.share - self.low, self.high - self.share)


def share_of(*, hits: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Estimate:
    """Return the share of hits with its interval.

    Leads of one replication depend on each other, so the replications, not the leads, are the
    sample: their spread gives the number of independent leads that this is worth, and Wilson's
    interval for that number stays honest where almost nothing or almost everything is late.

    Args:
        hits: Hits of each replication, shape (replications,).
        counts: Leads of each replication, same shape; at least one lead in all.

    Source: ratio estimator, A. Law, Simulation Modeling and Analysis, 9.5; E. Wilson (1927).
    """
    total = float(counts.sum())
    share = float(hits.sum()) / total
    runs = len(counts)
    spread = float(np.square(hits - share * counts).sum())
    variance = spread * runs / (runs - 1) / total**2 if runs > 1 else 0.0
    worth = min(total, share * (1 - share) / variance) if variance else total
    return _wilson(share, worth, _student(runs - 1) if variance else Z95)


def _student(freedom: int) -> float:
    """Return Student's two-sided 95 % quantile; Cornish and Fisher's expansion of it."""
    return Z95 + (Z95**3 + Z95) / (4 * freedom) + (5 * Z95**5 + 16 * Z95**3) / (96 * freedom**2)


def _wilson(share: float, worth: float, z: float) -> Estimate:
    z2 = z**2 / worth
    middle = (share + z2 / 2) / (1 + z2)
    reach = z / (1 + z2) * sqrt(share * (1 - share) / worth + z2 / (4 * worth))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Estimate(share=share, low=min(low, share), high=max(high, share))
