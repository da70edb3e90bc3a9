"""Cause codes: what a person says went wrong when they resolve an escalation."""

from collections.abc import Mapping
from enum import StrEnum


class CauseCode(StrEnum):
    """Why a lead was not answered in time, or why leadership had to be called."""

    OWNER_MISSED = "owner_missed"
    NOBODY_FREE = "nobody_free"
    WRONG_OWNER = "wrong_owner"
    BAD_LEAD = "bad_lead"
    TOOL_FAILED = "tool_failed"
    SLA_TOO_SHORT = "sla_too_short"
    OTHER = "other"


CAUSE_WORDS: Mapping[str, str] = {
    CauseCode.OWNER_MISSED: "The owner missed it",
    CauseCode.NOBODY_FREE: "Nobody was free to answer",
    CauseCode.WRONG_OWNER: "It went to the wrong person",
    CauseCode.BAD_LEAD: "The lead should not have come",
    CauseCode.TOOL_FAILED: "A tool or integration failed",
    CauseCode.SLA_TOO_SHORT: "The response SLA is too short",
    CauseCode.OTHER: "Something else",
}
"""What people read for a code."""
