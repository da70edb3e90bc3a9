"""The words of a view."""

from bot.blocks import kit


def words(view: kit.View) -> str:
    """Return all words outside of inputs, a text a line."""
    lines = []
    for block in view["blocks"]:
        parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        lines += [part["text"] for part in parts if part and isinstance(part.get("text"), str)]
    return "\n".join(lines)
