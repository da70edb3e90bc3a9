"""The documents: complete, self-contained, the same bytes each time, and safe for any words."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import product

import pytest

from handoff.brief import ClockBasis, Goal, Segment
from handoff.design import HandoffDesign
from handoff.documents.escalation_tree import escalation_tree_svg
from handoff.documents.render import images_of, render_html, render_markdown, render_typst
from handoff.draft import draft
from handoff.pictures.of_design import pictures_of
from handoff.pictures.shapes import Drawn
from handoff.routing.rules import LintFinding, LintSeverity
from tests.handoff import samples

AS_OF = datetime(2026, 2, 2, 14, tzinfo=UTC)
NASTY = '<script>alert(1)</script> | `x` *b* #let $x$ @here "q" \\ [l](u)'


def design(segment: Segment = Segment.ENTERPRISE, goal: Goal = Goal.PIPELINE) -> HandoffDesign:
    """Return the catalogue's design for a segment and goal."""
    return draft(
        brief=samples.brief(segment=segment, goal=goal),
        directory=samples.directory(),
        key="ENT-3",
        version=1,
        as_of=AS_OF,
    )


def renamed(name: str) -> HandoffDesign:
    """Return a design whose first request has a title of somebody's own."""
    drafted = design()
    first, *others = drafted.binding.requests
    requests = (first.model_copy(update={"title": name}), *others)
    binding = drafted.binding.model_copy(update={"requests": requests})
    return drafted.model_copy(update={"binding": binding})


