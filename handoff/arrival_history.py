"""What stored leads tell of the leads to come: how many a week, and when in the week."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from handoff.model import Value

LOOK_BACK = timedelta(weeks=13)
"""A quarter: long enough to know the week, short enough to be about now."""

_WEEK = timedelta(weeks=1)
_HOURS = 7 * 24
_VOLUME_WEEKS = 4
_ENOUGH_LEADS = 200
_ENOUGH_WEEKS = 4
_WORTH = 100
"""How many leads the catalogue's profile counts for beside those that really came."""


class ArrivalHistory(Value):
    """What was learned; a draft keeps it, so that its proof does not drift while it is written.

    Attributes:
        leads: From how many leads `weights` was learned; 0 where they were given.
        leads_per_week: Average of the last four weeks; None when there is less than a week.
        weights: 168 shares by hour of the week, Monday 00:00 first, that add up to 1; empty
            when there are too few leads.
    """

    leads: int = Field(default=0, ge=0)
    leads_per_week: float | None = Field(default=None, gt=0)
    weights: tuple[float, ...] = ()


def learn_arrivals(
    *, arrived_at: Sequence[datetime], zone: ZoneInfo, usual: Sequence[float], now: datetime
) -> ArrivalHistory | None:
    """Return what the leads of the last quarter tell, None when that is nothing yet.

    Args:
        arrived_at: When each lead arrived, UTC-aware, in any order.
        zone: Whose hours of the week are meant.
        usual: The profile to lean on where few leads came, 168 weights.
        now: The instant of learning, UTC-aware.

    Source: the hours of the week are drawn from a multinomial with a Dirichlet prior, which is
    `usual` worth 100 leads; the weights are its posterior mean.
    """
    known = [at for at in arrived_at if now - LOOK_BACK < at <= now]
    weeks = (now - min(known, default=now)) / _WEEK
    if weeks < 1:
        return None
    recent = sum(at > now - _VOLUME_WEEKS * _WEEK for at in known)
    per_week = round(recent / min(weeks, _VOLUME_WEEKS), 1)
    whole = [at for at in known if at > now - int(weeks) * _WEEK]  # each weekday equally often
    is_enough = len(whole) >= _ENOUGH_LEADS and weeks >= _ENOUGH_WEEKS
    return ArrivalHistory(
        leads=len(whole) if is_enough else 0,
        leads_per_week=per_week or None,
        weights=_weights(whole, zone, usual) if is_enough else (),
    )


def _weights(
    arrived_at: Sequence[datetime], zone: ZoneInfo, usual: Sequence[float]
) -> tuple[float, ...]:
    local = (at.astimezone(zone) for at in arrived_at)
    counts = Counter(at.weekday() * 24 + at.hour for at in local)
    total = len(arrived_at) + _WORTH
    prior = _WORTH / sum(usual)
    return tuple(round((counts[hour] + prior * usual[hour]) / total, 6) for hour in range(_HOURS))
