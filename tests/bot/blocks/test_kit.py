from datetime import UTC, datetime

import pytest

from bot.blocks import kit


def test_escape_handles_the_ampersand_first() -> None:
    """Only Slack's three control characters change, and none of them twice."""
    assert kit.escape("<!here> & a > b") == "&lt;!here&gt; &amp; a &gt; b"


def test_mrkdwn_is_always_verbatim() -> None:
    """A bare @here or URL in a user's words must stay text."""
    assert kit.mrkdwn("@here")["verbatim"] is True


@pytest.mark.parametrize(("length", "expected"), [(24, 24), (25, 24), (3000, 24)])
def test_titles_are_cut_at_the_limit(length: int, expected: int) -> None:
    """A title of 24 characters is kept whole, a longer one ends in an ellipsis."""
    title = kit.modal(callback="a.b", title="x" * length, blocks=[])["title"]["text"]

    assert len(title) == expected
    assert title.endswith("…") is (length > 24)


def test_choices_that_are_not_offered_are_dropped() -> None:
    """Slack refuses an initial option that differs from every offered one."""
    offered = [kit.option("One", "1"), kit.option("Two", "2")]

    assert kit.select(offered, action="a", chosen="2")["initial_option"] == offered[1]
    assert "initial_option" not in kit.select(offered, action="a", chosen="3")
    assert "initial_option" not in kit.radio(offered, action="a", chosen=None)
    assert kit.multi_select(offered, action="a", chosen=["2", "9"])["initial_options"] == [
        offered[1]
    ]
    assert "initial_options" not in kit.checkboxes(offered, action="a", chosen=["9"])


def test_number_input_carries_strings_only() -> None:
    """Slack refuses numbers where it wants strings; None is left out."""
    element = kit.number_input(action="a", value="60", minimum="0")

    assert element["initial_value"] == "60"
    assert element["min_value"] == "0"
    assert "max_value" not in element


@pytest.mark.parametrize(
    ("key", "expected"),
    [("U123", "<@U123>"), ("W9", "<@W9>"), ("ria@example.com", "ria@example.com")],
)
def test_person_is_mentioned_by_id_and_named_otherwise(key: str, expected: str) -> None:
    """An e-mail key has no mention yet."""
    assert kit.person(key) == expected


def test_instants_show_in_the_viewers_zone_with_a_fallback() -> None:
    """The fallback names its zone."""
    text = kit.instant(datetime(2026, 3, 4, 14, 2, tzinfo=UTC))

    assert text == "<!date^1772632920^{date_short_pretty} at {time}|2026-03-04 14:02 UTC>"


def test_link_labels_cannot_end_the_link() -> None:
    """Pipes, angle brackets and newlines in a label are neutralised."""
    assert kit.link("https://x.test", "a|b>\nc") == "<https://x.test|a b&gt; c>"


def test_table_keeps_slacks_limits_and_has_no_empty_cell() -> None:
    """A table has at most 100 rows of 20 cells, and Slack refuses an empty cell."""
    block = kit.table([["", *"x" * 30]] * 120)

    assert len(block["rows"]) == 100
    assert {len(row) for row in block["rows"]} == {20}
    assert block["rows"][0][0]["text"] == " "
