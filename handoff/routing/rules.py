"""The routing matrix as data: ordered rows of conditions, owner models, fallback. Never code."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from handoff.brief import Band, OnMissing, OwnerModel, PersonKey, ShortText
from handoff.model import Value


class Operator(StrEnum):
    """The closed set of comparisons; text compares case-insensitively."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_SET = "is_set"
    IS_MISSING = "is_missing"


Number = Annotated[int | float, Field(allow_inf_nan=False)]
Operand = bool | Number | str | tuple[Number | str, ...] | None

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
"""The name of a lead field: lower-case, as the lead's attributes are stored."""

UNARY = frozenset({Operator.IS_SET, Operator.IS_MISSING})
ORDERING = frozenset({Operator.GE, Operator.GT, Operator.LE, Operator.LT})
MEMBERSHIP = frozenset({Operator.IN, Operator.NOT_IN})
SUBSTRING = frozenset({Operator.CONTAINS, Operator.STARTS_WITH})


class Condition(Value):
    """Compare a lead field with a constant; a missing field satisfies only is_missing.

    Numbers are kept as int where they are whole, and each value of a list once, so that a rule has
    one canonical form.
    """

    field: FieldName
    operator: Operator
    operand: Operand = None

    @model_validator(mode="after")
    def _operand_fits(self) -> Self:
        problem = operand_problem(operator=self.operator, operand=self.operand)
        if problem:
            raise ValueError(f"`{self.field} {self.operator.value}` {problem}")
        canonical = _canonical(self.operand)
        if canonical is not self.operand:
            object.__setattr__(self, "operand", canonical)
        return self


def operand_problem(*, operator: Operator, operand: Operand) -> str | None:
    """Return what is wrong with `operand` after `operator`, or None when it fits."""
    is_number = isinstance(operand, int | float) and not isinstance(operand, bool)
    if operator in UNARY:
        return None if operand is None else "takes no value"
    if operator in MEMBERSHIP:
        return None if isinstance(operand, tuple) and operand else "needs a list: [a, b]"
    if operator in ORDERING:
        return None if is_number else "needs a number"
    if operator in SUBSTRING:
        return None if isinstance(operand, str) and operand else "needs a text"
    return "needs one value" if operand in (None, "") or isinstance(operand, tuple) else None


def _canonical(operand: Operand) -> Operand:
    if isinstance(operand, tuple):
        items = tuple(dict.fromkeys(_whole(item) for item in operand))
        return items if repr(items) != repr(operand) else operand
    if isinstance(operand, float):
        return _whole(operand)
    return operand


def _whole(value: int | float | str) -> int | float | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Rule(Value):
    """Alternatives of conjunctions: any of `any_of`, each all of its conditions. Empty: always."""

    any_of: tuple[Annotated[tuple[Condition, ...], Field(min_length=1)], ...] = ()

    @property
    def is_always(self) -> bool:
        """Return True for the rule without a condition: every lead matches."""
        return not self.any_of


STRATEGIES = frozenset({OwnerModel.ROUND_ROBIN, OwnerModel.LEAST_LOADED, OwnerModel.POD})
"""Owner models that pick among a pod's reps; the others name one person."""


class RoutingRow(Value):
    """One row of the matrix: when it matches, who owns the lead, how fast, and who else."""

    id: ShortText = Field(description="stable within the design: r1, r2, …")
    name: ShortText
    when: Rule
    owner_model: OwnerModel
    pod: ShortText | None = None
    share_with: tuple[ShortText, ...] = Field(
        default=(), description="further pods whose reps stand in the same rotation"
    )
    named_rep: PersonKey | None = Field(
        default=None, description="None: the rep that the lead's `named_rep` field names"
    )
    # A blank one is a finding of the lint, which names the row.
    fallback: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    band_targets: dict[Band, int] = Field(description="minutes of the design's clock per band")
    required_fields: tuple[str, ...] = ()
    on_missing: OnMissing = OnMissing.ROUTE_ANYWAY
    policy: ShortText = "default"

    @property
    def pods(self) -> tuple[str, ...]:
        """Return the names of all pods whose reps stand in its rotation; none without a pod."""
        return (self.pod, *self.share_with) if self.pod else self.share_with


class RoutingMatrix(Value):
    """The whole routing blueprint; the first matching row decides."""

    entry: Rule = Field(description="which leads belong to this design")
    gates: tuple[Rule, ...] = Field(description="all must hold, or the lead is nurtured")
    rows: tuple[RoutingRow, ...] = Field(min_length=1)


class LintSeverity(StrEnum):
    """An error forbids sign-off; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class LintFinding(Value):
    """One finding of the routing lint: what is wrong, where, and what to do."""

    code: ShortText
    severity: LintSeverity
    row: str | None
    message: str
