"""The form that hands over a lead, and what it answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks import kit
from bot.ids import Callback, Field

#: The value of the box "They asked to talk to sales".
RAISED = "hand_raise"

_NOTE_LIMIT = 2000
_TEXT_LIMIT = 200
_FIELDS = (
    (Field.LEAD_EMAIL, "E-mail", "jane@acme.com"),
    (Field.LEAD_FIRST_NAME, "First name", None),
    (Field.LEAD_LAST_NAME, "Last name", None),
    (Field.LEAD_COMPANY, "Company", None),
    (Field.LEAD_TITLE, "Title", "VP Operations"),
    (Field.LEAD_PHONE, "Phone", "+44 20 7946 0958"),
    (Field.LEAD_COUNTRY, "Country", "GB or United Kingdom"),
    (Field.LEAD_EMPLOYEES, "Employees", "1200, or 500-1000"),
    (Field.LEAD_SCORE, "Score", "0 to 100"),
)


def hand_over_view(
    *, values: Mapping[str, str], designs: Sequence[tuple[str, str]], name: str
) -> kit.View:
    """Return the form.

    Args:
        values: What is known, by the last part of the field's id.
        designs: Key and label of the designs at work; the rules choose if none is chosen.
        name: Names the lead for ever; empty: the form itself will.
    """
    texts = [
        kit.input_block(
            label,
            kit.text_input(
                action=field,
                value=kit.cut(values.get(_name(field), ""), _TEXT_LIMIT) or None,
                placeholder=placeholder,
                max_length=_TEXT_LIMIT,
            ),
            block_id=field,
            optional=True,
        )
        for field, label, placeholder in _FIELDS
    ]
    return kit.modal(
        callback=Callback.LEAD_HAND_OVER,
        title="Hand off a lead",
        submit="Hand off",
        metadata=name,
        blocks=[
            kit.context("Give an e-mail or a phone number. The more is there, the better."),
            *texts,
            _raised(),
            *_design(designs),
            _note(values.get("note", "")),
        ],
    )


def handed_over_view(
    *,
    name: str,
    owner: str | None,
    due_at: datetime | None,
    is_known: bool,
    is_nurtured: bool,
    is_over: bool = False,
) -> kit.View:
    """Return what became of the lead.

    Args:
        name: What people call it.
        owner: Who has it, or had it last.
        due_at: Until when the first contact is due, None if no clock runs.
        is_known: It was there already.
        is_nurtured: It is kept, but not handed over.
        is_over: It is closed, and what came was recorded there.
    """
    lines = [f"*{kit.escape(name)}* is handed off."]
    if is_known:
        lines = [f"*{kit.escape(name)}* was known already; what is new was added."]
    if is_nurtured:
        lines.append(
            "It is kept, but it does not meet its design's gates yet, so nobody is called."
        )
    if is_over:
        who = f"{kit.person(owner)}, who had it last, is told" if owner else "nobody had it"
        lines = [f"*{kit.escape(name)}* was closed before; {who}."]
    elif owner is not None:
        lines.append(f"{kit.person(owner)} has it.")
    if due_at is not None:
        lines.append(f"The first contact is due {kit.instant(due_at)}.")
    if owner is None and not is_nurtured and not is_over:
        lines.append("Nobody has it yet; whoever is responsible is told.")
    return kit.modal(
        callback=Callback.LEAD_HANDED_OVER,
        title="Handed off",
        close="Close",
        blocks=[kit.section("\n".join(lines))],
    )


def _raised() -> kit.Block:
    box = kit.option("They asked to talk to sales", RAISED, description="Demo, price, a call")
    boxes = kit.checkboxes([box], action=Field.LEAD_HAND_RAISE, chosen=[RAISED])
    return kit.input_block("Interest", boxes, block_id=Field.LEAD_HAND_RAISE, optional=True)


def _design(designs: Sequence[tuple[str, str]]) -> list[kit.Block]:
    if not designs:
        return []
    options = [kit.option(label, key) for key, label in designs]
    menu = kit.select(options, action=Field.LEAD_DESIGN, placeholder="Let the rules choose")
    return [kit.input_block("Design", menu, block_id=Field.LEAD_DESIGN, optional=True)]


def _note(text: str) -> kit.Block:
    note = kit.text_input(
        action=Field.LEAD_ABOUT,
        value=kit.cut(text, _NOTE_LIMIT) or None,
        multiline=True,
        max_length=_NOTE_LIMIT,
    )
    return kit.input_block("Note", note, block_id=Field.LEAD_ABOUT, optional=True)


def _name(field: Field) -> str:
    return field.rpartition(".")[2]
