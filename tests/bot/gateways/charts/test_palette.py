"""The palette can be told apart and read, also by people who see colours differently."""

from itertools import combinations, pairwise

import pytest

from bot.gateways.charts import palette
from bot.gateways.charts.palette import Colour, ramp_ends, ramp_step

#: Severity 1.0, linear RGB. Source: Machado, Oliveira, Fernandes, "A Physiologically-based Model
#: for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), tables for deutan and protan.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
EYES = pytest.mark.parametrize("eyes", [NORMAL, DEUTERANOPIA, PROTANOPIA])
PAPERS = pytest.mark.parametrize("paper", ["light", "dark"])

Matrix = tuple[tuple[float, ...], ...]


def luminance(code: str, eyes: Matrix = NORMAL) -> float:
    """Relative luminance (WCAG 2.2) of #rrggbb as these eyes see it."""
    channels = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in eyes]
    red, green, blue = (min(1.0, max(0.0, value)) for value in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, eyes: Matrix = NORMAL) -> float:
    """Contrast ratio (WCAG 2.2) of two colours."""
    low, high = sorted((luminance(one, eyes), luminance(other, eyes)))
    return (high + 0.05) / (low + 0.05)


def on(paper: str, colour: Colour) -> str:
    """The colour as it is on this paper."""
    return str(getattr(colour, paper))


@PAPERS
@EYES
def test_the_ramp_only_gets_deeper(paper: str, eyes: Matrix) -> None:
    """Each step differs from the one before by lightness alone, in the same direction."""
    shades = [luminance(on(paper, colour), eyes) for colour in palette.RAMP]

    assert shades == sorted(shades, reverse=paper == "light")
    for one, other in pairwise(palette.RAMP):
        assert contrast(on(paper, one), on(paper, other), eyes) > 1.2


@PAPERS
@EYES
def test_the_cells_of_a_timetable_differ_by_lightness(paper: str, eyes: Matrix) -> None:
    """A gap stands out from what is covered without any help of its hue."""
    for calm in (palette.COVERED, palette.CLOSED):
        assert contrast(on(paper, palette.EMPTY), on(paper, calm), eyes) > 3


@PAPERS
@EYES
def test_lines_and_words_can_be_read(paper: str, eyes: Matrix) -> None:
    """Words have 4.5 : 1, shapes 3 : 1 (WCAG 2.2, AA)."""
    page = on(paper, palette.PAPER)
    for colour in (palette.INK, palette.SOFT, palette.TARGET):
        assert contrast(on(paper, colour), page, eyes) >= 4.5
    for colour in (palette.LINE, palette.BAR, palette.EMPTY):
        assert contrast(on(paper, colour), page, eyes) >= 3


@PAPERS
def test_words_on_cells_can_be_read(paper: str) -> None:
    """On every cell that has words."""
    for step, colour in enumerate(palette.RAMP):
        words = palette.ON_DEEP if step >= palette.FIRST_DEEP else palette.ON_PALE
        assert contrast(on(paper, words), on(paper, colour)) >= 4.5
    for words, cell in (
        (palette.ON_COVERED, palette.COVERED),
        (palette.ON_EMPTY, palette.EMPTY),
    ):
        assert contrast(on(paper, words), on(paper, cell)) >= 4.5


def test_each_colour_has_a_name_of_its_own() -> None:
    """The style sheet of an SVG finds a colour by its light value."""
    for one, other in combinations(palette.ALL, 2):
        assert one.light != other.light


def test_values_fall_into_steps() -> None:
    """Nothing is step 0, the largest the last one, and the key says where each ends."""
    assert [ramp_step(value, largest=10) for value in (0, 0.01, 1, 3, 9.9, 10)] == [
        0,
        0,
        1,
        2,
        5,
        5,
    ]
    assert ramp_ends(largest=10) == (2, 4, 6, 8, 10)
