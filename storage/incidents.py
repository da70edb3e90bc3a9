"""Incidents: breaches and routing failures, and which guardrail they belong to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from handoff.brief import PersonKey
from handoff.escalation.incident import IncidentKind
from handoff.model import Instant, Value
from storage.tables import incident_table as incidents
from storage.upsert import for_each_database

_RECORD = for_each_database(lambda into: into(incidents).on_conflict_do_nothing())
_i = incidents.c


class IncidentRecord(Value):
    """One breach or one routing failure; at most one for each cycle of a lead.

    Attributes:
        lead: The cycle that it happened to, or None for a broken integration.
        cause: What a routing failure was caused by, in words.
        occurred_at: Its own time: a breach's `due_at`, or when routing failed.
        recorded_at: When it was stored.
        voided_at: When an earlier touch was proven, or None while it counts.
        guardrail: The guardrail's escalation that it fired or joined.
    """

    workspace: str
    id: str
    design: str
    lead: str | None = None
    kind: IncidentKind
    rule: str | None = None
    owner: PersonKey | None = None
    source: str | None = None
    cause: str | None = None
    occurred_at: Instant
    recorded_at: Instant
    voided_at: Instant | None = None
    guardrail: str | None = None


def record(connection: Connection, *, incident: IncidentRecord) -> bool:
    """Store an incident. Lock its design first, or two at once may each count only one.

    Returns:
        False if this cycle of the lead has an incident already.
    """
    statement = _RECORD[connection.dialect.name]
    return connection.execute(statement, incident.model_dump()).rowcount == 1


def failures_since(
    connection: Connection, *, workspace: str, cause: str, since: datetime
) -> list[datetime]:
    """Return when routing failed for just this cause, after an instant (left out), in order."""
    found = select(_i.occurred_at).where(
        _i.workspace == workspace,
        _i.kind == IncidentKind.ROUTING_FAILURE.value,
        _i.cause == cause,
        _i.occurred_at > since,
        _i.voided_at.is_(None),
    )
    return list(connection.execute(found.order_by(_i.occurred_at)).scalars())


def void(
    connection: Connection, *, workspace: str, lead: str, now: datetime
) -> IncidentRecord | None:
    """Void a lead's incident after an earlier touch was proven; None if none counts."""
    mine = (_i.workspace == workspace, _i.lead == lead, _i.voided_at.is_(None))
    statement = update(incidents).where(*mine).values(voided_at=now).returning(*_i)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else IncidentRecord(**row)


def of_lead(connection: Connection, *, workspace: str, lead: str) -> IncidentRecord | None:
    """Return the incident of a lead's cycle, voided or not, or None."""
    mine = select(incidents).where(_i.workspace == workspace, _i.lead == lead)
    row = connection.execute(mine).mappings().one_or_none()
    return None if row is None else IncidentRecord(**row)


def between(
    connection: Connection, *, workspace: str, design: str, after: datetime, until: datetime
) -> list[IncidentRecord]:
    """Return a design's incidents that count, with `after < occurred_at <= until`, in order.

    Args:
        connection: The connection whose transaction locked the design.
        workspace: The Slack team.
        design: The design's key.
        after: Start of the window, UTC-aware, left out.
        until: End of the window, UTC-aware, included.
    """
    found = select(incidents).where(
        _i.workspace == workspace,
        _i.design == design,
        _i.occurred_at > after,
        _i.occurred_at <= until,
        _i.voided_at.is_(None),
    )
    rows = connection.execute(found.order_by(_i.occurred_at, _i.id)).mappings()
    return [IncidentRecord(**row) for row in rows]


def join(connection: Connection, *, workspace: str, ids: Collection[str], guardrail: str) -> None:
    """Remember which guardrail's escalation incidents fired or joined."""
    mine = update(incidents).where(_i.workspace == workspace, _i.id.in_(ids))
    connection.execute(mine.values(guardrail=guardrail))


def of_guardrail(
    connection: Connection, *, workspace: str, guardrail: str
) -> list[IncidentRecord]:
    """Return the incidents of one guardrail's escalation, in order."""
    found = select(incidents).where(_i.workspace == workspace, _i.guardrail == guardrail)
    rows = connection.execute(found.order_by(_i.occurred_at, _i.id)).mappings()
    return [IncidentRecord(**row) for row in rows]
