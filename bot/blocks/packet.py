"""The approval packet: one living message that a busy director reads in 20 seconds."""

from bot.blocks.kit import (
    Block,
    Element,
    actions,
    button,
    context,
    count,
    cut,
    escape,
    fit,
    group,
    header,
    instant,
    person,
    section,
)
from bot.ids import Action
from handoff.approval import Side, VersionState, Via
from handoff.brief import Band
from handoff.defaults.catalogue import goal_name
from handoff.design import HandoffDesign
from handoff.directory import role_title
from handoff.durations import format_minutes
from handoff.escalation.coverage import CoverageGap
from handoff.packet import PacketState
from handoff.readiness import items_of
from handoff.sla.model import Feasibility, Verdict
from handoff.words import percent_beside

#: Characters of somebody's own words that the packet shows; the audit log has them all.
_WORDS = 500
_MOST_OVERLAPS = 5


def packet_text(state: PacketState) -> str:
    """Return the one-line summary for notifications and screen readers."""
    design = state.design
    return (
        f"Handoff {design.key} version {design.version}: {escape(design.brief.segment.name)} "
        f"leads, {goal_name(design.brief.goal)}. {_state_words(state)}"
    )


def packet_blocks(state: PacketState) -> list[Block]:
    """Return the packet: summary, proof, risks, what changed, who signed, what to press."""
    design = state.design
    blocks = [
        header(f"{design.key} · version {design.version} · {_title(design)}"),
        section(_state_line(state)),
        section(_summary(design)),
        section(fields=_figures(state)),
    ]
    if risks := _risks(design):
        blocks.append(section(risks))
    if state.overlaps:
        blocks.append(section(_overlaps(state)))
    if state.doubts_now:
        blocks.append(section(_doubts_now(state)))
    if state.changes:
        blocks.append(section(_changes(state)))
    blocks.append(section(_signatures(state)))
    if buttons := _buttons(state):
        blocks.append(actions(buttons, block_id="packet.actions"))
    blocks.append(context(_footer(state)))
    return fit(blocks)


def _title(design: HandoffDesign) -> str:
    return f"{design.brief.segment.name} → {goal_name(design.brief.goal)}"


def _state_words(state: PacketState) -> str:
    waiting = " and ".join(
        side.title for side in Side if side not in {s.side for s in state.sign_offs}
    )
    return {
        VersionState.DRAFT: "A draft, not sent for sign-off.",
        VersionState.IN_REVIEW: f"Waiting for the sign-off of {waiting}.",
        VersionState.APPROVED: "Signed by both sides; getting ready to go live.",
        VersionState.ACTIVE: "Active.",
        VersionState.PAUSED: "Paused: new leads go to the fallback.",
        VersionState.RETIRED: "Retired.",
        VersionState.SUPERSEDED: "Replaced; nothing to sign here.",
    }[state.state]


def _state_line(state: PacketState) -> str:
    icon = {
        VersionState.DRAFT: "📝",
        VersionState.IN_REVIEW: "⏳",
        VersionState.APPROVED: "✔️",
        VersionState.ACTIVE: "🟢",
        VersionState.PAUSED: "⏸️",
        VersionState.RETIRED: "📦",
        VersionState.SUPERSEDED: "♻️",
    }[state.state]
    line = f"{icon} *{_state_words(state)}*"
    if state.state is VersionState.APPROVED:
        done = state.items_total - state.items_open
        line += f" {done} of {state.items_total} required items are settled."
        if state.opens_at is not None:
            line += f" Go-live opens {instant(state.opens_at)}."
    if state.state is VersionState.SUPERSEDED:
        line += _ended(state)
        if state.newest_version > state.design.version:
            line += f" Please look at version {state.newest_version}."
    return line


def _ended(state: PacketState) -> str:
    if not state.ended_because:
        return ""
    line = f" {escape(state.ended_because)}"
    if state.ended_by:
        line += f" by {mention(state.ended_by)}"
    if state.ended_reason:
        line += f": “{escape(cut(state.ended_reason, _WORDS))}”"
    return line


def _summary(design: HandoffDesign) -> str:
    targets = design.brief.targets
    clock = "business hours" if targets.clock.value == "business_hours" else "around the clock"
    pods = ", ".join(escape(pod) for pod in design.brief.people.pods)
    rule = escape(cut(design.brief.entry_rule, _WORDS))
    return (
        f"Leads that match `{rule}` go to *{pods}* and are answered "
        f"within *{format_minutes(targets.response_sla_minutes)}* "
        f"(band A: *{format_minutes(targets.minutes(Band.A))}*), {clock}, "
        f"from *{design.brief.go_live:%-d %b %Y}*."
    )


def _figures(state: PacketState) -> list[str]:
    design = state.design
    ladder = " → ".join(role_title(step.role) for step in design.binding.policy.steps)
    guardrail = design.binding.guardrail
    required = sum(item.is_required for item in items_of(design.binding))
    return [
        f"*Can the team keep it?*\n{_verdict(state)}",
        f"*Who is called on a breach*\n{ladder}",
        f"*Leadership is called*\n{count(guardrail.count, 'incident')} in "
        f"{guardrail.window_hours:g} h"
        f"{_forecast(design)}",
        f"*Before go-live*\n{count(required, 'required item')} ({design.plan.pattern.value} plan)",
    ]


def _forecast(design: HandoffDesign) -> str:
    """Return how often that will be, and a better count if that is too often to be heard."""
    often = guardrail_often(design.feasibility)
    better = design.feasibility.suggested_guardrail_count
    return (f", predicted {often}" if often else "") + (
        f"; better {count(better, 'incident')}" if better else ""
    )


