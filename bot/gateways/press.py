"""The press: PDFs by Typst and pictures by matplotlib, made in a short-lived child process.

A child keeps both out of the app's memory, and can be stopped when a document hangs it.
"""

import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, TypeAdapter, ValidationError

from handoff.pictures.shapes import Drawn, Picture

PRESS_TIME = timedelta(seconds=25)  # twice this and a call fit into a sender's lease
_DETAIL = 2000

_PICTURES = TypeAdapter(tuple[Picture, ...])
_DRAWN = TypeAdapter(dict[str, Drawn])


class PressFailed(RuntimeError):
    """What was to be pressed could not be made; the words say the same.

    Attributes:
        detail: What the press said, for the log.
    """

    def __init__(self, message: str, *, detail: str) -> None:
        super().__init__(message)
        self.detail = detail


class _Document(BaseModel):
    """What the child needs for a PDF: images as base64 by file name."""

    source: str
    images: dict[str, str]


def press_pdf(
    source: str, *, images: Mapping[str, bytes] | None = None, time: timedelta = PRESS_TIME
) -> bytes:
    """Return the PDF of a Typst source. The same source and images give the same bytes.

    Args:
        source: Typst source, as `handoff.documents` renders it.
        images: The PNGs that it shows, by file name.
        time: How long the compiler may take.

    Raises:
        PressFailed: if the compiler refused the source, crashed or took too long.
    """
    encoded = {name: b64encode(png).decode() for name, png in (images or {}).items()}
    given = _Document(source=source, images=encoded).model_dump_json()
    message = "The PDF could not be made; the Markdown and HTML say the same."
    return _run("pdf", given.encode(), message=message, time=time)


def draw_pictures(
    pictures: Sequence[Picture], *, time: timedelta = PRESS_TIME
) -> dict[str, Drawn]:
    """Return pictures as SVG and PNG, by their names. The same values give the same bytes.

    Takes about a second and a third of one for each picture: never while somebody waits for an
    answer of Slack's.

    Args:
        pictures: As `handoff.pictures` makes them, each name once; none is none.
        time: How long all of them may take.

    Raises:
        PressFailed: if drawing crashed or took too long.
    """
    if not pictures:
        return {}
    message = "The pictures could not be drawn; the words and tables say the same."
    given = _PICTURES.dump_json(tuple(pictures))
    drawn = _run("pictures", given, message=message, time=time)
    try:
        return _DRAWN.validate_json(drawn)
    except ValidationError as exc:
        raise PressFailed(message, detail=str(exc)[-_DETAIL:]) from exc


def main() -> None:
    """Press standard input to standard output; what the child process runs."""
    given = sys.stdin.buffer.read()
    make = {"pdf": _compile, "pictures": _draw}[sys.argv[1]]
    sys.stdout.buffer.write(make(given))


# Private functions


def _run(what: str, given: bytes, *, message: str, time: timedelta) -> bytes:
    """Run the child on what is given; return what it wrote."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.gateways.press", what],
            input=given,
            capture_output=True,
            timeout=time.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        detail = f"no answer after {time.total_seconds():.0f} s"
        raise PressFailed(message, detail=detail) from exc
    if done.returncode != 0:
        raise PressFailed(message, detail=done.stderr.decode(errors="replace")[-_DETAIL:])
    return done.stdout


def _compile(given: bytes) -> bytes:
    import typst

    document = _Document.model_validate_json(given)
    with TemporaryDirectory(prefix="handoff-press-") as folder:
        root = Path(folder)
        for name, encoded in document.images.items():
            (root / name).write_bytes(b64decode(encoded))
        (root / "main.typ").write_text(document.source, encoding="utf-8")
        pdf: bytes = typst.compile(
            root / "main.typ", root=root, format="pdf", ignore_system_fonts=True
        )
    return pdf


def _draw(given: bytes) -> bytes:
    from bot.gateways.charts.draw import draw

    pictures = _PICTURES.validate_json(given)
    return _DRAWN.dump_json({picture.name: draw(picture) for picture in pictures})


if __name__ == "__main__":
    main()
