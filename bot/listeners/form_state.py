"""What a person typed into a modal, out of Slack's `view.state.values`."""

from collections.abc import Mapping
from typing import Any

from bot.ids import field_of

Typed = str | tuple[str, ...] | None

_SINGLE = ("value", "selected_user", "selected_conversation", "selected_channel", "selected_date")
_MANY = ("selected_users", "selected_conversations", "selected_channels")


def typed_values(view: Mapping[str, Any]) -> dict[str, Typed]:
    """Return what was typed by block id: text, a key, several keys, or None for empty."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        block: _typed(state)
        for block, elements in values.items()
        for state in list(elements.values())[:1]
        if isinstance(state, Mapping)
    }


def by_field(view: Mapping[str, Any]) -> dict[str, Typed]:
    """Return what was typed by field id, for views in which no field repeats."""
    return {field_of(block): value for block, value in typed_values(view).items()}


def by_subject(view: Mapping[str, Any], field: str) -> dict[str, Typed]:
    """Return what was typed into a repeated field, by the subject in its block ids."""
    return {
        block.partition(":")[2]: value
        for block, value in typed_values(view).items()
        if field_of(block) == field and ":" in block
    }


def shown_blocks(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the block id that the open view has for each field id."""
    return {field_of(block): block for block in typed_values(view)}


def text_of(value: Typed) -> str:
    """Return a single value as text, empty for none."""
    return value if isinstance(value, str) else ""


def keys_of(value: Typed) -> tuple[str, ...]:
    """Return several values, empty for none."""
    return value if isinstance(value, tuple) else ()


def _typed(state: Mapping[str, Any]) -> Typed:
    """Return one element's value, whatever kind of element it is."""
    if "selected_options" in state:
        return tuple(str(item["value"]) for item in state["selected_options"] or ())
    if "selected_option" in state:
        chosen = state["selected_option"]
        return str(chosen["value"]) if chosen else None
    for key in _MANY:
        if key in state:
            return tuple(str(item) for item in state[key] or ())
    for key in _SINGLE:
        if key in state:
            return str(state[key]) if state[key] else None
    return None
