"""Step 5, Review: the verdict, what is risky, what is drafted, and the author's confirmations."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.define.frame import NEW, Shown, step_view
from bot.blocks.define.place import Place
from bot.blocks.packet import could_fill, guardrail_often
from bot.ids import Action, Input, block_id
from handoff.defaults.catalogue import goal_name
from handoff.design import HandoffDesign
from handoff.durations import format_minutes
from handoff.form_changes import is_applicable
from handoff.form_data import ReviewStep
from handoff.routing.rules import LintFinding, LintSeverity
from handoff.sla.model import Depth, Feasibility, Risk, Verdict
from handoff.words import percent_beside

ROLES = "roles"
DEPENDENCIES = "dependencies"
DELIVERABLES = "deliverables"

_CONFIRMATIONS = [
    kit.option("Roles: the people named here know and agree", ROLES),
    kit.option("Dependencies: the list of systems and content is complete", DEPENDENCIES),
    kit.option("Deliverables: the requests and due dates are realistic", DELIVERABLES),
]
_VERDICTS = {
    Verdict.HOLDS: "*The team can hold this SLA.*",
    Verdict.FAILS: "*The team cannot hold this SLA as planned.* "
    "It can still be signed, but every signer has to give a reason.",
    Verdict.UNPROVEN: "*Unproven: no volume was given.* "
    "It can still be signed, but every signer has to give a reason.",
}
_MARKS = {
    Verdict.HOLDS: ":white_check_mark:",
    Verdict.FAILS: ":warning:",
    Verdict.UNPROVEN: ":grey_question:",
}
_AT_FIRST_SIGHT = ":hourglass_flowing_sand: At first sight:"
_WORST = {3: ":red_circle:", 2: ":large_orange_circle:", 1: ":large_yellow_circle:"}


def review_view(
    *,
    place: Place,
    step: ReviewStep,
    design: HandoffDesign,
    overlaps: Sequence[str] = (),
    shown: Shown = NEW,
    window: str | None = None,
    is_late: bool = False,
) -> kit.View:
    """Return the view of step 5.

    Args:
        place: Where the form stands.
        step: What is confirmed already.
        design: The brief, drafted; nothing of it is stored until it is sent.
        overlaps: Sentences on other active designs that would take the same leads.
        shown: What the person sees now.
        window: External id, by which the full proof finds this view.
        is_late: The full proof should be there by now.
    """
    proof = design.feasibility
    blocks = [
        kit.section(_verdict(proof)),
        kit.context(_how_sure(proof, is_late=is_late)),
        kit.section(fields=_figures(proof)),
        *_risks(proof),
        *_guardrail(design),
        *_coverage(design),
        *_lint(design.lint),
        *([kit.section("*Overlaps*\n" + _bullets(overlaps))] if overlaps else []),
        kit.divider(),
        _summary(design),
        kit.actions(
            [
                kit.button("Edit rows", action=Action.DEFINE_EDIT_ROWS),
                kit.button("Edit ladder and guardrail", action=Action.DEFINE_EDIT_LADDER),
                kit.button("Advanced", action=Action.DEFINE_ADVANCED),
                kit.button("Backtest", action=Action.DEFINE_BACKTEST),
            ],
            block_id="define.editors",
        ),
        kit.input_block(
            "Please confirm",
            kit.checkboxes(_CONFIRMATIONS, action=Input.REVIEW_CONFIRMED, chosen=_chosen(step)),
            block_id=_confirmed_block(step),
        ),
    ]
    return step_view(
        place=place, shown=shown, blocks=blocks, submit="Send for sign-off", window=window
    )


def _confirmed_block(step: ReviewStep) -> str:
    """Return the block id of the confirmations, which names those that are stored.

    Whoever renders this draft again, the full proof that comes into the open view included,
    gets the same id, and so keeps what was ticked since.
    """
    return block_id(Input.REVIEW_CONFIRMED, "+".join(_chosen(step)) or "none")


def _verdict(proof: Feasibility) -> str:
    """Return the verdict; only the full proof puts its mark to it."""
    mark = _MARKS[proof.verdict] if proof.depth is Depth.FULL else _AT_FIRST_SIGHT
    return f"{mark} {_VERDICTS[proof.verdict]}"


def _how_sure(proof: Feasibility, *, is_late: bool) -> str:
    """Say whether this is the full proof or a first estimate, and how it was found."""
    if proof.depth is Depth.FULL:
        error = f", ± {proof.error_points:.1f} points" if proof.error_points else ""
        return f"Full proof: {kit.escape(proof.method)}{error}. {kit.escape(proof.basis)}"
    if is_late:
        return (
            ":hourglass: *First estimate.* The full proof takes longer than usual; it goes on "
            "by itself. You can send now, the packet will show it; *Save draft* looks again."
        )
    return (
        "*First estimate*, by formula. The full proof is being computed "
        "and comes into this window in some seconds; you can go on meanwhile."
    )


def _figures(proof: Feasibility) -> list[str]:
    """Return the three figures that decide: attainment, the tightest SLA, the smallest team."""
    if proof.verdict is Verdict.UNPROVEN:
        held = proof.sustainable_leads_per_week
        holds = "not computable" if held is None else f"{kit.count(int(held), 'lead')} a week"
        return [
            f"*The team holds*\n{holds} at {proof.target_percent:g}%",
            f"*Team*\n{kit.count(proof.team_size, 'rep')}",
            f"*Target*\n{proof.target_percent:g}% in time",
        ]
    return [
        f"*Predicted in time*\n{_predicted(proof)} of {proof.target_percent:g}%"
        + _interval(proof),
        f"*Tightest SLA at the target*\n{_minutes(proof.tightest_sla_minutes)}",
        f"*Smallest team*\n{_count(proof.smallest_team)}; you have {proof.team_size}",
    ]


def _interval(proof: Feasibility) -> str:
    low, high = proof.ci_low_percent, proof.ci_high_percent
    if low is None or high is None or high - low < 1:
        return ""  # a closed form has no spread to speak of
    return f"\n_{low:.0f}-{high:.0f}% likely_"


def _risks(proof: Feasibility) -> list[kit.Block]:
    """Return at most five risks, the worst first, each with its change to apply."""
    worst = sorted(proof.risks, key=lambda risk: -risk.severity)[:5]
    if not worst:
        return []
    return [kit.section("*Risks*"), *(_risk(risk, proof.depth) for risk in worst)]


def _risk(risk: Risk, depth: Depth) -> kit.Block:
    button = None
    text = f"{_WORST[risk.severity]} {kit.escape(risk.message)}"
    if risk.change is not None and is_applicable(risk.change):
        # The button says which proof it belongs to: a fuller one may propose another value.
        button = kit.button("Apply", action=Action.DEFINE_APPLY, value=f"{risk.code}:{depth}")
        text += f"\n_{kit.escape(risk.change.label)}_"
    return kit.section(text, accessory=button, block_id=f"define.risk:{risk.code}")


def _guardrail(design: HandoffDesign) -> list[kit.Block]:
    """Return how often leadership would be called."""
    guardrail, proof = design.binding.guardrail, design.feasibility
    rule = (
        f"{kit.count(guardrail.count, 'incident')} in {guardrail.window_hours:g} h "
        f"{'calls' if guardrail.count == 1 else 'call'} leadership"
    )
    often = guardrail_often(proof)
    if not often:
        return [kit.context(f"*Guardrail*: {rule}.")]
    forecast = f"*Guardrail*: {rule}, predicted {often}."
    if proof.suggested_guardrail_count is not None:
        forecast += f" Better: {kit.count(proof.suggested_guardrail_count, 'incident')}."
    return [kit.context(forecast)]


def _coverage(design: HandoffDesign) -> list[kit.Block]:
    """Return who cannot be reached in the next days, or that everybody can."""
    proof = design.coverage
    if proof.is_complete and not proof.warnings:
        return [kit.context(f"*Coverage*: every step reaches somebody for {proof.days} days.")]
    gaps = [
        f"{kit.escape(_words(gap.role))} reaches nobody from {kit.instant(gap.starts_at)} "
        f"to {kit.instant(gap.ends_at)}{could_fill(gap)}"
        for gap in proof.gaps[:5]
    ]
    if len(proof.gaps) > 5:
        gaps.append(f"and {kit.count(len(proof.gaps) - 5, 'more gap')}")
    lines = [*gaps, *(kit.escape(warning) for warning in proof.warnings[:5])]
    return [kit.section("*Coverage*\n" + "\n".join(f"• {line}" for line in lines))]


def _lint(findings: Sequence[LintFinding]) -> list[kit.Block]:
    """Return what the routing lint found; errors first, they forbid sign-off."""
    if not findings:
        return [kit.context("*Routing check*: nothing to complain about.")]
    ordered = sorted(findings, key=lambda finding: finding.severity is not LintSeverity.ERROR)
    marks = {LintSeverity.ERROR: ":no_entry:", LintSeverity.WARNING: ":warning:"}
    lines = [
        f"{marks[item.severity]} {f'{item.row}: ' if item.row else ''}{kit.escape(item.message)}"
        for item in ordered[:10]
    ]
    return [kit.section("*Routing check*\n" + "\n".join(lines))]


def _summary(design: HandoffDesign) -> kit.Block:
    """Return what was drafted, in one look."""
    bands = ", ".join(
        f"{row.band} {format_minutes(row.target_minutes)}" for row in design.binding.sla.rows
    )
    return kit.section(
        f"*{kit.escape(design.key)} v{design.version}*: "
        f"{kit.escape(design.brief.segment.name)} · {goal_name(design.brief.goal)}",
        fields=[
            f"*Response targets*\n{bands}",
            f"*Routing*\n{kit.count(len(design.binding.routing.rows), 'row')}, "
            f"{kit.count(len(design.brief.people.pods), 'pod')}",
            f"*Go-live*\n{design.brief.go_live:%a %d %b %Y}",
            f"*To prepare*\n{kit.count(len(design.binding.requests), 'request')}, "
            f"{kit.count(len(design.binding.checklist), 'checklist item')}",
        ],
    )


def _chosen(step: ReviewStep) -> list[str]:
    pairs = (
        (ROLES, step.roles_confirmed),
        (DEPENDENCIES, step.dependencies_confirmed),
        (DELIVERABLES, step.deliverables_confirmed),
    )
    return [value for value, is_confirmed in pairs if is_confirmed]


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"• {kit.escape(line)}" for line in lines[:10])


def _predicted(proof: Feasibility) -> str:
    """Return the attainment in whole percent, finer where that would hide a miss."""
    value, goal = proof.attainment_percent, proof.target_percent
    if value is None:
        return "unknown"
    return percent_beside(value, goal) if value < goal <= round(value) else f"{value:.0f}%"


def _minutes(value: int | None) -> str:
    return "none within 30 days" if value is None else format_minutes(value)


def _count(value: int | None) -> str:
    return "none is large enough" if value is None else kit.count(value, "rep")


def _words(role: str) -> str:
    return role.replace("_", " ")
