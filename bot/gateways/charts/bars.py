"""Bars beside their average."""

from matplotlib.figure import Figure

from bot.gateways.charts.frame import SMALL, framed, label_x
from bot.gateways.charts.palette import BAR, INK, TARGET
from handoff.pictures.shapes import Bars, cut

_ROW = 22.0
_MOST = 30
_LABEL = 24


def draw_bars(picture: Bars) -> Figure:
    """Return the picture of bars; of very many the longest and the shortest are drawn."""
    shown = _shown(picture)
    figure, axes = framed(
        title=picture.title,
        subtitle=picture.subtitle,
        height=_ROW * max(len(shown), 2),
        left=24 + min(max(len(name) for name, _ in shown), _LABEL) * 6.1 + 10,
        bottom=44,
    )
    for row, (_, value) in enumerate(shown):
        if value is not None:
            axes.barh(row, value, height=0.68, color=BAR.light)
            axes.annotate(
                f"{value:,.0f}",
                (value, row),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                size=SMALL,
                color=INK.light,
            )
    if len(picture.bars) > 1:
        axes.axvline(picture.average, color=TARGET.light, linewidth=1.6, linestyle=(0, (5, 3)))
    axes.set_ylim(max(len(shown), 2) - 0.5, -0.5)
    axes.set_xlim(0, max(value for _, value in picture.bars) * 1.09)
    axes.set_xticks([])
    axes.set_yticks(range(len(shown)), [cut(name, longest=_LABEL) for name, _ in shown])
    axes.tick_params(axis="y", labelcolor=INK.light)
    label_x(axes, picture.unit + _average(picture))
    return figure


def _shown(picture: Bars) -> list[tuple[str, float | None]]:
    bars: list[tuple[str, float | None]] = list(picture.bars)
    if len(bars) <= _MOST:
        return bars
    head, tail = 2 * _MOST // 3, _MOST // 3
    between = len(bars) - head - tail
    return [*bars[:head], (f"… {between} more …", None), *bars[-tail:]]


def _average(picture: Bars) -> str:
    """Return what the dashed line is; a single bar is its own average."""
    if len(picture.bars) == 1:
        return ""
    digits = 0 if picture.average >= 10 or picture.average.is_integer() else 1
    return f"; the dashed line is the average, {picture.average:,.{digits}f}"
