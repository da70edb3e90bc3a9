"""Leads that could not be taken: the list, and the form that mends one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit
from bot.ids import Action, Callback, Field, block_id

#: So many are shown; the newest first.
MOST = 20

#: Slack fills in no longer text, and takes no more fields; what is not shown stays as it is.
LONGEST = 3000
MOST_FIELDS = 90


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    """A refused lead in the list; `problems` are sentences."""

    id: str
    name: str
    source: str
    received_at: datetime
    problems: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class MendField:
    """A field of the form; `problem` says what is wrong with it, empty for nothing."""

    name: str
    text: str
    problem: str


def refused_view(*, lines: Sequence[RefusedLine], total: int) -> kit.View:
    """Return the list; `total` is how many leads wait altogether."""
    blocks = [_head(total), *(_line(line) for line in lines)]
    if total > len(lines):
        blocks.append(
            kit.context(
                f"The newest {len(lines)} are shown. For all of them at once: "
                "`handoff leads refused --format csv` on the server."
            )
        )
    return kit.modal(
        callback=Callback.REFUSED_LIST, title="Refused leads", close="Close", blocks=blocks
    )


def mend_view(*, line: RefusedLine, fields: Mapping[int, MendField]) -> kit.View:
    """Return the form; `fields` are by the number that names their block."""
    return kit.modal(
        callback=Callback.REFUSED_MEND,
        title="Mend a lead",
        submit="Take it in",
        metadata=line.id,
        blocks=[
            kit.section(_about(line)),
            *(_field(number, field) for number, field in fields.items()),
            _dismissal(),
        ],
    )


def dismissed_view() -> kit.View:
    """Return what is shown after a lead was dismissed."""
    return kit.modal(
        callback=Callback.REFUSED_LIST,
        title="Dismissed",
        close="Close",
        blocks=[kit.section("It is off the list. What came, and why it is no lead, stay kept.")],
    )


def problem_text(*, field: str, detail: str) -> str:
    """Return what is wrong as a sentence; an empty field means the lead as such."""
    return f"{field or 'the lead'} {detail}"


def refused_button(count: int) -> kit.Block:
    """Return the line of the Home tab that tells of them, with the button to the list."""
    verb = "waits" if count == 1 else "wait"
    return kit.section(
        f"⚠️ *{kit.count(count, 'lead')}* could not be taken and {verb} for repair.",
        accessory=kit.button("Refused leads…", action=Action.REFUSED_OPEN, value="-"),
        block_id="refused.count",
    )


def _head(total: int) -> kit.Block:
    if not total:
        return kit.section("No lead waits for repair. Everything that came was taken in.")
    verb = "waits" if total == 1 else "wait"
    return kit.section(f"*{kit.count(total, 'lead')}* could not be taken and {verb} for repair.")


def _line(line: RefusedLine) -> kit.Block:
    return kit.section(
        _about(line),
        accessory=kit.button("Mend…", action=Action.REFUSED_EDIT, value=line.id),
        block_id=block_id("refused.line", line.id),
    )


def _about(line: RefusedLine) -> str:
    problems = [f"• {kit.escape(kit.cut(one, 200))}" for one in line.problems[:5]]
    head = (
        f"*{kit.escape(kit.cut(line.name, 100))}* · from {kit.escape(line.source)}, "
        f"{kit.instant(line.received_at)}"
    )
    return "\n".join([head, *problems])


def _field(number: int, field: MendField) -> kit.Block:
    element = kit.text_input(
        action=Field.REFUSED_FIELD,
        value=field.text or None,
        multiline=len(field.text) > 80 or "\n" in field.text,
        max_length=LONGEST,
    )
    return kit.input_block(
        f"⚠️ {field.name}" if field.problem else field.name,
        element,
        block_id=block_id(Field.REFUSED_FIELD, number),
        hint=field.problem or None,
        optional=True,
    )


def _dismissal() -> kit.Block:
    element = kit.text_input(
        action=Field.REFUSED_REASON, placeholder="Spam, a test, …", max_length=500
    )
    return kit.input_block(
        "Or is it no lead? Say why, and it is dismissed",
        element,
        block_id=Field.REFUSED_REASON,
        hint="It leaves the list; what came, and your words, stay kept.",
        optional=True,
    )
