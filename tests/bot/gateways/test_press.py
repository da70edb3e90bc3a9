"""The press makes PDFs in a child process, or says what went wrong."""

from datetime import timedelta

import pytest

from bot.gateways.press import PressFailed, press_pdf
from handoff.documents.render import render_typst
from tests.handoff import samples
from tests.handoff.documents.test_render import NASTY, design, renamed


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

    assert "no PDF after" in caught.value.detail
