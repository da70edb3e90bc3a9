"""Slack's limits: what is allowed up to the edge, what is refused past it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import slackblocks

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.validate import (
    check_errors,
    check_home,
    check_message,
    check_modal,
    check_options,
)

Json = dict[str, Any]


def plain(length: int) -> Json:
    """Return a plain_text object of this length."""
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Json:
    """Return a mrkdwn object of this length."""
    return {"type": "mrkdwn", "text": "x" * length}


def section(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a section."""
    return {"type": "section", "text": mrkdwn(3), **extra}


def button(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a button."""
    return {"type": "button", "text": plain(3), "action_id": "b", **extra}


def actions(*elements: Json) -> Json:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return an input block."""
    return {"type": "input", "label": plain(3), "element": element, **extra}


def choices(count: int, *, text: int = 3, value: int = 0) -> list[Json]:
    """Return options with different values."""
    return [{"text": plain(text), "value": str(i).rjust(max(value, 1), "v")} for i in range(count)]


def select(count: int = 2, **extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a static menu."""
    return {"type": "static_select", "action_id": "s", "options": choices(count), **extra}


def text_input(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a text field."""
    return {"type": "plain_text_input", "action_id": "t", **extra}


def modal(*blocks: Json, **extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a modal with a submit button."""
    shown = {"type": "modal", "title": plain(5), "submit": plain(4), "blocks": list(blocks)}
    return {**shown, **extra}


def table(rows: int, cells: int = 1) -> Json:
    """Return a table."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def data_table(rows: int, cells: int = 1, **extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a data table."""
    return {**table(rows, cells), "type": "data_table", "caption": "Leads", **extra}


def image(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return an image."""
    return {"type": "image", "alt_text": "a", "image_url": "https://x", **extra}


def url(length: int) -> str:
    """Return a web address of this length."""
    return "https://".ljust(length, "x")


def groups(count: int, label: int = 3) -> Json:
    """Return a menu with groups of options."""
    group = {"label": plain(label), "options": choices(1)}
    return {"type": "static_select", "action_id": "s", "option_groups": [group] * count}


def menu(kind: str, count: int) -> Json:
    """Return an element with options."""
    return {"type": kind, "action_id": "m", "options": choices(count)}


def card(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a card."""
    return {"type": "card", **extra}


def indented(depth: int) -> Json:
    """Return rich text with a list at this depth."""
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    listed = {"type": "rich_text_list", "style": "bullet", "indent": depth, "elements": [item]}
    return {"type": "rich_text", "elements": [listed]}


def confirm(**extra: Json) -> Json:
    """Return a confirmation dialog."""
    return {"title": plain(5), "text": plain(5), "confirm": plain(2), "deny": plain(2), **extra}


# name, the block with n of what is limited, the largest n allowed
BLOCK_LIMITS: list[tuple[str, Callable[[int], Json], int]] = [
    ("section text", lambda n: {"type": "section", "text": mrkdwn(n)}, 3000),
    ("section fields", lambda n: {"type": "section", "fields": [plain(3)] * n}, 10),
    ("section field", lambda n: {"type": "section", "fields": [plain(n)]}, 2000),
    ("header", lambda n: {"type": "header", "text": plain(n)}, 150),
    ("context", lambda n: {"type": "context", "elements": [mrkdwn(3)] * n}, 10),
    ("actions", lambda n: actions(*(button(action_id=f"b{i}") for i in range(n))), 25),
    ("image url", lambda n: image(image_url=url(n)), 3000),
    ("image alt", lambda n: image(alt_text="a" * n), 2000),
    ("image title", lambda n: image(title=plain(n)), 2000),
    ("block id", lambda n: {"type": "divider", "block_id": "b" * n}, 255),
    ("action id", lambda n: actions(button(action_id="b" * n)), 255),
    ("button text", lambda n: actions(button(text=plain(n))), 75),
    ("button value", lambda n: actions(button(value="v" * n)), 2000),
    ("button url", lambda n: actions(button(url=url(n))), 3000),
    ("confirm title", lambda n: actions(button(confirm=confirm(title=plain(n)))), 100),
    ("confirm text", lambda n: actions(button(confirm=confirm(text=plain(n)))), 300),
    ("confirm button", lambda n: actions(button(confirm=confirm(confirm=plain(n)))), 30),
    ("deny button", lambda n: actions(button(confirm=confirm(deny=plain(n)))), 30),
    ("overflow", lambda n: actions(menu("overflow", n)), 5),
    ("options", lambda n: actions(select(n)), 100),
    ("option text", lambda n: actions(select(options=choices(1, text=n))), 75),
    ("option value", lambda n: actions(select(options=choices(1, value=n))), 150),
    (
        "option description",
        lambda n: actions(select(options=[{**choices(1)[0], "description": plain(n)}])),
        75,
    ),
    ("option groups", lambda n: actions(groups(n)), 100),
    ("group label", lambda n: actions(groups(1, label=n)), 75),
    ("placeholder", lambda n: actions(select(placeholder=plain(n))), 150),
    ("checkboxes", lambda n: actions(menu("checkboxes", n)), 10),
    ("radio buttons", lambda n: actions(menu("radio_buttons", n)), 10),
    ("rich text indent", indented, 8),
    ("table rows", table, 100),
    ("table cells", lambda n: table(1, n), 20),
    ("column settings", lambda n: {**table(1), "column_settings": [{"align": "left"}] * n}, 20),
    ("data table rows", data_table, 101),
    ("data table cells", lambda n: data_table(2, n), 20),
    ("page size", lambda n: data_table(2, page_size=n), 100),
    ("markdown", lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
    ("card title", lambda n: card(title=mrkdwn(n)), 150),
    ("card body", lambda n: card(body=mrkdwn(n)), 200),
    ("card buttons", lambda n: card(actions=[button(action_id=f"b{i}") for i in range(n)]), 3),
    ("carousel", lambda n: {"type": "carousel", "elements": [card(title=mrkdwn(3))] * n}, 10),
    ("container", lambda n: {"type": "container", "child_blocks": [{"type": "divider"}] * n}, 10),
    ("chart title", lambda n: {"type": "data_visualization", "title": "x" * n, "chart": {}}, 50),
    ("input label", lambda n: field(text_input(), label=plain(n)), 2000),
    ("input hint", lambda n: field(text_input(), hint=plain(n)), 2000),
    ("max length", lambda n: field(text_input(max_length=n)), 3000),
    ("min length", lambda n: field(text_input(min_length=n)), 3000),
]

VIEW_LIMITS: list[tuple[str, Callable[[int], Json], int]] = [
    ("title", lambda n: modal(title=plain(n)), 24),
    ("submit", lambda n: modal(submit=plain(n)), 24),
    ("close", lambda n: modal(close=plain(n)), 24),
    ("blocks", lambda n: modal(*[{"type": "divider"}] * n), 100),
    ("private metadata", lambda n: modal(private_metadata="x" * n), 3000),
    ("callback id", lambda n: modal(callback_id="x" * n), 255),
    ("external id", lambda n: modal(external_id="x" * n), 255),
    ("alert", lambda n: modal({"type": "alert", "text": plain(n)}), 200),
    (
        "max files",
        lambda n: modal(field({"type": "file_input", "action_id": "f", "max_files": n})),
        10,
    ),
    (
        "lines",
        lambda n: modal(field({"type": "rich_text_input", "action_id": "r", "max_lines": n})),
        100,
    ),
]


def refused_message(*blocks: Json, text: str | None = "Hello") -> str:
    """Return how a message is refused; empty if it is not."""
    try:
        check_message({"text": text, "blocks": list(blocks)})
    except SlackRefusal as refusal:
        return str(refusal)
    return ""


def refused_modal(view: Json) -> str:
    """Return how a modal is refused; empty if it is not."""
    try:
        check_modal(view)
    except SlackRefusal as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    ("make", "limit"), [row[1:] for row in BLOCK_LIMITS], ids=[row[0] for row in BLOCK_LIMITS]
)
def test_block_limit(make: Callable[[int], Json], limit: int) -> None:
    """A block is taken at its limit and refused past it."""
    assert refused_message(make(limit)) == ""
    assert refused_message(make(limit + 1)).startswith("invalid_blocks")


@pytest.mark.parametrize(
    ("make", "limit"), [row[1:] for row in VIEW_LIMITS], ids=[row[0] for row in VIEW_LIMITS]
)
def test_view_limit(make: Callable[[int], Json], limit: int) -> None:
    """A modal is taken at its limit and refused past it."""
    assert refused_modal(make(limit)) == ""
    assert refused_modal(make(limit + 1)).startswith("invalid_arguments")


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        (section(), "message modal home"),
        ({"type": "markdown", "text": "x"}, "message"),
        (table(1), "message"),
        (data_table(2), "message"),
        ({"type": "alert", "text": plain(3)}, "modal"),
        (card(title=mrkdwn(3)), "message home"),
        ({"type": "carousel", "elements": [card(title=mrkdwn(3))]}, "message home"),
        ({"type": "file", "external_id": "x"}, ""),
        ({"type": "nonsense"}, ""),
        (field({"type": "number_input", "is_decimal_allowed": False}), "modal"),
        (field({"type": "email_text_input"}), "modal"),
        (field({"type": "url_text_input"}), "modal"),
        (field({"type": "file_input"}), "modal"),
        (field({"type": "rich_text_input", "action_id": "r"}), "modal home"),
        (field({"type": "datetimepicker"}), "message modal"),
        (actions({"type": "datetimepicker"}), "message modal"),
        (actions({"type": "multi_users_select"}), ""),
        (actions(text_input()), ""),
        (section(accessory={"type": "multi_users_select"}), "message modal home"),
        (section(accessory=text_input()), ""),
        (field(button()), ""),
    ],
)
def test_surface(block: Json, surfaces: str, surface: str) -> None:
    """Each block and element is taken only where Slack shows it."""
    checks = {
        "message": lambda: check_message({"text": "x", "blocks": [block]}),
        "modal": lambda: check_modal(modal(block)),
        "home": lambda: check_home({"type": "home", "blocks": [block]}),
    }

    try:
        checks[surface]()
        is_taken = True
    except SlackRefusal:
        is_taken = False

    assert is_taken == (surface in surfaces.split())


def number(**extra: Any) -> Json:  # noqa: ANN401  # any field
    """Return a form with a number field."""
    return modal(field({"type": "number_input", "is_decimal_allowed": False, **extra}))


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(field(text_input()), submit=None), "submit"),
        (modal(title=None), "title"),
        (modal(section(), colour="red"), "invalid additional property: colour"),
        (modal(section(block_id="x"), section(block_id="x")), "must be unique"),
        (modal(actions(button(), button())), "must be unique"),
        (
            modal(*(field(text_input(focus_on_load=True), block_id=f"b{i}") for i in range(2))),
            "focus_on_load",
        ),
        (modal(field(select(initial_option=choices(3)[2]))), "not among the options"),
        (modal(field(select(options=[]))), "no fewer than 1"),
        (modal(field(select(options=choices(1) * 2))), "offered twice"),
        (modal(field({"type": "static_select", "action_id": "s"})), "exactly one of"),
        (modal(field(text_input(min_length=9, max_length=8))), "min_length"),
        (modal(field(text_input(max_length=1, initial_value="xx"))), "longer than"),
        (modal(field(text_input(dispatch_action_config={"trigger_actions_on": []}))), "no fewer"),
        (modal(field({"type": "file_input"}, dispatch_action=True)), "dispatch_action"),
        (number(min_value=1), "must be a string"),
        (number(min_value="x"), "a number as a string"),
        (number(min_value="3", max_value="2"), "must not exceed"),
        (number(min_value="3", initial_value="2"), "out of range"),
        (number(initial_value="2.5"), "whole number"),
        (modal(field({"type": "number_input"})), "is_decimal_allowed"),
        (modal(field({"type": "datepicker", "initial_date": "2026-13-01"})), "YYYY-MM-DD"),
        (modal(field({"type": "timepicker", "initial_time": "24:00"})), "HH:mm"),
        (modal(field({"type": "timepicker", "timezone": "Mars/Base"})), "IANA"),
        (modal(field({"type": "datetimepicker", "initial_date_time": 17})), "must be from"),
        (
            modal(
                field(
                    {
                        "type": "multi_users_select",
                        "initial_users": ["U1", "U2"],
                        "max_selected_items": 1,
                    }
                )
            ),
            "more initial values",
        ),
        (modal(section(text={"type": "mrkdwn", "text": ""})), "more than 0 characters"),
        (modal({"type": "section"}), "at least one of text, fields"),
        (modal({"type": "header", "text": mrkdwn(3)}), "unsupported type: mrkdwn"),
        (modal({"type": "image", "alt_text": "x"}), "exactly one of image_url, slack_file"),
        (modal(actions(button(style="loud"))), "must be one of primary, danger"),
        (modal(actions(button(url="ftp://x"))), "must be a URL"),
        (modal(actions(button(text=None))), "missing required field: text"),
        (modal(notify_on_close="yes"), "must be a boolean"),
        (modal("text"), "missing required field: type"),
        ({"type": "modal", "title": plain(3), "blocks": {}}, "must be an array"),
        (modal(field(text_input(multiline=1))), "must be a boolean"),
        (modal(field(text_input(max_length="9"))), "must be an integer"),
        (
            modal({"type": "context", "elements": [{"type": "image", "alt_text": "x"}]}),
            "exactly one",
        ),
    ],
)
def test_rule(view: Json, reason: str) -> None:
    """A form that breaks a rule is refused with the reason and a pointer to the place."""
    refusal = refused_modal(json.loads(json.dumps(view)))

    assert reason in refusal
    assert "[json-pointer:/" in refusal


