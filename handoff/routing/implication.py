"""What one conjunction of conditions says about another: implied, disjoint, contradictory.

The answers are safe: True only when it is certain, for every value a lead could carry.
"""

import math
from collections.abc import Sequence

from handoff.routing.evaluation import holds
from handoff.routing.fields import TRUTHS, as_number, as_text
from handoff.routing.rules import MEMBERSHIP, ORDERING, UNARY, Condition, Operator

Conjunction = Sequence[Condition]
_Bound = tuple[float, bool]
"""A limit and whether the limit itself is inside."""

_POSITIVE = frozenset({Operator.EQ, Operator.IN})
_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})


def implies(specific: Conjunction, general: Conjunction) -> bool:
    """Return True when every lead that satisfies `specific` surely satisfies `general`."""
    return is_contradiction(specific) or all(
        condition in specific or _follows(_about(condition.field, specific), condition)
        for condition in general
    )


def is_contradiction(conjunction: Conjunction) -> bool:
    """Return True when surely no lead satisfies all conditions."""
    return any(_is_impossible(_about(name, conjunction)) for name in fields_of(conjunction))


def is_disjoint(left: Conjunction, right: Conjunction) -> bool:
    """Return True when surely no lead satisfies both."""
    return is_contradiction([*left, *right])


def fields_of(conjunction: Conjunction) -> frozenset[str]:
    """Return the lead fields that a conjunction looks at."""
    return frozenset(condition.field for condition in conjunction)


def _about(field: str, conjunction: Conjunction) -> list[Condition]:
    return [condition for condition in conjunction if condition.field == field]


def _is_impossible(known: Conjunction) -> bool:
    """Tell whether conditions on one field exclude each other."""
    operators = {condition.operator for condition in known}
    if Operator.IS_MISSING in operators and len(operators) > 1:
        return True
    (low, has_low), (high, has_high) = _low(known), _high(known)
    if low > high or (low == high and not (has_low and has_high)):
        return True
    values = _allowed(known)
    return values is not None and all(_is_excluded(value, known) for value in values)


def _is_excluded(value: float | str, known: Conjunction) -> bool:
    return any(_certainty(value, condition) is False for condition in known)


def _follows(known: Conjunction, condition: Condition) -> bool:
    """Tell whether what is known of a field makes `condition` certain."""
    operator = condition.operator
    if operator in UNARY:
        wanted = operator is Operator.IS_MISSING
        return any((other.operator is Operator.IS_MISSING) is wanted for other in known)
    values = _allowed(known)
    if values is not None:
        left = [value for value in values if not _is_excluded(value, known)]
        return all(_certainty(value, condition) is True for value in left)
    if operator in ORDERING:
        return _bounds_imply(known, condition)
    if operator in _NEGATIVE:
        return _values(condition) <= {v for other in known for v in _excluded(other)}
    return _text_implies(known, condition)


def _certainty(value: float | str, condition: Condition) -> bool | None:
    """Tell whether a field known to equal `value` satisfies `condition`, None if unsure.

    Of a number only the amount is known: `5`, `5.0` and `05` are the same number in other texts.
    """
    if isinstance(value, str) or condition.operator in ORDERING | UNARY:
        return holds(condition=condition, value=value)
    if condition.operator not in _POSITIVE | _NEGATIVE:
        return None
    others = _values(condition)
    if any(isinstance(other, str) and as_number(other) == value for other in others):
        return None
    return (value in others) is (condition.operator in _POSITIVE)


def _allowed(known: Conjunction) -> frozenset[float | str] | None:
    """Return the only values that the field can have, None when they are not listed."""
    lists = [_values(condition) for condition in known if condition.operator in _POSITIVE]
    return min(lists, key=len) if lists else None


def _excluded(condition: Condition) -> frozenset[float | str]:
    return _values(condition) if condition.operator in _NEGATIVE else frozenset()


def _values(condition: Condition) -> frozenset[float | str]:
    """Return what an equality or membership lists: numbers, and texts case-folded."""
    operand = condition.operand
    if isinstance(operand, bool):
        return frozenset(text for text, flag in TRUTHS.items() if flag is operand)
    items = operand if condition.operator in MEMBERSHIP else (operand,)
    assert isinstance(items, tuple)
    return frozenset(as_text(item) if isinstance(item, str) else as_number(item) for item in items)


def _low(known: Conjunction) -> _Bound:
    bounds = [
        (as_number(condition.operand), condition.operator is Operator.GE)
        for condition in known
        if condition.operator in (Operator.GE, Operator.GT)
    ]
    return max(bounds, key=lambda at: (at[0], not at[1]), default=(-math.inf, True))


def _high(known: Conjunction) -> _Bound:
    bounds = [
        (as_number(condition.operand), condition.operator is Operator.LE)
        for condition in known
        if condition.operator in (Operator.LE, Operator.LT)
    ]
    return min(bounds, default=(math.inf, True))


def _bounds_imply(known: Conjunction, condition: Condition) -> bool:
    value = as_number(condition.operand)
    if condition.operator in (Operator.GE, Operator.GT):
        low, has_low = _low(known)
        return low > value or (low == value and (condition.operator is Operator.GE or not has_low))
    high, has_high = _high(known)
    return high < value or (high == value and (condition.operator is Operator.LE or not has_high))


def _text_implies(known: Conjunction, condition: Condition) -> bool:
    text = as_text(condition.operand)
    if condition.operator is Operator.STARTS_WITH:
        return any(
            other.operator is Operator.STARTS_WITH and as_text(other.operand).startswith(text)
            for other in known
        )
    return condition.operator is Operator.CONTAINS and any(
        other.operator in (Operator.STARTS_WITH, Operator.CONTAINS)
        and text in as_text(other.operand)
        for other in known
    )
