"""Step 2, Qualification: which leads are handed over, and which are hot."""

from bot.blocks import kit
from bot.blocks.define.frame import NEW, Shown, choices, step_view
from bot.blocks.define.place import Place
from bot.ids import Input
from handoff.form_choices import FormChoices
from handoff.form_data import QualificationStep

EDIT_STAGES = "edit"

_SCORES = (
    (Input.QUALIFICATION_MQL_MINIMUM, "MQL minimum", "Below this score a lead is nurtured."),
    (Input.QUALIFICATION_B_FROM, "B from", None),
    (Input.QUALIFICATION_A_FROM, "A from", "Band A has the fastest response target."),
)
_STAGES = (
    (Input.QUALIFICATION_MQL, "MQL: marketing qualified"),
    (Input.QUALIFICATION_SAL, "SAL: sales accepted"),
    (Input.QUALIFICATION_SQL_DEFINITION, "SQL: sales qualified"),
    (Input.QUALIFICATION_RECYCLE, "When a lead goes back to marketing"),
)


def qualification_view(
    *, place: Place, step: QualificationStep, offered: FormChoices, shown: Shown = NEW
) -> kit.View:
    """Return the view of step 2."""
    blocks = [
        kit.input_block(
            "Gates",
            kit.text_input(
                action=Input.QUALIFICATION_GATES,
                value=step.gates,
                multiline=True,
                max_length=3000,
            ),
            block_id=shown.name(Input.QUALIFICATION_GATES),
            hint="One condition a line; a lead must pass them all, such as: email is set",
        ),
        *_scores(step=step, shown=shown),
        kit.input_block(
            "Blocking fields",
            kit.multi_select(
                choices(offered.lead_fields),
                action=Input.QUALIFICATION_BLOCKING_FIELDS,
                chosen=step.blocking_fields or (),
            ),
            block_id=shown.name(Input.QUALIFICATION_BLOCKING_FIELDS),
            hint="A lead without one of these is held for a moment and enriched first.",
        ),
        kit.input_block(
            "Cool-lead target",
            kit.text_input(action=Input.QUALIFICATION_COOL_TARGET, value=step.cool_target),
            block_id=shown.name(Input.QUALIFICATION_COOL_TARGET),
            hint="Band C: empty for the response SLA, or a slower one such as 1d.",
            optional=True,
        ),
        *_stages(step=step, shown=shown),
    ]
    return step_view(place=place, shown=shown, blocks=blocks)


def _scores(*, step: QualificationStep, shown: Shown) -> list[kit.Block]:
    values = (step.mql_minimum, step.b_from, step.a_from)
    return [
        kit.input_block(
            label,
            kit.number_input(action=item, value=value),
            block_id=shown.name(item),
            hint=hint,
        )
        for (item, label, hint), value in zip(_SCORES, values, strict=True)
    ]


def _stages(*, step: QualificationStep, shown: Shown) -> list[kit.Block]:
    """Return the check box, and under it the stage definitions when it is ticked."""
    box = kit.input_block(
        "Stage definitions",
        kit.checkboxes(
            [kit.option("Edit stage definitions", EDIT_STAGES)],
            action=Input.QUALIFICATION_EDIT_STAGES,
            chosen=[EDIT_STAGES] if step.edit_stages else [],
        ),
        block_id=shown.name(Input.QUALIFICATION_EDIT_STAGES),
        optional=True,
        dispatch=True,
    )
    if not step.edit_stages:
        return [box]
    values = (step.mql, step.sal, step.sql_definition, step.recycle)
    return [
        box,
        *(
            kit.input_block(
                label,
                kit.text_input(action=item, value=value, multiline=True, max_length=3000),
                block_id=shown.name(item),
            )
            for (item, label), value in zip(_STAGES, values, strict=True)
        ),
    ]
