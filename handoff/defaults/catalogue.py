"""The default catalogues, loaded from `catalogue.yaml`: practice values, shown as assumptions."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from handoff.brief import Goal, OwnerModel, Segment
from handoff.hours import Window, parse_week
from handoff.model import Value

RequestKindName = Literal["asset", "talk_track", "sequence", "dashboard"]
"""The values of `handoff.enablement.RequestKind`, named here so that either may use the other."""

_HOURS_PER_WEEK = 168
_CORE = range(9, 18)


class OwnerModelDefault(Value):
    """One owner model of a segment, in order; `only_when` is a condition on the lead."""

    model: OwnerModel
    only_when: str | None = None
    named_role: str | None = Field(default=None, description="who a named_rep is by default")


class Thresholds(Value):
    """Scores 0-100 from which a lead is in band C (the MQL minimum), B and A."""

    mql_minimum: int
    b_from: int
    a_from: int


class StageTexts(Value):
    """The words for each stage, as the form shows them."""

    mql: str
    sal: str
    sql_definition: str
    recycle: str
    exit: str


class Peak(Value):
    """Busier hours: weekdays and hour ranges, written as in `handoff.hours`."""

    days: str
    hours: str


class ArrivalProfile(Value):
    """Shares of a week's leads, and when the peaks are; `month_end_factor` 1 means no effect."""

    weekday_core_percent: float = Field(description="Monday to Friday 09:00-18:00")
    weekday_other_percent: float
    weekend_percent: float
    peaks: tuple[Peak, ...]
    month_end_factor: float = Field(default=1.0, description="in the last week of a month")

    def hourly_weights(self, *, peak_factor: float) -> tuple[float, ...]:
        """Return the share of a week's leads in each hour of week, Monday 00:00 first.

        Args:
            peak_factor: How much busier a peak hour is than the other hours of its class.

        Returns:
            168 shares that sum to 1. Within each of the three classes hours are equal but for
            the peaks.
        """
        peaks = parse_week(hours={peak.days: peak.hours for peak in self.peaks})
        raw = [
            peak_factor if _covers(peaks[hour // 24], hour=hour % 24) else 1.0
            for hour in range(_HOURS_PER_WEEK)
        ]
        shares = {
            "core": self.weekday_core_percent,
            "other": self.weekday_other_percent,
            "weekend": self.weekend_percent,
        }
        classes = [_class_of(hour) for hour in range(_HOURS_PER_WEEK)]
        sums = {name: _sum_where(raw, classes, name=name) for name in shares}
        total = sum(shares.values())
        return tuple(
            weight / sums[name] * shares[name] / total
            for weight, name in zip(raw, classes, strict=True)
        )


class RequestDefault(Value):
    """An enablement request: title, owner role, lead time in working days."""

    kind: RequestKindName
    title: str
    owner_role: str
    lead_days: int


class SegmentDefaults(Value):
    """What the catalogue says of one segment."""

    name: str
    prefix: str = Field(description="of the human keys of its designs: ENT-3")
    aliases: tuple[str, ...]
    summary: str
    entry_rule: str
    stages: StageTexts
    gates: tuple[str, ...]
    thresholds: Thresholds
    a_target: str = Field(description="duration text, on the design's clock")
    response_sla: str = Field(description="duration text, on the design's clock")
    c_offered: str = Field(description="duration text; a slower C only by explicit choice")
    attainment_target_percent: float
    handling_minutes: float
    handling_cv: float
    owner_models: tuple[OwnerModelDefault, ...]
    fallback_role: str
    blocking_fields: tuple[str, ...]
    wanted_fields: tuple[str, ...]
    arrivals: ArrivalProfile
    requests: tuple[RequestDefault, ...]


class MetricUnit(StrEnum):
    """A share of leads, or the relative rise over the 90 days before."""

    PERCENT = "percent"
    PERCENT_LIFT = "percent_lift"


class MetricDefault(Value):
    """A success metric of a goal."""

    key: str
    name: str
    goal: float
    unit: MetricUnit


class GoalDefaults(Value):
    """What the catalogue says of one goal; `entry_rule` narrows the segment's, None does not."""

    name: str
    aliases: tuple[str, ...]
    entry_rule: str | None
    sla_target_percent: float
    acceptance_percent: float
    metrics: tuple[MetricDefault, ...]
    extra_assets: tuple[RequestDefault, ...]
    fields: tuple[str, ...]
    integrations: tuple[str, ...]
    flows: tuple[str, ...]


class ChecklistDefault(Value):
    """Who owns a kind of checklist item, and its lead time in working days."""

    owner_role: str
    lead_days: int


class ChecklistDefaults(Value):
    """Owners and lead times of the four kinds that the goals ask for."""

    field: ChecklistDefault
    integration: ChecklistDefault
    flow: ChecklistDefault
    qa: ChecklistDefault


class Priority(Value):
    """The default order in which designs are tried for a lead, first to last."""

    goals: tuple[Goal, ...]
    segments: tuple[Segment, ...]


class LeadField(Value):
    """A field of a lead that rules may speak of; `derived` says from what intake sets it."""

    name: str
    label: str
    kind: Literal["text", "number", "flag", "date"] = "text"
    derived: str | None = None


class Catalogue(Value):
    """All defaults. Everything here is an assumption that the form or directory may change."""

    time_available_percent: float
    peak_factor: float
    segments: Mapping[Segment, SegmentDefaults]
    goals: Mapping[Goal, GoalDefaults]
    checklist: ChecklistDefaults
    priority: Priority
    roles: Mapping[str, str]
    systems: tuple[str, ...]
    lead_fields: tuple[LeadField, ...]

    def attainment_target_percent(self, *, segment: Segment, goal: Goal) -> float:
        """Return the stricter SLA target of segment and goal, in percent of leads on time."""
        return max(
            self.segments[segment].attainment_target_percent, self.goals[goal].sla_target_percent
        )

    def entry_rule(self, *, segment: Segment, goal: Goal) -> str:
        """Return the default entry rule: the segment's, narrowed by the goal's when it has one."""
        by_segment = self.segments[segment].entry_rule
        by_goal = self.goals[goal].entry_rule
        if by_goal is None:
            return by_segment
        return f"{_bracketed(by_segment)} and {_bracketed(by_goal)}"

    def requests(self, *, segment: Segment, goal: Goal) -> tuple[RequestDefault, ...]:
        """Return the enablement requests of segment and goal, the segment's first."""
        return self.segments[segment].requests + self.goals[goal].extra_assets

    def longest_lead_days(self, *, segment: Segment, goal: Goal) -> int:
        """Return the longest lead time, in working days, of anything that must be ready."""
        checklist = self.checklist
        items = (checklist.field, checklist.integration, checklist.flow, checklist.qa)
        requests = self.requests(segment=segment, goal=goal)
        return max(
            *(item.lead_days for item in items), *(request.lead_days for request in requests)
        )

    def arrival_weights(self, *, segment: Segment) -> tuple[float, ...]:
        """Return the segment's 168 hour-of-week shares, Monday 00:00 first, summing to 1."""
        return self.segments[segment].arrivals.hourly_weights(peak_factor=self.peak_factor)

    def role_name(self, role: str) -> str:
        """Return a role as people say it; an unknown one is its key with blanks."""
        return self.roles.get(role) or role.replace("_", " ").replace("-", " ").capitalize()

    def field_label(self, name: str) -> str:
        """Return a lead field as people say it; an unknown one is its name with blanks."""
        labels = {field.name: field.label for field in self.lead_fields}
        words = name.replace("_", " ")
        return labels.get(name) or words[:1].upper() + words[1:]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the default catalogues, read once."""
    text = files("handoff.defaults").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return Catalogue.model_validate(yaml.safe_load(text))


# Private functions


def _bracketed(rule: str) -> str:
    return f"({rule})" if " or " in rule else rule


def _covers(windows: tuple[Window, ...], *, hour: int) -> bool:
    return any(start <= hour * 60 < end for start, end in windows)


def _class_of(hour: int) -> str:
    if hour >= 5 * 24:
        return "weekend"
    return "core" if hour % 24 in _CORE else "other"


def _sum_where(values: list[float], classes: list[str], *, name: str) -> float:
    return sum(value for value, found in zip(values, classes, strict=True) if found == name)


def title_of(segment: str, goal: str) -> str:
    """Return what a design is for, as people say it."""
    segments = {key.value: item.name for key, item in catalogue().segments.items()}
    return f"{segments.get(segment, segment)} · {goal_name(goal)}"


def goal_name(goal: str) -> str:
    """Return what people call a goal."""
    goals = {key.value: item.name for key, item in catalogue().goals.items()}
    return goals.get(goal, goal)
