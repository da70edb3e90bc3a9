"""The plan JSON: the machine-readable record of a design version."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationError

from handoff.brief import ShortText
from handoff.enablement import ItemStatus
from handoff.model import Value, problems_in, published_schema


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


class BadPlan(ValueError):
    """This is not a plan that Handoff wrote; the message names the places and what is wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("This is not a valid plan file: " + "; ".join(problems))
        self.problems = problems


def plan_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of a plan file."""
    return published_schema(Plan, title="Handoff plan")


def dump_plan(plan: Plan) -> str:
    """Return the plan as the text of its file: indented JSON, keys in the schema's order."""
    return plan.model_dump_json(indent=2, by_alias=True) + "\n"


def load_plan(text: str | bytes) -> Plan:
    """Read a plan file; what `dump_plan` wrote loads back equal.

    Raises:
        BadPlan: if the text is not JSON or does not fit the schema.
    """
    try:
        return Plan.model_validate_json(text)
    except ValidationError as exc:
        raise BadPlan(problems_in(exc)) from exc


def with_statuses(
    *, plan: Plan, statuses: Mapping[str, ItemStatus], entry: ChangeLogEntry
) -> Plan:
    """Return the next revision of a plan, with the live statuses laid over it.

    Args:
        plan: The latest revision.
        statuses: Every item's status by item id; items without one are open.
        entry: What changed, by whom, when; joins the change log.
    """
    return plan.model_copy(
        update={
            "revision": plan.revision + 1,
            "statuses": tuple(statuses[item] for item in sorted(statuses, key=_item_order)),
            "change_log": (*plan.change_log, entry),
        }
    )


def _item_order(item: str) -> tuple[str, int, str]:
    digits = item.lstrip("abcdefghijklmnopqrstuvwxyz")
    return item[: len(item) - len(digits)], int(digits) if digits.isdigit() else 0, item
