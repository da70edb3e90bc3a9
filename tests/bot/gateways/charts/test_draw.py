"""Pictures as files: what is said is in them, and the same values give the same bytes."""

import re
import struct
from datetime import date
from functools import lru_cache
from xml.etree import ElementTree

import pytest

from bot.gateways.charts.draw import PIXELS_WIDE, draw
from bot.gateways.charts.palette import ALL
from handoff.pictures.coverage import coverage_timetable
from handoff.pictures.load import load_per_rep
from handoff.pictures.load_over_time import load_over_time
from handoff.pictures.of_design import pictures_of
from handoff.pictures.shapes import Bars, Curve, Drawn, HeatMap, Mark, Picture, Timetable
from handoff.replay.periods import periods_of
from tests.handoff.pictures.samples import proven, uncovered
from tests.handoff.samples import directory

WORDS = {"name": "x", "title": "A finding", "subtitle": "of something", "alt": "A finding."}


@lru_cache(maxsize=1)
def pictures() -> dict[str, Picture]:
    """Every kind of picture, of a real design."""
    bars = load_per_rep(leads={"UDANA": 31, "UELI": 12}, directory=directory())
    assert bars is not None
    found = uncovered()
    gaps = coverage_timetable(proof=found.coverage, design=found)
    weeks = periods_of(first=date(2026, 8, 3), last=date(2026, 9, 20))
    loads = [("UDANA", (2, 3, 9, 1, 0, 5, 11)), ("UELI", (2, 1, 0, 1, 3, 0, 5))]
    over_time = load_over_time(periods=weeks, loads=loads, directory=directory())
    assert over_time is not None
    made = [*pictures_of(design=proven())[:-1], gaps, bars, over_time]
    return {picture.name: picture for picture in made}


@lru_cache(maxsize=8)
def drawn_once(name: str) -> Drawn:
    """One of them as files."""
    return draw(pictures()[name])


NAMES = [
    "attainment-by-sla",
    "attainment-by-team",
    "late-by-hour",
    "backlog-by-hour",
    "coverage",
    "load-per-rep",
    "load-over-time",
]


def bars(*, count: int, name: str = "Rep {}") -> Bars:
    """Bars of many reps."""
    named = tuple((name.format(number), float(count - number)) for number in range(count))
    return Bars(**WORDS, unit="leads", bars=named, average=1.0)


def words_of(svg: str) -> str:
    """All words of an SVG that are shown."""
    root = ElementTree.fromstring(svg)
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return " | ".join("".join(text.itertext()).strip() for text in texts)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_says_what_it_found(name: str) -> None:
    """The finding is on top; a screen reader gets the answer; the PNG is wide and not endless."""
    picture = pictures()[name]

    drawn = drawn_once(name)

    assert picture.title in words_of(drawn.svg)
    root = ElementTree.fromstring(drawn.svg)
    assert [root[0].text, root[1].text] == [picture.title, picture.alt]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{name}-title {name}-text"
    width, height = size_of(drawn.png)
    assert width == PIXELS_WIDE
    assert 400 < height < width


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        (
            "attainment-by-sla",
            ["target 90%", "SLA 2h", "enough: 3h 26m", "Response SLA (business hours)"],
        ),
        ("attainment-by-team", ["today: 6 reps", "enough: 8 reps", "Reps", "Leads on time (%)"]),
        ("late-by-hour", ["Mon", "Sun", "12", "Hour of arrival (America/New_York)", "0.7"]),
        ("backlog-by-hour", ["leads waiting", "Hour of the day (America/New_York)"]),
        ("coverage", ["3. CRO", "9h", "1h", "✓", "no climb can run"]),
        ("load-over-time", ["Dana SDR", "24 Aug", "11", "to 15", "Week of arrival, from its Mon"]),
        ("load-per-rep", ["Dana SDR", "31", "the dashed line is the average, 22"]),
    ],
)
def test_labels_and_units_are_words(name: str, labels: list[str]) -> None:
    """Not shapes of letters: they can be searched, read aloud and copied."""
    words = words_of(drawn_once(name).svg)

    for label in labels:
        assert label in words


