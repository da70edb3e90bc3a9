"""Reading and driving modals as a person sees them."""

from bot.sandbox.form_state import SHAPES
from bot.sandbox.person import Person
from bot.sandbox.views import View


def front(person: Person) -> View:
    """Return the modal in front of a person."""
    view = person.view
    assert view is not None, "no modal is open"
    return view


def block_of(view: View, field: str) -> str:
    """Return the block id of a field, whatever stands behind its colon."""
    found = [block["block_id"] for block in view.blocks]
    return next(one for one in found if one.partition(":")[0] == field)


def value_of(view: View, field: str) -> object:
    """Return what a field shows: text, a value, or a list of values."""
    states = view.values[block_of(view, field)]
    (state,) = states.values()
    value = state[SHAPES[state["type"]].key]
    if isinstance(value, dict):
        return value["value"]
    if isinstance(value, list):
        return [one["value"] if isinstance(one, dict) else one for one in value]
    return value


def values_of(view: View) -> dict[str, object]:
    """Return what every field shows, by field."""
    fields = {block.partition(":")[0] for block in view.values}
    return {field: value_of(view, field) for field in fields}


def fill(person: Person, **values: object) -> dict[str, str]:
    """Submit the modal in front with some fields changed; return the errors by field name.

    Fields are named by their last part: `response_sla` for `define.brief.response_sla`.
    """
    view = front(person)
    named = {
        block: values[name]
        for block in view.values
        if (name := block.partition(":")[0].rpartition(".")[2]) in values
    }
    assert len(named) == len(values), f"not all of {sorted(values)} are in {sorted(view.values)}"
    errors = person.submit(view, named)
    return {block.partition(":")[0].rpartition(".")[2]: text for block, text in errors.items()}


def tick(view: View, *values: str, field: str = "define.review.confirmed") -> None:
    """Tick checkboxes without sending anything."""
    block = block_of(view, field)
    found = next(one for one in view.blocks if one["block_id"] == block)
    options = [one for one in found["element"]["options"] if one["value"] in values]
    view.values[block] = {field: {"type": "checkboxes", "selected_options": options}}


def text_of(view: View) -> str:
    """Return all words of a view that are not in inputs, a block a line."""
    lines = []
    for block in view.blocks:
        parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        lines += [part["text"] for part in parts if part and isinstance(part.get("text"), str)]
    return "\n".join(lines)


def walk_to(person: Person, step: int) -> View:
    """Press Next with all defaults until the step of this number is in front."""
    while not front(person).title.startswith(f"{step} of 5"):
        before = front(person).title
        errors = person.submit()
        assert not errors, errors
        assert front(person).title != before
    return front(person)
