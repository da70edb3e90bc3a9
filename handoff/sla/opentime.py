"""Open minutes against elapsed minutes, for many instants at once.

Hours are runs of quarter-hour slots that repeat after a period. Work done, or clock time run,
up to an instant is a piecewise straight line of slope 0 or 1; models walk it both ways millions
of times, so both directions are look-ups in tables instead of searches.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from handoff.sla.queue import SLOT_MINUTES, Hours

Floats = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OpenTime:
    """When something is open, slot by slot, for whole periods laid end to end."""

    #: 1.0 where open; one per slot.
    is_open: Floats
    #: Open minutes before the slot; one more than slots.
    opened: Floats
    #: The slot of each open quarter of an hour in turn, then a last entry at the end of time.
    slot_of: Slots

    @classmethod
    def of(cls, *, hours: Hours, period: int, repeats: int) -> "OpenTime":
        """Lay out `hours`, which repeat every `period` slots, `repeats` times."""
        once = np.zeros(period)
        for start, stop in hours:
            once[start:stop] = 1
        is_open = np.tile(once, repeats)
        opened = np.concatenate(([0.0], np.cumsum(is_open))) * SLOT_MINUTES
        slot_of = np.append(np.flatnonzero(is_open), len(is_open))
        return cls(is_open=is_open, opened=opened, slot_of=slot_of)

    def minutes_at(self, elapsed: Floats) -> Floats:
        """Return the open minutes that have passed at `elapsed` minutes, of any shape."""
        slot = np.minimum(elapsed // SLOT_MINUTES, len(self.is_open) - 1).astype(np.int64)
        passed: Floats = self.opened[slot] + self.is_open[slot] * (elapsed - slot * SLOT_MINUTES)
        return passed
