"""The routing matrix as data: ordered rows of conditions, owner models, fallback. Never code."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from handoff.brief import Band, OwnerModel, PersonKey, ShortText
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


Operand = str | Decimal | bool | tuple[str | Decimal, ...] | None


class Condition(Value):
    """Compare a lead field with a constant; a missing field satisfies only is_missing."""

    field: ShortText
    operator: Operator
    operand: Operand = None


class Rule(Value):
    """Alternatives of conjunctions: any of `any_of`, each all of its conditions. Empty: always."""

    any_of: tuple[tuple[Condition, ...], ...] = ()


class OnMissing(StrEnum):
    """What happens when a required field is still missing after the hold."""

    ROUTE_ANYWAY = "route_anyway"
    FALLBACK = "fallback"
    ASK_MARKETING = "ask_marketing"


class RoutingRow(Value):
    """One row of the matrix: when it matches, who owns the lead, how fast, and who else."""

    id: ShortText = Field(description="stable within the design: r1, r2, …")
    name: ShortText
    when: Rule
    owner_model: OwnerModel
    pod: ShortText | None = None
    named_rep: PersonKey | None = None
    fallback: PersonKey
    band_targets: dict[Band, int] = Field(description="minutes of the design's clock per band")
    required_fields: tuple[str, ...] = ()
    on_missing: OnMissing = OnMissing.ROUTE_ANYWAY
    policy: ShortText = "default"


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