def guardrail_often(proof: Feasibility) -> str:
    """Return in words how often the guardrail is predicted to fire; empty when unknown."""
    per_week = proof.guardrail_fires_per_week
    if per_week is None:
        return ""
    if per_week >= 1.5:
        return f"about {per_week:.0f} times a week"
    if per_week >= 0.75:
        return "about once a week"
    return f"about every {1 / per_week:.0f} weeks" if per_week > 0.02 else "hardly ever"


def _verdict(state: PacketState) -> str:
    """Return the verdict in one line; a first estimate says that it is one."""
    proof = state.design.feasibility
    estimate = "\n_A first estimate; the full proof follows here_" if state.is_estimate else ""
    return _prediction(proof) + estimate


def _prediction(proof: Feasibility) -> str:
    goal = f"target {proof.target_percent:g}%"
    if proof.verdict is Verdict.UNPROVEN:
        volume = proof.sustainable_leads_per_week
        holds = f"; the team holds about {count(int(volume), 'lead')} a week" if volume else ""
        return f"⚠️ Unproven: no volume given{holds} ({goal})"
    icon = "✅" if proof.verdict is Verdict.HOLDS else "🔴"
    busy = f", {proof.utilisation_percent:.0f}% busy" if proof.utilisation_percent else ""
    attained = percent_beside(proof.attainment_percent or 0, proof.target_percent)
    return f"{icon} {attained} on time predicted ({goal}){busy}"


def _risks(design: HandoffDesign) -> str:
    worst = sorted(design.feasibility.risks, key=lambda risk: -risk.severity)[:3]
    lines = [f"• {escape(cut(risk.message, _WORDS))}" for risk in worst]
    lines += [
        f"• Nobody would be reached at step {gap.step + 1} ({role_title(gap.role)}) from "
        f"{instant(gap.starts_at)}{could_fill(gap)}"
        for gap in design.coverage.gaps[:2]
    ]
    return "*Risks*\n" + "\n".join(lines) if lines else ""


def _overlaps(state: PacketState) -> str:
    shown = [f"• {escape(overlap)}" for overlap in state.overlaps[:_MOST_OVERLAPS]]
    if len(state.overlaps) > len(shown):
        shown.append(f"• and {len(state.overlaps) - len(shown)} more designs")
    return "*Overlaps*\n" + "\n".join(shown)


def _doubts_now(state: PacketState) -> str:
    lines = [f"• {escape(doubt)}" for doubt in state.doubts_now]
    before = "sent" if state.state is VersionState.IN_REVIEW else "signed"
    what = (
        "the days ahead have changed" if state.doubts_because == "day" else "the team has changed"
    )
    return f"⚠️ *Since it was {before}, {what}*\n" + "\n".join(lines)


def _changes(state: PacketState) -> str:
    shown = [f"• {escape(cut(change, _WORDS))}" for change in state.changes[:8]]
    if len(state.changes) > len(shown):
        shown.append(f"• and {len(state.changes) - len(shown)} more, see the thread")
    return f"*What changed since version {state.design.version - 1}*\n" + "\n".join(shown)


def _signatures(state: PacketState) -> str:
    signed = {s.side: s for s in state.sign_offs}
    lines = []
    for side in Side:
        sign_off = signed.get(side)
        if sign_off is None:
            lines.append(f"⏳ *{side.title}*: waiting for {_waited_for(state, side)}")
            continue
        how = "with ✅" if sign_off.via is Via.REACTION else "by button"
        line = (
            f"✅ *{side.title}*: {mention(sign_off.person)}, {how}, {instant(sign_off.at)}, "
            f"version {sign_off.version}"
        )
        if sign_off.reason:
            line += f"\n      Reason: “{escape(cut(sign_off.reason, _WORDS))}”"
        lines.append(line)
    return "*Sign-off*\n" + "\n".join(lines)


def _waited_for(state: PacketState, side: Side) -> str:
    """Return who was asked to sign a side and may; nobody else's name keeps a reader waiting."""
    asked = [state.asked.get(side), *state.stand_ins.get(side, ())]
    people = dict.fromkeys(key for key in asked if key)
    return " or ".join(map(mention, people)) or "somebody who may sign: `/handoff team`"


def could_fill(gap: CoverageGap) -> str:
    """Return who would be there in a gap, to stand behind the gap in a sentence."""
    if not gap.could_fill:
        return "; nobody who holds a role is there then"
    return f"; could be filled by {', '.join(map(mention, gap.could_fill))}"


def mention(key: str) -> str:
    """Return the mention of a person or of a user group."""
    return group(key) if key.startswith("S") and key.isalnum() else person(key)


def _buttons(state: PacketState) -> list[Element]:
    value = state.reference
    change = button("Request changes…", action=Action.PACKET_REQUEST_CHANGES, value=value)
    if state.state is VersionState.IN_REVIEW:
        approve = button("Approve", action=Action.PACKET_APPROVE, value=value, style="primary")
        return [approve, change]
    if state.state is VersionState.APPROVED:
        ready = button("Settle items…", action=Action.ITEM_LIST, value=value, style="primary")
        return [ready, change]
    if state.state in {VersionState.ACTIVE, VersionState.PAUSED}:
        return [button("Manage…", action=Action.PACKET_MANAGE, value=value)]
    return []


def _footer(state: PacketState) -> str:
    design = state.design
    facts = f"Content `{design.content_hash[:12]}` · drafted {design.as_of:%-d %b %Y}"
    if state.state is VersionState.IN_REVIEW:
        facts += " · You can also react with ✅ to sign or ❌ to ask for changes"
    if state.is_estimate:
        return f"{facts} · Details, pictures and documents follow here with the full proof"
    return f"{facts} · Details, pictures and documents are in the thread"
