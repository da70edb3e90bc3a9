"""Blocks: their fields and limits, and which surface takes which."""

from typing import Any

from bot.sandbox.validate.checks import (
    Check,
    Problems,
    anything,
    array,
    at_least_one,
    boolean,
    exactly_one,
    identifier,
    integer,
    one_of,
    shape,
    string,
    tagged,
    url,
)
from bot.sandbox.validate.composition import plain, text
from bot.sandbox.validate.elements import IN_SECTION, image_element, in_actions, in_input
from bot.sandbox.validate.rich_text import rich_text

MARKDOWN_LENGTH = 12_000


def _block(kind: str, fields: dict[str, Check], **rules: Any) -> Check:  # noqa: ANN401
    return shape({"type": one_of(kind), "block_id": identifier, **fields}, **rules)


def _action_ids_differ(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    ids = [element.get("action_id") for element in value["elements"] if "action_id" in element]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        problems.add(f"{pointer}/elements", f"`action_id` {repeated!r} must be unique in a block")


def _input_may_dispatch(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        problems.add(pointer, "file_input may not use dispatch_action")


def _context_element(value: object, pointer: str, problems: Problems) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    (image_element if kind == "image" else text(3000))(value, pointer, problems)


def _rows_fit(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    if len({len(row) for row in value["rows"]}) > 1:
        problems.add(f"{pointer}/rows", "all rows must have the same number of cells")


_raw_text = shape({"type": one_of("raw_text"), "text": string(3000)}, required=("text",))
_raw_number = shape(
    {"type": one_of("raw_number"), "value": anything, "text": string(3000)}, required=("value",)
)
_table_cell = tagged({"raw_text": _raw_text, "rich_text": rich_text}, what="cell")
_data_cell = tagged(
    {"raw_text": _raw_text, "rich_text": rich_text, "raw_number": _raw_number}, what="cell"
)
_column = shape({"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _data_table_is_whole(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    _rows_fit(value, pointer, problems)
    if any(cell["type"] == "rich_text" for cell in value["rows"][0]):
        problems.add(f"{pointer}/rows/0", "the header row may not hold rich_text")


_table = _block(
    "table",
    {
        "rows": array(array(_table_cell, 1, 20), 1, 100),
        "column_settings": array(_column, 1, 20),
    },
    required=("rows",),
    also=_rows_fit,
)
_data_table = _block(
    "data_table",
    {
        "caption": string(3000),
        "rows": array(array(_data_cell, 1, 20), 2, 101),
        "page_size": integer(1, 100),
        "row_header_column_index": integer(0, 19),
    },
    required=("caption", "rows"),
    also=_data_table_is_whole,
)
_card_button = tagged({"button": in_actions("message")["button"]}, what="element")
_card = _block(
    "card",
    {
        "hero_image": image_element,
        "icon": image_element,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": array(_card_button, 1, 3),
    },
    also=at_least_one("hero_image", "title", "actions", "body"),
)
_video = _block(
    "video",
    {
        "title": plain(199),
        "title_url": url(2000),
        "description": plain(200),
        "video_url": url(3000),
        "alt_text": string(2000),
        "thumbnail_url": url(3000),
        "author_name": string(49),
        "provider_name": string(50),
        "provider_icon_url": url(2000),
    },
    required=("title", "video_url", "thumbnail_url", "alt_text"),
)
_task_card = _block(
    "task_card",
    {
        "task_id": identifier,
        "title": string(256),
        "status": one_of("in_progress", "complete", "error"),
        "details": rich_text,
        "output": rich_text,
        "sources": array(anything, 0, 100),
    },
    required=("task_id", "title"),
)
_MESSAGE_ONLY: dict[str, Check] = {
    "markdown": _block("markdown", {"text": string(MARKDOWN_LENGTH)}, required=("text",)),
    "table": _table,
    "data_table": _data_table,
    "context_actions": _block(
        "context_actions", {"elements": array(anything, 1, 5)}, required=("elements",)
    ),
    "task_card": _task_card,
    "plan": _block(
        "plan", {"title": string(256), "tasks": array(anything, 1, 50)}, required=("title",)
    ),
}
_alert = _block(
    "alert",
    {"text": text(200), "level": one_of("default", "info", "warning", "error", "success")},
    required=("text",),
)


def _everywhere(surface: str) -> dict[str, Check]:
    """Return the blocks that all surfaces take, with the elements this one allows."""
    return {
        "section": _block(
            "section",
            {
                "text": text(3000),
                "fields": array(text(2000), 1, 10),
                "accessory": tagged(IN_SECTION, what="accessory"),
                "expand": boolean,
            },
            also=at_least_one("text", "fields"),
        ),
        "header": _block("header", {"text": plain(150)}, required=("text",)),
        "divider": _block("divider", {}),
        "context": _block(
            "context", {"elements": array(_context_element, 1, 10)}, required=("elements",)
        ),
        "actions": _block(
            "actions",
            {"elements": array(tagged(in_actions(surface), what="element"), 1, 25)},
            required=("elements",),
            also=_action_ids_differ,
        ),
        "input": _block(
            "input",
            {
                "label": plain(2000),
                "element": tagged(in_input(surface), what="element"),
                "hint": plain(2000),
                "optional": boolean,
                "dispatch_action": boolean,
            },
            required=("label", "element"),
            also=_input_may_dispatch,
        ),
        "image": _block(
            "image",
            {
                "image_url": url(3000),
                "slack_file": shape({"id": identifier, "url": string(3000)}),
                "alt_text": string(2000),
                "title": plain(2000),
            },
            required=("alt_text",),
            also=exactly_one("image_url", "slack_file"),
        ),
        "rich_text": rich_text,
        "video": _video,
    }


def _rich_surface(surface: str) -> dict[str, Check]:
    """Return the blocks of messages and Home tabs that modals do not take."""
    inside = _everywhere(surface) | {"card": _card}
    return {
        "card": _card,
        "carousel": _block(
            "carousel",
            {"elements": array(tagged({"card": _card}, what="element"), 1, 10)},
            required=("elements",),
        ),
        "container": _block(
            "container",
            {
                "title": plain(150),
                "subtitle": plain(150),
                "child_blocks": array(tagged(inside, what="child"), 1, 10),
            },
            required=("child_blocks",),
        ),
        "data_visualization": _block(
            "data_visualization",
            {"title": string(50), "chart": anything},
            required=("title", "chart"),
        ),
    }


# On Home `table` and `data_table` are listed by some of Slack's pages, but do not render there;
# the same goes for `card` in modals. Both are refused here, so that nobody relies on them.
BLOCKS: dict[str, dict[str, Check]] = {
    "message": _everywhere("message") | _rich_surface("message") | _MESSAGE_ONLY,
    "modal": _everywhere("modal") | {"alert": _alert},
    "home": _everywhere("home") | _rich_surface("home"),
}

block_lists: dict[str, Check] = {
    "message": array(tagged(BLOCKS["message"], what="block"), 0, 50),
    "modal": array(tagged(BLOCKS["modal"], what="block"), 0, 100),
    "home": array(tagged(BLOCKS["home"], what="block"), 0, 100),
}
