"""Slack's limits on messages, modals, Home tabs and menus, enforced with Slack's error codes."""

from collections import Counter
from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.validate.blocks import MARKDOWN_LENGTH, block_lists
from bot.sandbox.validate.checks import Check, Problems, boolean, one_of, shape, string
from bot.sandbox.validate.composition import offered, option, option_groups, options, plain

# Not documented: a project saw failures near this many characters over all blocks of a message.
BLOCKS_TEXT_LENGTH = 13_200
_DATA_TABLE_LENGTH = 20_000
_ATTACHMENTS = 100

_Json = dict[str, Any]


def check_message(body: _Json) -> None:
    """Refuse a message that Slack would refuse, and one whose blocks lack a text beside them.

    Raises:
        SlackRefusal: `no_text`, `invalid_blocks`, `invalid_attachments` or `msg_blocks_too_long`.
    """
    blocks, attachments = body.get("blocks"), body.get("attachments")
    text = body.get("text")
    if text is not None and not isinstance(text, str):
        raise SlackRefusal.with_messages("invalid_arguments", ["[ERROR] text must be a string"])
    if not (text or "").strip():
        # Slack lets blocks go without it, but then notifications and screen readers are mute.
        raise SlackRefusal("no_text")
    if attachments is not None and (
        not isinstance(attachments, list) or len(attachments) > _ATTACHMENTS
    ):
        raise SlackRefusal("invalid_attachments")
    for attachment in attachments or []:
        _check_attachment(attachment)
    if blocks is None:
        return
    problems = _block_problems(blocks, "message")
    _refuse("invalid_blocks", problems)
    _check_totals(blocks)


def check_modal(body: _Json) -> None:
    """Refuse a modal that Slack would refuse.

    Raises:
        SlackRefusal: `invalid_arguments`, with all reasons in `response_metadata.messages`.
    """
    problems = Problems()
    _MODAL(body, "/view", problems)
    blocks = body.get("blocks")
    if isinstance(blocks, list):
        problems.messages += _block_problems(blocks, "modal").messages
        kinds = [block.get("type") for block in blocks if isinstance(block, dict)]
        if "input" in kinds and not body.get("submit"):
            problems.add("/view", "missing required field: submit, as there are input blocks")
    _refuse("invalid_arguments", problems)


def check_home(body: _Json) -> None:
    """Refuse a Home tab that Slack would refuse.

    Raises:
        SlackRefusal: `invalid_arguments`, with all reasons in `response_metadata.messages`.
    """
    problems = Problems()
    _HOME(body, "/view", problems)
    if isinstance(body.get("blocks"), list):
        problems.messages += _block_problems(body["blocks"], "home").messages
    _refuse("invalid_arguments", problems)


def check_options(body: _Json) -> None:
    """Refuse the answer to a `block_suggestion` that Slack would not show.

    Raises:
        SlackRefusal: `invalid_arguments`.
    """
    problems = Problems()
    _SUGGESTIONS(body, "", problems)
    _refuse("invalid_arguments", problems)


def check_errors(blocks: list[_Json], errors: object) -> None:
    """Refuse `response_action: errors` that name anything but input blocks of the view.

    Raises:
        SlackRefusal: `invalid_arguments`.
    """
    problems = Problems()
    inputs = {block.get("block_id") for block in blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors:
        problems.add("/errors", "must name at least one input block")
    else:
        for block_id, text in errors.items():
            if block_id not in inputs:
                problems.add(f"/errors/{block_id}", "is not an input block of this view")
            if not isinstance(text, str) or not text:
                problems.add(f"/errors/{block_id}", "must be text")
    _refuse("invalid_arguments", problems)


def _is_list(value: object, pointer: str, problems: Problems) -> None:
    if not isinstance(value, list):  # the blocks themselves are checked with their surface
        problems.add(pointer, "must be an array")


_VIEW_FIELDS: dict[str, Check] = {
    "blocks": _is_list,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {
        "type": one_of("modal"),
        **_VIEW_FIELDS,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    required=("type", "title", "blocks"),
)
_HOME = shape({"type": one_of("home"), **_VIEW_FIELDS}, required=("type", "blocks"))
_SUGGESTIONS = shape(
    {"options": options(option, 0, 100), "option_groups": option_groups}, also=offered
)


def _block_problems(blocks: object, surface: str) -> Problems:
    problems = Problems()
    block_lists[surface](blocks, "/blocks", problems)
    if problems.messages or not isinstance(blocks, list):
        return problems
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for repeated in (id_ for id_, times in ids.items() if times > 1):
        problems.add("/blocks", f"`block_id` {repeated!r} must be unique")
    focused = [element for block in blocks for element in _elements(block)]
    if sum(bool(element.get("focus_on_load")) for element in focused) > 1:
        problems.add("/blocks", "only one element may have focus_on_load")
    return problems


def _check_attachment(attachment: object) -> None:
    if not isinstance(attachment, dict):
        raise SlackRefusal("invalid_attachments")
    if attachment.get("blocks") is not None:
        _refuse("invalid_attachments", _block_problems(attachment["blocks"], "message"))


def _check_totals(blocks: list[_Json]) -> None:
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] > 1:
        raise SlackRefusal.with_messages("invalid_attachments", ["only_one_table_allowed"])
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    tables = sum(_length(block["rows"]) for block in blocks if block["type"] == "data_table")
    rest = sum(_length(block) for block in blocks if block["type"] != "data_table")
    if (
        markdown > MARKDOWN_LENGTH
        or tables > _DATA_TABLE_LENGTH
        or rest > BLOCKS_TEXT_LENGTH
        or kinds["data_visualization"] > 2
    ):
        raise SlackRefusal("msg_blocks_too_long")


def _elements(block: _Json) -> list[_Json]:
    holders = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [holder for holder in holders if isinstance(holder, dict)]


def _length(value: object) -> int:
    """Return the number of characters shown: everything under a key `text`."""
    if isinstance(value, list):
        return sum(map(_length, value))
    if not isinstance(value, dict):
        return 0
    return sum(
        len(inner) if key == "text" and isinstance(inner, str) else _length(inner)
        for key, inner in value.items()
    )


def _refuse(code: str, problems: Problems) -> None:
    if problems.messages:
        raise SlackRefusal.with_messages(code, problems.messages)
