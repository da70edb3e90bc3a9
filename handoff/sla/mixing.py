"""One outcome out of the outcomes of several pods that share the leads."""

from collections.abc import Sequence
from math import sqrt
from operator import mul

from handoff.sla.queue import Method, QueueOutcome, percentile

_RANK: tuple[Method, ...] = ("closed form", "transient chain", "simulation")


def mix(
    *,
    outcomes: Sequence[QueueOutcome],
    shares: Sequence[float],
    arrivals: Sequence[tuple[float, ...]],
) -> QueueOutcome:
    """Return what the leads see who go to these pods by these shares.

    Args:
        outcomes: One per pod, at least one.
        shares: Part of the leads of each pod; they add up to 1.
        arrivals: Leads of each pod by hour of the week, 168 each.

    Returns:
        Attainment, curve and utilisation by share; lateness of an hour by its leads; backlogs
        added up, where all are known; intervals combined as independent; the roughest method.
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
        backlog=_added([part.backlog for part in outcomes]),
        late_by_hour=_late(outcomes, arrivals),
        curve=curve,
        method=max((part.method for part in outcomes), key=_RANK.index),
        error=max(below, above),
    )


def _added(hours: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """Return the sum hour by hour; nothing where one of them knows nothing."""
    return tuple(map(sum, zip(*hours, strict=True))) if all(hours) else ()


def _late(
    outcomes: Sequence[QueueOutcome], arrivals: Sequence[tuple[float, ...]]
) -> tuple[float, ...]:
    """Return the late share of each hour's leads, all pods together."""
    if not all(part.late_by_hour for part in outcomes):
        return ()
    late = _added(
        [
            tuple(map(mul, part.late_by_hour, leads))
            for part, leads in zip(outcomes, arrivals, strict=True)
        ]
    )
    return tuple(
        hour / leads if leads else 0.0
        for hour, leads in zip(late, _added(list(arrivals)), strict=True)
    )