def test_initial_option_may_lack_what_slack_fills_in() -> None:
    """An initial option equals an offered one even where only `emoji` differs."""
    offered = choices(1)[0]
    initial = {**offered, "text": {**offered["text"], "emoji": True}}

    assert refused_modal(modal(field(select(1, initial_option=initial)))) == ""


def test_null_counts_as_left_out() -> None:
    """A field that is null is as good as none."""
    assert refused_modal(modal(field(text_input(max_length=None)), callback_id=None)) == ""
    assert "submit" in refused_modal(modal(field(text_input()), submit=None))


@pytest.mark.parametrize("text", [None, "", "  "])
def test_blocks_need_a_text(text: str | None) -> None:
    """Blocks without a text beside them would make notifications mute."""
    assert refused_message(section(), text=text) == "no_text"


def test_message_totals() -> None:
    """50 blocks, one table, 12,000 markdown and 13,200 characters in all are the most."""
    long = {"type": "section", "text": mrkdwn(2640)}
    half = {"type": "markdown", "text": "x" * 6000}

    assert refused_message(*[{"type": "divider"}] * 50) == ""
    assert refused_message(*[{"type": "divider"}] * 51).startswith("invalid_blocks")
    assert refused_message(*[long] * 5) == ""
    assert refused_message(*[long] * 5, section()) == "msg_blocks_too_long"
    assert refused_message(half, half) == ""
    assert refused_message(half, half, {"type": "markdown", "text": "x"}) == "msg_blocks_too_long"
    assert refused_message(table(1), table(1)).startswith("invalid_attachments")


