"""Matplotlib's SVG made fit for a page: words for everybody, and colours that follow the reader.

What matplotlib writes as inline styles becomes attributes, which a style sheet may overrule; the
one inside the SVG repaints each colour of the palette when the reader's screen is dark.
"""

import re
from xml.etree import ElementTree

from bot.gateways.charts.frame import FINDING
from bot.gateways.charts.palette import ALL
from handoff.pictures.shapes import Picture

_SVG = "http://www.w3.org/2000/svg"
_FONTS = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
_REFERENCE = re.compile(r"(?:url\(#|^#)([\w-]+)")

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def adapted(source: str, picture: Picture) -> str:
    """Return matplotlib's SVG of a picture as one element that can stand alone or in a page."""
    root = ElementTree.fromstring(source)  # our own, just written by matplotlib
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith("}metadata") or child.tag == f"{{{_SVG}}}style":
                parent.remove(child)
    for element in root.iter():
        _unfold(element)
    _leave_colours_to_users(root)
    _forget_unused_ids(root)
    _introduce(root, picture)
    return ElementTree.tostring(root, encoding="unicode")


def _unfold(element: ElementTree.Element) -> None:
    """Turn an inline style into attributes; the fonts are the root's."""
    for entry in element.attrib.pop("style", "").split(";"):
        name, _, value = entry.partition(":")
        if name.strip() and value.strip():
            element.set(name.strip(), value.strip())
    element.attrib.pop("font-family", None)


def _leave_colours_to_users(root: ElementTree.Element) -> None:
    """Let defined shapes inherit the colours of where they are used.

    The style sheet reaches the places of use, but not into them.
    """
    for defined in root.iter(f"{{{_SVG}}}defs"):
        for shape in defined.iter():
            shape.attrib.pop("fill", None)
            shape.attrib.pop("stroke", None)


def _forget_unused_ids(root: ElementTree.Element) -> None:
    """Keep only ids that something refers to; several pictures share a page."""
    used = {
        name
        for element in root.iter()
        for value in element.attrib.values()
        for name in _REFERENCE.findall(value)
    }
    for element in root.iter():
        if element.get("id") == FINDING:
            element.set("class", FINDING)
        if element.get("id") not in used:
            element.attrib.pop("id", None)


def _introduce(root: ElementTree.Element, picture: Picture) -> None:
    """Give the root its size, its words and its style sheet."""
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    ids = f"{picture.name}-title", f"{picture.name}-text"
    root.attrib.clear()
    root.attrib.update(
        {
            "class": "chart",
            "role": "img",
            "aria-labelledby": " ".join(ids),
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "font-family": _FONTS,
        }
    )
    words = [
        _element("title", picture.title, id=ids[0]),
        _element("desc", picture.alt, id=ids[1]),
        _element("style", _style()),
    ]
    for place, child in enumerate(words):
        root.insert(place, child)


def _element(tag: str, text: str, **attributes: str) -> ElementTree.Element:
    element = ElementTree.Element(f"{{{_SVG}}}{tag}", attributes)
    element.text = text
    return element


def _style() -> str:
    dark = "".join(
        f".chart [{name}='{colour.light}']{{{name}:{colour.dark}}}"
        for colour in ALL
        for name in ("fill", "stroke")
        if colour.light != colour.dark
    )
    return f"@media screen and (prefers-color-scheme: dark){{{dark}}}"