class Page(HTMLParser):
    """Collects tags, attributes that could load something, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("segment", "goal"), list(product(Segment, Goal)))
def test_every_segment_and_goal_renders_everywhere(segment: Segment, goal: Goal) -> None:
    """Each section stands in each format."""
    drafted = design(segment, goal)

    texts = [
        render_markdown(drafted, samples.NAMES),
        Page(render_html(drafted, samples.NAMES)).text,
        render_typst(drafted, samples.NAMES),
    ]

    for text in texts:
        for heading in (
            "At a glance",
            "1. Brief intake",
            "2. Routing blueprint",
            "3. SLA model",
            "4. Escalation",
            "5. Enablement requirements",
            "6. Data and tooling checklist",
            "7. Plan",
            "8. Sign-off",
        ):
            assert heading in text
        assert drafted.content_hash in text
        assert "Sam Manager" in text


def test_the_same_design_gives_the_same_bytes() -> None:
    """Rendering has no clock and no chance in it."""
    for render in (render_markdown, render_html, render_typst):
        assert render(design(), samples.NAMES) == render(design(), samples.NAMES)


def test_the_page_loads_nothing_and_draws_both_pictures() -> None:
    """One file: no script, no link to elsewhere; the tree and the graph are inline SVG."""
    page = Page(render_html(design(), samples.NAMES))

    assert not {"script", "link", "iframe", "img"} & set(page.tags)
    assert page.links == []
    assert page.tags.count("svg") == 2
    assert page.tags.count("title") == 3, "the page and each drawing have a title"


def test_words_of_people_stay_words_in_html() -> None:
    """Markup in a title is shown, not obeyed."""
    page = Page(render_html(renamed(NASTY), samples.NAMES))

    assert "script" not in page.tags
    assert NASTY in page.text


def test_a_word_wider_than_its_cell_may_be_broken() -> None:
    """An address or a German noun neither runs off the page nor loses a letter."""
    name = f"<b> {'Donaudampfschiff' * 5} short well-known-and-long-but-hyphenated-already"

    html = render_html(renamed(name), samples.NAMES)

    assert name in Page(html).text
    word = html.split("&lt;b&gt; ")[1].split(" ")[0]
    assert [len(part) for part in word.split("<wbr>")] == [28, 28, 24]
    assert "well-known-and-long-but-hyphenated-already" in html


def test_words_of_people_stay_words_in_markdown() -> None:
    """A pipe does not open a column, and nothing becomes markup."""
    lines = render_markdown(renamed(NASTY), samples.NAMES).splitlines()
    row = next(line for line in lines if "alert" in line)

    cells = re.split(r"(?<!\\)\|", row.strip("|"))
    assert len(cells) == 6
    assert "\\<script\\>" in row
    assert "\\`x\\`" in row


def test_words_of_people_never_leave_the_typst_string() -> None:
    """All data sits in one string literal on the first line; the template follows."""
    first, rest = render_typst(renamed(NASTY), samples.NAMES).split("\n", 1)

    assert re.fullmatch(r'#let doc = json\(bytes\("(?:[^"\\]|\\.)*"\)\)', first)
    assert rest == render_typst(design(), samples.NAMES).split("\n", 1)[1]


def test_a_design_that_fails_says_so_first() -> None:
    """Too few people for the volume: the first box is red and asks for a reason."""
    capacity = samples.brief().capacity.model_copy(update={"leads_per_week": 5000})
    drafted = draft(
        brief=samples.brief(capacity=capacity),
        directory=samples.directory(),
        key="ENT-3",
        version=1,
        as_of=AS_OF,
    )

    page = Page(render_html(drafted, samples.NAMES))

    assert "The team cannot keep this SLA as designed" in page.text
    assert "🔴" in render_markdown(drafted, samples.NAMES)


def test_an_unknown_volume_is_unproven_not_fine() -> None:
    """Without a volume the document states what the team holds."""
    capacity = samples.brief().capacity.model_copy(update={"leads_per_week": None})
    drafted = draft(
        brief=samples.brief(capacity=capacity),
        directory=samples.directory(),
        key="ENT-3",
        version=1,
        as_of=AS_OF,
    )

    text = Page(render_html(drafted, samples.NAMES)).text

    assert "Unproven: no volume was given" in text
    assert "leads a week" in text


def test_coverage_gaps_are_listed_with_who_could_fill_them() -> None:
    """A role that nobody holds is a gap with its step and hours."""
    directory = samples.directory(roles={})
    drafted = draft(
        brief=samples.brief(), directory=directory, key="ENT-3", version=1, as_of=AS_OF
    )

    text = Page(render_html(drafted, samples.NAMES)).text

    assert "coverage gaps" in text
    assert "1. RevOps Director" in text


def drawn(drafted: HandoffDesign) -> dict[str, Drawn]:
    """Stand-ins for the pictures of a design, each told by its name."""
    return {
        picture.name: Drawn(svg=f"<svg class='chart'>{picture.name}</svg>", png=b"png")
        for picture in pictures_of(design=drafted)
    }


def test_targets_come_with_the_hours_and_the_zone_of_their_clock() -> None:
    """Two hours are something else in New York than around the clock."""
    targets = samples.brief().targets.model_copy(update={"clock": ClockBasis.ELAPSED})
    asked = (samples.brief(), samples.brief(targets=targets))

    office, always = (
        render_markdown(samples.design(brief=one), samples.NAMES, {}) for one in asked
    )

    assert (
        "- **Clock**: business hours of calendar “default”: mon-fri 09:00-18:00 "
        "America/New\\_York time, closed on holidays of US"
    ) in office
    assert "- **Clock**: every minute, around the clock\n" in always


def test_pictures_stand_in_every_document() -> None:
    """Inside the page, linked from Markdown, named for the compiler; each with its answer."""
    drafted = design()
    pictures, files = pictures_of(design=drafted), drawn(drafted)

    html = render_html(drafted, samples.NAMES, files)
    markdown = render_markdown(drafted, samples.NAMES, files)
    typst = render_typst(drafted, samples.NAMES, files)

    assert pictures
    assert images_of(files).keys() == {f"{picture.name}.png" for picture in pictures}
    for picture in pictures:
        assert f"<svg class='chart'>{picture.name}</svg>" in html
        assert f"](charts/{picture.name}.svg)" in markdown
        assert picture.title in markdown
        assert picture.title in typst


def test_pictures_that_were_not_drawn_are_told() -> None:
    """Their answers stand in every document."""
    drafted = design()

    for render in (render_markdown, render_html, render_typst):
        text = render(drafted, samples.NAMES)
        for picture in pictures_of(design=drafted):
            assert picture.title in text
        assert "charts/" not in text
        assert "<svg class='chart'" not in text


def test_labels_of_drawings_stay_inside() -> None:
    """The page cuts off what is outside of a drawing."""
    svg = escalation_tree_svg(design().binding, samples.NAMES)
    right = float(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]

    for x, text in re.findall(r'<text class="note" x="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        assert float(x) + len(text) * 6.6 <= right


def test_a_second_version_says_once_what_changed() -> None:
    """The change log of the plan, each change in one place."""
    first = design()
    second = draft(
        brief=samples.brief(go_live=first.brief.go_live + timedelta(days=7)),
        directory=samples.directory(),
        key="ENT-3",
        version=2,
        as_of=AS_OF,
        previous=first,
    )
    (changed, *_) = second.plan.change_log[-1].changed

    text = render_markdown(second, samples.NAMES)

    assert "First draft" in text
    assert text.count(changed.replace("~", "\\~")) == 1


def test_what_a_brief_may_add_is_shown() -> None:
    """A measured baseline, warnings of the proofs and of the lint, and named step holders."""
    capacity = samples.brief().capacity.model_copy(update={"baseline_conversion_percent": 12})
    drafted = draft(
        brief=samples.brief(capacity=capacity),
        directory=samples.directory(),
        key="ENT-3",
        version=1,
        as_of=AS_OF,
    )
    finding = LintFinding(
        code="x", severity=LintSeverity.WARNING, row=None, message="Row 2 is odd."
    )
    coverage = drafted.coverage.model_copy(update={"warnings": ("Only Ben is left at night.",)})
    first, *others = drafted.binding.policy.steps
    step = first.model_copy(update={"repeats": 2, "holders": ("UBEN", "URIA")})
    policy = drafted.binding.policy.model_copy(update={"steps": (step, *others)})
    binding = drafted.binding.model_copy(update={"policy": policy})
    changes = {"lint": (finding,), "coverage": coverage, "binding": binding}

    text = Page(render_html(drafted.model_copy(update=changes), samples.NAMES)).text

    for words in (
        "12%",
        "warning: Row 2 is odd.",
        "Only Ben is left at night.",
        "called 3 times",
        "Ben Director or Ria Ops",
    ):
        assert words in text
