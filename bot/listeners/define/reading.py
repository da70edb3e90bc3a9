"""What a person typed into a step of the form, as fields of the step's model."""

from collections.abc import Mapping
from typing import Any

from bot.blocks.define.brief import CUSTOM
from bot.blocks.define.qualification import EDIT_STAGES
from bot.blocks.define.review import DELIVERABLES, DEPENDENCIES, ROLES
from bot.ids import Input, field_of
from bot.listeners.form_state import Typed, by_field, by_subject, keys_of, text_of, typed_values
from handoff.form_data import LadderStepText, Step


def read_step(step: Step, view: Mapping[str, Any]) -> dict[str, object]:
    """Return the typed values by field of the step's model; what is not shown is left out."""
    typed = by_field(view)
    if step is Step.REVIEW:
        chosen = keys_of(typed.get(Input.REVIEW_CONFIRMED))
        return {
            "roles_confirmed": ROLES in chosen,
            "dependencies_confirmed": DEPENDENCIES in chosen,
            "deliverables_confirmed": DELIVERABLES in chosen,
        }
    prefix = f"define.{step.value}."
    values: dict[str, object] = {
        field.removeprefix(prefix): value
        for field, value in typed.items()
        if field.startswith(prefix)
    }
    if step is Step.BRIEF:
        return _with_persona(values)
    if "edit_stages" in values:
        values["edit_stages"] = EDIT_STAGES in keys_of(typed[Input.QUALIFICATION_EDIT_STAGES])
    return values


def read_ladder(view: Mapping[str, Any], *, left_out: str) -> dict[int, LadderStepText]:
    """Return the ladder's steps by their place in the editor, without those left out."""
    roles = by_subject(view, Input.LADDER_ROLE)
    times = by_subject(view, Input.LADDER_ACKNOWLEDGE)
    repeats = by_subject(view, Input.LADDER_REPEATS)
    return {
        int(place): LadderStepText(
            role=text_of(role),
            acknowledge=text_of(times.get(place)),
            repeats=text_of(repeats.get(place)) or "0",
        )
        for place, role in sorted(roles.items(), key=lambda item: int(item[0]))
        if role not in {left_out, None}
    }


def read_text(view: Mapping[str, Any], field: Input) -> str | None:
    """Return what was typed into a field that does not repeat, None for empty."""
    value: Typed = by_field(view).get(field)
    return text_of(value) or None


def read_rows_text(view: Mapping[str, Any]) -> str:
    """Return the lines of the row editor, out of all its fields in their order."""
    parts = {
        int(block.partition(":")[2] or 0): text_of(value)
        for block, value in typed_values(view).items()
        if field_of(block) == Input.ROWS_TEXT
    }
    return "\n".join(parts[number] for number in sorted(parts))


def _with_persona(values: dict[str, object]) -> dict[str, object]:
    """Turn the two selects of segment and base into a segment and a persona.

    The model's segment is the one that defaults come from; a persona that is None means that it
    is no custom one, an empty persona that its name is still to come.
    """
    chosen, base = values.pop("segment", None), values.pop("base", None)
    if chosen != CUSTOM:
        return values | {"segment": chosen, "persona": None}
    named = values | {"persona": values.get("persona") or ""}
    return named | {"segment": base} if base else named
