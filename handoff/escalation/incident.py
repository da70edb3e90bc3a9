"""What counts as an incident, and what the incidents of a guardrail have in common.

Source: rules.md "Escalation and guardrail".
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from handoff.brief import PersonKey
from handoff.model import Instant, Value

SAME_ERROR = timedelta(hours=1)
"""Final errors of one integration with one message within this time are one incident."""


class IncidentKind(StrEnum):
    """Why an incident was stored."""

    BREACH = "breach"
    ROUTING_FAILURE = "routing_failure"


class IncidentFacts(Value):
    """One incident with what it may share with others.

    `error` is what an integration reported, `reason` why a lead could be given to nobody.
    """

    id: str
    kind: IncidentKind
    occurred_at: Instant
    row: str | None = None
    owner: PersonKey | None = None
    source: str | None = None
    error: str | None = None
    reason: str | None = None


class Dimension(StrEnum):
    """What incidents can have in common, the most telling first."""

    ERROR = "error"
    REASON = "reason"
    OWNER = "owner"
    ROW = "row"
    SOURCE = "source"
    HOUR = "hour"


class SharedCause(Value):
    """What most of the incidents share: `count` of `total`, and what to do about it."""

    dimension: Dimension
    value: str
    count: int
    total: int
    proposed_fix: str


def is_incident(
    *, is_test: bool, is_disposed: bool, has_incident: bool, is_final: bool = True
) -> bool:
    """Return True when a breach or failure of a cycle is an incident.

    Args:
        is_test: Test leads never are.
        is_disposed: The lead was disposed of before it was due.
        has_incident: The cycle has one already: the first of breach and routing failure counts.
        is_final: False for a transport error that is still retried.
    """
    return is_final and not (is_test or is_disposed or has_incident)


def is_same_failure(*, error_at: datetime, earlier_at: Sequence[datetime]) -> bool:
    """Return True when an integration's error is part of an incident that is stored already.

    Args:
        error_at: When the error became final.
        earlier_at: Starts of incidents of the same integration with the same error.
    """
    return any(timedelta(0) <= error_at - start < SAME_ERROR for start in earlier_at)


def shared_causes(
    *,
    incidents: Sequence[IncidentFacts],
    zone: ZoneInfo,
    names: Mapping[str, str],
) -> tuple[SharedCause, ...]:
    """Return what more than half of the incidents, and at least two, have in common.

    Args:
        incidents: The incidents of one guardrail.
        zone: The zone of the design's calendar, for the hour of day.
        names: Display names of people and rows by key.

    Returns:
        The most shared first, then the most telling; empty when they have nothing in common.
    """
    found = [
        cause
        for dimension, value_of in _readers(zone).items()
        for cause in _cause(dimension, [value_of(entry) for entry in incidents], names)
    ]
    order = list(Dimension)
    return tuple(sorted(found, key=lambda cause: (-cause.count, order.index(cause.dimension))))


def _readers(zone: ZoneInfo) -> Mapping[Dimension, Callable[[IncidentFacts], str | None]]:
    return {
        Dimension.ERROR: lambda entry: entry.error,
        Dimension.REASON: lambda entry: entry.reason,
        Dimension.OWNER: lambda entry: entry.owner,
        Dimension.ROW: lambda entry: entry.row,
        Dimension.SOURCE: lambda entry: entry.source,
        Dimension.HOUR: lambda entry: _hour(entry.occurred_at, zone),
    }


def _hour(at: datetime, zone: ZoneInfo) -> str:
    """Return the hour of day with its zone: leadership may read it in another one."""
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return f"{at.astimezone(zone).hour:02d}:00 ({place} time)"


def _cause(
    dimension: Dimension, values: Sequence[str | None], names: Mapping[str, str]
) -> Iterator[SharedCause]:
    counted = Counter(value for value in values if value is not None)
    for value, count in sorted(counted.items()):
        if count >= 2 and count * 2 > len(values):
            name = names.get(value, value)
            yield SharedCause(
                dimension=dimension,
                value=name,
                count=count,
                total=len(values),
                proposed_fix=_FIXES[dimension].format(name=name),
            )


_FIXES = {
    Dimension.ERROR: "Look at the integration that reports “{name}”, then send its leads again.",
    Dimension.REASON: "Name a rep for each of these leads; then see to it that a design takes "
    "them, and that its reps or its fallback are here.",
    Dimension.OWNER: "Move the open leads of {name} to others, and check their hours, time off "
    "and caps.",
    Dimension.ROW: "Look at routing row “{name}”: more reps, a pod that works these hours, or a "
    "longer response SLA.",
    Dimension.SOURCE: "Look at source “{name}”: what it sends, how many leads, and when.",
    Dimension.HOUR: "Cover the hour from {name}: more reps then, or a calendar without it.",
}
