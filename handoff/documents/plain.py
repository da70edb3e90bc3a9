"""Parts of a document as plain text, for a terminal."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from handoff.documents.document import Bullets, Callout, Facts, Paragraph, Part, Table

WIDTH = 88
"""Characters; texts longer than that are broken at words."""
_BETWEEN = "  "


def render_plain(parts: Sequence[Part]) -> str:
    """Return parts as text, an empty line between two; drawings are left out."""
    blocks = ("\n".join(_lines(part)) for part in parts)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _lines(part: Part) -> Iterable[str]:
    match part:
        case Paragraph():
            return wrap(part.text, WIDTH)
        case Callout():
            return [part.title.upper(), *wrap(part.text, WIDTH)]
        case Bullets():
            return _columns([("-", item) for item in part.items])
        case Facts():
            return _columns(part.pairs)
        case Table():
            rule = tuple("-" * len(column) for column in part.columns)
            return _columns([part.columns, rule, *part.rows])
        case _:
            return []


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Yield rows as aligned columns; the widest column is broken to fit."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widest = widths.index(max(widths))
    others = sum(widths) - widths[widest] + len(_BETWEEN) * (len(widths) - 1)
    widths[widest] = min(widths[widest], max(WIDTH - others, 20))
    for row in rows:
        cells = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            line = (cell[number] if number < len(cell) else "" for cell in cells)
            yield _BETWEEN.join(
                text.ljust(width) for text, width in zip(line, widths, strict=True)
            ).rstrip()
