"""The leads of each rep, period by period."""

from collections.abc import Sequence
from datetime import date

from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.people import display_name
from handoff.pictures.shapes import LONGEST_ALT, HeatMap, cut
from handoff.replay.periods import Period, Periods

_MOST_REPS = 40
_NAMED = 5
_LONGEST_NAME = 40


def load_over_time(
    *,
    periods: Periods,
    loads: Sequence[tuple[PersonKey, Sequence[int]]],
    directory: Directory,
) -> HeatMap | None:
    """Answer: when did who get how many leads? None where there is no time to compare.

    Args:
        periods: Of the replay.
        loads: Leads of each rep by period, the busiest rep first.
        directory: For the names.
    """
    if len(periods.starts) < 2 or not any(any(counts) for _, counts in loads):
        return None
    shown = [
        (display_name(directory=directory, key=key), counts) for key, counts in loads[:_MOST_REPS]
    ]
    title = _finding(periods, shown)
    some = "" if len(loads) == len(shown) else f", the {len(shown)} busiest of {len(loads)} reps"
    subtitle = f"Leads per rep and {periods.unit}{some}"
    said = "; ".join(
        f"{name} {min(counts):,} to {max(counts):,}" for name, counts in shown[:_NAMED]
    )
    alt = f"Heat map of leads per rep and {periods.unit}. {title}. {said}."
    return HeatMap(
        name="load-over-time",
        title=title,
        subtitle=subtitle,
        alt=cut(alt, longest=LONGEST_ALT),
        unit=f"leads a {periods.unit}",
        x_label=_X_LABELS[periods.unit],
        rows=tuple(name for name, _ in shown),
        columns=tuple(_column(start, periods.unit) for start in periods.starts),
        cells=tuple(tuple(map(float, counts)) for _, counts in shown),
        is_counted=True,
    )


# Private functions

_X_LABELS = {
    Period.DAY: "Day of arrival (UTC)",
    Period.WEEK: "Week of arrival, from its Monday (UTC)",
    Period.MONTH: "Month of arrival (UTC)",
    Period.QUARTER: "Quarter of arrival, from its first month (UTC)",
    Period.YEAR: "Year of arrival (UTC)",
}


def _finding(periods: Periods, shown: Sequence[tuple[str, Sequence[int]]]) -> str:
    most, place, name = max(
        (count, -place, name) for name, counts in shown for place, count in enumerate(counts)
    )
    when = _in_words(periods.starts[-place], periods.unit)
    leads = "lead" if most == 1 else "leads"
    return f"{cut(name, longest=_LONGEST_NAME)} gets the most: {most:,} {leads} {when}"


def _in_words(start: date, unit: Period) -> str:
    day = f"{start.day} {start:%b %Y}"
    quarter = (start.month + 2) // 3
    return {
        Period.DAY: f"on {day}",
        Period.WEEK: f"in the week of {day}",
        Period.MONTH: f"in {start:%B %Y}",
        Period.QUARTER: f"in quarter {quarter} of {start.year}",
        Period.YEAR: f"in {start.year}",
    }[unit]


def _column(start: date, unit: Period) -> str:
    if unit is Period.YEAR:
        return str(start.year)
    if unit in (Period.DAY, Period.WEEK):
        return f"{start.day} {start:%b}"
    return f"{start:%b %y}"