def test_message_arguments() -> None:
    """Text must be text, and attachments a list of at most 100."""
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_message({"text": 3})
    with pytest.raises(SlackRefusal, match="invalid_attachments"):
        check_message({"text": "x", "attachments": [{}] * 101})
    with pytest.raises(SlackRefusal, match="invalid_blocks"):
        check_message({"text": "x", "blocks": "none"})
    for wrong in ("x", {"blocks": [{"type": "alert"}]}):
        with pytest.raises(SlackRefusal, match="invalid_attachments"):
            check_message({"text": "x", "attachments": [wrong]})

    check_message({"text": "x", "attachments": [{}] * 99 + [{"blocks": [section()]}]})


def test_data_table_rules() -> None:
    """A data table has a plain header row and rows of one width."""
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    raw = {"type": "raw_text", "text": "x"}

    assert refused_message(data_table(2) | dict(rows=[[rich], [raw]])).startswith("invalid_blocks")
    assert refused_message(data_table(2) | dict(rows=[[raw], [rich]])) == ""
    assert refused_message(data_table(2) | dict(rows=[[raw], [raw, raw]])).startswith(
        "invalid_blocks"
    )


def test_options_of_a_menu() -> None:
    """An answer to a search has options or groups, 100 at most, and may find nothing."""
    check_options({"options": []})
    check_options({"options": choices(100)})
    for wrong in ({}, {"options": choices(101)}, {"options": [{"text": "x"}]}):
        with pytest.raises(SlackRefusal, match="invalid_arguments"):
            check_options(wrong)


