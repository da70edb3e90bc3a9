"""What people are told about a version: asked to sign, reminded, changed, live."""

from collections.abc import Mapping
from typing import Any

from bot.blocks.kit import Block, actions, button, escape, section
from bot.blocks.packet import mention
from bot.ids import Action
from handoff.approval import Side
from handoff.packet import PacketState
from handoff.readiness import item_name, items_of

_ASKS = {"asked", "remind", "substitute"}
_MOST_ITEMS = 12
_CAUSES = {
    "team": "The team has changed, and handoff {name} no longer holds",
    "day": "In the days ahead handoff {name} no longer holds",
    "first": "The full proof is done, and handoff {name} does not hold",
}


def note_text(*, packet: PacketState, facts: Mapping[str, Any]) -> str:
    """Return one line that says what happened; `facts["event"]` names it."""
    design = packet.design
    name = f"{design.key} version {design.version}"
    by = mention(facts["by"]) if facts.get("by") else ""
    reason = f" “{escape(facts['reason'])}”" if facts.get("reason") else ""
    side = Side(facts["side"]).title if facts.get("side") else ""
    lines = {
        "asked": f"Please look at handoff {name} and sign it for {side}.",
        "remind": f"Reminder: handoff {name} still waits for your sign-off for {side}.",
        "substitute": f"Handoff {name} waits for the sign-off of {side}. "
        f"{mention(facts.get('instead_of', ''))} has not signed; you can sign instead.",
        "approved": f"Handoff {name} is signed by both sides.",
        "changes_requested": f"{by} asks for changes to handoff {name}:{reason}",
        "expired": f"Nobody signed handoff {name} within 14 days, so it was closed. "
        "A copy is open as the next draft.",
        "no_substitute": f"Nobody can sign handoff {name} for {side} right now: "
        f"{mention(facts.get('instead_of', ''))} is away or no approver any more, and no "
        "substitute is there. An admin can name one with `/handoff team`.",
        "voided": f"Handoff {name} was edited, so your sign-off of it does not count any more. "
        f"Version {packet.newest_version} is waiting now.",
        "proof": f"⚠️ {_CAUSES[facts.get('because', 'team')].format(name=name)}: "
        + escape("; ".join(facts.get("doubts", ()))),
        "items_due": f"Due today before handoff {name} goes live:\n{_items(packet, facts)}",
        "items_overdue": f"Overdue before handoff {name} can go live"
        + "".join(f" {mention(owner)}" for owner in facts.get("owners", ()))
        + f":\n{_items(packet, facts)}",
        "active": f"🟢 Handoff {name} is active. New leads follow it from now on.",
        "pause": f"⏸️ {by} paused handoff {name}:{reason} New leads go to the fallback.",
        "resume": f"🟢 {by} resumed handoff {name}:{reason}",
        "retire": f"📦 {by} retired handoff {name}:{reason} Open leads finish with it."
        + (f" Version {facts['ended']} does not go live." if facts.get("ended") else ""),
        "rollback": f"⏪ {by} rolled handoff {name} back to the version before:{reason}",
    }
    return lines[facts["event"]]


def note_blocks(
    *, packet: PacketState, facts: Mapping[str, Any], instead: str | None = None
) -> list[Block]:
    """Return the note with the buttons that its reader needs.

    Args:
        packet: What the packet shows.
        facts: What happened, as for `note_text`.
        instead: Who got the packet as a direct message, since its channel is closed to the app.
    """
    blocks = [section(note_text(packet=packet, facts=facts))]
    if facts["event"] in _ASKS:
        blocks.append(section(_where(packet, instead)))
        sign = button(
            "Approve", action=Action.PACKET_APPROVE, value=packet.reference, style="primary"
        )
        change = button(
            "Request changes…", action=Action.PACKET_REQUEST_CHANGES, value=packet.reference
        )
        blocks.append(actions([sign, change], block_id="packet.note"))
    if facts.get("draft"):
        resume = button("Edit the next version", action=Action.DEFINE_RESUME, value=facts["draft"])
        blocks.append(actions([resume], block_id="packet.next"))
    return blocks


def _items(packet: PacketState, facts: Mapping[str, Any]) -> str:
    named = set(facts.get("items", ()))
    titles = [item_name(item) for item in items_of(packet.design.binding) if item.id in named]
    shown = [f"• {escape(title)}" for title in titles[:_MOST_ITEMS]]
    if len(titles) > len(shown):
        shown.append(f"• and {len(titles) - len(shown)} more")
    return "\n".join(shown)


def _where(packet: PacketState, instead: str | None) -> str:
    channel = f"<#{packet.design.brief.people.channel}>"
    if instead is None:
        return f"The packet with all details is in {channel}."
    return (
        f"The packet with all details is in {mention(instead)}'s direct messages, because Handoff "
        f"cannot post in {channel}."
    )
