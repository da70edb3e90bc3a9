"""The brief: the inputs of a handoff, as the form, the command line and a brief file give them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from handoff.model import Value

PersonKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A Slack user id (`U…`, `W…`) once the person is known to Slack; an e-mail address before."""
Finite = Annotated[float, Field(allow_inf_nan=False)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=3000)]


class Segment(StrEnum):
    """The four segments of the catalogue; a custom persona names one of them as its base."""

    ENTERPRISE = "enterprise"
    MID_MARKET = "mid-market"
    SMB = "smb"
    PARTNER = "partner"


class Goal(StrEnum):
    """What the handoff is for."""

    PIPELINE = "pipeline"
    EXPANSION = "expansion"
    PRODUCT_ACTIVATION = "product-activation"
    ABM_CAMPAIGN = "abm-campaign"


class Band(StrEnum):
    """A, B or C by score, each with its own response target."""

    A = "A"
    B = "B"
    C = "C"


class ClockBasis(StrEnum):
    """Whether response minutes count in the calendar's open hours or around the clock."""

    BUSINESS_HOURS = "business_hours"
    ELAPSED = "elapsed"


class OwnerModel(StrEnum):
    """How a routing row picks the owner."""

    ACCOUNT_OWNER = "account_owner"
    NAMED_REP = "named_rep"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    POD = "pod"


class OnMissing(StrEnum):
    """What happens when a required field is still missing after the hold."""

    ROUTE_ANYWAY = "route_anyway"
    FALLBACK = "fallback"
    ASK_MARKETING = "ask_marketing"


class DependencyKind(StrEnum):
    """What a dependency of the brief needs: a system or a piece of content."""

    SYSTEM = "system"
    CONTENT = "content"


class SegmentRef(Value):
    """The segment of a handoff: one of the catalogue's, or a named custom persona with a base."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: ShortText
    base: Segment

    @property
    def is_custom(self) -> bool:
        """Return True for a persona that is not one of the catalogue's segments."""
        return self.key != self.base.value


class StageDefinitions(Value):
    """What MQL, SAL and SQL mean here, and when a lead goes back to marketing."""

    mql: LongText
    sal: LongText
    sql_definition: LongText
    recycle: LongText
    exit: LongText = ""


class Qualification(Value):
    """Who is handed over: gates as condition lines, score thresholds, the fields a lead needs.

    Thresholds are scores 0-100: band C from `mql_minimum`, B from `b_from`, A from `a_from`.
    """

    gates: tuple[str, ...] = ()
    mql_minimum: int = Field(ge=0, le=100)
    b_from: int = Field(ge=0, le=100)
    a_from: int = Field(ge=0, le=100)
    blocking_fields: tuple[str, ...] = ()
    wanted_fields: tuple[str, ...] = ()
    stages: StageDefinitions

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Self:
        if not self.mql_minimum <= self.b_from <= self.a_from:
            raise ValueError("thresholds must rise: MQL minimum ≤ B from ≤ A from")
        return self


class ResponseTargets(Value):
    """Response targets in minutes of the design's clock, and the percent that must meet them."""

    response_sla_minutes: int = Field(gt=0, description="R: the target of bands B and C")
    a_minutes: int = Field(gt=0, description="the smaller of R and the catalogue's A target")
    c_minutes: int | None = Field(default=None, gt=0, description="a slower C, by choice only")
    attainment_target_percent: float = Field(gt=0, le=100)
    clock: ClockBasis = ClockBasis.BUSINESS_HOURS
    calendar: ShortText = "default"

    def minutes(self, band: Band) -> int:
        """Return the response target of `band`, in minutes of the design's clock."""
        if band is Band.A:
            return self.a_minutes
        if band is Band.C and self.c_minutes is not None:
            return self.c_minutes
        return self.response_sla_minutes


class People(Value):
    """Who takes part. Persons are keys of the workspace directory; groups are user group ids."""

    pods: tuple[ShortText, ...] = Field(min_length=1)
    owner_models: tuple[OwnerModel, ...] = Field(min_length=1, max_length=3)
    fallback: PersonKey
    named_rep: PersonKey | None = None
    revops_approver: PersonKey
    sales_approver: PersonKey
    sales_leadership: tuple[PersonKey, ...] = Field(min_length=1)
    marketing_leadership: tuple[PersonKey, ...] = Field(min_length=1)
    role_holders: dict[str, tuple[PersonKey, ...]] = Field(
        default_factory=dict, description="per-design holders of roles, over the directory's"
    )
    channel: ShortText


class Capacity(Value):
    """Load and effort. `leads_per_week` None means the volume is unknown: the design is unproven.

    Handling time is minutes per lead with its coefficient of variation; `arrival_weights` are
    168 shares by hour of week (Monday 00:00 first), empty for the segment's default profile.
    `learned_from` says from how many stored leads they were learned, `is_volume_measured` that
    the volume is the average of the last four weeks.
    """

    notes: LongText = ""
    leads_per_week: Finite | None = Field(default=None, gt=0)
    handling_minutes: float = Field(gt=0, le=10_000)
    handling_cv: float = Field(ge=0, le=5)
    time_available_percent: float = Field(default=60, gt=0, le=100)
    arrival_weights: tuple[Finite, ...] = ()
    learned_from: int = Field(default=0, ge=0)
    is_volume_measured: bool = False
    baseline_conversion_percent: float | None = Field(default=None, ge=0, le=100)


class Dependency(Value):
    """A system or piece of content that must be ready before go-live."""

    name: ShortText
    kind: DependencyKind = DependencyKind.SYSTEM
    owner_role: ShortText = "revops"
    due: date | None = None


class StepSpec(Value):
    """One step of the escalation ladder as the brief asks for it."""

    role: ShortText
    acknowledge_minutes: int = Field(gt=0)
    repeats: int = Field(default=0, ge=0, le=5)


class LadderSpec(Value):
    """The ladder and guardrail as the brief asks for them; minutes of the design's clock."""

    steps: tuple[StepSpec, ...] = Field(
        default=(
            StepSpec(role="revops_director", acknowledge_minutes=15),
            StepSpec(role="sales_manager", acknowledge_minutes=30),
            StepSpec(role="cro", acknowledge_minutes=60),
        ),
        min_length=1,
        max_length=6,
    )
    guardrail_count: int = Field(default=2, ge=1, le=100)
    guardrail_hours: float = Field(default=48, gt=0, le=24 * 30)


class RowSpec(Value):
    """One routing row written by hand; it takes the place of the drafter's rows.

    `when` is condition text (handoff.routing.conditions), empty for "every other lead"; the pod
    is needed by the owner models that pick from one; None falls back on the brief's people.
    `on_missing` decides about leads that still lack a blocking field after the hold.
    """

    when: LongText = ""
    owner_model: OwnerModel
    pod: ShortText | None = None
    named_rep: PersonKey | None = None
    fallback: PersonKey | None = None
    on_missing: OnMissing = OnMissing.FALLBACK


class HandoffBrief(Value):
    """Everything that the drafter needs to know, with no default left open."""

    segment: SegmentRef
    goal: Goal
    entry_rule: LongText = Field(description="condition text, see handoff.routing.conditions")
    targets: ResponseTargets
    go_live: date
    qualification: Qualification
    people: People
    capacity: Capacity
    dependencies: tuple[Dependency, ...] = ()
    ladder: LadderSpec = LadderSpec()
    rows: tuple[RowSpec, ...] = Field(
        default=(), max_length=40, description="rows written by hand; empty: the drafter's own"
    )
    author: PersonKey
