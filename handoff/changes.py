"""What changed between two versions of a design, in plain words."""

from collections.abc import Iterable, Mapping

from handoff.brief import Band
from handoff.design import HandoffDesign
from handoff.directory import role_title
from handoff.escalation.policy import EscalationPolicy
from handoff.routing.rules import RoutingRow


def changes_between(*, old: HandoffDesign, new: HandoffDesign) -> tuple[str, ...]:
    """Return one plain sentence per change from `old` to `new`, most important first.

    Covers what a sign-off binds and what its readers look at: targets, thresholds, gates,
    routing rows, escalation, guardrail, calendar, required items, go-live and channel.
    """
    return (
        *_targets(old, new),
        *_qualification(old, new),
        *_rows(old, new),
        *_escalation(old, new),
        *_calendar(old, new),
        *_items(old, new),
        *_brief(old, new),
    )


def _arrow(label: str, before: object, after: object) -> Iterable[str]:
    if before != after:
        yield f"{label}: {before} → {after}"


def _targets(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    for band in Band:
        before = old.brief.targets.minutes(band)
        after = new.brief.targets.minutes(band)
        yield from _arrow(f"Response target of band {band}", f"{before} min", f"{after} min")
    yield from _arrow(
        "Attainment target",
        f"{old.binding.sla.attainment_target_percent:g}%",
        f"{new.binding.sla.attainment_target_percent:g}%",
    )
    yield from _arrow("Clock", _words(old.binding.sla.clock), _words(new.binding.sla.clock))


def _qualification(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    before, after = old.brief.qualification, new.brief.qualification
    yield from _arrow("MQL minimum", before.mql_minimum, after.mql_minimum)
    yield from _arrow("Band B from", before.b_from, after.b_from)
    yield from _arrow("Band A from", before.a_from, after.a_from)
    yield from _set_change("Gate", before.gates, after.gates)
    yield from _set_change("Blocking field", before.blocking_fields, after.blocking_fields)
    yield from _arrow("Entry rule", old.brief.entry_rule, new.brief.entry_rule)
    if before.stages != after.stages:
        yield "Stage definitions were edited"


def _rows(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    before = {row.name: row for row in old.binding.routing.rows}
    after = {row.name: row for row in new.binding.routing.rows}
    yield from _set_change("Routing row", tuple(before), tuple(after))
    kept = [name for name in before if name in after]
    for name in kept:
        what = _row_change(before[name], after[name])
        if what:
            yield f"Routing row “{name}” changed: {', '.join(what)}"
    if kept != [name for name in after if name in before]:
        yield "The order of the routing rows changed"


def _row_change(before: RoutingRow, after: RoutingRow) -> list[str]:
    labels: Mapping[str, str] = {
        "when": "conditions",
        "owner_model": "owner model",
        "pod": "pod",
        "share_with": "pods in the same rotation",
        "named_rep": "named rep",
        "fallback": "fallback",
        "band_targets": "response targets",
        "required_fields": "required fields",
        "on_missing": "what happens to incomplete leads",
        "policy": "escalation policy",
    }
    return [
        label for field, label in labels.items() if getattr(before, field) != getattr(after, field)
    ]


def _escalation(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    yield from _arrow("Escalation", _ladder(old.binding.policy), _ladder(new.binding.policy))
    yield from _arrow(
        "Guardrail",
        f"{old.binding.guardrail.count} in {old.binding.guardrail.window_hours:g} h",
        f"{new.binding.guardrail.count} in {new.binding.guardrail.window_hours:g} h",
    )


def _ladder(policy: EscalationPolicy) -> str:
    return ", ".join(
        f"{role_title(step.role)} {step.acknowledge_minutes} min"
        + (f" ×{step.repeats + 1}" if step.repeats else "")
        for step in policy.steps
    )


def _calendar(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    before, after = old.binding.calendar, new.binding.calendar
    if before.spec != after.spec:
        yield (
            f"Calendar: {before.spec.name} → {after.spec.name}"
            if (before.spec.name != after.spec.name)
            else f"The hours of calendar {after.spec.name} changed"
        )
    elif before.holidays != after.holidays:
        yield f"The holidays of calendar {after.spec.name} changed"
    yield from _set_change(
        "Pod", [p.name for p in old.binding.pods], [p.name for p in new.binding.pods]
    )


def _items(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    yield from _set_change(
        "Enablement request",
        [r.title for r in old.binding.requests],
        [r.title for r in new.binding.requests],
    )
    yield from _set_change(
        "Checklist item",
        [c.title for c in old.binding.checklist],
        [c.title for c in new.binding.checklist],
    )


def _brief(old: HandoffDesign, new: HandoffDesign) -> Iterable[str]:
    yield from _arrow("Go-live", old.brief.go_live, new.brief.go_live)
    yield from _arrow(
        "Leads per week",
        _number(old.brief.capacity.leads_per_week),
        _number(new.brief.capacity.leads_per_week),
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


def _set_change(label: str, before: Iterable[str], after: Iterable[str]) -> Iterable[str]:
    olds, news = list(before), list(after)
    for name in news:
        if name not in olds:
            yield f"{label} added: {name}"
    for name in olds:
        if name not in news:
            yield f"{label} removed: {name}"


def _words(name: str) -> str:
    return str(name).replace("_", " ")
