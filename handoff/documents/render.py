"""Render a design as Markdown, HTML and Typst source. Same design, same bytes."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

from handoff.design import HandoffDesign
from handoff.documents.contents import contents
from handoff.pictures.shapes import Drawn

if TYPE_CHECKING:
    from jinja2 import Environment

Drawing = Mapping[str, Drawn]
NOTHING_DRAWN: Drawing = MappingProxyType({})

#: Characters that mean something in Markdown, in table cells, or as raw HTML.
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#~"} | {"\n": " ", "\r": " "})


#: After so many letters a word may be broken; as in the Typst template.
_LONG_WORD = re.compile(r"[^\s-]{28}(?=[^\s-])")


def render_markdown(
    design: HandoffDesign, names: Mapping[str, str], drawn: Drawing = NOTHING_DRAWN
) -> str:
    """Return the design document as Markdown (tables as in GitHub's dialect).

    Args:
        design: Any version.
        names: Display names by person key.
        drawn: The pictures that lie beside it in the folder `charts`; others are told in words.
    """
    return _render("design.md.j2", design, names, drawn)


def render_html(
    design: HandoffDesign, names: Mapping[str, str], drawn: Drawing = NOTHING_DRAWN
) -> str:
    """Return the design document as one self-contained HTML page that prints well.

    Args:
        design: Any version.
        names: Display names by person key.
        drawn: The pictures to put into it; others are told in words.
    """
    return _render("design.html.j2", design, names, drawn)


def render_typst(
    design: HandoffDesign, names: Mapping[str, str], drawn: Drawing = NOTHING_DRAWN
) -> str:
    """Return the design document as Typst source, ready to be compiled to PDF.

    The words travel as JSON inside a string literal: none of them is ever read as Typst markup.

    Args:
        design: Any version.
        names: Display names by person key.
        drawn: The pictures that the compiler will find by the names of `images_of`.
    """
    data = contents(design, names, drawn).model_dump_json()
    source, _, _ = _environment().loader.get_source(  # type: ignore[union-attr]
        _environment(), "design.typ"
    )
    return f"#let doc = json(bytes({_typst_string(data)}))\n{source}"


def images_of(drawn: Drawing) -> dict[str, bytes]:
    """Return the pictures as the Typst source asks for them: PNGs by file name."""
    return {f"{name}.png": picture.png for name, picture in drawn.items()}


def _render(template: str, design: HandoffDesign, names: Mapping[str, str], drawn: Drawing) -> str:
    return _environment().get_template(template).render(doc=contents(design, names, drawn))


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("handoff.documents"),
        autoescape=lambda name: bool(name and ".html" in name),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = _markdown
    environment.filters["drawing"] = Markup
    environment.filters["breakable"] = _breakable
    return environment


def _markdown(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line."""
    return str(text).translate(_MARKDOWN)


def _breakable(text: str) -> Markup:
    """Return `text` for a cell: where a word is very long, the page may break it."""
    return Markup("<wbr>").join(_LONG_WORD.sub(r"\g<0>\0", text).split("\0"))


def _typst_string(text: str) -> str:
    """Return `text` as a Typst string literal; JSON has already escaped control characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
