"""Step 4, Capacity: load, effort, and what must be ready."""

from bot.blocks import kit
from bot.blocks.define.frame import NEW, Shown, choices, step_view
from bot.blocks.define.place import Place
from bot.ids import Action, Input
from handoff.form_choices import FormChoices
from handoff.form_data import CapacityStep


def capacity_view(
    *, place: Place, step: CapacityStep, offered: FormChoices, shown: Shown = NEW
) -> kit.View:
    """Return the view of step 4."""
    blocks = [
        kit.input_block(
            "Notes",
            kit.text_input(
                action=Input.CAPACITY_NOTES,
                value=step.notes,
                multiline=True,
                placeholder="6 SDRs, 2 AEs, ~45 leads/day, 12 min each, 60% of their time",
                max_length=3000,
            ),
            block_id=shown.name(Input.CAPACITY_NOTES),
            optional=True,
        ),
        kit.actions(
            [
                kit.button("Read notes", action=Action.DEFINE_READ_NOTES),
                kit.button("Advanced", action=Action.DEFINE_ADVANCED),
            ],
            block_id="define.notes",
        ),
        *_numbers(step=step, shown=shown),
        *_needs(step=step, offered=offered, shown=shown),
        _number(
            Input.CAPACITY_BASELINE_CONVERSION,
            "Baseline MQL→SQL %",
            step.baseline_conversion,
            hint="Of the 90 days before; without it lift reads “not yet measurable”.",
            optional=True,
            shown=shown,
        ),
    ]
    return step_view(place=place, shown=shown, blocks=blocks)


def _numbers(*, step: CapacityStep, shown: Shown) -> list[kit.Block]:
    return [
        _number(
            Input.CAPACITY_LEADS_PER_WEEK,
            "Leads per week",
            step.leads_per_week,
            hint=_volume_hint(step),
            optional=True,
            shown=shown,
        ),
        _number(
            Input.CAPACITY_HANDLING_MINUTES,
            "Handling minutes per lead",
            step.handling_minutes,
            hint="From opening the lead to the first touch. The default is an assumption.",
            shown=shown,
        ),
        _number(
            Input.CAPACITY_TIME_AVAILABLE,
            "Time available %",
            step.time_available,
            hint="Share of working time that reps have for new leads.",
            shown=shown,
        ),
    ]


def _volume_hint(step: CapacityStep) -> str:
    """Say where the volume comes from, and what an empty one means."""
    measured = step.history.leads_per_week if step.history else None
    unknown = "Empty if unknown: Review then shows the volume the team holds, unproven."
    if measured is None:
        return unknown
    return f"The last 4 weeks brought {measured:g} a week. {unknown}"


def _number(
    item: Input,
    label: str,
    value: str | None,
    *,
    hint: str,
    shown: Shown,
    optional: bool = False,
) -> kit.Block:
    return kit.input_block(
        label,
        kit.number_input(action=item, value=value, decimal=True),
        block_id=shown.name(item),
        hint=hint,
        optional=optional,
    )


def _needs(*, step: CapacityStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return the systems and content that must be ready, picked or typed."""
    return [
        kit.input_block(
            "Needed systems and content",
            kit.multi_select(
                choices(offered.needs),
                action=Input.CAPACITY_DEPENDENCIES,
                chosen=step.dependencies or (),
            ),
            block_id=shown.name(Input.CAPACITY_DEPENDENCIES),
            hint="Each becomes a required item with an owner and a due date.",
            optional=True,
        ),
        kit.input_block(
            "Others",
            kit.text_input(
                action=Input.CAPACITY_OTHER_DEPENDENCIES, value=step.other_dependencies
            ),
            block_id=shown.name(Input.CAPACITY_OTHER_DEPENDENCIES),
            hint="Separated by commas.",
            optional=True,
        ),
    ]
