"""A curve with its target and the points that matter."""

from math import floor
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.gateways.charts.frame import SMALL, framed, label_x, rule
from bot.gateways.charts.palette import INK, LINE, PAPER, SOFT, TARGET
from handoff.pictures.shapes import Curve, Mark

_HEIGHT = 195.0
_FULL = 100.0
_SHAPES = ("o", "D")


def draw_curve(curve: Curve) -> Figure:
    """Return the picture of a curve."""
    figure, axes = framed(
        title=curve.title, subtitle=curve.subtitle, height=_HEIGHT, left=66, bottom=54
    )
    rule(axes, axis="y")
    xs, ys = zip(*curve.points, strict=True)
    marker: dict[str, Any] = {"marker": "o", "markersize": 4.5} if curve.is_counted else {}
    axes.plot(
        xs, ys, color=LINE.light, linewidth=2.4, solid_capstyle="round", clip_on=False, **marker
    )
    _scale(axes, curve)
    label_x(axes, curve.x_label)
    axes.set_ylabel(curve.y_label, size=SMALL + 0.5, color=SOFT.light, labelpad=8)
    for mark in curve.marks:
        if mark.x is None:
            _line(axes, mark, curve)
    points = [mark for mark in curve.marks if mark.x is not None]
    for number, (mark, shape) in enumerate(zip(points, _SHAPES, strict=False)):
        _point(axes, mark, shape, edge=TARGET.light if number else INK.light)
    _name_points(axes, curve, points)
    return figure


def _scale(axes: Axes, curve: Curve) -> None:
    """Start below the lowest value at a round figure; leave room for a marker at either end."""
    xs = [x for x, _ in curve.points]
    lowest = min([y for _, y in curve.points] + [mark.y for mark in curve.marks])
    bottom = max(0, 10 * floor((lowest - 4) / 10))
    axes.set_ylim(bottom, _FULL + (_FULL - bottom) * 0.04)
    step = 10 if bottom >= 40 else 20
    axes.set_yticks([y for y in range(0, 101, step) if y >= bottom])
    start = xs[0] if curve.is_counted else min(0.0, xs[0])
    room = (xs[-1] - start) * 0.03 or 0.5
    axes.set_xlim(start - room, xs[-1] + room)
    axes.set_xticks([x for x, _ in curve.x_ticks], [text for _, text in curve.x_ticks])


def _line(axes: Axes, mark: Mark, curve: Curve) -> None:
    """Draw a line across, its name at the end that the curve leaves free."""
    axes.axhline(mark.y, color=TARGET.light, linewidth=1.6, linestyle=(0, (5, 3)))
    first, last = curve.points[0][1], curve.points[-1][1]
    is_right = abs(last - mark.y) >= abs(first - mark.y)
    is_above = (last if is_right else first) < mark.y
    axes.annotate(
        mark.label,
        (1 if is_right else 0, mark.y),
        xycoords=("axes fraction", "data"),
        xytext=(0, 5 if is_above else -5),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="bottom" if is_above else "top",
        size=SMALL,
        color=TARGET.light,
        weight="bold",
        bbox={"facecolor": PAPER.light, "edgecolor": "none", "pad": 1},
        zorder=3,
    )


def _point(axes: Axes, mark: Mark, shape: str, *, edge: str) -> None:
    assert mark.x is not None
    axes.plot(
        [mark.x],
        [mark.y],
        color=edge,
        linestyle="none",
        marker=shape,
        markersize=10,
        markeredgewidth=2.2,
        markerfacecolor=PAPER.light,
        clip_on=False,
        zorder=5,
    )


def _name_points(axes: Axes, curve: Curve, points: list[Mark]) -> None:
    """Write the first point's name on its side of the target, the second's on the other."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    target = next((mark.y for mark in curve.marks if mark.x is None), top)
    for number, mark in enumerate(points):
        assert mark.x is not None
        is_high = (points[0].y >= target) != bool(number)
        is_high = is_high or mark.y < bottom + (top - bottom) * 0.12
        is_left = mark.x < (left + right) / 2
        axes.annotate(
            mark.label,
            (mark.x, mark.y),
            xytext=(8 if is_left else -8, 12 if is_high else -12),
            textcoords="offset points",
            ha="left" if is_left else "right",
            va="bottom" if is_high else "top",
            size=SMALL + 0.5,
            color=INK.light,
            weight="bold",
            bbox={"facecolor": PAPER.light, "edgecolor": "none", "pad": 2},
            zorder=4,
        )
