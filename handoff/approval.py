"""The sign-off state machine: states of a version, sides, and who may sign what."""

from enum import StrEnum

from handoff.brief import PersonKey
from handoff.model import Instant, Value


class VersionState(StrEnum):
    """The states of a design version (architecture.md, "State machines")."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"
    SUPERSEDED = "superseded"


class Side(StrEnum):
    """The two sides whose sign-off a version needs."""

    REVOPS = "revops"
    SALES = "sales"


class Via(StrEnum):
    """How somebody signed."""

    BUTTON = "button"
    REACTION = "reaction"


class SignOff(Value):
    """One side's sign-off of exactly one content hash."""

    side: Side
    person: PersonKey
    version: int
    content_hash: str
    via: Via
    at: Instant
    reason: str | None = None
