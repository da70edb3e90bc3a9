"""Apply a change that the proof proposes to a half-filled form."""

from datetime import timedelta

from handoff.durations import format_minutes
from handoff.form_data import DraftData
from handoff.sla.model import ProposedChange

_FIELDS = {
    "targets.response_sla_minutes": ("brief", "response_sla"),
    "targets.attainment_target_percent": ("brief", "target_percent"),
    "targets.c_minutes": ("qualification", "cool_target"),
    "targets.clock": ("brief", "clock"),
    "targets.calendar": ("brief", "calendar"),
    "go_live": ("brief", "go_live"),
    "qualification.mql_minimum": ("qualification", "mql_minimum"),
    "qualification.b_from": ("qualification", "b_from"),
    "qualification.a_from": ("qualification", "a_from"),
    "capacity.leads_per_week": ("capacity", "leads_per_week"),
    "capacity.handling_minutes": ("capacity", "handling_minutes"),
    "capacity.handling_cv": ("capacity", "handling_cv"),
    "capacity.time_available_percent": ("capacity", "time_available"),
    "people.pods": ("people", "pods"),
    "ladder.guardrail_count": ("people", "guardrail_count"),
    "ladder.guardrail_hours": ("people", "guardrail_hours"),
}

_LISTS = {"people.pods"}
_CLOCK = {"targets.clock", "targets.calendar"}


class UnknownChange(LookupError):
    """The form has no field for this change.

    Attributes:
        path: The path in the brief that was to change.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"{self.__doc__} The path is {path}.")
        self.path = path


def is_applicable(change: ProposedChange) -> bool:
    """Return True if the form has the fields that one tap can change."""
    return all(one.path in _FIELDS for one in (change, *change.also))


def changes_clock(change: ProposedChange) -> bool:
    """Return True if a day is another one after the change."""
    return any(one.path in _CLOCK for one in (change, *change.also))


def apply_change(
    *, data: DraftData, change: ProposedChange, day: timedelta | None = None
) -> DraftData:
    """Return the draft with one proposed change typed into its field.

    Args:
        data: The draft.
        change: A dotted path in the brief, and its new value.
        day: Length of a day on the design's clock, for durations; None writes hours only.

    Raises:
        UnknownChange: if no field of the form stands for the path.
    """
    for more in change.also:
        data = apply_change(data=data, change=more, day=day)
    try:
        step, field = _FIELDS[change.path]
    except KeyError:
        raise UnknownChange(change.path) from None
    before = getattr(data, step)
    typed: object = _typed(change, day)
    if change.path in _LISTS:
        typed = tuple(dict.fromkeys((*(getattr(before, field) or ()), typed)))
    return data.model_copy(update={step: before.model_copy(update={field: typed})})


def _typed(change: ProposedChange, day: timedelta | None) -> str:
    """Return the value as a person would have typed it."""
    if change.path in {"targets.response_sla_minutes", "targets.c_minutes"}:
        return format_minutes(float(change.value), day=day)
    if isinstance(change.value, float):
        return f"{change.value:g}"
    return str(change.value)
