"""The audit log: a closed list of past-tense facts, chained by hashes."""

import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum


class AuditFact(StrEnum):
    """Everything that can happen and is worth remembering, in the past tense."""

    # design and sign-off
    DESIGN_CREATED = "design_created"
    VERSION_DRAFTED = "version_drafted"
    VERSION_SENT = "version_sent"
    VERSION_SUPERSEDED = "version_superseded"
    VERSION_EXPIRED = "version_expired"
    VERSION_APPROVED = "version_approved"
    VERSION_ACTIVATED = "version_activated"
    VERSION_PAUSED = "version_paused"
    VERSION_RESUMED = "version_resumed"
    VERSION_RETIRED = "version_retired"
    VERSION_ROLLED_BACK = "version_rolled_back"
    SIGNED_OFF = "signed_off"
    SIGN_OFF_WITHDRAWN = "sign_off_withdrawn"
    SIGN_OFF_VOIDED = "sign_off_voided"
    SIGN_OFF_REFUSED = "sign_off_refused"
    SIGN_OFF_REMINDED = "sign_off_reminded"
    SUBSTITUTE_ASKED = "substitute_asked"
    CHANGES_REQUESTED = "changes_requested"
    ITEM_DONE = "item_done"
    ITEM_WAIVED = "item_waived"
    ITEM_REOPENED = "item_reopened"
    PROOF_COMPUTED = "proof_computed"
    # people and settings
    DIRECTORY_CHANGED = "directory_changed"
    ROLE_HOLDERS_CHANGED = "role_holders_changed"
    TIME_OFF_ADDED = "time_off_added"
    TIME_OFF_REMOVED = "time_off_removed"
    CAPS_CHANGED = "caps_changed"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_REACTIVATED = "person_reactivated"
    SOURCE_ADDED = "source_added"
    SOURCE_CHANGED = "source_changed"
    SOURCE_REMOVED = "source_removed"
    ENTRY_ORDER_CHANGED = "entry_order_changed"
    # leads
    LEAD_RECEIVED = "lead_received"
    LEAD_MERGED = "lead_merged"
    LEAD_REFUSED = "lead_refused"
    LEAD_REPAIRED = "lead_repaired"
    LEAD_DISMISSED = "lead_dismissed"
    LEAD_NURTURED = "lead_nurtured"
    LEAD_HELD = "lead_held"
    LEAD_ASSIGNED = "lead_assigned"
    LEAD_REROUTED = "lead_rerouted"
    LEAD_REASSIGNED = "lead_reassigned"
    LEAD_ACCEPTED = "lead_accepted"
    LEAD_DECLINED = "lead_declined"
    LEAD_TOUCHED = "lead_touched"
    LEAD_DISPOSED = "lead_disposed"
    LEAD_CLOSED = "lead_closed"
    ROUTING_FAILED = "routing_failed"
    # clocks
    CLOCK_STARTED = "clock_started"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    CLOCK_WARNED = "clock_warned"
    CLOCK_WARNING_SKIPPED = "clock_warning_skipped"
    CLOCK_MET = "clock_met"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_BREACHED = "clock_breached"
    BREACH_REVERSED = "breach_reversed"
    # escalation and guardrail
    INCIDENT_RECORDED = "incident_recorded"
    INCIDENT_VOIDED = "incident_voided"
    ESCALATION_OPENED = "escalation_opened"
    STEP_CALLED = "step_called"
    STEP_SKIPPED = "step_skipped"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"
    ESCALATION_REFUSED = "escalation_refused"
    ESCALATION_REOPENED = "escalation_reopened"
    PROMISE_BROKEN = "promise_broken"
    ESCALATION_RESOLVED = "escalation_resolved"
    ESCALATION_VOIDED = "escalation_voided"
    GUARDRAIL_FIRED = "guardrail_fired"
    GUARDRAIL_JOINED = "guardrail_joined"
    GUARDRAIL_OVERDUE = "guardrail_overdue"
    GUARDRAIL_RESOLVED = "guardrail_resolved"
    # the machine itself
    MESSAGE_FAILED = "message_failed"
    MESSAGE_HELD = "message_held"
    MESSAGE_DIVERTED = "message_diverted"
    MESSAGE_SENT_AGAIN = "message_sent_again"
    TIMER_REBUILT = "timer_rebuilt"
    RECORDS_SWEPT = "records_swept"


#: What the first fact of a workspace is chained to.
GENESIS = "0" * 64

#: Writes a text as JSON does, without escapes that it does not need.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def link(
    *,
    previous: str,
    workspace: str,
    seq: int,
    at: datetime,
    kind: str,
    actor: str,
    subject: str,
    data: str,
) -> str:
    """Return the hash that chains a fact to the one before it.

    Args:
        previous: Hash of the fact before, or `GENESIS`.
        workspace: The Slack team whose chain it is.
        seq: The fact's place in that chain, from 1.
        at: When it happened, aware; hashed in UTC to the microsecond.
        kind: One of `AuditFact`.
        actor: Slack id of the person, or the name of the machine that acted.
        subject: Id of what it happened to.
        data: What says the rest, as canonical JSON text.

    Returns:
        SHA-256 in hex over the canonical JSON of all of the above.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    who = f"{_quoted(kind)},{_quoted(actor)},{_quoted(subject)}"
    links = f'["{previous}",{_quoted(workspace)},{seq},"{moment}",{who},{data}]'
    return hashlib.sha256(links.encode()).hexdigest()
