"""The coverage proof: in every hour a climb could run, each step reaches a distinct person."""

from pydantic import Field

from handoff.brief import ShortText
from handoff.model import Instant, Value


class CoverageGap(Value):
    """A span in which a step reaches nobody; `could_fill` names people who would be there."""

    step: int = Field(description="0-based index into the policy's steps")
    role: ShortText
    starts_at: Instant
    ends_at: Instant
    could_fill: tuple[str, ...] = ()


class CoverageProof(Value):
    """The next `days` days from `from_at`: gaps forbid a silent sign-off, warnings are shown."""

    from_at: Instant
    days: int = 14
    gaps: tuple[CoverageGap, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return True when every step reaches somebody in every hour."""
        return not self.gaps