@pytest.mark.parametrize("name", NAMES)
def test_the_same_values_give_the_same_bytes(name: str) -> None:
    """Neither the time nor chance is in a file."""
    assert draw(pictures()[name]) == drawn_once(name)


def test_an_svg_follows_the_readers_screen() -> None:
    """Every colour is one of the palette, an attribute, and repainted in the dark."""
    light = {colour.light for colour in ALL}
    for name in NAMES:
        svg = drawn_once(name).svg
        style = re.search(r"<style>(.*?)</style>", svg)
        assert style is not None
        used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', svg))
        assert used <= light
        assert not re.search(r'style="', svg)
        for code in used:
            assert f"[fill='{code}']" in style[1]


def test_pictures_share_a_page() -> None:
    """No id is used by two of them."""
    ids = [found for name in NAMES for found in re.findall(r' id="([^"]+)"', drawn_once(name).svg)]

    assert len(ids) == len(set(ids))


def test_words_of_people_are_words() -> None:
    """Neither markup nor formulas, and letters without a shape in the font are left out."""
    for name in ("</text><script>", "$\\frac{{a}}{{b}}$ & %s", "\U0001f600 李小龍", "\n\t<b>"):
        drawn = draw(bars(count=2, name=name))

        assert "<script" not in drawn.svg
        assert "<b>" not in drawn.svg
        assert name.format() in words_of(drawn.svg) or not name.isprintable()
        size_of(drawn.png)


def test_a_png_has_a_box_for_letters_that_the_font_lacks() -> None:
    """The SVG keeps the name, for the reader's own fonts."""
    chinese, boxed = draw(bars(count=1, name="李小龍 X")), draw(bars(count=1, name="□ X"))

    assert "李小龍 X" in words_of(chinese.svg)
    assert chinese.png == boxed.png


@pytest.mark.parametrize(("count", "highest"), [(1, 800), (30, 2200), (500, 2200)])
def test_many_bars_are_folded(count: int, highest: int) -> None:
    """A picture of five hundred reps is not taller than that of thirty."""
    drawn = draw(bars(count=count))

    assert size_of(drawn.png)[1] < highest
    assert ("470 more" in words_of(drawn.svg)) == (count == 500)


@pytest.mark.parametrize(
    "picture",
    [
        Curve(
            **WORDS,
            x_label="x",
            y_label="y",
            points=((3.0, 0.0),),
            x_ticks=((3, "3"),),
            marks=(Mark(label="target", y=90), Mark(label="here", x=3, y=0)),
        ),
        Curve(
            **WORDS,
            x_label="x",
            y_label="y",
            points=((1.0, 100.0), (2.0, 100.0)),
            x_ticks=(),
            is_counted=True,
        ),
        HeatMap(**WORDS, unit="u", x_label="x", rows=("a",), columns=("b",), cells=((0.0,),)),
        HeatMap(
            **WORDS,
            unit="u",
            x_label="x",
            rows=("a",),
            columns=("b", "c", "d"),
            cells=((12345.0, 1e-7, 0.05),),
        ),
        Timetable(**WORDS, rows=("x" * 200,), columns=("Mon 1",), cells=((None,),)),
        Bars(**WORDS, unit="leads", bars=(("", 1e6),), average=1e6),
        Bars(**(WORDS | {"title": "word " * 60}), unit="leads", bars=(("a", 1),), average=1),
    ],
    ids=["one point at zero", "all", "nothing", "huge and tiny", "closed", "no name", "long"],
)
def test_odd_values_are_drawn(picture: Picture) -> None:
    """Tiny, huge, none at all: a picture, and no warning."""
    drawn = draw(picture)

    assert size_of(drawn.png)[0] == PIXELS_WIDE
