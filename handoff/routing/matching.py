"""First match, compiled: a matrix becomes one generated if-chain, built once per version.

The source of the generated function consists of fixed phrases of this module and numbered
names only. Fields, operands and rows are bound to those names as values, so no text of a user
ever becomes code. A field is read once, right before the first row that looks at it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from handoff.routing.fields import as_flag, as_number, as_text, is_missing
from handoff.routing.rules import (
    UNARY,
    Condition,
    Operand,
    Operator,
    RoutingMatrix,
    RoutingRow,
    Rule,
)

Lead = Mapping[str, object]
T = TypeVar("T")

_ORDER: Final = {Operator.GE: ">=", Operator.GT: ">", Operator.LE: "<=", Operator.LT: "<"}
_READERS: Final = {
    # The common types first, without a call; everything else through the reading of fields.py.
    "v": ("v{i} = get({f})",),
    "t": ("t{i} = get({f})", "t{i} = t{i}.casefold() if t{i}.__class__ is str else text(t{i})"),
    "n": ("n{i} = get({f})", "n{i} = n{i} if n{i}.__class__ is int else number(n{i})"),
    "b": ("b{i} = flag(get({f}))",),
}


def compile_matrix(matrix: RoutingMatrix) -> Callable[[Lead], RoutingRow | None]:
    """Return a function from a lead's fields to the first row that matches, or None.

    Args:
        matrix: The routing matrix; compile it once per version and keep the function.
    """
    return compile_rows([(row.when, row) for row in matrix.rows])


def compile_rule(rule: Rule) -> Callable[[Lead], bool]:
    """Return a function that tells whether a lead's fields satisfy `rule`."""
    match = compile_rows([(rule, True)])
    return lambda lead: match(lead) is True


def compile_rows(pairs: Sequence[tuple[Rule, T]]) -> Callable[[Lead], T | None]:
    """Return a function from a lead's fields to the first value whose rule holds, or None."""
    chain = _Chain()
    for rule, result in pairs:
        chain.add(rule, result)
    function: Callable[[Lead], T | None] = chain.build()
    return function


class _Chain:
    """The growing source of one match function, and the values its names stand for."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[str, object] = {
            "text": as_text,
            "number": as_number,
            "flag": as_flag,
            "missing": is_missing,
        }
        self._fields: dict[str, int] = {}
        self._read: set[str] = set()

    def add(self, rule: Rule, result: object) -> None:
        tests = [
            " and ".join(self._test(condition) for condition in alternative)
            for alternative in rule.any_of
        ]
        name = self._bind(result)
        if rule.is_always:
            self._lines.append(f"return {name}")
        else:
            self._lines.append(f"if {' or '.join(tests)}: return {name}")

    def build(self) -> Callable[[Lead], Any]:
        body = "\n    ".join(self._lines) or "return None"
        source = f"def match(lead):\n    get = lead.get\n    {body}"
        exec(compile(source, "<routing matrix>", "exec"), self._names)
        match: Callable[[Lead], Any] = self._names["match"]  # type: ignore[assignment]
        return match

    def _test(self, condition: Condition) -> str:
        operator, operand, field = condition.operator, condition.operand, condition.field
        if operator in UNARY:
            test = f"missing({self._value('v', field)})"
            return test if operator is Operator.IS_MISSING else f"not {test}"
        if operator in _ORDER:
            return f"{self._value('n', field)} {_ORDER[operator]} {self._bind(operand)}"
        if operator is Operator.STARTS_WITH:
            return f"{self._value('t', field)}.startswith({self._bind(_folded(operand))})"
        if operator is Operator.CONTAINS:
            return f"{self._bind(_folded(operand))} in {self._value('t', field)}"
        test = self._equality(field, operand)
        if operator in (Operator.EQ, Operator.IN):
            return test
        return f"not missing({self._value('v', field)}) and not ({test})"

    def _equality(self, field: str, operand: Operand) -> str:
        if isinstance(operand, bool):
            return f"{self._value('b', field)} is {operand}"
        items = operand if isinstance(operand, tuple) else (operand,)
        texts = frozenset(_folded(item) for item in items if isinstance(item, str))
        numbers = frozenset(item for item in items if not isinstance(item, str))
        tests = [
            self._membership(self._value(kind, field), values)
            for kind, values in (("t", texts), ("n", numbers))
            if values
        ]
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"

    def _membership(self, value: str, values: frozenset[object]) -> str:
        if len(values) == 1:
            return f"{value} == {self._bind(next(iter(values)))}"
        return f"{value} in {self._bind(values)}"

    def _value(self, kind: str, field: str) -> str:
        index = self._fields.setdefault(field, len(self._fields))
        name = f"{kind}{index}"
        if name not in self._read:
            self._read.add(name)
            key = self._bind(field)
            self._lines += [line.format(i=index, f=key) for line in _READERS[kind]]
        return name

    def _bind(self, value: object) -> str:
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name


def _folded(operand: Operand) -> str:
    return str(operand).casefold()
