"""Condition text ↔ rules: `employees >= 1000 and country in [US, CA] or email is missing`.

Grammar (keywords in any case, straight or curly quotes)::

    rule      = "always" | any
    any       = all ("or" all)*
    all       = test ("and" test)*
    test      = "(" any ")" | field "is set" | field "is missing" | field comparison
    comparison= ("=" | "!=" | ">=" | ">" | "<=" | "<" | "is" | "is not") value
              | ("in" | "not in") list | ("contains" | "starts with") (value | list)
    list      = "[" value ("," value)* "]"
    value     = number | true | false | words | "quoted text"

A value of several words runs up to the next `and`, `or`, comma or bracket; in a list, up to the
comma. Codes in capitals are values where one is expected: `country = IN`, `state in [OR, WA]`.
A list after `contains` or `starts with` means any of its values. Parentheses are multiplied out,
because a rule is stored as alternatives of conjunctions.
"""

import re
from collections.abc import Sequence
from itertools import product

from handoff.routing.rules import Condition, Operand, Operator, Rule, operand_problem

MAX_ALTERNATIVES = 64
"""A rule that multiplies out to more alternatives than this is better written as more rows."""

_TOKEN = re.compile(
    r"""\s*(?:
        "(?:[^"\\]|\\.)*"                  # straight quotes, backslash escapes
      | [“„](?:[^“”\\]|\\.)*[“”]         # curly quotes, as Slack clients type them
      | >=|<=|!=|==|[=<>≥≤≠()\[\],]
      | [^\s"“”„()\[\],=<>!≥≤≠]+
    )""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_FIELD = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_BARE = re.compile(r"[^\s\"“”„()\[\],=<>!≥≤≠\\]+")
_QUOTES = ('"', "“", "„")
_KEYWORDS = frozenset(
    {"and", "or", "in", "not", "is", "set", "missing", "contains", "starts", "always"}
)
_FLAGS = {"true": True, "false": False}
_COMPARISONS = {
    "=": Operator.EQ,
    "==": Operator.EQ,
    "!=": Operator.NE,
    ">=": Operator.GE,
    ">": Operator.GT,
    "<=": Operator.LE,
    "<": Operator.LT,
    "≥": Operator.GE,
    "≤": Operator.LE,
    "≠": Operator.NE,
}
_SIGNS = {
    Operator.EQ: "=",
    Operator.NE: "!=",
    Operator.GE: ">=",
    Operator.GT: ">",
    Operator.LE: "<=",
    Operator.LT: "<",
    Operator.IN: "in",
    Operator.NOT_IN: "not in",
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts with",
}

_Conjunction = tuple[Condition, ...]


class BadCondition(ValueError):
    """A condition text cannot be read; the message says where, why, and how to write it."""

    def __init__(self, text: str, problem: str) -> None:
        super().__init__(f"{problem} (in “{text.strip()}”)")
        self.text = text
        self.problem = problem


def parse_rule(text: str) -> Rule:
    """Read a condition text.

    Args:
        text: One rule in the grammar of this module; empty or `always` matches every lead.

    Returns:
        The rule; `format_rule` of it reads back equal.

    Raises:
        BadCondition: if the text is not in the grammar, names what to change.
    """
    tokens = _tokens(text)
    if not tokens or [token.casefold() for token in tokens] == ["always"]:
        return Rule()
    reader = _Reader(text, tokens)
    alternatives = reader.read_any()
    reader.expect_end()
    return Rule(any_of=tuple(dict.fromkeys(alternatives)))


def format_rule(rule: Rule) -> str:
    """Write `rule` as condition text; `always` for the rule without a condition."""
    if rule.is_always:
        return "always"
    return " or ".join(
        " and ".join(format_condition(condition) for condition in alternative)
        for alternative in rule.any_of
    )


def format_condition(condition: Condition) -> str:
    """Write one condition as text, quoting what would not read back as the same value."""
    if condition.operator is Operator.IS_SET:
        return f"{condition.field} is set"
    if condition.operator is Operator.IS_MISSING:
        return f"{condition.field} is missing"
    return f"{condition.field} {_SIGNS[condition.operator]} {_write(condition.operand)}"


class _Reader:
    """Reads tokens left to right; one method per rule of the grammar."""

    def __init__(self, text: str, tokens: Sequence[str]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0

    def read_any(self) -> list[_Conjunction]:
        alternatives = self._read_all()
        while self._take("or"):
            alternatives += self._read_all()
        return alternatives

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise self._error(f"expected `and` or `or` before {self._tokens[self._at]}")

    def _read_all(self) -> list[_Conjunction]:
        alternatives = self._read_test()
        while self._take("and"):
            pairs = product(alternatives, self._read_test())
            alternatives = [tuple(dict.fromkeys(left + right)) for left, right in pairs]
            if len(alternatives) > MAX_ALTERNATIVES:
                raise self._error("too many alternatives; split it into several rows or gates")
        return alternatives

    def _read_test(self) -> list[_Conjunction]:
        if self._take("("):
            inner = self.read_any()
            if not self._take(")"):
                raise self._error("a bracket `(` is not closed")
            return inner
        field = self._read_field()
        if self._take("is", "set"):
            return [(self._condition(field, Operator.IS_SET, None),)]
        if self._take("is", "missing") or self._take("is", "not", "set"):
            return [(self._condition(field, Operator.IS_MISSING, None),)]
        operator = self._read_operator(field)
        is_substring = operator in (Operator.CONTAINS, Operator.STARTS_WITH)
        operand = self._read_operand(field, as_text=is_substring)
        if is_substring and isinstance(operand, tuple):
            return [(self._condition(field, operator, item),) for item in operand]
        return [(self._condition(field, operator, operand),)]

    def _read_field(self) -> str:
        token = self._next("a field name")
        field = token.casefold()
        if not _FIELD.fullmatch(field) or field in _KEYWORDS:
            raise self._error(f"expected a field name such as `employees`, not {token}")
        return field

    def _read_operator(self, field: str) -> Operator:
        for words, operator in (
            (("not", "in"), Operator.NOT_IN),
            (("is", "not", "in"), Operator.NOT_IN),
            (("is", "in"), Operator.IN),
            (("is", "not"), Operator.NE),
            (("in",), Operator.IN),
            (("is",), Operator.EQ),
            (("contains",), Operator.CONTAINS),
            (("starts", "with"), Operator.STARTS_WITH),
            (("starts_with",), Operator.STARTS_WITH),
        ):
            if self._take(*words):
                return operator
        sign = self._next(f"a comparison after `{field}`")
        if sign not in _COMPARISONS:
            raise self._error(
                f"`{sign}` is not a comparison; use =, !=, >=, >, <=, <, in [a, b], "
                "not in [a, b], contains, starts with, is set or is missing"
            )
        return _COMPARISONS[sign]

    def _read_operand(self, field: str, *, as_text: bool) -> Operand:
        if not self._take("["):
            return self._read_value(field, as_text=as_text, in_list=False)
        items: list[int | float | str] = []
        while not self._take("]"):
            value = self._read_value(field, as_text=as_text, in_list=True)
            items.append(str(value).lower() if isinstance(value, bool) else value)
            if not self._take(",") and self._peek() != "]":
                raise self._error("a list is written [a, b], with a comma between its values")
        return tuple(dict.fromkeys(items))

    def _read_value(self, field: str, *, as_text: bool, in_list: bool) -> int | float | str | bool:
        token = self._next(f"a value for `{field}`")
        if token.startswith(_QUOTES):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if not _BARE.fullmatch(token) or (_is_keyword(token) and not in_list):
            raise self._error(f"expected a value for `{field}`, not {token}; quote it to mean it")
        words = [token]
        while self._is_word(in_list=in_list):
            words.append(self._next("a word"))
        return " ".join(words) if as_text or len(words) > 1 else _value_of(token)

    def _is_word(self, *, in_list: bool) -> bool:
        token = self._peek()
        if token is None or not _BARE.fullmatch(token):
            return False
        return in_list or token.casefold() not in ("and", "or")

    def _condition(self, field: str, operator: Operator, operand: Operand) -> Condition:
        problem = operand_problem(operator=operator, operand=operand)
        if problem:
            raise self._error(f"`{field} {_SIGNS[operator]}` {problem}")
        return Condition(field=field, operator=operator, operand=operand)

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self, wanted: str) -> str:
        token = self._peek()
        if token is None:
            raise self._error(f"it ends where {wanted} is expected")
        self._at += 1
        return token

    def _take(self, *words: str) -> bool:
        ahead = [token.casefold() for token in self._tokens[self._at : self._at + len(words)]]
        if ahead != list(words):
            return False
        self._at += len(words)
        return True

    def _error(self, problem: str) -> BadCondition:
        return BadCondition(self._text, problem)


def _tokens(text: str) -> list[str]:
    plain = text.strip()
    tokens: list[str] = []
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if not found:
            rest = plain[at:].strip()[:20]
            raise BadCondition(text, f"cannot read from {rest}; close each quote")
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


def _is_keyword(token: str) -> bool:
    """Tell a keyword from a code in capitals: IN is India, OR is Oregon."""
    return token.casefold() in _KEYWORDS and not token.isupper()


def _value_of(token: str) -> int | float | str | bool:
    if _NUMBER.fullmatch(token):
        number = float(token)
        if number in (float("inf"), float("-inf")):
            return token
        return int(token) if re.fullmatch(r"[+-]?\d+", token) else number
    return _FLAGS.get(token.casefold(), token)


def _write(operand: Operand) -> str:
    if isinstance(operand, tuple):
        return "[" + ", ".join(_write(item) for item in operand) + "]"
    if isinstance(operand, bool):
        return "true" if operand else "false"
    if isinstance(operand, str):
        return _write_text(operand)
    return repr(operand)


def _write_text(text: str) -> str:
    is_bare = (
        _BARE.fullmatch(text)
        and not _is_keyword(text)
        and text.casefold() not in _FLAGS
        and not _NUMBER.fullmatch(text)
    )
    if is_bare:
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
