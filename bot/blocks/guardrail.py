"""Leadership's packet: the incidents, what they share, what to do, who is on it."""

from collections.abc import Sequence

from bot.blocks.kit import (
    SECTION_LIMIT,
    Block,
    Element,
    actions,
    button,
    context,
    count,
    cut,
    escape,
    fit,
    header,
    instant,
    section,
)
from bot.blocks.standing import standing_line, standing_words
from bot.ids import Action, block_id
from handoff.directory import Role, role_title
from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import IncidentKind
from handoff.escalation.shown import NO_DESIGN, GuardrailShown, IncidentShown

_MOST = 10
_LEAD_SHOWN = 100
_CAUSE_SHOWN = 120
_NO_CAUSE = (
    "*No single cause stands out.* Look at the incidents one by one, and at the hours in which "
    "they happened."
)


def guardrail_text(packet: GuardrailShown) -> str:
    """Return the one-line summary for notifications and screen readers."""
    return (
        f"Handoff {_of(packet)} is failing: {count(len(packet.incidents), 'incident')}; "
        f"{escape(standing_words(packet.standing))}"
    )


def guardrail_blocks(packet: GuardrailShown) -> list[Block]:
    """Return the packet."""
    blocks = [
        header(f"Handoff {_of(packet)} is failing: {count(len(packet.incidents), 'incident')}"),
        section(standing_line(packet.standing)),
        section(_why(packet)),
        section(_causes(packet)),
        *_incidents(packet.incidents),
        context(_footer(packet)),
    ]
    if buttons := _buttons(packet):
        blocks.append(actions(buttons, block_id="guardrail.actions"))
    return fit(blocks)


def guardrail_line(packet: GuardrailShown) -> list[Block]:
    """Return the packet in short with its buttons, among others on the Home tab."""
    return [
        section(
            f"*Handoff {escape(_of(packet))} is failing: "
            f"{count(len(packet.incidents), 'incident')}*\n{standing_line(packet.standing)}"
        ),
        actions(_buttons(packet), block_id=block_id("home.call", packet.id)),
    ]


def join_text(packet: GuardrailShown, *, joined: Sequence[IncidentShown]) -> str:
    """Return the line for the packet's thread when further incidents joined."""
    names = ", ".join(escape(cut(one.lead, _LEAD_SHOWN)) for one in joined[:_MOST])
    more = f" and {len(joined) - _MOST} more" if len(joined) > _MOST else ""
    where = packet.design or NO_DESIGN
    return f"{count(len(joined), 'more incident')} on {where}: {names}{more}"


# Private functions


def _of(packet: GuardrailShown) -> str:
    return packet.design or f"of {NO_DESIGN}"


def _why(packet: GuardrailShown) -> str:
    return (
        f"*{escape(packet.title)}*: {count(packet.count, 'incident')} within "
        f"{packet.window_hours:g} h call leadership. That happened {instant(packet.fired_at)}."
    )


def _causes(packet: GuardrailShown) -> str:
    if not packet.causes:
        return _NO_CAUSE
    lines = [
        f"• {cause.count} of {cause.total} share the {cause.dimension.value} "
        f"*{escape(cause.value)}*. {escape(cause.proposed_fix)}"
        for cause in packet.causes
    ]
    return "*What they share, and what to do*\n" + "\n".join(lines)


def _incidents(incidents: Sequence[IncidentShown]) -> list[Block]:
    """Return the newest incidents, in as many sections as it takes to cut none of them off."""
    texts = ["*Incidents*"]
    if len(incidents) > _MOST:
        texts[0] += f"\n{len(incidents) - _MOST} earlier ones, and"
    for one in incidents[-_MOST:]:
        line = _incident(one)
        if len(texts[-1]) + len(line) < SECTION_LIMIT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def _incident(incident: IncidentShown) -> str:
    what = "due" if incident.kind is IncidentKind.BREACH else "routing failed"
    facts = [
        f"{what} {instant(incident.occurred_at)}",
        f"owner {escape(incident.owner)}" if incident.owner else "no owner",
        f"row {escape(incident.row)}" if incident.row else "",
        f"source {escape(incident.source)}" if incident.source else "",
        escape(cut(incident.cause, _CAUSE_SHOWN)) if incident.cause else "",
    ]
    line = f"*{escape(cut(incident.lead, _LEAD_SHOWN))}*: {', '.join(filter(None, facts))}"
    if incident.is_voided:
        return f"• ~{line}~ no breach after all: an earlier touch was proven"
    if incident.standing is not None:
        line += f" — {escape(standing_words(incident.standing))}"
    return f"• {line}"


def _footer(packet: GuardrailShown) -> str:
    lines = [f"Called: {escape(', '.join(packet.called) or 'nobody')}."]
    lines += [f"{escape(role)}: nobody can be reached." for role in packet.missing]
    if packet.is_overdue:
        end = "." if role_title(Role.CRO) in packet.missing else ", so the CRO was called."
        lines.append(f"Not resolved within five working days{end}")
    if packet.standing.ended_at is None:
        lines.append("Further incidents join this thread. Resolving it starts the count anew.")
    return " ".join(lines)


def _buttons(packet: GuardrailShown) -> list[Element]:
    if packet.standing.ended_at is not None:
        return []
    take = button(
        "I am on it", action=Action.ESCALATION_ACKNOWLEDGE, value=packet.id, style="primary"
    )
    is_open = packet.standing.state is EscalationState.OPEN
    return [
        *([take] if is_open else []),
        button("Resolve…", action=Action.ESCALATION_RESOLVE, value=packet.id),
    ]
