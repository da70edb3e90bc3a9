"""The frame of every picture: a card with the finding on top and what is shown below it."""

from textwrap import wrap
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from bot.gateways.charts.palette import GRID, INK, PAPER, SOFT

#: By this a page finds the lines of the finding, to show it in its own way.
FINDING = "finding"
#: Points; a picture is this wide, and as high as it needs.
WIDTH = 648.0
LEFT, RIGHT = 24.0, 24.0
_TITLE, _SUBTITLE = 15.0, 10.5
SMALL = 9.5
_TITLE_LINE, _SUBTITLE_LINE = 20.0, 15.0
_TITLE_ROOM, _SUBTITLE_ROOM = 64, 96
_TOP, _BELOW_WORDS = 20.0, 18.0


def settle_style() -> None:
    """Forget the settings of this machine: the same values give the same bytes everywhere."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(
        {
            "font.family": "DejaVu Sans",  # comes with matplotlib
            "text.parse_math": False,  # a dollar in somebody's name is a dollar
            "svg.fonttype": "none",  # words stay words
            "axes.unicode_minus": False,
        }
    )


def framed(
    *, title: str, subtitle: str, height: float, left: float, bottom: float
) -> tuple[Figure, Axes]:
    """Return a card with its words, and the axes below them.

    Args:
        title: The finding.
        subtitle: What is shown.
        height: Of the axes, in points.
        left: Room for the labels left of the axes, in points.
        bottom: Room for the labels below the axes, in points.
    """
    titles, subtitles = wrap(title, _TITLE_ROOM), wrap(subtitle, _SUBTITLE_ROOM)
    words = len(titles) * _TITLE_LINE + len(subtitles) * _SUBTITLE_LINE
    whole = _TOP + words + _BELOW_WORDS + height + bottom
    figure = Figure(figsize=(WIDTH / 72, whole / 72), facecolor=PAPER.light)
    y = whole - _TOP
    styles: list[tuple[list[str], float, dict[str, Any]]] = [
        (
            titles,
            _TITLE_LINE,
            {"size": _TITLE, "weight": "bold", "color": INK.light, "gid": FINDING},
        ),
        (subtitles, _SUBTITLE_LINE, {"size": _SUBTITLE, "color": SOFT.light}),
    ]
    for lines, step, style in styles:
        for line in lines:
            figure.text(LEFT / WIDTH, y / whole, line, va="top", **style)
            y -= step
    axes = figure.add_axes(
        (left / WIDTH, bottom / whole, (WIDTH - left - RIGHT) / WIDTH, height / whole)
    )
    _quieten(axes)
    return figure, axes


def label_x(axes: Axes, text: str) -> Text:
    """Name the x axis."""
    return axes.set_xlabel(text, size=SMALL + 0.5, color=SOFT.light, labelpad=8)


def _quieten(axes: Axes) -> None:
    """Keep of the axes only what helps to read."""
    axes.set_facecolor("none")
    for side in axes.spines.values():
        side.set_visible(False)
    quiet: dict[str, Any] = {"length": 0, "labelsize": SMALL, "labelcolor": SOFT.light}
    axes.tick_params(axis="both", which="both", **quiet)
    axes.grid(visible=False)
    axes.set_axisbelow(True)


def rule(axes: Axes, *, axis: Literal["x", "y"]) -> None:
    """Draw thin lines across, to read values off."""
    axes.grid(visible=True, axis=axis, color=GRID.light, linewidth=0.8)
