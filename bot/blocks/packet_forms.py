"""The modals that the packet opens, and its private answers."""

from collections.abc import Sequence

from bot.blocks.kit import (
    Block,
    View,
    actions,
    button,
    channel,
    context,
    escape,
    input_block,
    modal,
    option,
    radio,
    section,
    text_input,
)
from bot.blocks.packet import mention, packet_blocks
from bot.ids import Action, Callback, Field
from handoff.approval import VersionState
from handoff.packet import PacketState

#: So many of those who can help are named; a user group that was called may have hundreds.
_MOST_PEOPLE = 5


def reason_view(*, reference: str, doubts: Sequence[str]) -> View:
    """Return the modal that asks for a written reason to sign a design with doubts."""
    listed = "\n".join(f"• {escape(doubt)}" for doubt in doubts)
    return modal(
        callback=Callback.PACKET_REASON,
        title="Sign with a reason",
        submit="Sign",
        metadata=reference,
        blocks=[
            section(f"*This design can be signed, but not in silence:*\n{listed}"),
            input_block(
                "Why do you sign it all the same?",
                text_input(action=Field.PACKET_REASON, multiline=True, max_length=1000),
                block_id=Field.PACKET_REASON,
                hint="Kept in the audit log and shown on the packet.",
            ),
        ],
    )


def packet_view(state: PacketState) -> View:
    """Return the packet in a modal, for somebody who is elsewhere; its buttons work as there."""
    where = f"The packet and its thread are in {channel(state.design.brief.people.channel)}."
    return modal(
        callback=Callback.PACKET_SHOWN,
        title="Approval packet",
        close="Close",
        metadata=state.reference,
        blocks=[*packet_blocks(state), context(where)],
    )


def denied_view(message: str, *, people: Sequence[str] = ()) -> View:
    """Return the modal that says that nothing changed, and why."""
    return modal(
        callback=Callback.PACKET_SHOWN,
        title="Nothing changed",
        close="Close",
        blocks=private_answer(message, people=people),
    )


def changes_view(*, reference: str) -> View:
    """Return the modal that asks what should change."""
    return modal(
        callback=Callback.PACKET_CHANGES,
        title="Request changes",
        submit="Request changes",
        metadata=reference,
        blocks=[
            section("The author gets your words and a draft of the next version to edit."),
            input_block(
                "What should change?",
                text_input(action=Field.PACKET_CHANGES, multiline=True, max_length=1000),
                block_id=Field.PACKET_CHANGES,
            ),
        ],
    )


def manage_view(*, reference: str, state: VersionState, can_roll_back: bool) -> View:
    """Return the modal that pauses, resumes, retires or rolls back a running design."""
    choices = []
    if state is VersionState.ACTIVE:
        choices.append(
            option("Pause", "pause", description="New leads go to the fallback, clocks run")
        )
    if state is VersionState.PAUSED:
        choices.append(option("Resume", "resume", description="Route new leads again"))
    choices.append(option("Retire", "retire", description="No new leads; open ones finish"))
    if can_roll_back:
        choices.append(
            option("Roll back", "rollback", description="To the version signed before this one")
        )
    return modal(
        callback=Callback.PACKET_MANAGE,
        title="Manage the handoff",
        submit="Do it",
        metadata=reference,
        blocks=[
            input_block(
                "What should happen?",
                radio(choices, action=Field.PACKET_MANAGE_WHAT),
                block_id=Field.PACKET_MANAGE_WHAT,
            ),
            input_block(
                "Reason",
                text_input(action=Field.PACKET_MANAGE_REASON, multiline=True, max_length=500),
                block_id=Field.PACKET_MANAGE_REASON,
                hint="Kept in the audit log and told to both signers.",
            ),
        ],
    )


def private_answer(message: str, *, people: Sequence[str] = ()) -> list[Block]:
    """Return a private answer: what happened, and who can help."""
    asked = " or ".join(mention(key) for key in people[:_MOST_PEOPLE])
    whom = f" Please ask {asked}." if people else ""
    return [section(f"{escape(message)}{whom}")]


def private_request(*, reference: str, message: str, wants_reason: bool) -> list[Block]:
    """Return the private button that a reaction gets when it needs words to go with it."""
    action = Action.PACKET_APPROVE if wants_reason else Action.PACKET_REQUEST_CHANGES
    label = "Sign with a reason…" if wants_reason else "Request changes…"
    return [
        section(escape(message)),
        actions(
            [button(label, action=action, value=reference, style="primary")],
            block_id="packet.private",
        ),
    ]
