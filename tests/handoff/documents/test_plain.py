"""Documents in a terminal: aligned, never too wide."""

from handoff.documents.document import Bullets, Callout, Facts, Figure, Paragraph, Table
from handoff.documents.plain import WIDTH, render_plain

LONG = "words and more words " * 10


def test_each_part_reads_as_text() -> None:
    """Labels and columns stand below each other; a drawing is left out."""
    text = render_plain(
        [
            Callout(tone="good", title="All is well", text="Go on."),
            Facts(pairs=(("Team", "4 people"), ("Utilisation", "24%"))),
            Figure(svg="<svg/>", caption="A drawing"),
            Table(columns=("What if", "On time"), rows=(("more", "9%"),), widths=(1, 1)),
            Bullets(items=("one", "two")),
            Paragraph(text="The end."),
        ]
    )

    assert text == (
        "ALL IS WELL\nGo on.\n\n"
        "Team         4 people\nUtilisation  24%\n\n"
        "What if  On time\n-------  -------\nmore     9%\n\n"
        "-  one\n-  two\n\n"
        "The end.\n"
    )


def test_long_texts_are_broken_at_words() -> None:
    """No line is wider than a terminal, and no word is lost."""
    text = render_plain(
        [
            Paragraph(text=LONG),
            Table(columns=("Risk", "Help"), rows=((LONG, "yes"),), widths=(3, 1)),
        ]
    )

    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("words") == 2 * LONG.count("words")
