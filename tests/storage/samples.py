"""A small, complete design to store."""

from typing import Any

from handoff.approval import Side, SignOff, Via
from handoff.design import HandoffDesign, content_hash
from tests.storage.conftest import NOW

_CALENDAR = {"name": "default", "timezone": "UTC", "hours": {"mon-fri": "09:00-17:00"}}
_BRIEF: dict[str, Any] = {
    "segment": {"key": "enterprise", "name": "Enterprise", "base": "enterprise"},
    "goal": "pipeline",
    "entry_rule": "segment = enterprise",
    "targets": {"response_sla_minutes": 60, "a_minutes": 15, "attainment_target_percent": 90},
    "go_live": "2026-12-07",
    "qualification": {
        "mql_minimum": 40,
        "b_from": 60,
        "a_from": 80,
        "stages": {"mql": "m", "sal": "s", "sql_definition": "q", "recycle": "r"},
    },
    "people": {
        "pods": ["east"],
        "owner_models": ["round_robin"],
        "fallback": "U9",
        "revops_approver": "U1",
        "sales_approver": "U2",
        "sales_leadership": ["U3"],
        "marketing_leadership": ["U4"],
        "channel": "C1",
    },
    "capacity": {"handling_minutes": 12, "handling_cv": 1},
    "author": "U1",
}
_POLICY = {"steps": [{"role": "revops_director", "acknowledge_minutes": 15}]}
_ROW = {
    "id": "r1",
    "name": "All",
    "when": {},
    "owner_model": "round_robin",
    "pod": "east",
    "fallback": "U9",
    "band_targets": {"A": 15, "B": 60, "C": 60},
}
_PLAN: dict[str, Any] = {
    "objective": "Hand over",
    "pattern": "pipeline",
    "pattern_reason": "one line",
    "tasks": [],
    "dependencies": [],
    "context": {"mql_minimum": 40, "b_from": 60, "a_from": 80, "gates": []},
    "error_handling": {"ladder": ["revops_director"]},
    "success_metrics": [],
    "review": {},
}


def sample_design(key: str = "ENT-1", version: int = 1, *, target: int = 60) -> HandoffDesign:
    """Make a design whose hash depends on `target` alone."""
    binding = {
        "segment": "enterprise",
        "goal": "pipeline",
        "calendar": {"spec": _CALENDAR, "holidays": ["2026-12-25"]},
        "routing": {"entry": {}, "gates": [], "rows": [_ROW]},
        "sla": {"clock": "business_hours", "attainment_target_percent": target, "rows": []},
        "pods": [],
        "policy": _POLICY,
        "guardrail": {},
        "requests": [],
        "checklist": [],
    }
    feasibility = {"verdict": "unproven", "method": "none", "target_percent": 90}
    design = HandoffDesign.model_validate(
        {
            "key": key,
            "version": version,
            "as_of": NOW,
            "brief": _BRIEF,
            "binding": binding,
            "content_hash": "",
            "feasibility": feasibility,
            "coverage": {"from_at": NOW},
            "plan": _PLAN | {"key": key, "version": version, "content_hash": ""},
        }
    )
    return design.model_copy(update={"content_hash": content_hash(design.binding)})


def sign_off(side: Side, person: str, *, version: int = 1, reason: str | None = None) -> SignOff:
    """Make a sign-off by button."""
    return SignOff(
        side=side,
        person=person,
        version=version,
        content_hash="h",
        via=Via.BUTTON,
        at=NOW,
        reason=reason,
    )
