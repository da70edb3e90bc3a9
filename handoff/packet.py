"""What the approval packet shows: a version, where it stands, and who signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handoff.approval import Side, SignOff, VersionState
from handoff.brief import PersonKey
from handoff.design import HandoffDesign
from handoff.model import Instant
from handoff.sla.model import Depth


@dataclass(frozen=True, kw_only=True)
class PacketState:
    """All that the packet shows; instants are UTC, persons and groups Slack ids.

    Attributes:
        design: The version's body.
        state: Where the version stands.
        asked: Whom the brief asks to sign each side, of those who still may.
        stand_ins: Who was asked in their place and may sign, the first one first.
        sign_offs: Those given.
        changes: What changed since the version before, in plain words.
        newest_version: Number of the design's newest version.
        items_open: How many required items are still open.
        items_total: How many required items there are.
        opens_at: When go-live opens.
        ended_because: Why the version was superseded, a sentence; empty otherwise.
        ended_by: Who asked for changes; empty otherwise.
        ended_reason: Their words; empty otherwise.
        overlaps: Sentences on other designs at work that would take some of the same leads.
        doubts_now: What a proof after sending found against the version; empty when it holds.
        doubts_because: Why it was run: `team`, or `day` for the days ahead.
    """

    design: HandoffDesign
    state: VersionState
    asked: Mapping[Side, PersonKey]
    stand_ins: Mapping[Side, Sequence[PersonKey]] = field(default_factory=dict)
    sign_offs: Sequence[SignOff] = ()
    changes: Sequence[str] = ()
    newest_version: int = 1
    items_open: int = 0
    items_total: int = 0
    opens_at: Instant | None = None
    ended_because: str = ""
    ended_by: PersonKey = ""
    ended_reason: str = ""
    overlaps: Sequence[str] = ()
    doubts_now: Sequence[str] = ()
    doubts_because: str = "team"

    @property
    def is_estimate(self) -> bool:
        """Tell whether the full proof of a version in review is still to come."""
        is_full = self.design.feasibility.depth is Depth.FULL
        return self.state is VersionState.IN_REVIEW and not is_full

    @property
    def reference(self) -> str:
        """Return what a button carries: design, version and the full content hash as shown."""
        return f"{self.design.key}|{self.design.version}|{self.design.content_hash}"
