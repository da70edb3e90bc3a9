"""The modals of a lead: decline, reassign, pause."""

from bot.blocks import kit
from bot.ids import Callback, Field
from handoff.lead import DeclineReason

_REASONS = {
    DeclineReason.WRONG_TERRITORY: ("Wrong territory", "Goes to somebody else"),
    DeclineReason.HAS_OWNER: ("Somebody else owns it", "Goes to somebody else"),
    DeclineReason.AT_CAPACITY: ("I have too many", "Goes to somebody else"),
    DeclineReason.AWAY: ("I am away", "Goes to somebody else"),
    DeclineReason.NOT_READY: ("Not ready to talk", "Back to marketing"),
    DeclineReason.NOT_ICP: ("Not a fit", "Back to marketing"),
    DeclineReason.DUPLICATE: ("A duplicate", "Closes the lead"),
    DeclineReason.JUNK: ("Junk", "Closes the lead"),
}
_NOTE_LIMIT = 500
ASKED = "asked"


def decline_view(*, lead: str, name: str) -> kit.View:
    """Return the form that hands a lead back."""
    options = [
        kit.option(label, reason.value, description=then)
        for reason, (label, then) in _REASONS.items()
    ]
    reason = kit.radio(options, action=Field.LEAD_REASON)
    note = kit.text_input(action=Field.LEAD_NOTE, multiline=True, max_length=_NOTE_LIMIT)
    return kit.modal(
        callback=Callback.LEAD_DECLINE,
        title="Decline a lead",
        submit="Decline",
        metadata=lead,
        blocks=[
            kit.section(f"*{kit.escape(name)}*\nIts due time stays as it is."),
            kit.input_block("Why?", reason, block_id=Field.LEAD_REASON),
            kit.input_block("Note", note, block_id=Field.LEAD_NOTE, optional=True),
        ],
    )


def reassign_view(*, lead: str, name: str) -> kit.View:
    """Return the form that gives a lead to a named person."""
    to = kit.user_select(action=Field.LEAD_TO)
    return kit.modal(
        callback=Callback.LEAD_REASSIGN,
        title="Give a lead to",
        submit="Give",
        metadata=lead,
        blocks=[
            kit.section(f"*{kit.escape(name)}*\nIts due time stays as it is."),
            kit.input_block("New owner", to, block_id=Field.LEAD_TO),
        ],
    )


def pause_view(*, lead: str, name: str) -> kit.View:
    """Return the form that pauses a lead's clock."""
    reason = kit.text_input(action=Field.LEAD_PAUSE_REASON, max_length=_NOTE_LIMIT)
    asked = kit.checkboxes(
        [kit.option("The prospect asked for it", ASKED, description="Up to 5 working days")],
        action=Field.LEAD_PAUSE_ASKED,
    )
    return kit.modal(
        callback=Callback.LEAD_PAUSE,
        title="Pause a clock",
        submit="Pause",
        metadata=lead,
        blocks=[
            kit.section(
                f"*{kit.escape(name)}*\nThe clock stands still for one working day at most, "
                "then it runs again by itself."
            ),
            kit.input_block("Why?", reason, block_id=Field.LEAD_PAUSE_REASON),
            kit.input_block("Longer", asked, block_id=Field.LEAD_PAUSE_ASKED, optional=True),
        ],
    )