def test_errors_name_inputs() -> None:
    """Errors may only stand at input blocks, as text."""
    blocks = [field(text_input(), block_id="topic"), section(block_id="note")]

    check_errors(blocks, {"topic": "Too long."})
    for wrong in ({}, None, {"note": "x"}, {"nowhere": "x"}, {"topic": ""}, {"topic": 3}):
        with pytest.raises(SlackRefusal, match="invalid_arguments"):
            check_errors(blocks, wrong)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            lambda n: {"type": "section", "text": mrkdwn(n)},
            lambda n: slackblocks.SectionBlock("x" * n),
        ),
        (
            lambda n: {"type": "header", "text": plain(n)},
            lambda n: slackblocks.HeaderBlock("x" * n),
        ),
        (
            lambda n: actions(button(text=plain(n))),
            lambda n: slackblocks.Button("x" * n, "b"),
        ),
    ],
)
@pytest.mark.parametrize("length", [1, 75, 76, 150, 151, 3000, 3001])
def test_agrees_with_slackblocks(
    ours: Callable[[int], Json], theirs: Callable[[int], object], length: int
) -> None:
    """An independent implementation draws the same lines."""
    try:
        theirs(length)
        is_taken = True
    except slackblocks.InvalidUsageError:
        is_taken = False

    assert (refused_message(ours(length)) == "") == is_taken
