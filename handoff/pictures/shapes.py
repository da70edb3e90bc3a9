"""The shapes a picture can have, and what a press makes of one.

Each picture answers one question: its title says the answer, its subtitle what is shown in which
unit, and its alt text gives the answer to those who do not see it.
"""

from math import ceil
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from handoff.model import Value

#: Slack refuses longer descriptions of an image.
LONGEST_ALT = 1000


def cut(text: str, *, longest: int) -> str:
    """Return `text`, its end left out when it is longer than `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class _Picture(Value):
    name: str = Field(pattern=r"^[a-z-]+$", description="what its files are called")
    title: str = Field(description="the finding, in a sentence")
    subtitle: str = Field(description="what is shown, with its unit")
    alt: str = Field(max_length=LONGEST_ALT, description="the answer, for a screen reader")


class Mark(Value):
    """What a curve is compared with: a line across at `y`, or a point where there is an `x`."""

    label: str
    y: float
    x: float | None = None


class Curve(_Picture):
    """Points joined by a line, x ascending, y in percent."""

    kind: Literal["curve"] = "curve"
    x_label: str
    y_label: str
    points: tuple[tuple[float, float], ...] = Field(min_length=1)
    x_ticks: tuple[tuple[float, str], ...] = Field(description="where the x axis is labelled")
    marks: tuple[Mark, ...] = Field(default=(), max_length=3, description="a line, two points")
    is_counted: bool = Field(default=False, description="x counts things: each point is drawn")


class HeatMap(_Picture):
    """Rows of cells from light (0) to dark (the largest)."""

    kind: Literal["heat map"] = "heat map"
    unit: str
    x_label: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...] = Field(description="a row of cells per row")
    is_counted: bool = Field(default=False, description="the values are whole numbers")

    @property
    def largest(self) -> float:
        """Return the value that is drawn darkest, at least a little above zero."""
        found = max((cell for row in self.cells for cell in row), default=0.0)
        return (5 * ceil(found / 5) if self.is_counted else found) or 1e-9


class Timetable(_Picture):
    """A row per step and a column per day: hours without anybody, None where none are counted."""

    kind: Literal["timetable"] = "timetable"
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float | None, ...], ...] = Field(description="a row of cells per row")


class Bars(_Picture):
    """One bar per name, the longest first, beside their average."""

    kind: Literal["bars"] = "bars"
    unit: str
    bars: tuple[tuple[str, float], ...] = Field(min_length=1)
    average: float


Picture = Annotated[Curve | HeatMap | Timetable | Bars, Field(discriminator="kind")]


class Drawn(Value):
    """A picture as files: `svg` adapts to light and dark, `png` is a card that suits both."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    svg: str
    png: bytes
