"""Grids of cells: the hours of a week, and the days of a timetable."""

from math import ceil, floor, log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.gateways.charts.frame import SMALL, framed, label_x
from bot.gateways.charts.palette import (
    CLOSED,
    COVERED,
    EMPTY,
    FIRST_DEEP,
    INK,
    ON_COVERED,
    ON_DEEP,
    ON_EMPTY,
    ON_PALE,
    RAMP,
    SOFT,
    TARGET,
    Colour,
    ramp_ends,
    ramp_step,
)
from handoff.pictures.shapes import HeatMap, Timetable, cut

_ROW = 25.0
_KEY = 44.0
_GAP = 0.035
_MOST_LABELS = 9
_WIDEST_LABEL = 170.0
_CHARACTER = 5.9
#: Smaller values are left to their colour: their figures would drown the others. Not counts.
_FIRST_SAID = 2


def draw_heat_map(picture: HeatMap) -> Figure:
    """Return the picture of a heat map: the worst cell is ringed and says its value."""
    height = _ROW * len(picture.rows)
    figure, axes = _grid(picture.title, picture.subtitle, picture.rows, height, _KEY + 40)
    largest, decimals = picture.largest, _decimals(picture)
    for row, cells in enumerate(picture.cells):
        for column, value in enumerate(cells):
            step = ramp_step(value, largest=largest)
            _cell(axes, row, column, RAMP[step])
            if step >= _FIRST_SAID or (picture.is_counted and value):
                on = ON_DEEP if step >= FIRST_DEEP else ON_PALE
                _word(axes, row, column, _short(value, decimals), on, size=SMALL - 2)
    _ring_worst(axes, picture)
    _columns(axes, picture.columns, every=ceil(len(picture.columns) / _MOST_LABELS))
    label_x(axes, picture.x_label)
    _key(figure, picture)
    return figure


def draw_timetable(picture: Timetable) -> Figure:
    """Return the picture of a timetable: a tick where somebody is reached, else the hours."""
    height = (_ROW + 9) * len(picture.rows)
    figure, axes = _grid(picture.title, picture.subtitle, picture.rows, height, 70)
    for row, cells in enumerate(picture.cells):
        for column, hours in enumerate(cells):
            if hours is None:
                _cell(axes, row, column, CLOSED)
            elif hours > 0:
                _cell(axes, row, column, EMPTY)
                _word(axes, row, column, f"{hours:.3g}h", ON_EMPTY, size=SMALL, is_bold=True)
            else:
                _cell(axes, row, column, COVERED)
                _word(axes, row, column, "✓", ON_COVERED, size=SMALL + 1)
    _columns(axes, [label.replace(" ", "\n") for label in picture.columns], every=1)
    _legend(figure)
    return figure


def _grid(
    title: str, subtitle: str, rows: tuple[str, ...], height: float, bottom: float
) -> tuple[Figure, Axes]:
    widest = max(map(len, rows), default=0) * _CHARACTER
    left = 24 + min(widest, _WIDEST_LABEL) + 10
    figure, axes = framed(title=title, subtitle=subtitle, height=height, left=left, bottom=bottom)
    room = int(_WIDEST_LABEL / _CHARACTER)
    labels = [cut(row, longest=room) for row in rows]
    axes.set_yticks([number + 0.5 for number in range(len(rows))], labels)
    axes.tick_params(axis="y", labelcolor=INK.light)
    axes.set_ylim(len(rows), 0)
    return figure, axes


def _columns(axes: Axes, labels: "list[str] | tuple[str, ...]", *, every: int) -> None:
    axes.set_xlim(0, len(labels))
    shown = range(0, len(labels), every)
    axes.set_xticks([number + 0.5 for number in shown], [labels[number] for number in shown])


def _cell(axes: Axes, row: int, column: int, colour: Colour) -> None:
    size = 1 - 2 * _GAP
    # not add_patch: that measures every cell anew
    axes.add_artist(
        Rectangle((column + _GAP, row + _GAP), size, size, facecolor=colour.light, linewidth=0)
    )


def _word(
    axes: Axes,
    row: int,
    column: int,
    text: str,
    colour: Colour,
    *,
    size: float,
    is_bold: bool = False,
) -> None:
    axes.text(
        column + 0.5,
        row + 0.52,
        text,
        ha="center",
        va="center",
        size=size,
        color=colour.light,
        weight="bold" if is_bold else "normal",
    )


def _ring_worst(axes: Axes, picture: HeatMap) -> None:
    found = [
        (value, -row, -column)
        for row, cells in enumerate(picture.cells)
        for column, value in enumerate(cells)
    ]
    value, row, column = max(found)
    if value > 0:
        axes.add_patch(
            Rectangle(
                (-column, -row), 1, 1, fill=False, edgecolor=TARGET.light, linewidth=2.6, zorder=5
            )
        )


def _key(figure: Figure, picture: HeatMap) -> None:
    """Explain the colours below the map, in the unit of its values."""
    height = figure.get_figheight() * 72
    axes = figure.add_axes((0, 0, 1, _KEY / height))
    axes.set_axis_off()
    axes.set_xlim(0, figure.get_figwidth() * 72)
    axes.set_ylim(0, _KEY)
    axes.text(24, 24, picture.unit, va="center", size=SMALL, color=SOFT.light)
    x = 24 + len(picture.unit) * 5.2 + 16
    for step, label in enumerate(_key_labels(picture)):
        axes.add_patch(Rectangle((x, 17), 14, 14, facecolor=RAMP[step].light, linewidth=0))
        axes.text(x + 19, 24, label, va="center", size=SMALL, color=SOFT.light)
        x += 19 + len(label) * 5.2 + 16


def _key_labels(picture: HeatMap) -> list[str]:
    ends, decimals = ramp_ends(largest=picture.largest), _decimals(picture)
    return ["0", *(f"to {end:,.{decimals}f}" for end in ends)]


def _short(value: float, decimals: int) -> str:
    """Return a value in the width of a cell: 12, 3.4, .25."""
    shown = f"{value:.{decimals}f}"
    return shown.removeprefix("0") if decimals > 1 else shown


def _legend(figure: Figure) -> None:
    """Explain the cells of a timetable."""
    height = figure.get_figheight() * 72
    axes = figure.add_axes((0, 0, 1, 36 / height))
    axes.set_axis_off()
    axes.set_xlim(0, figure.get_figwidth() * 72)
    axes.set_ylim(0, 36)
    x = 24.0
    for colour, text in (
        (COVERED, "✓ somebody is reached"),
        (EMPTY, "hours in which nobody is reached"),
        (CLOSED, "no climb can run"),
    ):
        axes.add_patch(Rectangle((x, 12), 14, 14, facecolor=colour.light, linewidth=0))
        axes.text(x + 20, 19, text, va="center", size=SMALL, color=SOFT.light)
        x += 20 + len(text) * 5.2 + 22


def _decimals(picture: HeatMap) -> int:
    """Return how many decimals tell the values of a map apart: two figures of the largest."""
    return 0 if picture.is_counted else max(0, 1 - floor(log10(picture.largest)))
