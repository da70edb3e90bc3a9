"""How the people of the demo's scene act: by the forms and buttons that the app shows them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.ids import Action, Callback, Field, Input, field_of
from bot.sandbox import SceneStuck, Stage
from bot.sandbox.messages import Message
from bot.sandbox.person import Person
from bot.sandbox.shapes import elements_of
from bot.sandbox.views import View

CHANNEL = "#enterprise-handoff"
_COMMAND = "/define-handoff --segment enterprise --goal pipeline --response-sla 2h"
_EVIDENCE = "https://example.com/tests/1"


@dataclass(frozen=True)
class Found:
    """A message, and in whose conversation with the app it is."""

    person: str
    message: Message


def define(stage: Stage, *, go_live: str) -> Message:
    """Fill the form as Ria and send the design for sign-off; return its packet.

    Args:
        stage: Where.
        go_live: The day, as a date picker gives it.
    """
    ria = stage.person("ria")
    before = {message.ts for message in _packets(stage)}
    if ria.view is not None:
        ria.close_all()
    ria.command(CHANNEL, _COMMAND)
    if _form(ria).callback_id == Callback.DEFINE_CHOOSE:  # she has a draft of her own
        ria.click(_form(ria), Action.DEFINE_START)
    fill(ria, {Input.BRIEF_GO_LIVE: go_live})
    fill(ria, {})
    fill(ria, {})
    fill(ria, {Input.CAPACITY_LEADS_PER_WEEK: "60"})
    fill(ria, _every_box(_form(ria)))
    ria.close_all()
    return stage.wait_for(
        lambda: next((one for one in _packets(stage) if one.ts not in before), None)
    )


def settle(stage: Stage, packet: Message) -> None:
    """Settle as Max what must be ready: at once what needs no evidence, the rest one by one."""
    max_ops = stage.person("max")
    max_ops.click(current(stage, packet), Action.ITEM_LIST)
    boxes = _every_box(_form(max_ops))
    fill(max_ops, boxes)
    ticked = {f"item:{item}" for items in boxes.values() for item in items}

    def card() -> Message | None:
        """Return the card in the thread once it shows what was ticked."""
        shown = [one for one in max_ops.sees(packet.channel) if one.thread_ts == packet.ts]
        with_menus = (one for one in shown if any(_menus(one)))
        return next((one for one in with_menus if ticked.isdisjoint(dict(_menus(one)))), None)

    for block, menu in list(_menus(stage.wait_for(card))):
        done = menu["options"][0]["value"]
        max_ops.select(stage.wait_for(card), Action.ITEM_MENU, done, block_id=block)
        fill(max_ops, {Field.ITEM_EVIDENCE: _EVIDENCE})


def fill(person: Person, values: Mapping[str, object]) -> None:
    """Submit the form in front with some fields changed, by field id or block id.

    Raises:
        SceneStuck: if the app does not take it.
    """
    view = _form(person)
    blocks = {field_of(block["block_id"]): block["block_id"] for block in view.blocks}
    named = {blocks.get(field, field): value for field, value in values.items()}
    errors = person.submit(view, named)
    if errors:
        raise SceneStuck(f"{view.title}: {errors}")


def find_button(
    stage: Stage, people: Iterable[str], action: Action, *, value: str = ""
) -> Found | None:
    """Return the newest direct message of one of `people` that has a button.

    Args:
        stage: Where.
        people: Short names; the first who has such a message.
        action: The button.
        value: What it is about; empty for anything.
    """
    for name in people:
        for message in reversed(stage.person(name).direct_messages()):
            if any(_is(element, action, value) for _, element in _elements(message)):
                return Found(name, message)
    return None


def current(stage: Stage, message: Message) -> Message:
    """Return a message as it is now."""
    with stage.workspace.lock:
        return stage.workspace.messages.find(message.channel, message.ts)


def says(stage: Stage, message: Message, words: str) -> bool:
    """Tell whether a message says something by now."""
    now = current(stage, message)
    return words in f"{now.text} {now.blocks}"


# Private functions


def _form(person: Person) -> View:
    view = person.view
    if view is None:
        raise SceneStuck(f"{person.user.real_name} has no form open")
    return view


def _every_box(view: View) -> dict[str, list[str]]:
    """Return all options of all check boxes of a form, by block."""
    return {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in view.blocks
        if block["type"] == "input" and block["element"]["type"] == "checkboxes"
    }


def _packets(stage: Stage) -> list[Message]:
    """Return the packets in the channel, the newest last."""
    shown = stage.person("ria").sees(CHANNEL)
    return [one for one in shown if one.text.startswith("Handoff ") and not one.is_reply]


def _elements(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in message.blocks:
        for element in elements_of(block):
            yield block["block_id"], element


def _menus(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    return (pair for pair in _elements(message) if pair[1]["action_id"] == Action.ITEM_MENU)


def _is(element: Mapping[str, Any], action: Action, value: str) -> bool:
    return element["action_id"] == action and value in ("", element.get("value"))
