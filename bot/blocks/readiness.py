"""The readiness card, and the modals that settle its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.blocks.kit import (
    Block,
    View,
    actions,
    button,
    checkboxes,
    context,
    cut,
    escape,
    fit,
    header,
    input_block,
    instant,
    modal,
    option,
    overflow,
    person,
    radio,
    section,
    text_input,
)
from bot.ids import Action, Callback, Field, block_id
from handoff.directory import role_title
from handoff.enablement import ItemState, ItemStatus
from handoff.packet import PacketState
from handoff.readiness import Item, item_name, items_of

_SHOWN = 40
_BOXES = 10


@dataclass(frozen=True, kw_only=True)
class ReadinessState:
    """The readiness card: the packet it belongs to and the live status of each item."""

    packet: PacketState
    statuses: Mapping[str, ItemStatus]

    def required(self) -> Sequence[Item]:
        """Return the required items in the design's order."""
        return [item for item in items_of(self.packet.design.binding) if item.is_required]

    def open(self) -> Sequence[Item]:
        """Return the required items that are still open."""
        return [item for item in self.required() if self.status(item).state is ItemState.OPEN]

    def status(self, item: Item) -> ItemStatus:
        """Return the status of `item`; without one it is open."""
        return self.statuses.get(item.id) or ItemStatus(item=item.id)


def readiness_text(state: ReadinessState) -> str:
    """Return the one-line summary of the readiness card."""
    done = len(state.required()) - len(state.open())
    return f"Readiness of {state.packet.design.key}: {done} of {len(state.required())} settled"


def readiness_blocks(state: ReadinessState) -> list[Block]:
    """Return the card: progress, open items by due date with their menu, then the settled."""
    design = state.packet.design
    waiting = sorted(state.open(), key=lambda item: (item.due, item.id))
    blocks = [header(f"{design.key} · ready for go-live?"), section(_progress(state))]
    if waiting:
        settle = button(
            "Settle items…",
            action=Action.ITEM_LIST,
            value=state.packet.reference,
            style="primary",
        )
        blocks.append(actions([settle], block_id="readiness.actions"))
    reference = state.packet.reference
    blocks += [_item_line(item, reference=reference) for item in waiting[:_SHOWN]]
    if len(waiting) > _SHOWN:
        blocks.append(context(f"{len(waiting) - _SHOWN} more open items in *Settle items…*"))
    settled = [item for item in state.required() if item not in waiting]
    if settled:
        blocks.append(context(cut(_settled(state, settled), 1900)))
    return fit(blocks)


def _progress(state: ReadinessState) -> str:
    total = len(state.required())
    done = total - len(state.open())
    filled = round(10 * done / total) if total else 10
    bar = "▓" * filled + "░" * (10 - filled)
    line = f"`{bar}` *{done} of {total}* required items are done or waived."
    if not state.open() and state.packet.opens_at is not None:
        line += f" Go-live opens {instant(state.packet.opens_at)}."
    return line


def _item_line(item: Item, *, reference: str) -> Block:
    menu = overflow(
        [
            option("Mark done…", f"done|{item.id}|{reference}"),
            option("Waive…", f"waive|{item.id}|{reference}"),
        ],
        action=Action.ITEM_MENU,
    )
    text = f"▫️ {escape(item.title)}\n{escape(_owner_and_due(item))}"
    return section(text, accessory=menu, block_id=f"item:{item.id}")


def _owner_and_due(item: Item) -> str:
    pod = getattr(item, "pod", None)
    whose = f"{role_title(item.owner_role)} for {pod}" if pod else role_title(item.owner_role)
    return f"{whose} · due {item.due:%-d %b}"


def _settled(state: ReadinessState, items: Sequence[Item]) -> str:
    lines = []
    for item in items:
        status = state.status(item)
        mark = "✅" if status.state is ItemState.DONE else "➖ waived"
        by = f" ({person(status.by)})" if status.by else ""
        why = f": “{escape(status.reason)}”" if status.reason else ""
        lines.append(f"{mark} {escape(item_name(item))}{by}{why}")
    return "\n".join(lines)


def settle_view(*, reference: str, item: Item, state: ItemState, can_waive: bool = True) -> View:
    """Return the modal that marks one item done (with evidence) or waives it (with a reason)."""
    chosen = ItemState.WAIVED if state is ItemState.WAIVED and can_waive else ItemState.DONE
    options = [option("Done", ItemState.DONE.value, description="It exists and was checked")]
    if can_waive:
        options.append(
            option("Waived", ItemState.WAIVED.value, description="Go live without it; say why")
        )
    evidence_hint = "A link to the test record, screenshot or change ticket"
    return modal(
        callback=Callback.ITEM_SETTLE,
        title="Settle an item",
        submit="Save",
        metadata=f"{reference}|{item.id}",
        blocks=[
            section(f"*{escape(item_name(item))}*\n{escape(role_title(item.owner_role))}"),
            input_block(
                "What happened?",
                radio(options, action=Field.ITEM_STATE, chosen=chosen.value),
                block_id=Field.ITEM_STATE,
            ),
            input_block(
                "Evidence",
                text_input(action=Field.ITEM_EVIDENCE, max_length=500, placeholder="https://…"),
                block_id=Field.ITEM_EVIDENCE,
                hint=evidence_hint,
                optional=not getattr(item, "needs_evidence", False) or can_waive,
            ),
            input_block(
                "Reason",
                text_input(action=Field.ITEM_REASON, multiline=True, max_length=500),
                block_id=Field.ITEM_REASON,
                hint="Needed to waive an item",
                optional=True,
            ),
        ],
    )


def settle_many_view(*, reference: str, items: Sequence[Item]) -> View:
    """Return the modal that marks several open items done, in groups of ten check boxes.

    Items that need evidence have no box: they stand below with the menu that they have in the
    thread.
    """
    plain_items = [item for item in items if not getattr(item, "needs_evidence", False)]
    others = [item for item in items if item not in plain_items]
    blocks: list[Block] = []
    if plain_items:
        blocks.append(section("Tick what is done. To waive an item use its menu in the thread."))
    number = 0
    for kind, members in groupby(plain_items, key=lambda item: item.kind.value):
        group = list(members)
        for start in range(0, len(group), _BOXES):
            number += 1
            blocks.append(
                input_block(
                    kind.replace("_", " ").capitalize(),
                    checkboxes(
                        [
                            option(
                                item.title,
                                item.id,
                                description=_owner_and_due(item),
                            )
                            for item in group[start : start + _BOXES]
                        ],
                        action=Field.ITEM_PICK,
                    ),
                    block_id=block_id(Field.ITEM_PICK, number),
                    optional=True,
                )
            )
    if others:
        blocks.append(section("These need evidence, one by one:"))
        blocks += [_item_line(item, reference=reference) for item in others]
    return modal(
        callback=Callback.ITEM_SETTLE_MANY,
        title="Settle items",
        submit="Mark done" if plain_items else None,
        close="Cancel" if plain_items else "Close",
        metadata=reference,
        blocks=blocks,
    )
