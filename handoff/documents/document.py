"""The parts that a document is made of. Plain text: each renderer escapes in its own way."""

from typing import Literal

from handoff.model import Value


class Paragraph(Value):
    """Running text; `is_note` sets it small."""

    kind: Literal["paragraph"] = "paragraph"
    text: str
    is_note: bool = False


class Facts(Value):
    """Labels with their values."""

    kind: Literal["facts"] = "facts"
    pairs: tuple[tuple[str, str], ...]


class Bullets(Value):
    """A list."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[str, ...]


class Table(Value):
    """A table; `widths` are shares of the page, one per column."""

    kind: Literal["table"] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


class Callout(Value):
    """A coloured box: what a reader in a hurry must see."""

    kind: Literal["callout"] = "callout"
    tone: Literal["good", "warn", "bad"]
    title: str
    text: str


class Figure(Value):
    """A drawing, as SVG, with a caption that says what it shows."""

    kind: Literal["figure"] = "figure"
    svg: str
    caption: str


class Chart(Value):
    """A picture of values: what it found, and the picture itself where it could be drawn.

    Attributes:
        name: What its files are called.
        title: The finding, which also stands in the picture.
        alt: The answer in words.
        svg: The picture; empty when there is none.
    """

    kind: Literal["chart"] = "chart"
    name: str
    title: str
    alt: str
    svg: str = ""


Part = Paragraph | Facts | Bullets | Table | Callout | Figure | Chart


class Section(Value):
    """A heading with its parts."""

    title: str
    parts: tuple[Part, ...]


class Document(Value):
    """A whole document."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str
