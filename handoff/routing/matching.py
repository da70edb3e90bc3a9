"""First match, compiled: a matrix becomes one generated if-chain, built once per version.

The source of the generated function consists of fixed phrases of this module and numbered
names only. Fields, operands and rows are bound to those names as values, so no text of a user
ever becomes code. A field is read once, right before the first row that looks at it.

A long matrix is cut by the text field that tells its rows apart best (a country, an industry):
one look-up then leads to the short chain of the rows that are left.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from handoff.kept import Kept
from handoff.routing.conditions import format_condition
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

_SHORT = 12
"""A chain of this many rows is as quick as a look-up."""
_WORTH_A_CUT = 0.6
"""A cut must leave less than this share of the rows, or it is not worth its memory."""
_MOST_CUTS = 3
_MOST_COPIES = 4
"""Rows without the field stand in every chain of a cut: how often on average, at most."""
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


class CompiledRow:
    """A routing row with its rule compiled.

    Attributes:
        row: The row.
        is_met: Tells whether a lead's fields satisfy its rule.
    """

    def __init__(self, row: RoutingRow) -> None:
        self.row = row
        self.is_met = compile_rule(row.when)

    def failure(self, lead: Lead) -> str:
        """Return in words what keeps a lead from it: what fails of the nearest alternative."""
        found = [
            [words for is_met, words in alternative if not is_met(lead)]
            for alternative in self._conditions
        ]
        nearest: list[str] = min(found, key=len, default=[])
        return " and ".join(nearest)

    @cached_property
    def _conditions(self) -> list[list[tuple[Callable[[Lead], bool], str]]]:
        """Return the conditions of each alternative, compiled, with what is told of each."""
        return [
            [
                (compile_rule(Rule(any_of=((one,),))), f"not {format_condition(one)}")
                for one in alternative
            ]
            for alternative in self.row.when.any_of
        ]


def _rows(matrix: RoutingMatrix) -> tuple[CompiledRow, ...]:
    return tuple(map(CompiledRow, matrix.rows))


def _gates(matrix: RoutingMatrix) -> tuple[tuple[Rule, Callable[[Lead], bool]], ...]:
    return tuple((gate, compile_rule(gate)) for gate in matrix.gates)


#: The rows of a matrix, compiled once for as long as the matrix is asked for.
compiled_rows = Kept(_rows)
#: Its gates likewise, each with what tells whether a lead's fields satisfy it.
compiled_gates = Kept(_gates)


def compile_rows(pairs: Sequence[tuple[Rule, T]]) -> Callable[[Lead], T | None]:
    """Return a function from a lead's fields to the first value whose rule holds, or None."""
    return _compile(pairs, cuts=_MOST_CUTS)


def _compile(pairs: Sequence[tuple[Rule, T]], *, cuts: int) -> Callable[[Lead], T | None]:
    if cuts and len(pairs) > _SHORT:
        field, values = _best_cut(pairs)
        if field is not None:
            left = {value: _left_of(pairs, field, value) for value in values}
            chains = {value: _compile(rows, cuts=cuts - 1) for value, rows in left.items()}
            otherwise = _compile(_left_of(pairs, field, None), cuts=cuts - 1)
            return _by_value(field, chains, otherwise)
    chain = _Chain()
    for rule, result in pairs:
        chain.add(rule, result)
    return chain.build()


def _best_cut(pairs: Sequence[tuple[Rule, T]]) -> tuple[str | None, frozenset[str]]:
    """Return the field whose values leave the fewest rows, None when no field helps enough."""
    listed = [_listed_values(rule) for rule, _ in pairs]
    best: tuple[float, str | None, frozenset[str]] = (len(pairs) * _WORTH_A_CUT, None, frozenset())
    for field in sorted({name for values in listed for name in values}):
        values = frozenset().union(*(found.get(field, frozenset()) for found in listed))
        anyway = sum(field not in found for found in listed)
        hits = sum(len(found.get(field, ())) for found in listed)
        left = anyway + hits / len(values)
        copies = anyway * len(values) + hits
        if left < best[0] and copies <= _MOST_COPIES * len(pairs):
            best = (left, field, values)
    return best[1], best[2]


def _listed_values(rule: Rule) -> dict[str, frozenset[str]]:
    """Return the fields that must have one of a few texts in every alternative, and the texts."""
    found: list[dict[str, frozenset[str]]] = []
    for alternative in rule.any_of:
        texts: dict[str, frozenset[str]] = {}
        for condition in filter(_is_text_list, alternative):
            texts[condition.field] = _texts_of(condition)
        found.append(texts)
    shared = set(found[0]).intersection(*found[1:]) if found else set()
    return {field: frozenset().union(*(texts[field] for texts in found)) for field in shared}


def _left_of(
    pairs: Sequence[tuple[Rule, T]], field: str, value: str | None
) -> list[tuple[Rule, T]]:
    """Return the rules that are left when `field` reads `value`; None: no value that is listed.

    What the cut has decided is taken out of them, so that no field is cut twice.
    """
    left: list[tuple[Rule, T]] = []
    for rule, result in pairs:
        groups = [
            tuple(c for c in group if not (c.field == field and _is_text_list(c)))
            for group in rule.any_of
            if all(value in _texts_of(c) for c in group if c.field == field and _is_text_list(c))
        ]
        if rule.is_always or () in groups:
            left.append((Rule(), result))
        elif groups:
            left.append((Rule(any_of=tuple(groups)), result))
    return left


def _is_text_list(condition: Condition) -> bool:
    operand = condition.operand
    items = operand if isinstance(operand, tuple) else (operand,)
    is_positive = condition.operator in (Operator.EQ, Operator.IN)
    return is_positive and all(isinstance(item, str) for item in items)


def _texts_of(condition: Condition) -> frozenset[str]:
    operand = condition.operand
    items = operand if isinstance(operand, tuple) else (operand,)
    return frozenset(_folded(item) for item in items)


def _by_value(
    field: str,
    chains: Mapping[str, Callable[[Lead], T | None]],
    otherwise: Callable[[Lead], T | None],
) -> Callable[[Lead], T | None]:
    chain_of = chains.get

    def match(lead: Lead) -> T | None:
        value = lead.get(field)
        key = value.casefold() if value.__class__ is str else as_text(value)
        return chain_of(key, otherwise)(lead)

    return match


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
