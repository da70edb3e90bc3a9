"""What the queue models say of a team under the arrivals of a replay.

The replay is one course of things with mean handling times; the models take the same volume,
hours of week and bands, let chance play, and say how sure they are.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.people import calendar_named
from handoff.replay.past import MICROSECONDS, instant
from handoff.replay.result import Backtest
from handoff.replay.targets import targets_of
from handoff.sla.mixing import mix
from handoff.sla.prediction import predict_in_full
from handoff.sla.queue import WEEK_HOURS, Demand, QueueOutcome, TargetBand
from handoff.sla.staffing import Staffing, staffing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_QUARTER = 15 * 60 * MICROSECONDS
_WEEK = 7 * 86_400 * MICROSECONDS
TOO_FEW = 10
"""Fewer leads than this are no percentage."""


def predict(
    *,
    backtest: Backtest,
    design: HandoffDesign,
    directory: Directory,
    clock: BusinessCalendar,
    as_of: datetime,
) -> QueueOutcome | None:
    """Return the predicted attainment under the replayed arrivals, with its interval.

    Args:
        backtest: Who got which lead; those of people outside the pods are left out.
        design: Its brief tells handling time and pods.
        directory: The team as it is now.
        clock: The design's clock.
        as_of: The team's weeks from here on are looked at, aware.

    Returns:
        The outcome of all pods together; None with too few leads to say anything.
    """
    staffed = staffing(brief=design.brief, directory=directory, calendar=clock, as_of=as_of)
    spec = calendar_named(directory=directory, name=design.brief.targets.calendar)
    parts = list(_parts(backtest, design, staffed, ZoneInfo(spec.timezone)))
    volumes = [part.demand.leads_per_week for part in parts]
    if sum(volumes) * _weeks(backtest) < TOO_FEW:
        return None
    return mix(
        outcomes=[predict_in_full(part) for part in parts],
        shares=[volume / sum(volumes) for volume in volumes],
        arrivals=[part.demand.leads_by_hour() for part in parts],
    )


# Private functions


def _parts(
    backtest: Backtest, design: HandoffDesign, staffed: Staffing, zone: ZoneInfo
) -> Iterator[Staffing]:
    """Yield each pod with the leads that its reps got; a rep of two pods counts in the first."""
    import numpy as np

    targets = np.array(targets_of(design))
    left = backtest.owner >= 0
    for pod in staffed.pods:
        is_here = np.array([person in pod.reps for person in backtest.people] + [False])
        chosen = np.flatnonzero(left & is_here[backtest.owner])
        left[chosen] = False
        if len(chosen):
            demand = Demand(
                leads_per_week=len(chosen) / _weeks(backtest),
                hour_weights=_by_hour(backtest.arrived[chosen], zone),
                bands=_bands(targets[backtest.row[chosen], backtest.band[chosen]]),
            )
            alone = replace(pod, share=1.0, hours_ahead=0)
            yield replace(staffed, demand=demand, pods=(alone,))


def _weeks(backtest: Backtest) -> float:
    """Return over how many weeks the leads came; less than a week counts as one."""
    if not len(backtest.arrived):
        return 1.0
    return max(1.0, float(backtest.arrived[-1] - backtest.arrived[0]) / _WEEK)


def _by_hour(arrived: "npt.NDArray[np.int64]", zone: ZoneInfo) -> tuple[float, ...]:
    """Return the leads by hour of the week, from Monday 00:00 of the zone."""
    import numpy as np

    # Hours of a zone do not begin with those of UTC everywhere, but with a quarter of one.
    counts = [0.0] * WEEK_HOURS
    for start, leads in zip(*np.unique(arrived // _QUARTER, return_counts=True), strict=True):
        local = instant(int(start) * _QUARTER).astimezone(zone)
        counts[24 * local.weekday() + local.hour] += float(leads)
    return tuple(counts)


def _bands(minutes: "npt.NDArray[np.int64]") -> tuple[TargetBand, ...]:
    import numpy as np

    found, counts = np.unique(minutes, return_counts=True)
    return tuple(
        TargetBand(share=float(count / len(minutes)), target_minutes=float(target))
        for target, count in zip(found, counts, strict=True)
    )
