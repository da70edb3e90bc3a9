"""Texts, options, confirmations: the parts that elements and blocks are composed of.

Limits: the modal and message tables of Slack's Block Kit reference.
"""

from typing import Any

from bot.sandbox.validate.checks import (
    Check,
    Problems,
    array,
    boolean,
    exactly_one,
    one_of,
    shape,
    string,
    tagged,
)


def plain(max_length: int) -> Check:
    """Return a check for a plain_text object."""
    return tagged({"plain_text": _plain_text(max_length)}, what="text")


def text(max_length: int) -> Check:
    """Return a check for a text object of either kind."""
    kinds = {"plain_text": _plain_text(max_length), "mrkdwn": _mrkdwn_text(max_length)}
    return tagged(kinds, what="text")


def _plain_text(max_length: int) -> Check:
    fields = {"type": one_of("plain_text"), "text": string(max_length), "emoji": boolean}
    return shape(fields, required=("type", "text"))


def _mrkdwn_text(max_length: int) -> Check:
    fields = {"type": one_of("mrkdwn"), "text": string(max_length), "verbatim": boolean}
    return shape(fields, required=("type", "text"))


def _option(words: Check, extra: dict[str, Check]) -> Check:
    return shape(
        {"text": words, "value": string(150), "description": plain(75), **extra},
        required=("text", "value"),
    )


option = _option(plain(75), {})
option_with_url = _option(plain(75), {"url": string(3000)})
rich_option = shape(
    {"text": text(75), "value": string(150), "description": text(75)}, required=("text", "value")
)


def _unique_values(value: list[Any], pointer: str, problems: Problems) -> None:
    values = [one.get("value") for one in value if isinstance(one, dict)]
    for repeated in sorted({str(one) for one in values if values.count(one) > 1}):
        problems.add(pointer, f"option value {repeated!r} is offered twice")


def options(one: Check, lowest: int, highest: int) -> Check:
    """Return a check for a list of options with different values."""
    listed = array(one, lowest, highest)

    def check(value: object, pointer: str, problems: Problems) -> None:
        listed(value, pointer, problems)
        if isinstance(value, list):
            _unique_values(value, pointer, problems)

    return check


option_groups = array(
    shape({"label": plain(75), "options": options(option, 1, 100)}, required=("label", "options")),
    1,
    100,
)
offered = exactly_one("options", "option_groups")

confirm = shape(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
    required=("title", "text"),
)

conversation_filter = shape(
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)

dispatch_config = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
    required=("trigger_actions_on",),
)
