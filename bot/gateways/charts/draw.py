"""Draw a picture as SVG and as PNG."""

import warnings
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from bot.gateways.charts.bars import draw_bars
from bot.gateways.charts.curve import draw_curve
from bot.gateways.charts.frame import WIDTH, settle_style
from bot.gateways.charts.grid import draw_heat_map, draw_timetable
from bot.gateways.charts.svg import adapted
from handoff.pictures.shapes import Drawn, Picture

#: Wide enough for print on A4 and for Slack's large view.
PIXELS_WIDE = 1620
_DRAW: dict[str, Callable[[Any], Figure]] = {
    "curve": draw_curve,
    "heat map": draw_heat_map,
    "timetable": draw_timetable,
    "bars": draw_bars,
}


def draw(picture: Picture) -> Drawn:
    """Return a picture as files; the same values give the same bytes."""
    settle_style()
    matplotlib.rcParams["svg.hashsalt"] = picture.name  # ids that no other picture has
    figure = _DRAW[picture.kind](picture)
    with warnings.catch_warnings():
        # whoever shows the SVG may have fonts that know these letters
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        svg = _saved(figure, "svg", {"Date": None}).decode()
    legible = picture.model_validate(_legible(picture.model_dump()))
    if legible != picture:
        figure = _DRAW[picture.kind](legible)
    return Drawn(svg=adapted(svg, picture), png=_saved(figure, "png", {"Software": None}))


def _legible(value: object) -> object:
    """Return values with a box in their words for what the font has no letters for."""
    if isinstance(value, str):
        runs = groupby(value, key=lambda letter: ord(letter) in _letters())
        return "".join("".join(run) if is_known else "□" for is_known, run in runs)
    if isinstance(value, dict):
        return {key: _legible(part) for key, part in value.items()}
    return tuple(map(_legible, value)) if isinstance(value, tuple) else value


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def _saved(figure: Figure, form: str, metadata: dict[str, Any]) -> bytes:
    into = BytesIO()
    figure.savefig(into, format=form, dpi=PIXELS_WIDE / (WIDTH / 72), metadata=metadata)
    return into.getvalue()
