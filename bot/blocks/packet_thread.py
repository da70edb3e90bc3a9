"""The details of a packet, one message each in its thread: at most one table a message."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from bot.blocks.kit import Block, context, count, cut, escape, fit, header, instant, section, table
from bot.blocks.packet import could_fill, mention
from handoff.design import HandoffDesign
from handoff.directory import role_title
from handoff.durations import format_minutes
from handoff.enablement import ChecklistItem, EnablementRequest
from handoff.readiness import item_name
from handoff.routing.conditions import format_rule
from handoff.routing.rules import RoutingRow
from handoff.sla.model import Depth
from handoff.words import percent_beside, rounded_beside


class Part(StrEnum):
    """The messages of the thread, in the order in which they are sent."""

    ROUTING = "routing"
    SLA = "sla"
    ESCALATION = "escalation"
    ENABLEMENT = "enablement"
    CHECKLIST = "checklist"
    CHANGES = "changes"


def part_message(
    *, part: Part, design: HandoffDesign, names: Mapping[str, str], changes: Sequence[str] = ()
) -> tuple[str, list[Block]]:
    """Return text and blocks of one part; `names` maps person keys to the names in tables."""
    if part is Part.CHANGES:
        text, blocks = _changes(design, changes)
    else:
        text, blocks = _PARTS[part](design, names)
    return text, fit(blocks)


def _routing(design: HandoffDesign, names: Mapping[str, str]) -> tuple[str, list[Block]]:
    rows = [["#", "When", "Owner", "Fallback", "A / B / C", "If data is missing"]]
    rows += [
        [
            str(number),
            _when(row),
            _owner(row, names),
            names.get(row.fallback, row.fallback),
            " / ".join(format_minutes(row.band_targets[band]) for band in row.band_targets),
            row.on_missing.value.replace("_", " "),
        ]
        for number, row in enumerate(design.binding.routing.rows[:99], start=1)
    ]
    return (
        f"Routing matrix of {design.key}: {count(len(rows) - 1, 'row')}, the first match decides",
        [
            header("Routing matrix"),
            section(f"A lead belongs here when `{escape(design.brief.entry_rule)}`."),
            table(rows),
            context("Rows are tried from top to bottom; the first match decides."),
        ],
    )


def _when(row: RoutingRow) -> str:
    return format_rule(row.when) or "always"


def _owner(row: RoutingRow, names: Mapping[str, str]) -> str:
    model = row.owner_model.value.replace("_", " ")
    whom = names.get(row.named_rep, row.named_rep) if row.named_rep else row.pod
    return f"{model}: {whom}" if whom else model


def _sla(design: HandoffDesign, _names: Mapping[str, str]) -> tuple[str, list[Block]]:
    rows = [["Band", "Score from", "Answer within", "Warnings at", "Accept by"]]
    rows += [
        [
            row.band.value,
            str(row.from_score),
            format_minutes(row.target_minutes),
            f"{format_minutes(row.warn_50_minutes)} and {format_minutes(row.warn_80_minutes)}",
            format_minutes(row.accept_by_minutes),
        ]
        for row in design.binding.sla.rows
    ]
    proof = design.feasibility
    blocks = [header("Response SLA"), table(rows)]
    if proof.attainment_percent is not None:
        blocks.append(section(fields=_prediction(design)))
    if proof.what_ifs:
        lines = [
            f"• {escape(w.label)}: {percent_beside(w.attainment_percent, proof.target_percent)}"
            for w in proof.what_ifs
        ]
        blocks.append(section("*What if*\n" + "\n".join(lines)))
    method = escape(f"{proof.method}. {proof.basis}")
    if proof.depth is not Depth.FULL:
        method += " · First estimate; the full proof follows"
    blocks.append(context(f"Target: {proof.target_percent:g}% on time · method: {method}"))
    return f"Response SLA of {design.key} per score band", blocks


def _prediction(design: HandoffDesign) -> list[str]:
    proof = design.feasibility
    goal, spread = proof.target_percent, ""
    if proof.ci_low_percent is not None and proof.ci_high_percent is not None:
        low = rounded_beside(proof.ci_low_percent, goal)
        spread = f" ({low:.1f} to {percent_beside(proof.ci_high_percent, goal)})"
    team = count(proof.team_size, "rep")
    attained = percent_beside(proof.attainment_percent or 0, goal)
    pairs = [
        ("On time", f"{attained}{spread}"),
        ("Half are answered within", _minutes(proof.p50_minutes)),
        ("9 of 10 within", _minutes(proof.p90_minutes)),
        (
            "Team",
            f"{team}; smallest that holds: {proof.smallest_team or '–'}",
        ),
        ("Tightest SLA it can hold", _minutes(proof.tightest_sla_minutes)),
    ]
    return [f"*{label}*\n{value}" for label, value in pairs]


def _minutes(value: float | None) -> str:
    return "–" if value is None else format_minutes(value)


def _escalation(design: HandoffDesign, _names: Mapping[str, str]) -> tuple[str, list[Block]]:
    lines = ["⏰ *Breach*: the owner and the pod's channel are told at once"]
    for number, step in enumerate(design.binding.policy.steps, start=1):
        indent = "      " * (number - 1)
        repeats = f", called {step.repeats + 1} times" if step.repeats else ""
        holders = " or ".join(mention(key) for key in step.holders)
        lines.append(
            f"{indent}└▶ *{number}. {role_title(step.role)}*"
            + (f" ({holders})" if holders else "")
            + f" has {format_minutes(step.acknowledge_minutes)} to acknowledge{repeats}"
        )
    guardrail = design.binding.guardrail
    leaders = [
        *(mention(key) for key in guardrail.sales_leadership),
        *(mention(key) for key in guardrail.marketing_leadership),
    ]
    blocks = [
        header("Escalation"),
        section("\n".join(lines)),
        section(
            f"🛟 *Guardrail*: {count(guardrail.count, 'incident')} within "
            f"{guardrail.window_hours:g} h {'calls' if guardrail.count == 1 else 'call'} "
            f"{', '.join(leaders)} with one packet."
        ),
        section(_coverage(design)),
    ]
    return f"Escalation of {design.key}: who is called when a lead waits too long", blocks


def _coverage(design: HandoffDesign) -> str:
    proof = design.coverage
    if proof.is_complete:
        lines = [f"✅ Every step reaches somebody in every hour of the next {proof.days} days."]
    else:
        lines = [f"🔴 *{count(len(proof.gaps), 'gap')} in the next {proof.days} days*"]
        lines += [
            f"• Step {gap.step + 1}, {role_title(gap.role)}: {instant(gap.starts_at)} to "
            f"{instant(gap.ends_at)}{could_fill(gap)}"
            for gap in proof.gaps[:5]
        ]
    lines += [f"⚠️ {escape(warning)}" for warning in proof.warnings[:5]]
    return "*Coverage*\n" + "\n".join(lines)


def _enablement(design: HandoffDesign, _names: Mapping[str, str]) -> tuple[str, list[Block]]:
    return _item_table(
        title="Enablement requests",
        text=f"Enablement requests of {design.key} with owners and due dates",
        items=design.binding.requests,
    )


def _checklist(design: HandoffDesign, _names: Mapping[str, str]) -> tuple[str, list[Block]]:
    return _item_table(
        title="Data and tooling checklist",
        text=f"Data and tooling checklist of {design.key} with owners and due dates",
        items=design.binding.checklist,
    )


def _item_table(
    *, title: str, text: str, items: Sequence[EnablementRequest | ChecklistItem]
) -> tuple[str, list[Block]]:
    if not items:
        return text, [header(title), section("Nothing is needed.")]
    rows = [["What", "Kind", "Owner", "Due", "Required"]]
    rows += [
        [
            item_name(item),
            item.kind.value.replace("_", " "),
            role_title(item.owner_role),
            f"{item.due:%a %-d %b %Y}",
            "yes" if item.is_required else "no",
        ]
        for item in items[:99]
    ]
    blocks = [header(title), table(rows)]
    if len(items) > 99:
        blocks.append(context(f"{len(items) - 99} more are in the attached document."))
    return text, blocks


def _changes(design: HandoffDesign, changes: Sequence[str]) -> tuple[str, list[Block]]:
    listed = "\n".join(f"• {escape(change)}" for change in changes) or "• Nothing that binds"
    return (
        f"What changed in {design.key} version {design.version}",
        [
            header(f"What changed since version {design.version - 1}"),
            section(cut(listed, 2900)),
            context("Earlier sign-offs do not count for this version."),
        ],
    )


_PARTS: Mapping[Part, Callable[[HandoffDesign, Mapping[str, str]], tuple[str, list[Block]]]] = {
    Part.ROUTING: _routing,
    Part.SLA: _sla,
    Part.ESCALATION: _escalation,
    Part.ENABLEMENT: _enablement,
    Part.CHECKLIST: _checklist,
}
