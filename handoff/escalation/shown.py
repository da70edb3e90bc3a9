"""What the messages of an escalation show: values with the names of people in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import IncidentKind, SharedCause
from handoff.model import Instant

NO_DESIGN = "leads that no design takes"
"""Whose handoff fails when no design is at fault."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who has an escalation; instants are UTC, persons their names.

    Attributes:
        state: Where it stands.
        taken_by: Who acknowledged last; it is open again if the state says so.
        promised_at: Until when they promised to act, or None.
        ended_by: Who resolved it; None when a touch or a disposal did.
        because: What ended it, in words.
        note: What the person who resolved it wrote.
    """

    state: EscalationState
    taken_by: str | None = None
    taken_at: Instant | None = None
    promised_at: Instant | None = None
    ended_by: str | None = None
    ended_at: Instant | None = None
    because: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepShown:
    """One call of a step, or why nobody was called."""

    role: str
    person: str | None
    at: Instant
    is_substitute: bool = False
    skipped: str | None = None


@dataclass(frozen=True, kw_only=True)
class ClimbShown:
    """The climb for one lead.

    Attributes:
        id: What its buttons carry.
        lead: What people call the lead.
        occurred_at: When it was due, or when routing failed.
        row: Name of the routing row that matched.
        cause: What a routing failure was caused by.
        steps: Whom it called so far, and which steps it skipped, in order.
        next_at: When the calls go on if nothing happens; None if they do not.
        unowned: Id of the lead if it is open and belongs to nobody, so that a rep can be named.
        design: Its key; None if none takes the lead.
    """

    id: str
    lead: str
    design: str | None
    kind: IncidentKind
    occurred_at: Instant
    owner: str | None
    row: str | None
    source: str | None
    cause: str | None
    steps: Sequence[StepShown]
    standing: Standing
    next_at: Instant | None = None
    unowned: str | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentShown:
    """One incident on leadership's packet, and how far its own climb has come.

    Attributes:
        owner: Who had the lead then, else who has it by now.
        standing: None when no climb ran for it.
    """

    lead: str
    kind: IncidentKind
    occurred_at: Instant
    owner: str | None
    row: str | None
    source: str | None
    cause: str | None
    is_voided: bool
    standing: Standing | None


@dataclass(frozen=True, kw_only=True)
class GuardrailShown:
    """Leadership's packet.

    Attributes:
        id: What its buttons carry.
        design: Its key, None for leads that no design takes.
        title: What the design is for, as people say it.
        count: How many incidents fire it.
        window_hours: Within how many elapsed hours.
        causes: What the incidents have in common, the most shared first.
        called: Who was called, by name.
        missing: Roles of which nobody could be reached.
        is_overdue: Nobody resolved it in time, so the CRO is called.
    """

    id: str
    design: str | None
    title: str
    count: int
    window_hours: float
    fired_at: Instant
    incidents: Sequence[IncidentShown]
    causes: Sequence[SharedCause]
    called: Sequence[str]
    missing: Sequence[str]
    is_overdue: bool
    standing: Standing
