"""Enablement requests and checklist items: what must be ready, who owns it, by when."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from handoff.brief import ShortText
from handoff.model import Value


class RequestKind(StrEnum):
    """What kind of enablement is asked for."""

    ASSET = "asset"
    TALK_TRACK = "talk_track"
    SEQUENCE = "sequence"
    DASHBOARD = "dashboard"


class ChecklistKind(StrEnum):
    """What part of data and tooling an item is about."""

    FIELD = "field"
    INTEGRATION = "integration"
    FLOW = "flow"
    QA = "qa"
    CHANGE_RECORD = "change_record"
    DOCUMENTATION = "documentation"
    DEPENDENCY = "dependency"
    REVIEW = "review"


class ItemState(StrEnum):
    """The state of a request or checklist item (rules.md: open → done | waived)."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"


class EnablementRequest(Value):
    """One request to a pod's enablement; `due` counts back from go-live in working days."""

    id: ShortText = Field(description="stable within the design: e1, e2, …")
    kind: RequestKind
    pod: ShortText
    title: str
    owner_role: ShortText
    lead_days: int
    due: date
    is_required: bool = True
    cites_rows: tuple[str, ...] = ()


class ChecklistItem(Value):
    """One item of the data and tooling checklist, with its owner."""

    id: ShortText = Field(description="stable within the design: c1, c2, …")
    kind: ChecklistKind
    title: str
    owner_role: ShortText
    lead_days: int
    due: date
    is_required: bool = True
    needs_evidence: bool = False


class ItemStatus(Value):
    """The live status of one item, an overlay that is not in the design's hash."""

    item: ShortText
    state: ItemState = ItemState.OPEN
    by: str | None = None
    at: str | None = Field(default=None, description="ISO instant, UTC")
    reason: str | None = None
    evidence: str | None = None
