"""What all five steps share: the frame, the progress line, notices, and block ids.

Slack keeps what a person typed where the block id stays the same, and takes a new initial value
where it changes. So an input keeps its block id unless the app itself changed its value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.blocks import kit
from bot.blocks.define.place import Place
from bot.ids import Action, Callback, Input, block_id
from handoff.form_choices import Choice
from handoff.form_data import Step

_TITLES = {
    Step.BRIEF: "1 of 5: Brief",
    Step.QUALIFICATION: "2 of 5: Qualification",
    Step.PEOPLE: "3 of 5: People",
    Step.CAPACITY: "4 of 5: Capacity",
    Step.REVIEW: "5 of 5: Review",
}
_CALLBACKS = {
    Step.BRIEF: Callback.DEFINE_BRIEF,
    Step.QUALIFICATION: Callback.DEFINE_QUALIFICATION,
    Step.PEOPLE: Callback.DEFINE_PEOPLE,
    Step.CAPACITY: Callback.DEFINE_CAPACITY,
    Step.REVIEW: Callback.DEFINE_REVIEW,
}
_FROM_THE_CATALOGUE = {Step.BRIEF, Step.QUALIFICATION, Step.CAPACITY}
_ASSUMPTION = "Pre-filled values are assumptions from practice: change what you know better."


@dataclass(frozen=True)
class Shown:
    """What the person sees now, so that a new rendering of the same step disturbs nothing.

    Attributes:
        blocks: Field id to the block id that the open view has for it; empty for a new step.
        changed: Field ids whose value the app changed; they get a new block id.
        notices: Lines for the top of the step: problems of the command line, or good news.
    """

    blocks: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()
    revision: int = 0

    def name(self, item: Input) -> str:
        """Return the block id of a field."""
        if item in self.changed:
            return block_id(item, self.revision)
        return self.blocks.get(item, str(item))


NEW = Shown()


def step_view(
    *,
    place: Place,
    shown: Shown,
    blocks: Sequence[kit.Block],
    submit: str = "Next",
    window: str | None = None,
) -> kit.View:
    """Return the view of a step: progress, notices, its blocks, and the way back.

    Args:
        place: Where the form stands.
        shown: What the person sees now.
        blocks: Of the step itself.
        submit: What the button says.
        window: External id, for a view that the app will update by itself.
    """
    return kit.modal(
        callback=_CALLBACKS[place.step],
        title=_TITLES[place.step],
        submit=submit,
        close="Close",
        metadata=place.dump(),
        external_id=window,
        blocks=[
            *_notices(shown.notices),
            *blocks,
            *([kit.context(_ASSUMPTION)] if place.step in _FROM_THE_CATALOGUE else []),
            _ways(place.step),
        ],
    )


def choices(options: Iterable[Choice]) -> list[kit.Element]:
    """Return select options; a value too long for Slack cannot be offered."""
    return [
        kit.option(item.label, item.value, description=item.description)
        for item in options
        if len(item.value) <= kit.VALUE_LIMIT
    ]


def _notices(lines: Sequence[str]) -> list[kit.Block]:
    return [kit.section(kit.escape(line)) for line in lines[:8]]


def _ways(step: Step) -> kit.Block:
    """Return the row of buttons under a step."""
    buttons = []
    if step is not Step.BRIEF:
        buttons.append(kit.button("← Back", action=Action.DEFINE_BACK))
    buttons.append(kit.button("Save draft", action=Action.DEFINE_SAVE))
    if step is Step.BRIEF:
        buttons.append(kit.button("Skip to Review", action=Action.DEFINE_SKIP))
    return kit.actions(buttons, block_id=f"define.ways.{step.value}")
