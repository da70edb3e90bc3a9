"""The press makes PDFs and pictures in a child process, or says what went wrong."""

from datetime import timedelta

import pytest

from bot.gateways import press
from bot.gateways.charts.draw import draw
from bot.gateways.press import PressFailed, draw_pictures, press_pdf
from handoff.documents.render import render_typst
from handoff.pictures.of_design import pictures_of
from tests.handoff import samples
from tests.handoff.documents.test_render import NASTY, design, renamed


@pytest.fixture(autouse=True)
def _each_time_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press whatever is given, though a test has had the same pressed before."""
    monkeypatch.setattr(press, "_run", press._run.__wrapped__)  # type: ignore[attr-defined]


def test_a_design_becomes_the_same_pdf_each_time() -> None:
    """The bytes are a PDF, and pressing again gives the same ones."""
    source = render_typst(design(), samples.NAMES)

    pdf = press_pdf(source)

    assert pdf.startswith(b"%PDF-")
    assert pdf == press_pdf(source)


def test_words_of_people_do_not_break_the_press() -> None:
    """Quotes, backslashes and Typst markup in a title are only words."""
    assert press_pdf(render_typst(renamed(NASTY), samples.NAMES)).startswith(b"%PDF-")


def test_a_bad_source_says_what_the_compiler_said() -> None:
    """The detail names the error for the log."""
    with pytest.raises(PressFailed) as caught:
        press_pdf("#let x =")

    assert "expected" in caught.value.detail


def test_a_document_that_takes_too_long_is_stopped() -> None:
    """The child is killed at the limit."""
    with pytest.raises(PressFailed) as caught:
        press_pdf("= Hello", time=timedelta(milliseconds=1))

    assert "no answer after" in caught.value.detail


def test_an_image_is_in_the_pdf() -> None:
    """It is found by its name; without it the compiler refuses."""
    png = draw_pictures(pictures_of(design=design()))["coverage"].png
    source = '#image("coverage.png", alt: "all covered")'

    assert b"/Image" in press_pdf(source, images={"coverage.png": png})
    with pytest.raises(PressFailed):
        press_pdf(source)


def test_all_pictures_of_a_design_are_drawn_at_once() -> None:
    """By name, the same files as the drawing makes; none of none."""
    pictures = pictures_of(design=design())

    drawn = draw_pictures(pictures)

    assert list(drawn) == [picture.name for picture in pictures]
    assert drawn["coverage"] == draw(pictures[-1])
    assert draw_pictures(()) == {}


def test_pictures_that_take_too_long_are_given_up() -> None:
    """The child is killed at the limit, and the words say what is lost: nothing."""
    with pytest.raises(PressFailed, match="the words and tables say the same"):
        draw_pictures(pictures_of(design=design()), time=timedelta(milliseconds=1))


def test_a_press_that_mumbles_is_a_press_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child wrote is checked like everything that comes from outside."""
    monkeypatch.setattr(press, "_run", lambda *_args, **_kwargs: b"{")

    with pytest.raises(PressFailed) as caught:
        draw_pictures(pictures_of(design=design()))

    assert "Invalid JSON" in caught.value.detail
