"""The SLA model of a design: the table per band, and what the feasibility proof says of it."""

from enum import StrEnum

from pydantic import Field

from handoff.brief import Band, ClockBasis, ShortText
from handoff.model import Value


class SlaRow(Value):
    """One band of the SLA table; minutes are of the design's clock."""

    band: Band
    from_score: int
    target_minutes: int
    warn_50_minutes: float
    warn_80_minutes: float
    accept_by_minutes: float


class Verdict(StrEnum):
    """What the proof says: holds, does not hold, or cannot tell (no volume given)."""

    HOLDS = "holds"
    FAILS = "fails"
    UNPROVEN = "unproven"


class Depth(StrEnum):
    """How thoroughly to prove: at once by formula, or in full by the model that fits."""

    QUICK = "quick"
    FULL = "full"


class ProposedChange(Value):
    """A change of the brief that one tap applies: a dotted path in HandoffBrief and its value.

    A list of names gets the value added. What only helps together is applied together: `also`.
    """

    path: ShortText
    value: int | float | str
    label: ShortText
    also: tuple["ProposedChange", ...] = ()


class Risk(Value):
    """A named risk in plain words, with a proposed change when one helps."""

    code: ShortText
    severity: int = Field(ge=1, le=3, description="3 is the worst")
    message: str
    change: ProposedChange | None = None


class WhatIf(Value):
    """What one change does to the predicted attainment (percent)."""

    label: ShortText
    attainment_percent: float


class Feasibility(Value):
    """The proof: prediction against target. Percentages 0-100; minutes of the design's clock."""

    verdict: Verdict
    method: ShortText
    basis: str = Field(default="", description="where volume, arrivals and handling come from")
    target_percent: float
    attainment_percent: float | None = None
    ci_low_percent: float | None = None
    ci_high_percent: float | None = None
    p50_minutes: float | None = None
    p90_minutes: float | None = None
    p95_minutes: float | None = None
    p99_minutes: float | None = None
    utilisation_percent: float | None = None
    team_size: int = 0
    smallest_team: int | None = None
    tightest_sla_minutes: int | None = None
    sustainable_leads_per_week: float | None = None
    what_ifs: tuple[WhatIf, ...] = ()
    backlog_by_hour: tuple[float, ...] = Field(default=(), description="168 values or none")
    late_by_hour: tuple[float, ...] = Field(
        default=(), description="leads a week touched late, by hour of arrival; 168 or none"
    )
    attainment_curve: tuple[tuple[float, float], ...] = Field(
        default=(), description="(minutes, percent of leads touched within them)"
    )
    team_curve: tuple[tuple[int, float], ...] = Field(
        default=(), description="(reps, predicted attainment percent), as far as computed"
    )
    error_points: float | None = Field(
        default=None, description="what the attainment may be off by, in percentage points"
    )
    depth: Depth = Depth.QUICK
    guardrail_fires_per_week: float | None = None
    suggested_guardrail_count: int | None = None
    risks: tuple[Risk, ...] = ()


class SlaModel(Value):
    """The SLA table of a design with its clock and attainment target."""

    clock: ClockBasis
    attainment_target_percent: float
    rows: tuple[SlaRow, ...]
