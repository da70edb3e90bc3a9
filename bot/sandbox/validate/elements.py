"""Interactive elements: their fields, limits, and the surfaces and blocks that take them."""

from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from bot.sandbox.validate.checks import (
    Check,
    Problems,
    all_of,
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
    url,
)
from bot.sandbox.validate.composition import (
    confirm,
    conversation_filter,
    dispatch_config,
    offered,
    option,
    option_groups,
    option_with_url,
    options,
    plain,
    rich_option,
)

_DATE = string(10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", what="YYYY-MM-DD")
_TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d", what="HH:mm")
_NUMBER = string(40, pattern=r"-?\d+(\.\d+)?", what="a number as a string")
_PLACEHOLDER = plain(150)


_zones = cache(available_timezones)  # reads the disk


def _zone(value: object, pointer: str, problems: Problems) -> None:
    if not isinstance(value, str) or value not in _zones():
        problems.add(pointer, "must be a valid IANA time zone")


def _element(
    kind: str,
    fields: dict[str, Check],
    *,
    required: tuple[str, ...] = (),
    also: Check = anything,
    base: tuple[str, ...] = ("focus_on_load", "confirm", "placeholder"),
) -> Check:
    common: dict[str, Check] = {
        "focus_on_load": boolean,
        "confirm": confirm,
        "placeholder": _PLACEHOLDER,
    }
    known = {"type": one_of(kind), "action_id": identifier} | fields
    return shape(known | {name: common[name] for name in base}, required=required, also=also)


def _all_options(element: dict[str, Any]) -> list[Any]:
    found = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        found.extend(group["options"])
    return found


def _initial_is_offered(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    initial = value.get("initial_option")
    chosen = [initial] if initial else list(value.get("initial_options") or [])
    offers = [_bare(one) for one in _all_options(value)]
    for one in chosen:
        if _bare(one) not in offers:
            problems.add(pointer, f"initial option {one.get('value')!r} is not among the options")


def _bare(one: dict[str, Any]) -> dict[str, Any]:
    """Return an option without the defaults that Slack fills in."""
    text = {k: v for k, v in one["text"].items() if k not in ("emoji", "verbatim")}
    return one | {"text": text}


def _not_more_than_allowed(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    limit = value.get("max_selected_items")
    initial = [len(v) for k, v in value.items() if k.startswith("initial_") and v]
    if limit and initial and initial[0] > limit:
        problems.add(pointer, "more initial values than max_selected_items")


def _lengths_agree(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    lowest, highest = value.get("min_length", 0), value.get("max_length", 3000)
    if lowest > highest:
        problems.add(pointer, "min_length must not exceed max_length")
    if len(value.get("initial_value") or "") > highest:
        problems.add(pointer, "initial_value is longer than max_length")


def _range_agrees(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    low, high, first = (
        Decimal(value[name]) if value.get(name) is not None else None
        for name in ("min_value", "max_value", "initial_value")
    )
    if low is not None and high is not None and low > high:
        problems.add(pointer, "min_value must not exceed max_value")
    if first is not None and (
        (low is not None and first < low) or (high is not None and first > high)
    ):
        problems.add(pointer, "initial_value is out of range")
    if (
        not value["is_decimal_allowed"]
        and first is not None
        and first != first.to_integral_value()
    ):
        problems.add(pointer, "initial_value must be a whole number")


_MANY: dict[str, Check] = {"max_selected_items": integer(1, 10_000)}
_EXTERNAL: dict[str, Check] = {"min_query_length": integer(0, 255)}
_STATIC: dict[str, Check] = {"options": options(option, 1, 100), "option_groups": option_groups}
_CONVERSATIONS: dict[str, Check] = {
    "filter": conversation_filter,
    "default_to_current_conversation": boolean,
}
_ids = array(identifier, 0, 10_000)
_selects: dict[str, Check] = {
    "static_select": _element(
        "static_select",
        _STATIC | {"initial_option": option},
        required=("action_id",),
        also=all_of(offered, _initial_is_offered),
    ),
    "external_select": _element("external_select", _EXTERNAL | {"initial_option": option}),
    "users_select": _element("users_select", {"initial_user": identifier}),
    "conversations_select": _element(
        "conversations_select",
        _CONVERSATIONS | {"initial_conversation": identifier, "response_url_enabled": boolean},
    ),
    "channels_select": _element(
        "channels_select", {"initial_channel": identifier, "response_url_enabled": boolean}
    ),
}
_multi_selects: dict[str, Check] = {
    "multi_static_select": _element(
        "multi_static_select",
        _STATIC | _MANY | {"initial_options": options(option, 1, 100)},
        also=all_of(offered, _initial_is_offered, _not_more_than_allowed),
    ),
    "multi_external_select": _element(
        "multi_external_select",
        _EXTERNAL | _MANY | {"initial_options": options(option, 1, 100)},
        also=_not_more_than_allowed,
    ),
    "multi_users_select": _element(
        "multi_users_select", _MANY | {"initial_users": _ids}, also=_not_more_than_allowed
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        _CONVERSATIONS | _MANY | {"initial_conversations": _ids},
        also=_not_more_than_allowed,
    ),
    "multi_channels_select": _element(
        "multi_channels_select", _MANY | {"initial_channels": _ids}, also=_not_more_than_allowed
    ),
}
_choices: dict[str, Check] = {
    "checkboxes": _element(
        "checkboxes",
        {
            "options": options(rich_option, 1, 10),
            "initial_options": options(rich_option, 1, 10),
        },
        required=("options",),
        also=_initial_is_offered,
        base=("focus_on_load", "confirm"),
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": options(rich_option, 1, 10), "initial_option": rich_option},
        required=("options",),
        also=_initial_is_offered,
        base=("focus_on_load", "confirm"),
    ),
}
_pickers: dict[str, Check] = {
    "datepicker": _element("datepicker", {"initial_date": _DATE}),
    "timepicker": _element("timepicker", {"initial_time": _TIME, "timezone": _zone}),
}
_datetime: dict[str, Check] = {
    "datetimepicker": _element(
        "datetimepicker",
        {"initial_date_time": integer(1_000_000_000, 9_999_999_999)},
        base=("focus_on_load", "confirm"),
    )
}
_pressed: dict[str, Check] = {
    "button": _element(
        "button",
        {
            "text": plain(75),
            "url": url(3000, "https?://|mailto:|slack://"),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
        required=("text",),
        base=("confirm",),
    ),
    "overflow": _element(
        "overflow",
        {"options": options(option_with_url, 1, 5)},
        required=("options",),
        base=("confirm",),
    ),
}
_typed: dict[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            "dispatch_action_config": dispatch_config,
        },
        also=_lengths_agree,
        base=("focus_on_load", "placeholder"),
    )
}
_typed_in_modals: dict[str, Check] = {
    "number_input": _element(
        "number_input",
        {
            "is_decimal_allowed": boolean,
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
            "dispatch_action_config": dispatch_config,
        },
        required=("is_decimal_allowed",),
        also=_range_agrees,
        base=("focus_on_load", "placeholder"),
    ),
    "email_text_input": _element(
        "email_text_input",
        {"initial_value": string(3000, 0), "dispatch_action_config": dispatch_config},
        base=("focus_on_load", "placeholder"),
    ),
    "url_text_input": _element(
        "url_text_input",
        {"initial_value": string(3000, 0), "dispatch_action_config": dispatch_config},
        base=("focus_on_load", "placeholder"),
    ),
    "file_input": _element(
        "file_input",
        {"filetypes": array(string(20), 1, 100), "max_files": integer(1, 10)},
        base=(),
    ),
}
_rich_text_input: dict[str, Check] = {
    "rich_text_input": _element(
        "rich_text_input",
        {
            "initial_value": anything,
            "dispatch_action_config": dispatch_config,
            "min_lines": integer(1, 100),
            "max_lines": integer(1, 100),
        },
        required=("action_id",),
        base=("focus_on_load", "placeholder"),
    )
}
image_element: Check = shape(
    {
        "type": one_of("image"),
        "image_url": url(3000),
        "slack_file": shape(
            {"id": identifier, "url": string(3000)}, also=at_least_one("id", "url")
        ),
        "alt_text": string(2000),
    },
    required=("alt_text",),
    also=exactly_one("image_url", "slack_file"),
)


# What may be a section's accessory, the same on all surfaces.
IN_SECTION: dict[str, Check] = (
    _pressed | _selects | _multi_selects | _choices | _pickers | {"image": image_element}
)


def in_actions(surface: str) -> dict[str, Check]:
    """Return what may sit in an actions block; multi-selects may not."""
    moment = {} if surface == "home" else _datetime
    return _pressed | _selects | _choices | _pickers | moment


def in_input(surface: str) -> dict[str, Check]:
    """Return what may be the element of an input block on a surface."""
    found = _typed | _selects | _multi_selects | _choices | _pickers
    if surface != "home":
        found |= _datetime
    if surface != "message":
        found |= _rich_text_input
    if surface == "modal":
        found |= _typed_in_modals
    return found
