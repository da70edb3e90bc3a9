"""Where the figures of a proof come from, in one sentence."""

from handoff.brief import Capacity, HandoffBrief
from handoff.words import counted


def basis_of(*, brief: HandoffBrief) -> str:
    """Return which volume, arrivals and handling a proof reckons with, and whence it has them."""
    return f"{_volume(brief.capacity)} {_arrivals(brief)} {_handling(brief.capacity)}"


def _volume(capacity: Capacity) -> str:
    if capacity.leads_per_week is None:
        return "The volume is not known."
    whence = "the average of the last four weeks" if capacity.is_volume_measured else "as given"
    return f"{counted(capacity.leads_per_week, 'lead')} a week, {whence}."


def _arrivals(brief: HandoffBrief) -> str:
    capacity = brief.capacity
    if capacity.learned_from:
        return f"When they arrive was learned from {counted(capacity.learned_from, 'lead')}."
    if capacity.arrival_weights:
        return "When they arrive is as given."
    return f"When they arrive is assumed as usual for {brief.segment.base.value}."


def _handling(capacity: Capacity) -> str:
    return (
        f"Each takes {counted(capacity.handling_minutes, 'minute')} on average (spread "
        f"{capacity.handling_cv:g}); reps have {capacity.time_available_percent:g}% of their "
        "time for leads."
    )
