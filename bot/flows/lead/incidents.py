"""What escalation is told about a lead: incidents, and that its climb is over."""

from datetime import datetime

from bot.flows.escalate.climb import close_climb, may_act_on, show_climb, void_incident
from bot.flows.escalate.incident import call_again, record_incident
from bot.flows.lead.case import LeadCase
from handoff.escalation.incident import IncidentKind


def report(
    case: LeadCase, *, kind: IncidentKind, occurred_at: datetime, cause: str | None = None
) -> None:
    """Record an incident of the lead's cycle as it is saved now; call again if it has one.

    Args:
        case: The lead, locked together with its design.
        kind: Breach or routing failure.
        occurred_at: A breach's due instant, or when routing failed.
        cause: What a routing failure was caused by, in words.
    """
    is_first = record_incident(
        case.connection,
        workspace=case.workspace,
        now=case.now,
        lead_id=case.lead.id,
        kind=kind,
        occurred_at=occurred_at,
        cause=cause,
    )
    if not is_first:
        call_again(
            case.connection,
            workspace=case.workspace,
            now=case.now,
            lead_id=case.lead.id,
            is_breach=kind is IncidentKind.BREACH,
        )


def stop_climb(case: LeadCase, *, because: str) -> None:
    """Stop the climb of the lead's cycle, if one runs: it was touched or disposed of."""
    close_climb(
        case.connection,
        workspace=case.workspace,
        now=case.now,
        lead_id=case.lead.id,
        because=because,
    )


def show_owner(case: LeadCase) -> None:
    """Let the calls about the lead say who owns it now."""
    show_climb(case.connection, workspace=case.workspace, now=case.now, lead_id=case.lead.id)


def is_called(case: LeadCase, person: str) -> bool:
    """Tell whether a person may act on the lead's climb, as whoever it called may."""
    return may_act_on(
        case.connection,
        workspace=case.workspace,
        now=case.now,
        lead_id=case.lead.id,
        person=person,
    )


def void(case: LeadCase, *, because: str) -> None:
    """Void the incident of the lead's cycle and stop its climb; a packet that was sent stays."""
    void_incident(
        case.connection,
        workspace=case.workspace,
        now=case.now,
        lead_id=case.lead.id,
        because=because,
    )
