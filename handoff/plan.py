"""The plan JSON: the machine-readable record of a design version."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from handoff.brief import ShortText
from handoff.enablement import ItemStatus
from handoff.model import Value


class Pattern(StrEnum):
    """The shape of the task graph (product.md section 2)."""

    PIPELINE = "pipeline"
    DIAMOND = "diamond"


class PlanTask(Value):
    """One task; `depends_on` names task ids. `due` None: as soon as its inputs are there."""

    id: ShortText
    title: str
    role: ShortText
    substitute: ShortText | None = None
    depends_on: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    tooling: tuple[str, ...] = ()
    retry_limit: int = 2
    status: ShortText = "planned"
    due: date | None = None


class PlanDependency(Value):
    """A data or tooling dependency, by name, with the checklist item that provides it."""

    name: str
    kind: ShortText
    owner_role: ShortText
    item: str | None = None


class ScoringContext(Value):
    """The context passed between tasks: the scoring configuration."""

    mql_minimum: int
    b_from: int
    a_from: int
    gates: tuple[str, ...]


class ErrorHandling(Value):
    """How the handoff handles its own failures."""

    retry_limit: int = 2
    retry_after_minutes: tuple[int, ...] = (1, 5)
    ladder: tuple[str, ...]


class SuccessMetric(Value):
    """A success metric with its goal, in `unit`."""

    name: str
    goal: float
    unit: ShortText
    baseline: float | None = None


class ReviewChecklist(Value):
    """Three confirmations by the author, before the design is sent for sign-off."""

    roles_confirmed: bool = False
    dependencies_confirmed: bool = False
    deliverables_confirmed: bool = False


class ChangeLogEntry(Value):
    """One change: of which version, what, by whom, when (ISO date), in plain words."""

    version: int
    at: str
    by: str
    summary: str
    changed: tuple[str, ...] = ()


class Plan(Value):
    """The plan of one design version. A file that validates loads back with nothing lost."""

    format: ShortText = "handoff-plan/1"
    key: ShortText = Field(description="the design's human key, ENT-3")
    version: int
    revision: int = 1
    content_hash: str
    objective: str
    pattern: Pattern
    pattern_reason: str
    tasks: tuple[PlanTask, ...]
    dependencies: tuple[PlanDependency, ...]
    context: ScoringContext
    error_handling: ErrorHandling
    success_metrics: tuple[SuccessMetric, ...]
    review: ReviewChecklist
    statuses: tuple[ItemStatus, ...] = ()
    change_log: tuple[ChangeLogEntry, ...] = ()
