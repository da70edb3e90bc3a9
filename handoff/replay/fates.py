"""What became of a past lead when it was replayed."""

from enum import StrEnum

from pydantic import Field

from handoff.brief import Band, PersonKey
from handoff.model import Instant, Value


class Fate(StrEnum):
    """What became of a replayed lead."""

    ASSIGNED = "assigned"
    NURTURED = "nurtured"
    OUTSIDE = "outside"
    UNROUTABLE = "unroutable"


class Replayed(Value):
    """One lead after the replay: who would have got it, by which row, and how fast."""

    id: str
    arrived_at: Instant
    fate: Fate
    because: str
    owner: PersonKey | None = None
    row: str | None = None
    band: Band | None = None
    due_at: Instant | None = None
    touched_at: Instant | None = None
    wait_minutes: float | None = Field(default=None, description="of the design's clock")

    @property
    def is_on_time(self) -> bool:
        """Return True when the predicted first touch comes before the due instant."""
        return (
            self.touched_at is not None
            and self.due_at is not None
            and (self.touched_at < self.due_at)
        )
