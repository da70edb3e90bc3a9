"""Conditions, one at a time: what proofs and single questions use where speed does not matter.

`handoff.routing.matching` compiles the same meaning; a property test holds the two together.
"""

from collections.abc import Mapping

from handoff.routing.fields import as_flag, as_number, as_text, is_missing
from handoff.routing.rules import ORDERING, UNARY, Condition, Operand, Operator, Rule


def is_satisfied(*, rule: Rule, lead: Mapping[str, object]) -> bool:
    """Return True when the fields of `lead` satisfy `rule`."""
    return rule.is_always or any(
        all(holds(condition=condition, value=lead.get(condition.field)) for condition in group)
        for group in rule.any_of
    )


def holds(*, condition: Condition, value: object) -> bool:
    """Return True when a lead's value satisfies one condition."""
    operator, operand = condition.operator, condition.operand
    if operator in UNARY:
        return is_missing(value) is (operator is Operator.IS_MISSING)
    if operator in ORDERING:
        return _is_ordered(operator, as_number(value), as_number(operand))
    if operator is Operator.CONTAINS:
        return as_text(operand) in as_text(value)
    if operator is Operator.STARTS_WITH:
        return as_text(value).startswith(as_text(operand))
    if operator in (Operator.EQ, Operator.IN):
        return _is_any(value, operand)
    return not is_missing(value) and not _is_any(value, operand)


def _is_ordered(operator: Operator, value: float, bound: float) -> bool:
    if operator is Operator.GE:
        return value >= bound
    if operator is Operator.GT:
        return value > bound
    return value <= bound if operator is Operator.LE else value < bound


def _is_any(value: object, operand: Operand) -> bool:
    items = operand if isinstance(operand, tuple) else (operand,)
    return any(_is_same(value, item) for item in items)


def _is_same(value: object, item: Operand) -> bool:
    if isinstance(item, bool):
        return as_flag(value) is item
    if isinstance(item, str):
        return as_text(value) == as_text(item)
    return as_number(value) == item
