"""The message of a climb: what happened, who has it, who was called, and one tap to take it."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.kit import (
    Block,
    Element,
    View,
    actions,
    button,
    context,
    count,
    cut,
    escape,
    header,
    input_block,
    instant,
    instant_input,
    modal,
    option,
    overflow,
    section,
    select,
    text_input,
)
from bot.blocks.standing import standing_line, standing_words
from bot.ids import Action, Callback, Field, block_id
from handoff.escalation.causes import CAUSE_WORDS
from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import IncidentKind
from handoff.escalation.shown import ClimbShown, StepShown

#: What the menu of a lead that belongs to nobody says before the lead's id.
NAME_A_REP = "name"

_MOST = 12
_NOTE_LENGTH = 500
_LEAD_SHOWN = 100


def escalation_text(climbs: Sequence[ClimbShown]) -> str:
    """Return the one-line summary for notifications and screen readers."""
    if len(climbs) == 1:
        (climb,) = climbs
        return f"{escape(_title(climb))}: {escape(standing_words(climb.standing))}"
    waiting = sum(_is_open(climb) for climb in climbs)
    if waiting == len(climbs):
        return f"{_many(climbs)}: nobody has them yet"
    return f"{_many(climbs)}: {waiting or 'none'} of them waiting for somebody"


def escalation_blocks(
    climbs: Sequence[ClimbShown], *, card: str, is_owner: bool, has_handed_on: bool = False
) -> list[Block]:
    """Return the message; several climbs of about the same time share one.

    Args:
        climbs: At least one, the oldest first.
        card: Id of the message, for taking them all.
        is_owner: The reader was told as the owner, who cannot take the escalation.
        has_handed_on: Somebody else owns the leads by now.
    """
    if len(climbs) == 1:
        blocks = _one(climbs[0], can_act=not is_owner)
    else:
        blocks = _several(climbs, card=card, can_act=not is_owner)
    is_running = any(climb.standing.ended_at is None for climb in climbs)
    if is_owner and is_running and not has_handed_on:
        blocks.append(
            context("You own this. Contact the lead and press *Contacted*: that ends the call.")
        )
    return blocks


def climb_line(climb: ClimbShown) -> list[Block]:
    """Return a climb with its buttons, among others on the Home tab."""
    return [
        section(f"*{escape(_title(climb))}*\n{_facts(climb)}\n{standing_line(climb.standing)}"),
        actions(_buttons(climb), block_id=block_id("home.call", climb.id)),
    ]


def promise_view(*, escalation: str, about: str, at: datetime) -> View:
    """Return the modal that asks until when somebody will have acted."""
    return modal(
        callback=Callback.ESCALATION_PROMISE,
        title="Promise a time",
        submit="I have it",
        metadata=escalation,
        blocks=[
            section(f"*{escape(about)}*\nIf nobody contacts the lead by then, the calls go on."),
            input_block(
                "I will see to it by",
                instant_input(action=Field.ESCALATION_PROMISED_AT, at=at),
                block_id=Field.ESCALATION_PROMISED_AT,
                hint="At most one working day ahead.",
            ),
        ],
    )


def resolve_view(*, escalation: str, about: str) -> View:
    """Return the modal that asks what went wrong."""
    causes = [option(words, code) for code, words in CAUSE_WORDS.items()]
    return modal(
        callback=Callback.ESCALATION_RESOLVE,
        title="Resolve",
        submit="Resolve",
        metadata=escalation,
        blocks=[
            section(f"*{escape(about)}*\nNobody is called about it any more."),
            input_block(
                "What went wrong?",
                select(causes, action=Field.ESCALATION_CAUSE),
                block_id=Field.ESCALATION_CAUSE,
            ),
            input_block(
                "Anything to add?",
                text_input(action=Field.ESCALATION_NOTE, multiline=True, max_length=_NOTE_LENGTH),
                block_id=Field.ESCALATION_NOTE,
                optional=True,
            ),
        ],
    )


# Private functions


def _one(climb: ClimbShown, *, can_act: bool) -> list[Block]:
    blocks = [
        header(_title(climb)),
        section(standing_line(climb.standing)),
        section(fields=_fields(climb)),
    ]
    if climb.cause:
        blocks.append(section(f"*Why*\n{escape(climb.cause)}"))
    if told := [*([_called(climb.steps)] if climb.steps else []), *_next(climb)]:
        blocks.append(context(*told))
    if can_act and (buttons := _buttons(climb)):
        blocks.append(actions(buttons, block_id="escalation.actions"))
    return blocks


def _several(climbs: Sequence[ClimbShown], *, card: str, can_act: bool) -> list[Block]:
    blocks = [header(_many(climbs))]
    # What still waits for somebody comes first, so that it is never cut off.
    shown = sorted(climbs, key=lambda climb: not _is_open(climb))
    for climb in shown[:_MOST]:
        line = f"*{escape(_title(climb))}*\n{_facts(climb)}\n{standing_line(climb.standing)}"
        menu = _menu(climb) if can_act and climb.standing.ended_at is None else None
        name = block_id("escalation.climb", climb.id)
        blocks.append(section(line, accessory=menu, block_id=name))
    if len(climbs) > _MOST:
        blocks.append(context(f"and {len(climbs) - _MOST} more"))
    waiting = sum(_is_open(climb) for climb in climbs)
    if can_act and waiting:
        label = f"Acknowledge all {waiting}" if waiting > 1 else "Acknowledge"
        take = button(label, action=Action.ESCALATION_ACKNOWLEDGE_ALL, value=card, style="primary")
        blocks.append(actions([take], block_id="escalation.actions"))
    return blocks


def _title(climb: ClimbShown) -> str:
    lead = cut(climb.lead, _LEAD_SHOWN)
    if climb.kind is IncidentKind.BREACH:
        return f"Not answered in time: {lead}"
    if climb.owner is not None:
        return f"Found an owner late: {lead}"
    return f"Nobody to give it to: {lead}"


def _many(climbs: Sequence[ClimbShown]) -> str:
    of_design = f" of {climbs[0].design}" if climbs[0].design else ""
    return f"{count(len(climbs), 'lead')}{of_design} without an answer"


def _is_open(climb: ClimbShown) -> bool:
    return climb.standing.state is EscalationState.OPEN


def _fields(climb: ClimbShown) -> list[str]:
    when = "Was due" if climb.kind is IncidentKind.BREACH else "Failed"
    found = {
        "Owner": climb.owner or "nobody",
        "Design": " · ".join(filter(None, (climb.design or "none", climb.row))),
        "Source": climb.source,
    }
    lines = [f"*{name}*\n{escape(told)}" for name, told in found.items() if told]
    return [f"*{when}*\n{instant(climb.occurred_at)}", *lines]


def _facts(climb: ClimbShown) -> str:
    when = "was due" if climb.kind is IncidentKind.BREACH else "failed"
    return f"{escape(climb.owner or 'No owner')}, {when} {instant(climb.occurred_at)}"


def _called(steps: Sequence[StepShown]) -> str:
    """Return whom the climb called and which steps it passed over, each once."""
    times: dict[str, list[datetime]] = {}
    for step in steps:
        times.setdefault(_step(step), []).append(step.at)
    lines = [f"{words} {_times(at)}" for words, at in times.items()]
    return cut("Called: " + " → ".join(lines), 1900)


def _next(climb: ClimbShown) -> list[str]:
    """Return when the calls go on, and what keeps them from it."""
    if climb.next_at is None or climb.standing.ended_at is not None:
        return []
    unless = "acknowledges it" if _is_open(climb) else "contacts the lead"
    return [f"The next call is {instant(climb.next_at)}, unless somebody {unless}."]


def _step(step: StepShown) -> str:
    if step.skipped is not None:
        return f"{escape(step.role)} skipped, {escape(step.skipped)}"
    stands_in = ", standing in" if step.is_substitute else ""
    return f"{escape(step.role)} {escape(step.person or '')}{stands_in}"


def _times(at: Sequence[datetime]) -> str:
    first = instant(at[0], tokens="{time}")
    if len(at) == 1:
        return first
    return f"{first} and {count(len(at) - 1, 'more time')}, last {instant(at[-1])}"


def _buttons(climb: ClimbShown) -> list[Element]:
    """Return what the reader can do now; who has it may still promise, or resolve it."""
    if climb.standing.ended_at is not None:
        return []
    take = button(
        "Acknowledge", action=Action.ESCALATION_ACKNOWLEDGE, value=climb.id, style="primary"
    )
    name_a_rep = button("Name a rep…", action=Action.LEAD_REASSIGN, value=climb.unowned or "")
    return [
        *([take] if _is_open(climb) else []),
        *([name_a_rep] if climb.unowned else []),
        button("Promise a time…", action=Action.ESCALATION_PROMISE, value=climb.id),
        button("Resolve…", action=Action.ESCALATION_RESOLVE, value=climb.id),
    ]


def _menu(climb: ClimbShown) -> Element:
    choices = [
        option("Promise a time…", f"promise|{climb.id}"),
        option("Resolve…", f"resolve|{climb.id}"),
    ]
    if climb.unowned:
        choices.insert(0, option("Name a rep…", f"{NAME_A_REP}|{climb.unowned}"))
    if _is_open(climb):
        choices.insert(0, option("Acknowledge", f"acknowledge|{climb.id}"))
    return overflow(choices, action=Action.ESCALATION_MENU)
