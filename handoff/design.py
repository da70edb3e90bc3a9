"""The design: what a brief was drafted into, a versioned whole, and its content hash."""

import hashlib
import json
from datetime import date

from pydantic import Field

from handoff.brief import HandoffBrief, OwnerModel, ShortText
from handoff.directory import CalendarSpec, Directory, Pod
from handoff.enablement import ChecklistItem, EnablementRequest
from handoff.escalation.coverage import CoverageProof
from handoff.escalation.policy import EscalationPolicy, Guardrail
from handoff.model import Instant, Value
from handoff.plan import Plan
from handoff.routing.rules import LintFinding, RoutingMatrix
from handoff.sla.model import Feasibility, SlaModel


class FrozenCalendar(Value):
    """The design's calendar, its holidays expanded to dates so that a version never drifts."""

    spec: CalendarSpec
    holidays: tuple[date, ...]
    also_holidays: tuple[tuple[date, ...], ...] = Field(
        default=(), description="the holidays of each entry of spec.also, in the same order"
    )


class PodRules(Value):
    """What a version freezes of a pod: its name, owner model and default caps."""

    name: ShortText
    model: OwnerModel
    default_daily_cap: int
    default_open_cap: int


class BindingDesign(Value):
    """The part of a design that a sign-off binds: exactly what will run.

    People, membership, weights, personal caps, hours, time off, channel and item statuses are
    left out on purpose: they are live, audited, and a change re-runs the proofs (rules.md).
    """

    segment: ShortText
    goal: ShortText
    calendar: FrozenCalendar
    routing: RoutingMatrix
    sla: SlaModel
    pods: tuple[PodRules, ...]
    policy: EscalationPolicy
    guardrail: Guardrail
    requests: tuple[EnablementRequest, ...]
    checklist: tuple[ChecklistItem, ...]


class HandoffDesign(Value):
    """One version of a design: brief, binding part, proofs, plan."""

    key: ShortText
    version: int = Field(ge=1)
    as_of: Instant
    brief: HandoffBrief
    binding: BindingDesign
    content_hash: str
    feasibility: Feasibility
    coverage: CoverageProof
    lint: tuple[LintFinding, ...] = ()
    plan: Plan


def frozen_directory(*, design: HandoffDesign, directory: Directory) -> Directory:
    """Return the live directory as a version routes by it.

    It has the pods that the version knows, and their members the version's default caps unless
    they have their own.
    """
    rules = {pod.name: pod for pod in design.binding.pods}
    pods = (_frozen(pod, rules[pod.name]) for pod in directory.pods if pod.name in rules)
    return directory.model_copy(update={"pods": tuple(pods)})


def canonical_json(value: Value) -> str:
    """Return the one JSON text of `value`: sorted keys, no blanks, UTF-8. Byte for byte stable."""
    return _canonical(value.model_dump(mode="json", by_alias=True))


def content_hash(binding: BindingDesign) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of what a sign-off binds.

    Out of it, besides everything that is not in the binding design: the people who stand in a
    rule (fallback, named rep, step holders, leadership), who are live, and items that hold up
    nothing. Source: rules.md "Versions, hash, sign-off".
    """
    bound = binding.model_dump(mode="json", by_alias=True)
    for row in bound["routing"]["rows"]:
        row.pop("fallback")
        row.pop("named_rep")
    for step in bound["policy"]["steps"]:
        step.pop("holders")
    for slot in ("sales_leadership", "marketing_leadership"):
        bound["guardrail"].pop(slot)
    for items in ("requests", "checklist"):
        bound[items] = [item for item in bound[items] if item["is_required"]]
    return hashlib.sha256(_canonical(bound).encode()).hexdigest()


def _frozen(pod: Pod, rules: PodRules) -> Pod:
    members = tuple(
        member.model_copy(
            update={
                "daily_cap": _first(member.daily_cap, rules.default_daily_cap),
                "open_cap": _first(member.open_cap, rules.default_open_cap),
            }
        )
        for member in pod.members
    )
    return pod.model_copy(update={"members": members})


def _first(own: int | None, default: int) -> int:
    return default if own is None else own


#: Made once: `json.dumps` with options makes a writer for every call.
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _canonical(content: object) -> str:
    return _WRITER.encode(content)
