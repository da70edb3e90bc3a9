"""What a half-filled form holds: the strings as they were typed, one value per step.

None means "not given yet": the step then shows its default. Field names are the last part of the
input ids (`define.brief.segment` → `BriefStep.segment`).
"""

from enum import StrEnum

from pydantic import Field

from handoff.arrival_history import ArrivalHistory
from handoff.brief import OnMissing, PersonKey, ShortText
from handoff.model import Value


class Step(StrEnum):
    """The five steps of the form, in order."""

    BRIEF = "brief"
    QUALIFICATION = "qualification"
    PEOPLE = "people"
    CAPACITY = "capacity"
    REVIEW = "review"


class BriefStep(Value):
    """Step 1: what the handoff is for and how fast it must be. `persona` names a custom one."""

    segment: str | None = None
    persona: str | None = None
    goal: str | None = None
    entry_rule: str | None = None
    response_sla: str | None = None
    target_percent: str | None = None
    clock: str | None = None
    calendar: str | None = None
    go_live: str | None = None


class QualificationStep(Value):
    """Step 2: who is handed over. The stage texts are shown only after `edit_stages`."""

    gates: str | None = None
    mql_minimum: str | None = None
    b_from: str | None = None
    a_from: str | None = None
    blocking_fields: tuple[str, ...] | None = None
    cool_target: str | None = None
    edit_stages: bool = False
    mql: str | None = None
    sal: str | None = None
    sql_definition: str | None = None
    recycle: str | None = None


class LadderStepText(Value):
    """One step of the ladder as typed: a role, a duration to acknowledge, repeats."""

    role: str
    acknowledge: str
    repeats: str = "0"


class RowText(Value):
    """One routing row as typed: condition, owner model, pod, fallback, what if fields lack."""

    when: str
    owner_model: str
    pod: ShortText | None = None
    named_rep: PersonKey | None = None
    fallback: PersonKey | None = None
    on_missing: str = OnMissing.FALLBACK.value


class PeopleStep(Value):
    """Step 3: who takes part. `ladder`, `rows` and the guardrail come from pushed views."""

    pods: tuple[str, ...] | None = None
    owner_model_1: str | None = None
    owner_model_2: str | None = None
    owner_model_3: str | None = None
    named_rep: str | None = None
    fallback: str | None = None
    revops_approver: str | None = None
    sales_approver: str | None = None
    sales_leadership: tuple[str, ...] | None = None
    marketing_leadership: tuple[str, ...] | None = None
    channel: str | None = None
    ladder: tuple[LadderStepText, ...] | None = None
    guardrail_count: str | None = None
    guardrail_hours: str | None = None
    rows: tuple[RowText, ...] | None = Field(
        default=None, description="rows edited by hand; None: the drafter's"
    )
    role_holders: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="per-design holders of roles (Advanced)"
    )


LEARNED = "learned"
"""The arrival profile that stored leads show."""


class CapacityStep(Value):
    """Step 4: load and effort; arrival profile and spread come from Advanced."""

    notes: str | None = None
    leads_per_week: str | None = None
    handling_minutes: str | None = None
    time_available: str | None = None
    dependencies: tuple[str, ...] | None = None
    other_dependencies: str | None = None
    baseline_conversion: str | None = None
    handling_cv: str | None = None
    arrival_profile: str | None = Field(
        default=None, description="a segment, or `learned` for that of `history`"
    )
    history: ArrivalHistory | None = None


class ReviewStep(Value):
    """Step 5: three confirmations."""

    roles_confirmed: bool = False
    dependencies_confirmed: bool = False
    deliverables_confirmed: bool = False


class DraftData(Value):
    """A stored draft: the five steps, and what the command line could not make sense of."""

    brief: BriefStep = BriefStep()
    qualification: QualificationStep = QualificationStep()
    people: PeopleStep = PeopleStep()
    capacity: CapacityStep = CapacityStep()
    review: ReviewStep = ReviewStep()
    problems: tuple[str, ...] = ()
