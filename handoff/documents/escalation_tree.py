"""The escalation tree: who is called, in which order, and what calls leadership."""

from collections.abc import Mapping

from handoff.design import BindingDesign
from handoff.directory import role_title
from handoff.documents.drawing import Arrow, Box, Drawing, lines_of
from handoff.durations import format_minutes
from handoff.escalation.policy import EscalationStep
from handoff.words import counted

_WIDTH = 250.0
_GAP = 46.0
_LEFT = 10.0
_RIGHT = _LEFT + _WIDTH + 120.0


def escalation_tree_svg(binding: BindingDesign, names: Mapping[str, str]) -> str:
    """Return the escalation policy and the guardrail as an SVG drawing.

    Args:
        binding: What a sign-off binds; its policy and guardrail are drawn.
        names: Display names by person key; a key without a name is shown as it is.
    """
    drawing = Drawing(
        name="escalation",
        title="Escalation tree",
        description=_description(binding),
    )
    breach = Box(
        title=["Breach or routing failure"],
        lines=["owner and pod channel are told"],
        x=_LEFT,
        y=10,
        width=_WIDTH,
        kind="start",
    )
    drawing.boxes.append(breach)
    above, label = breach, "at once"
    for number, step in enumerate(binding.policy.steps, start=1):
        box = _step_box(number, step, names, y=above.y + above.height + _GAP)
        drawing.boxes.append(box)
        drawing.arrows.append(_down(above, box, label))
        above, label = box, f"not acknowledged in {format_minutes(step.acknowledge_minutes)}"
    last = Box(
        title=["Until somebody has it"],
        lines=lines_of(
            f"last step again {binding.policy.final_repeats} times, then daily at opening",
            width=_WIDTH,
        ),
        x=_LEFT,
        y=above.y + above.height + _GAP,
        width=_WIDTH,
        kind="end",
    )
    drawing.boxes.append(last)
    drawing.arrows.append(_down(above, last, label))
    _add_guardrail(drawing, breach, binding, names)
    return drawing.svg()


def _step_box(number: int, step: EscalationStep, names: Mapping[str, str], *, y: float) -> Box:
    lines = [f"{format_minutes(step.acknowledge_minutes)} to acknowledge"]
    if step.repeats:
        lines.append(f"called {step.repeats + 1} times")
    if step.holders:
        people = " or ".join(names.get(key, key) for key in step.holders)
        lines += lines_of(people, width=_WIDTH)
    title = lines_of(f"{number}. {role_title(step.role)}", width=_WIDTH)
    return Box(title=title, lines=lines, x=_LEFT, y=y, width=_WIDTH, kind="step")


def _add_guardrail(
    drawing: Drawing, breach: Box, binding: BindingDesign, names: Mapping[str, str]
) -> None:
    guardrail = binding.guardrail
    count = Box(
        title=["Guardrail"],
        lines=lines_of(
            f"{counted(guardrail.count, 'incident')} within {guardrail.window_hours:g} h "
            "on this design",
            width=_WIDTH,
        ),
        x=_RIGHT,
        y=breach.y,
        width=_WIDTH,
        kind="gate",
    )
    people = [*guardrail.sales_leadership, *guardrail.marketing_leadership]
    leaders = Box(
        title=["Sales + Marketing leadership"],
        lines=[
            *lines_of(", ".join(names.get(key, key) for key in people), width=_WIDTH),
            "one packet: incidents, cause, fix",
        ],
        x=_RIGHT,
        y=count.y + count.height + _GAP,
        width=_WIDTH,
        kind="step",
    )
    drawing.boxes += [count, leaders]
    drawing.arrows.append(
        Arrow(
            start=(breach.x + breach.width, breach.y + breach.height / 2),
            end=(count.x, count.y + count.height / 2),
            is_dashed=True,
        )
    )
    drawing.arrows.append(_down(count, leaders, "once, until resolved"))


def _down(upper: Box, lower: Box, label: str) -> Arrow:
    middle = upper.x + upper.width / 2
    return Arrow(start=(middle, upper.y + upper.height), end=(middle, lower.y), label=label)


def _description(binding: BindingDesign) -> str:
    steps = ", then ".join(
        f"{role_title(step.role)} with {format_minutes(step.acknowledge_minutes)} to acknowledge"
        for step in binding.policy.steps
    )
    guardrail = binding.guardrail
    incidents = counted(guardrail.count, "incident")
    return (
        f"On a breach the owner is told, then {steps}. {incidents} within "
        f"{guardrail.window_hours:g} hours {'calls' if guardrail.count == 1 else 'call'} "
        "Sales and Marketing leadership."
    )
