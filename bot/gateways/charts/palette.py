"""The colours of all pictures, each named once for light and for dark.

Told apart by lightness, never by hue alone, so that they work for colour-blind people and in
print. An SVG carries the light ones as attributes; its style sheet repaints them in the dark.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """A colour on light and on dark paper, as #rrggbb; `light` names it in an SVG."""

    light: str
    dark: str


PAPER = Colour("#ffffff", "#17181c")
INK = Colour("#1d1c1d", "#e8e8ea")
SOFT = Colour("#5b6470", "#a6adb8")
GRID = Colour("#dfe3e8", "#33373f")
LINE = Colour("#1a56b0", "#8ab4f8")
TARGET = Colour("#b3470a", "#f5a25d")
BAR = Colour("#3a73b9", "#6f9fe0")

#: From nothing to the most.
RAMP = (
    Colour("#f1f3f6", "#23262c"),
    Colour("#cbddf3", "#1f3a60"),
    Colour("#93bae6", "#2d5a94"),
    Colour("#3c74ba", "#5b93d8"),
    Colour("#1d4f94", "#9cc3f2"),
    Colour("#0b2f62", "#dceafb"),
)
#: Words on a cell of the ramp, by its step.
ON_PALE = Colour("#1d1c1e", "#e8e8eb")
ON_DEEP = Colour("#fffffe", "#10131a")
FIRST_DEEP = 3

CLOSED = Colour("#f4f5f7", "#1e2025")
COVERED = Colour("#d8ebdd", "#1d3b29")
ON_COVERED = Colour("#1e6b3a", "#8fdcaa")
EMPTY = Colour("#a8321f", "#f2a08f")
ON_EMPTY = Colour("#fefeff", "#2a0f0a")

ALL = (
    *(PAPER, INK, SOFT, GRID, LINE, TARGET, BAR),
    *RAMP,
    *(ON_PALE, ON_DEEP, CLOSED, COVERED, ON_COVERED, EMPTY, ON_EMPTY),
)


def ramp_step(value: float, *, largest: float) -> int:
    """Return the step of the ramp for a value: 0 for nothing, the last for the largest."""
    if value <= 0.005 * largest:
        return 0
    return min(int(value / largest * (len(RAMP) - 1)) + 1, len(RAMP) - 1)


def ramp_ends(*, largest: float) -> tuple[float, ...]:
    """Return the value at which each step above nothing ends."""
    count = len(RAMP) - 1
    return tuple(largest * number / count for number in range(1, count + 1))
