"""A breach or a routing failure of a lead, handed to escalation."""

from datetime import datetime

from bot.flows.lead.case import LeadCase
from storage import incidents
from storage.ids import new_id
from storage.incidents import IncidentKind, IncidentRecord


def report(
    case: LeadCase, *, kind: IncidentKind, occurred_at: datetime, cause: str | None = None
) -> None:
    """Record an incident of the lead's cycle; a test lead has none.

    Args:
        case: The lead, locked together with its design.
        kind: Breach or routing failure.
        occurred_at: A breach's due instant, or when routing failed.
        cause: What a routing failure was caused by, in words.
    """
    if case.lead.is_test:
        return
    incidents.record(
        case.connection,
        incident=IncidentRecord(
            workspace=case.workspace,
            id=new_id("inc", now=case.now),
            design=case.design,
            lead=case.lead.id,
            kind=kind,
            rule=case.lead.rule,
            owner=case.lead.owner,
            source=case.lead.source,
            cause=cause,
            occurred_at=occurred_at,
            recorded_at=case.now,
        ),
    )


def stop_climb(case: LeadCase, *, because: str) -> None:
    """Stop the climb of the lead's cycle, if one runs: it was touched or disposed of."""


def void(case: LeadCase, *, because: str) -> None:
    """Void the incident of the lead's cycle and stop its climb; a packet that was sent stays."""
    incidents.void(case.connection, workspace=case.workspace, lead=case.lead.id, now=case.now)
    stop_climb(case, because=because)
