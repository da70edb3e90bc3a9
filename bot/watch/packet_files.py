"""The files in a packet's thread: its pictures, and its documents with the plan.

What the press cannot make is left out and logged; the words and tables say the same.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial

from bot.blocks.kit import escape
from bot.gateways.press import PressFailed, draw_pictures, press_pdf
from bot.watch.rendered import File, FileSet
from handoff.design import HandoffDesign, canonical_json
from handoff.documents.render import images_of, render_html, render_markdown, render_typst
from handoff.pictures.of_design import pictures_of
from handoff.pictures.shapes import Drawn, Picture
from handoff.sla.model import Depth

_LOG = logging.getLogger(__name__)

Drawing = Callable[[], Mapping[str, Drawn]]


def packet_pictures(design: HandoffDesign) -> FileSet:
    """Return the pictures of a version; without them, what they found is told in words."""
    pictures = pictures_of(design=design)
    is_full = design.feasibility.depth is Depth.FULL
    what = "The proof" if is_full else "The first estimate"
    drawn = _drawing(pictures)
    whose = f"of {design.key} version {design.version}"
    found = "\n".join(f"• {escape(picture.title)}" for picture in pictures)
    return FileSet(
        comment=f"{what} {whose} in pictures",
        words=f"*{what} {whose} in words*\n{found}",
        files=tuple(
            File(
                name=f"{picture.name}.png",
                title=picture.title,
                alt=picture.alt,
                content=partial(_png, drawn, picture.name),
            )
            for picture in pictures
        ),
    )


def packet_documents(design: HandoffDesign, names: Mapping[str, str]) -> FileSet:
    """Return the documents and the plan of a version.

    Names as they were when the files were first made would be better still; but the same
    directory gives the same bytes, and a repeated upload is thrown away by Slack.
    """
    drawn = _drawing(pictures_of(design=design))
    stem = f"{design.key}-v{design.version}"
    title = f"{design.key} v{design.version}"
    plan = f"plan-{design.as_of:%Y%m%dT%H%M%SZ}.json"
    return FileSet(
        comment=f"Documents and plan of {design.key} version {design.version}",
        files=(
            File(
                name=f"{stem}.pdf",
                title=f"{title} (PDF)",
                content=lambda: _pdf(design, names, drawn()),
            ),
            File(
                name=f"{stem}.html",
                title=f"{title} (web page)",
                content=lambda: render_html(design, names, drawn()).encode(),
            ),
            File(
                name=f"{stem}.md",
                title=f"{title} (Markdown)",
                content=lambda: render_markdown(design, names).encode(),
            ),
            File(
                name=plan,
                title="Plan (JSON)",
                content=lambda: canonical_json(design.plan).encode(),
            ),
        ),
    )


# Private functions


def _drawing(pictures: tuple[Picture, ...]) -> Drawing:
    """Return a function that draws once, when it is first called; nothing if the press fails."""

    @cache
    def drawn() -> Mapping[str, Drawn]:
        try:
            return _draw(pictures)
        except PressFailed as exc:
            _LOG.exception("Pictures are left out, for they could not be drawn: %s", exc.detail)
            return {}

    return drawn


@lru_cache(maxsize=8)
def _draw(pictures: tuple[Picture, ...]) -> Mapping[str, Drawn]:
    """Draw once what the thread and the documents show both."""
    return draw_pictures(pictures)


def _png(drawn: Drawing, name: str) -> bytes | None:
    found = drawn().get(name)
    return found.png if found else None


def _pdf(
    design: HandoffDesign, names: Mapping[str, str], drawn: Mapping[str, Drawn]
) -> bytes | None:
    try:
        return press_pdf(render_typst(design, names, drawn), images=images_of(drawn))
    except PressFailed as exc:
        _LOG.exception("A PDF is left out, for it could not be made: %s", exc.detail)
        return None
