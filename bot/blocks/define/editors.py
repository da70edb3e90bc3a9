"""The pushed views of the form: ladder and guardrail, routing rows, advanced settings."""

from collections.abc import Mapping, Sequence

from bot.blocks import kit
from bot.blocks.define.frame import choices
from bot.blocks.define.place import Place
from bot.ids import Callback, Input, block_id
from handoff.form_choices import Choice, FormChoices
from handoff.form_data import CapacityStep, LadderStepText, PeopleStep
from handoff.row_text import in_fields

LEFT_OUT = "none"
MOST_STEPS = 6

#: Characters that Slack takes in a field.
_LONGEST = 3000
_PODS_SHOWN = 1000


def ladder_view(
    *, place: Place, ladder: Sequence[LadderStepText], step: PeopleStep, offered: FormChoices
) -> kit.View:
    """Return the editor of the ladder and the guardrail: the steps, and one empty one to add."""
    empty = LadderStepText(role=LEFT_OUT, acknowledge="30m")
    steps = [*ladder, empty][:MOST_STEPS]
    blocks = [
        kit.section("On a breach, each step is called until somebody says “I have it”."),
        *(
            block
            for number, one in enumerate(steps)
            for block in _ladder_step(number, one, offered)
        ),
        kit.divider(),
        kit.input_block(
            "Guardrail: incidents",
            kit.number_input(action=Input.LADDER_GUARDRAIL_COUNT, value=step.guardrail_count),
            block_id=Input.LADDER_GUARDRAIL_COUNT,
        ),
        kit.input_block(
            "within hours",
            kit.number_input(
                action=Input.LADDER_GUARDRAIL_HOURS, value=step.guardrail_hours, decimal=True
            ),
            block_id=Input.LADDER_GUARDRAIL_HOURS,
            hint="So many incidents in so many hours call Sales and Marketing leadership.",
        ),
    ]
    return _pushed(Callback.DEFINE_LADDER, "Ladder and guardrail", place, blocks)


def _ladder_step(number: int, step: LadderStepText, offered: FormChoices) -> list[kit.Block]:
    roles = (*offered.roles, Choice(value=LEFT_OUT, label="(leave this step out)"))
    return [
        kit.input_block(
            f"Step {number + 1}: whom to call",
            kit.select(choices(roles), action=Input.LADDER_ROLE, chosen=step.role),
            block_id=block_id(Input.LADDER_ROLE, number),
        ),
        kit.input_block(
            "Time to acknowledge",
            kit.text_input(action=Input.LADDER_ACKNOWLEDGE, value=step.acknowledge),
            block_id=block_id(Input.LADDER_ACKNOWLEDGE, number),
            hint="Such as 15m or 1h, on the design's clock.",
        ),
        kit.input_block(
            "Repeats before the next step",
            kit.number_input(action=Input.LADDER_REPEATS, value=step.repeats or "0"),
            block_id=block_id(Input.LADDER_REPEATS, number),
        ),
    ]


def rows_view(*, place: Place, text: str, offered: FormChoices) -> kit.View:
    """Return the editor of the routing rows, one a line, in as many fields as they take."""
    pods = kit.cut(", ".join(item.value for item in offered.pods) or "none yet", _PODS_SHOWN)
    models = ", ".join(item.value for item in offered.owner_models)
    blocks = [
        kit.section(
            "One row a line; the first that matches decides:\n"
            "`condition → owner model → pod → fallback person → if a field is missing`\n"
            f"Owner models: {kit.escape(models)}. Pods: {kit.escape(pods)}. "
            "The last row should be `otherwise`. "
            "Pod and what follows may be left out; an empty field goes back to the drafted rows. "
            "A lead that still lacks a blocking field when it has been waited for goes to the "
            "fallback; or write `route anyway` or `ask marketing` at the end. "
            "A line that ends with `\\` goes on in the next one."
        ),
        *_rows_fields(text),
    ]
    return _pushed(Callback.DEFINE_ROWS, "Edit rows", place, blocks)


def _rows_fields(text: str) -> list[kit.Block]:
    return [
        kit.input_block(
            "More rows" if number else "Rows",
            kit.text_input(
                action=Input.ROWS_TEXT, value=part, multiline=True, max_length=_LONGEST
            ),
            block_id=block_id(Input.ROWS_TEXT, number or None),
            optional=True,
        )
        for number, part in enumerate(in_fields(text=text, longest=_LONGEST))
    ]


def advanced_view(
    *,
    place: Place,
    holders: Mapping[str, Sequence[str]],
    step: CapacityStep,
    offered: FormChoices,
) -> kit.View:
    """Return the advanced settings: per-design role holders, arrivals, spread of handling time."""
    blocks = [
        kit.section(
            "People who stand in these roles *for this design only*; empty for the team's."
        ),
        *(
            kit.input_block(
                role.label,
                kit.multi_user_select(
                    action=Input.ADVANCED_HOLDERS, chosen=list(holders.get(role.value, ()))
                ),
                block_id=block_id(Input.ADVANCED_HOLDERS, role.value),
                optional=True,
            )
            for role in offered.roles
        ),
        kit.input_block(
            "Arrival profile",
            kit.select(
                choices(offered.profiles),
                action=Input.ADVANCED_ARRIVAL_PROFILE,
                chosen=step.arrival_profile,
            ),
            block_id=Input.ADVANCED_ARRIVAL_PROFILE,
            hint="When in the week leads arrive: learned once there are enough of them, else as "
            "they usually do for a segment.",
            optional=True,
        ),
        kit.input_block(
            "Spread of handling time",
            kit.number_input(
                action=Input.ADVANCED_HANDLING_CV, value=step.handling_cv, decimal=True
            ),
            block_id=Input.ADVANCED_HANDLING_CV,
            hint="Standard deviation divided by the mean; 0 is always the same, 1 is very mixed.",
            optional=True,
        ),
    ]
    return _pushed(Callback.DEFINE_ADVANCED, "Advanced", place, blocks)


def _pushed(callback: Callback, title: str, place: Place, blocks: Sequence[kit.Block]) -> kit.View:
    return kit.modal(
        callback=callback,
        title=title,
        submit="Save",
        close="Back",
        metadata=place.dump(),
        blocks=blocks,
    )
