"""Read the capacity notes into their fields; what was understood is shown, never guessed."""

from collections.abc import Mapping

from handoff.capacity_notes import read_capacity
from handoff.defaults.form import number_text


def read_notes(*, typed: Mapping[str, object]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the capacity step's typed values with the figures of the notes, and what to show.

    Args:
        typed: Values by field of the capacity step; `notes` is what is read.

    Returns:
        The values, figures typed into their fields; and lines for the top of the step that say
        what was understood, what was not, and that reps come from the pods.
    """
    reading = read_capacity(str(typed.get("notes") or ""))
    figures = {
        "leads_per_week": reading.leads_per_week,
        "handling_minutes": reading.handling_minutes,
        "time_available": reading.time_available_percent,
    }
    found = {name: number_text(value) for name, value in figures.items() if value is not None}
    if reading.is_empty:
        lines = ["Nothing in the notes was understood; please fill in the fields under Capacity."]
    else:
        lines = [f"Understood from the notes: {'; '.join(reading.lines)}. Please check."]
    if reading.reps:
        lines.append("How many reps there are is taken from the pods, not from the notes.")
    if reading.ignored:
        lines.append(f"Not understood, so not used: {'; '.join(reading.ignored)}.")
    return {**typed, **found}, tuple(lines)
