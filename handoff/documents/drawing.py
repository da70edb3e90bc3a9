"""Boxes and arrows as SVG: small, self-contained, readable on light and dark paper.

Shapes carry plain light colours as attributes (what a PDF shows) and a class each, so that the
style sheet of a page can repaint them for a dark screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from markupsafe import Markup, escape

LINE = 16.0
PADDING = 10.0
#: Average width of a character at 12 px, in px; generous, so that text stays inside its box.
CHARACTER = 6.6
_FILLS = {
    "plain": ("#ffffff", "#5b6470"),
    "start": ("#fdecea", "#b3261e"),
    "step": ("#e8f0fe", "#1a56b0"),
    "gate": ("#fff4d6", "#8a6100"),
    "end": ("#e6f4ea", "#1e6b3a"),
}


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rounded box with a bold first line; position and size in px."""

    title: Sequence[str]
    lines: Sequence[str] = ()
    x: float
    y: float
    width: float
    kind: str = "plain"

    @property
    def height(self) -> float:
        """Return the height that its lines need."""
        return box_height(len(self.title) + len(self.lines))


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A curve from one point to another, with an optional label beside its middle."""

    start: tuple[float, float]
    end: tuple[float, float]
    label: str = ""
    is_dashed: bool = False

    @property
    def label_at(self) -> tuple[float, float]:
        """Return where its label begins."""
        (x1, y1), (x2, y2) = self.start, self.end
        return (x1 + x2) / 2 + 8, (y1 + y2) / 2 + 4

    @property
    def right(self) -> float:
        """Return the right end of its label."""
        return self.label_at[0] + len(self.label) * CHARACTER


@dataclass(kw_only=True)
class Drawing:
    """A picture with a title and a description for those who do not see it."""

    name: str
    title: str
    description: str
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)

    def svg(self) -> str:
        """Return the picture as one SVG element."""
        rights = [box.x + box.width for box in self.boxes] + [a.right for a in self.arrows]
        width = max(rights, default=0) + PADDING
        height = max((box.y + box.height for box in self.boxes), default=0) + PADDING
        head = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" '
            'viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}" '
            'aria-labelledby="{name}-title {name}-text" '
            'font-family="Helvetica, Arial, sans-serif" font-size="12">'
            '<title id="{name}-title">{title}</title><desc id="{name}-text">{text}</desc>'
            '<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z" fill="#5b6470"/>'
            "</marker></defs>"
        ).format(w=width, h=height, name=self.name, title=self.title, text=self.description)
        arrows = Markup("").join(_arrow(arrow, self.name) for arrow in self.arrows)
        boxes = Markup("").join(_box(box) for box in self.boxes)
        return str(head + arrows + boxes + Markup("</svg>"))


def box_height(lines: int) -> float:
    """Return the height in px of a box with this many lines of text."""
    return lines * LINE + 2 * PADDING - 4


def lines_of(text: str, *, width: float) -> list[str]:
    """Return `text` broken into lines that fit a box of `width` px; never empty."""
    room = max(int((width - 2 * PADDING) / CHARACTER), 8)
    return wrap(text, room, break_long_words=True) or [" "]


def _box(box: Box) -> Markup:
    fill, stroke = _FILLS[box.kind]
    shape = Markup(
        '<rect class="box {kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="6" '
        'fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'
    ).format(kind=box.kind, x=box.x, y=box.y, w=box.width, h=box.height, fill=fill, stroke=stroke)
    texts: Iterable[tuple[str, str]] = [
        *((line, "bold") for line in box.title),
        *((line, "normal") for line in box.lines),
    ]
    words = Markup("").join(
        Markup(
            '<text class="ink" x="{x:.1f}" y="{y:.1f}" font-weight="{weight}" fill="#1d1c1d">'
            "{text}</text>"
        ).format(
            x=box.x + PADDING,
            y=box.y + PADDING + LINE * (number + 1) - 6,
            weight=weight,
            text=escape(text),
        )
        for number, (text, weight) in enumerate(texts)
    )
    return shape + words


def _arrow(arrow: Arrow, name: str) -> Markup:
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    if abs(y2 - y1) < LINE:  # side by side; else from above to below, whatever lies between
        middle = (x1 + x2) / 2
        path = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    else:
        middle = (y1 + y2) / 2
        path = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    curve = Markup(
        '<path class="line" d="{path}" fill="none" stroke="#5b6470" stroke-width="1.3"{dash} '
        'marker-end="url(#{name}-tip)"/>'
    ).format(
        path=path, name=name, dash=Markup(' stroke-dasharray="4 3"') if arrow.is_dashed else ""
    )
    if not arrow.label:
        return curve
    return curve + Markup(
        '<text class="note" x="{x:.1f}" y="{y:.1f}" font-size="11" fill="#5b6470">{text}</text>'
    ).format(x=arrow.label_at[0], y=arrow.label_at[1], text=escape(arrow.label))
