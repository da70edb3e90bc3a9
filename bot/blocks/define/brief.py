"""Step 1, Brief: what the handoff is for, and how fast sales must answer."""

from bot.blocks import kit
from bot.blocks.define.frame import NEW, Shown, choices, step_view
from bot.blocks.define.place import Place
from bot.ids import Action, Input
from handoff.brief import ClockBasis
from handoff.form_choices import Choice, FormChoices
from handoff.form_data import BriefStep

CUSTOM = "custom"
"""The segment option that asks for a custom persona."""

_CLOCKS = [
    kit.option(
        "Business hours",
        ClockBasis.BUSINESS_HOURS,
        description="Minutes count while the calendar is open; 1d is one working day",
    ),
    kit.option(
        "Around the clock", ClockBasis.ELAPSED, description="Every minute counts, day and night"
    ),
]


def brief_view(
    *,
    place: Place,
    step: BriefStep,
    offered: FormChoices,
    shown: Shown = NEW,
    active: str | None = None,
) -> kit.View:
    """Return the view of step 1; `active` is a design that has this segment and goal already."""
    blocks = [
        *([_edit_instead(active)] if active else []),
        *_segment(step=step, offered=offered, shown=shown),
        kit.input_block(
            "Goal",
            kit.select(choices(offered.goals), action=Input.BRIEF_GOAL, chosen=step.goal),
            block_id=shown.name(Input.BRIEF_GOAL),
            dispatch=True,
        ),
        *_speed(step=step, offered=offered, shown=shown),
    ]
    return step_view(place=place, shown=shown, blocks=blocks)


def _edit_instead(active: str) -> kit.Block:
    return kit.section(
        f"*{kit.escape(active)}* is active for this segment and goal. Editing it makes its next "
        "version; a second design for the same leads would compete with it.",
        accessory=kit.button(f"Edit {active}", action=Action.DEFINE_EDIT, value=active),
        block_id="define.active",
    )


def _segment(*, step: BriefStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return the segment, and for a custom persona its name and base."""
    custom = Choice(value=CUSTOM, label="Custom persona…")
    is_custom = step.persona is not None
    blocks = [
        kit.input_block(
            "Segment",
            kit.select(
                choices((*offered.segments, custom)),
                action=Input.BRIEF_SEGMENT,
                chosen=CUSTOM if is_custom else step.segment,
            ),
            block_id=shown.name(Input.BRIEF_SEGMENT),
            dispatch=True,
        )
    ]
    if is_custom:
        blocks += [
            kit.input_block(
                "Persona",
                kit.text_input(action=Input.BRIEF_PERSONA, value=step.persona, max_length=40),
                block_id=shown.name(Input.BRIEF_PERSONA),
                hint="A short name, for example Fintech founders.",
            ),
            kit.input_block(
                "Takes its defaults from",
                kit.select(
                    choices(offered.segments), action=Input.BRIEF_BASE, chosen=step.segment
                ),
                block_id=shown.name(Input.BRIEF_BASE),
                dispatch=True,
            ),
        ]
    return blocks


def _speed(*, step: BriefStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return who enters, how fast sales must answer, by which clock, and from when."""
    return [
        kit.input_block(
            "Entry rule",
            kit.text_input(
                action=Input.BRIEF_ENTRY_RULE,
                value=step.entry_rule,
                multiline=True,
                max_length=3000,
            ),
            block_id=shown.name(Input.BRIEF_ENTRY_RULE),
            hint="Which leads belong to this handoff, such as: employees >= 1000 and "
            "country in [US, CA]",
        ),
        kit.input_block(
            "Response SLA",
            kit.text_input(action=Input.BRIEF_RESPONSE_SLA, value=step.response_sla),
            block_id=shown.name(Input.BRIEF_RESPONSE_SLA),
            hint="From arrival to first touch, such as 90m, 2h or 1d 4h. Band A may be faster.",
        ),
        kit.input_block(
            "Target %",
            kit.number_input(
                action=Input.BRIEF_TARGET_PERCENT, value=step.target_percent, decimal=True
            ),
            block_id=shown.name(Input.BRIEF_TARGET_PERCENT),
            hint="Percent of leads that must be touched in time.",
        ),
        kit.input_block(
            "Clock",
            kit.radio(_CLOCKS, action=Input.BRIEF_CLOCK, chosen=step.clock),
            block_id=shown.name(Input.BRIEF_CLOCK),
        ),
        kit.input_block(
            "Calendar",
            kit.select(
                choices(offered.calendars), action=Input.BRIEF_CALENDAR, chosen=step.calendar
            ),
            block_id=shown.name(Input.BRIEF_CALENDAR),
        ),
        kit.input_block(
            "Go-live",
            kit.date_input(action=Input.BRIEF_GO_LIVE, value=step.go_live),
            block_id=shown.name(Input.BRIEF_GO_LIVE),
            hint="The default is the earliest day by which everything can be ready.",
        ),
    ]
