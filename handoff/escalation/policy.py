"""Escalation policy, its ordered steps, and the guardrail's parameters."""

from pydantic import Field

from handoff.brief import PersonKey, ShortText
from handoff.model import Value


class EscalationStep(Value):
    """One step: a role (or user group) to call, time to acknowledge, repeats of the call.

    Minutes are of the design's clock. Who holds the role is resolved live, when the step runs.
    """

    role: ShortText
    holders: tuple[PersonKey, ...] = Field(
        default=(), description="per-design holders in order; empty: the directory's"
    )
    acknowledge_minutes: int = Field(gt=0)
    repeats: int = Field(default=0, ge=0)


class EscalationPolicy(Value):
    """Ordered steps; after the last: repeats 3 times, then daily at opening."""

    name: ShortText = "default"
    steps: tuple[EscalationStep, ...] = Field(min_length=1)
    final_repeats: int = Field(default=3, ge=0)


class Guardrail(Value):
    """`count` incidents inside `window_hours` (elapsed) on one design call leadership."""

    count: int = Field(default=2, ge=1)
    window_hours: float = Field(default=48, gt=0)
    sales_leadership: tuple[PersonKey, ...] = ()
    marketing_leadership: tuple[PersonKey, ...] = ()
