"""The escalation policy and guardrail that follow from a brief."""

from handoff.brief import HandoffBrief
from handoff.escalation.policy import EscalationPolicy, EscalationStep, Guardrail


def draft_policy(*, brief: HandoffBrief) -> EscalationPolicy:
    """Return the policy of a brief's ladder; minutes to acknowledge are of the design's clock.

    A design's own holders of a role stand in its step; without them the directory's do, live.
    """
    return EscalationPolicy(
        steps=tuple(
            EscalationStep(
                role=step.role,
                holders=brief.people.role_holders.get(step.role, ()),
                acknowledge_minutes=step.acknowledge_minutes,
                repeats=step.repeats,
            )
            for step in brief.ladder.steps
        )
    )


def draft_guardrail(*, brief: HandoffBrief) -> Guardrail:
    """Return the guardrail of a brief; its window counts elapsed hours."""
    return Guardrail(
        count=brief.ladder.guardrail_count,
        window_hours=brief.ladder.guardrail_hours,
        sales_leadership=brief.people.sales_leadership,
        marketing_leadership=brief.people.marketing_leadership,
    )
