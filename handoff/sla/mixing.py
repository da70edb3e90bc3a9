"""One outcome out of the outcomes of several pods that share the leads."""

from collections.abc import Sequence
from math import sqrt

from handoff.sla.queue import Method, QueueOutcome, percentile

_RANK: tuple[Method, ...] = ("closed form", "transient chain", "simulation")


def mix(*, outcomes: Sequence[QueueOutcome], shares: Sequence[float]) -> QueueOutcome:
    """Return what the leads see who go to these pods by these shares.

    Args:
        outcomes: One per pod, at least one.
        shares: Part of the leads of each pod; they add up to 1.

    Returns:
        Attainment, curve and lateness by share; backlogs added up, where all are known; the
        utilisation of the pods by their share of the leads; intervals combined as independent;
        the roughest method.
    """
    if len(outcomes) == 1:
        return outcomes[0]
    parts = list(zip(outcomes, shares, strict=True))
    attainment = sum(share * part.attainment for part, share in parts)
    below = sqrt(sum((share * (part.attainment - part.ci_low)) ** 2 for part, share in parts))
    above = sqrt(sum((share * (part.ci_high - part.attainment)) ** 2 for part, share in parts))
    minutes = sorted({at for part in outcomes for at, _ in part.curve})
    curve = tuple(
        (at, sum(share * part.attainment_at(minutes=at) for part, share in parts))
        for at in minutes
    )
    return QueueOutcome(
        attainment=attainment,
        ci_low=max(0.0, attainment - below),
        ci_high=min(1.0, attainment + above),
        p50=percentile(curve=curve, share=0.5),
        p90=percentile(curve=curve, share=0.9),
        p95=percentile(curve=curve, share=0.95),
        p99=percentile(curve=curve, share=0.99),
        utilisation=sum(share * part.utilisation for part, share in parts if share),
        backlog=_added([part.backlog for part in outcomes], [1.0] * len(parts)),
        late_by_hour=_added([part.late_by_hour for part in outcomes], shares),
        curve=curve,
        method=max((part.method for part in outcomes), key=_RANK.index),
        error=max(below, above),
    )


def _added(hours: Sequence[tuple[float, ...]], factors: Sequence[float]) -> tuple[float, ...]:
    """Return the weighted sum hour by hour; nothing where one of them knows nothing."""
    if not all(hours):
        return ()
    return tuple(
        sum(factor * value for factor, value in zip(factors, hour, strict=True))
        for hour in zip(*hours, strict=True)
    )
