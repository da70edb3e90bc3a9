"""The guardrail: N incidents inside a window on one design call leadership, once.

The edges are exact. With incidents at t1 ≤ t2 ≤ …, a window ends at an incident's own time t and
holds those with t - window < ti ≤ t that came after the last resolve. An incident that is stored
late is looked at in every window it belongs to.

Source: rules.md "Escalation and guardrail".
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.calendars import BusinessCalendar
from handoff.escalation.policy import Guardrail
from handoff.model import Instant, Value

JOIN_EVERY = timedelta(minutes=15)
"""Incidents that join an open guardrail are told together this often."""
OVERDUE_DAYS = 5


class Incident(Value):
    """One breach (dated when it was due) or routing failure (dated when it failed)."""

    id: str
    occurred_at: Instant


@dataclass(frozen=True, kw_only=True)
class FireGuardrail:
    """Call leadership with these incidents, oldest first; the window ends at `window_end`."""

    incidents: tuple[str, ...]
    window_end: datetime


@dataclass(frozen=True, kw_only=True)
class JoinGuardrail:
    """The guardrail is open: the incident joins its thread and does not fire again."""

    incident: str


def decide_guardrail(
    *,
    incident: Incident,
    others: Sequence[Incident],
    guardrail: Guardrail,
    last_resolved_at: datetime | None,
    is_open: bool,
) -> FireGuardrail | JoinGuardrail | None:
    """Decide what a newly stored incident means for the guardrail of its design.

    Args:
        incident: The new incident; it may be older than incidents that are stored already.
        others: The design's other incidents, of all its versions, in any order; at least those
            less than one window away from `incident`.
        guardrail: Count and window of the active version.
        last_resolved_at: When the guardrail was last resolved, in the time of the incidents.
        is_open: Whether it has fired and is not resolved.

    Returns:
        Fire with the earliest full window; join an open one; None when neither.
    """
    if last_resolved_at is not None and incident.occurred_at <= last_resolved_at:
        return None
    if is_open:
        return JoinGuardrail(incident=incident.id)
    window = timedelta(hours=guardrail.window_hours)
    known = {other.id: other for other in (*others, incident)}
    counted = sorted(
        (
            found
            for found in known.values()
            if last_resolved_at is None or found.occurred_at > last_resolved_at
        ),
        key=lambda found: (found.occurred_at, found.id),
    )
    for end in _ends(incident, counted, window):
        inside = [found for found in counted if end - window < found.occurred_at <= end]
        if len(inside) >= guardrail.count:
            return FireGuardrail(incidents=tuple(found.id for found in inside), window_end=end)
    return None


def is_missed(
    *,
    incidents: Sequence[Incident],
    judged: Collection[str],
    guardrail: Guardrail,
    last_resolved_at: datetime | None,
) -> bool:
    """Return True when a guardrail that is not open should have fired.

    Args:
        incidents: The design's incidents that count, in any order.
        judged: Ids of those that came when the parameters were already these.
        guardrail: Count and window.
        last_resolved_at: When the guardrail was last resolved, in the time of the incidents.
    """
    decisions = (
        decide_guardrail(
            incident=one,
            others=incidents,
            guardrail=guardrail,
            last_resolved_at=last_resolved_at,
            is_open=False,
        )
        for one in incidents
        if one.id in judged
    )
    return any(isinstance(decision, FireGuardrail) for decision in decisions)


def overdue_at(*, fired_at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return when an unresolved guardrail goes to the CRO: after five working days."""
    return calendar.add(fired_at, OVERDUE_DAYS * calendar.day_minutes)


def _ends(incident: Incident, counted: Sequence[Incident], window: timedelta) -> list[datetime]:
    """Return the ends of the windows that hold `incident`, earliest first."""
    first = incident.occurred_at
    ends = {found.occurred_at for found in counted}
    return sorted(end for end in ends if first <= end < first + window)
