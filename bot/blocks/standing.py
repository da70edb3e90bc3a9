"""Who has an escalation, in one line."""

from bot.blocks.kit import cut, escape, instant
from handoff.escalation.climb import EscalationState
from handoff.escalation.shown import Standing

#: A message of many leads has room for so much of each note; all of it is in the audit log.
_NOTE_SHOWN = 160


def standing_line(standing: Standing) -> str:
    """Return who has it, or what ended it, as mrkdwn."""
    return {
        EscalationState.OPEN: _open,
        EscalationState.ACKNOWLEDGED: _acknowledged,
        EscalationState.RESOLVED: _resolved,
        EscalationState.VOIDED: _voided,
    }[standing.state](standing)


def standing_words(standing: Standing) -> str:
    """Return the same in a few plain words, for a notification."""
    if standing.state is EscalationState.ACKNOWLEDGED:
        return f"{standing.taken_by} has it"
    return {
        EscalationState.OPEN: "nobody has it yet" if standing.taken_by is None else "open again",
        EscalationState.RESOLVED: "resolved",
        EscalationState.VOIDED: "no breach after all",
    }[standing.state]


def _open(standing: Standing) -> str:
    if standing.taken_by is None:
        return "🔴 *Nobody has it yet.*"
    name = escape(standing.taken_by)
    if standing.promised_at is not None:
        by = instant(standing.promised_at, tokens="{time}")
        return f"🔴 *Open again.* {name} promised it by {by}, and it is still not done."
    taken_at = f" at {instant(standing.taken_at, tokens='{time}')}" if standing.taken_at else ""
    return f"🔴 *Open again.* {name} took it{taken_at}, and it is still not done."


def _acknowledged(standing: Standing) -> str:
    line = f"👀 *{escape(standing.taken_by or 'Somebody')} has it*"
    if standing.taken_at is not None:
        line += f" since {instant(standing.taken_at, tokens='{time}')}"
    if standing.promised_at is not None:
        line += f", promised by {instant(standing.promised_at)}"
    return f"{line}."


def _resolved(standing: Standing) -> str:
    who = f" by {escape(standing.ended_by)}" if standing.ended_by else ""
    line = f"✅ *Resolved{who}*"
    if standing.ended_at is not None:
        line += f" {instant(standing.ended_at)}"
    if standing.because:
        line += f": {escape(standing.because)}"
    if standing.note:
        line += f" — “{escape(cut(standing.note, _NOTE_SHOWN))}”"
    return f"{line}."


def _voided(standing: Standing) -> str:
    because = f": {escape(standing.because)}" if standing.because else ""
    return f"↩️ *No breach after all*{because}."
