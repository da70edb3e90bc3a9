"""The order in which designs are asked whether they take a lead: a form."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import kit
from bot.ids import Action, Callback, Field, block_id

#: The value of the box "Back to the default order".
DEFAULT = "default"

_MOST = 40
_HOW = (
    "A lead goes to the design that it or its source names; else to the first design below whose "
    "entry rule it meets."
)
_STANDARD = (
    "ABM campaigns, expansion, product activation, pipeline; within each, personas of your own, "
    "partners, then the larger companies first."
)


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """A design at work; `is_placed`: somebody gave it its place."""

    key: str
    title: str
    rule: str
    is_placed: bool


def order_button() -> kit.Block:
    """Return the button that opens the form."""
    return kit.actions(
        [kit.button("Order of entry rules…", action=Action.ENTRY_ORDER_OPEN, value="-")],
        block_id="entry.buttons",
    )


def order_view(*, lines: Sequence[OrderLine], may_change: bool, people: Sequence[str]) -> kit.View:
    """Return the form, or for those who may not change it the order as it is.

    Args:
        lines: The designs at work, the one that is asked first first.
        may_change: Whether the person may change it.
        people: Whom those who may not can ask.
    """
    shown = lines[:_MOST]
    notes = [kit.section(_HOW)]
    if len(lines) > len(shown):
        notes.append(kit.context(f"{len(lines) - len(shown)} more follow in the default order."))
    if not may_change:
        asked = " or ".join(kit.person(key) for key in people) or "an admin of the workspace"
        told = [_told(place, line) for place, line in enumerate(shown, start=1)]
        return kit.modal(
            callback=Callback.ENTRY_ORDER,
            title="Order of entry rules",
            close="Close",
            blocks=[*notes, *told, kit.context(f"To change it, ask {asked}.")],
        )
    inputs = [_place(place, line, len(shown)) for place, line in enumerate(shown, start=1)]
    return kit.modal(
        callback=Callback.ENTRY_ORDER,
        title="Order of entry rules",
        submit="Save",
        blocks=[*notes, *inputs, _default_box()],
    )


def _told(place: int, line: OrderLine) -> kit.Block:
    rule = kit.escape(kit.cut(line.rule, 300))
    return kit.section(
        f"*{place}. {kit.escape(line.key)}* · {kit.escape(line.title)}\n`{rule}`{_why(line)}"
    )


def _place(place: int, line: OrderLine, count: int) -> kit.Block:
    options = [kit.option(str(one), str(one)) for one in range(1, count + 1)]
    by = "chosen" if line.is_placed else "by the default order"
    return kit.input_block(
        kit.cut(f"{line.key} · {line.title}", 150),
        kit.select(options, action=Field.ENTRY_PLACE, chosen=str(place)),
        block_id=block_id(Field.ENTRY_PLACE, line.key),
        hint=f"Takes: {kit.cut(line.rule, 250)}. Its place: {by}.",
    )


def _default_box() -> kit.Block:
    box = kit.option("Back to the default order", DEFAULT)
    boxes = kit.checkboxes([box], action=Field.ENTRY_DEFAULT)
    return kit.input_block(
        "Or", boxes, block_id=Field.ENTRY_DEFAULT, optional=True, hint=_STANDARD
    )


def _why(line: OrderLine) -> str:
    return "" if line.is_placed else " · by the default order"
