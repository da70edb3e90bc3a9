"""What a form holds: initial values, values in Slack's state shapes, and Slack's own checks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.files import file_object
from bot.sandbox.shapes import elements_of
from bot.sandbox.workspace import Workspace

Values = dict[str, dict[str, Any]]


class NotOffered(Exception):
    """A value was chosen that the element does not offer."""


@dataclass(frozen=True)
class _Shape:
    """Where an element keeps its value: the state's key, the key of the first value, if empty."""

    key: str
    initial: str
    empty: Any = None


_TEXT = _Shape("value", "initial_value")
_OPTION = _Shape("selected_option", "initial_option")
_OPTIONS = _Shape("selected_options", "initial_options", ())
SHAPES: dict[str, _Shape] = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "checkboxes": _OPTIONS,
    "users_select": _Shape("selected_user", "initial_user"),
    "multi_users_select": _Shape("selected_users", "initial_users", ()),
    "conversations_select": _Shape("selected_conversation", "initial_conversation"),
    "multi_conversations_select": _Shape("selected_conversations", "initial_conversations", ()),
    "channels_select": _Shape("selected_channel", "initial_channel"),
    "multi_channels_select": _Shape("selected_channels", "initial_channels", ()),
    "datepicker": _Shape("selected_date", "initial_date"),
    "timepicker": _Shape("selected_time", "initial_time"),
    "datetimepicker": _Shape("selected_date_time", "initial_date_time"),
    "file_input": _Shape("files", "", ()),
    "rich_text_input": _Shape("rich_text_value", "initial_value"),
}


def stateful(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (block, element) for every element that keeps a value."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in SHAPES:
                yield block, element


def current_values(
    blocks: list[dict[str, Any]], typed: Values, *, conversation: str = ""
) -> Values:
    """Return the form's values: typed ones where block id and action id still exist, else initial.

    This is also Slack's rule for what survives an update of the view. `conversation` is the first
    value of menus with `default_to_current_conversation`.
    """
    values: Values = {}
    for block, element in stateful(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        kept = typed.get(block_id, {}).get(action_id)
        if kept is None or kept.get("type") != element["type"]:
            kept = state_of(element, _initial(element, conversation))
        values.setdefault(block_id, {})[action_id] = kept
    return values


def merged(old: Values, new: Values) -> Values:
    """Return `old` with what `new` says differently."""
    both = {block_id: dict(actions) for block_id, actions in old.items()}
    for block_id, actions in new.items():
        both.setdefault(block_id, {}).update(actions)
    return both


def with_files(workspace: Workspace, values: Values) -> Values:
    """Return `values` with the whole file object in place of each uploaded file's id."""
    return {
        block_id: {
            action_id: state | {"files": [_file(workspace, one) for one in state["files"]]}
            if state.get("files")
            else state
            for action_id, state in actions.items()
        }
        for block_id, actions in values.items()
    }


def _file(workspace: Workspace, given: object) -> dict[str, Any]:
    id_ = given.get("id") if isinstance(given, dict) else given
    file = workspace.files.get(str(id_))
    if file is None:
        raise SlackRefusal("file_not_found")
    return file_object(file, base_url=workspace.base_url)


def _initial(element: dict[str, Any], conversation: str) -> object:
    if conversation and element.get("default_to_current_conversation"):
        return [conversation] if element["type"].startswith("multi_") else conversation
    return element.get(SHAPES[element["type"]].initial)


def state_of(element: dict[str, Any], value: object) -> dict[str, Any]:
    """Return an element's state holding `value`, which is in Slack's shape, or None for empty."""
    shape = SHAPES[element["type"]]
    if value is None:
        value = list(shape.empty) if isinstance(shape.empty, tuple) else shape.empty
    state = {"type": element["type"], shape.key: value}
    if element["type"] == "timepicker" and "timezone" in element:
        state["timezone"] = element["timezone"]
    return state


def offered(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all options that an element offers itself."""
    options: list[dict[str, Any]] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options.extend(group["options"])
    return options


def choose(element: dict[str, Any], plain: object) -> dict[str, Any]:
    """Return an element's state for a plain Python value.

    Args:
        element: The element.
        plain: Text, number, date, time, an option's value or text, an id, or a list of these;
            None empties it; a dict is taken as an option object or rich text.

    Raises:
        NotOffered: if an option is not among those offered.
    """
    shape = SHAPES[element["type"]]
    if plain is None:
        return state_of(element, None)
    if shape is _OPTION:
        return state_of(element, _option(element, plain))
    if shape is _OPTIONS:
        return state_of(element, [_option(element, one) for one in _listed(plain)])
    if isinstance(shape.empty, tuple):
        return state_of(element, _listed(plain))
    return state_of(element, _written(plain) if shape is _TEXT else _dated(plain))


def _option(element: dict[str, Any], plain: object) -> dict[str, Any]:
    if isinstance(plain, dict):
        return plain
    for option in offered(element):
        if plain in (option["value"], option["text"]["text"]):
            return option
    values = [option["value"] for option in offered(element)]
    raise NotOffered(f"{plain!r} is not offered by {element['action_id']}: {values}")


def _listed(plain: object) -> list[Any]:
    return list(plain) if isinstance(plain, list | tuple | set) else [plain]


def _written(plain: object) -> object:
    return str(plain) if isinstance(plain, int | float | Decimal) else plain


def _dated(plain: object) -> object:
    if isinstance(plain, datetime):
        return int(plain.timestamp())
    if isinstance(plain, time):
        return plain.strftime("%H:%M")
    return plain.isoformat() if isinstance(plain, date) else plain


def complaints(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """Return what Slack itself says about a form before it reaches the app: block id to text."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = state.get(SHAPES[element["type"]].key)
        if value in (None, "", []):
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
        elif complaint := _complaint(element, value):
            found[block["block_id"]] = complaint
    return found


def _complaint(element: dict[str, Any], value: object) -> str | None:
    check = _CHECKS.get(element["type"])
    if check is not None and isinstance(value, str):
        return check(element, value)
    limit = element.get("max_selected_items") or element.get("max_files")
    if limit and isinstance(value, list) and len(value) > limit:
        return f"You can choose at most {limit}."
    return None


def _check_text(element: dict[str, Any], value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please use at most {element.get('max_length', 3000)} characters."
    return None


def _check_number(element: dict[str, Any], value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return None


def _check_email(_: dict[str, Any], value: str) -> str | None:
    is_mail = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return None if is_mail else "Please enter an email address."


def _check_url(_: dict[str, Any], value: str) -> str | None:
    is_url = re.fullmatch(r"https?://\S+\.\S+|https?://localhost\S*", value)
    return None if is_url else "Please enter a web address."


_CHECKS: dict[str, Callable[[dict[str, Any], str], str | None]] = {
    "plain_text_input": _check_text,
    "number_input": _check_number,
    "email_text_input": _check_email,
    "url_text_input": _check_url,
}
