"""The hours of the week in which leads come to be late, and in which they pile up."""

from collections.abc import Sequence

from handoff.pictures.shapes import HeatMap
from handoff.sla.model import Feasibility

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FULL_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = 24
_HARDLY_ANY = 0.05


def late_by_hour(*, proof: Feasibility, zone: str) -> HeatMap | None:
    """Answer: when do leads that arrive come to be late? None without a full proof.

    Args:
        proof: The proof.
        zone: The time zone of the design's calendar, in which the hours are counted.
    """
    hours = proof.late_by_hour
    if len(hours) != len(DAYS) * _HOURS:
        return None
    total, worst = sum(hours), max(hours)
    shown = "Leads touched late, by hour of arrival"
    if total < _HARDLY_ANY:
        title, how_many = "Hardly any lead is touched late", ""
    else:
        title = f"Late leads peak on {_hour(hours)}"
        how_many = f": {_figure(total)} a week in all, {_figure(worst)} in that hour"
    return HeatMap(
        name="late-by-hour",
        title=title,
        subtitle=f"{shown}{how_many}",
        alt=f"Heat map of leads touched late, by hour of arrival. {title}{how_many}. "
        f"{_by_day(hours)} Hours are those of {zone}.",
        unit="late leads a week",
        x_label=f"Hour of arrival ({zone})",
        **_cells(hours),
    )


def backlog_by_hour(*, proof: Feasibility, zone: str) -> HeatMap | None:
    """Answer: when do leads pile up? None without a full proof.

    Args:
        proof: The proof.
        zone: The time zone of the design's calendar, in which the hours are counted.
    """
    hours = proof.backlog_by_hour
    if len(hours) != len(DAYS) * _HOURS:
        return None
    worst = max(hours)
    title = (
        f"Up to {_figure(worst)} leads wait, {_hour(hours)}"
        if worst >= _HARDLY_ANY
        else "Leads hardly ever wait"
    )
    return HeatMap(
        name="backlog-by-hour",
        title=title,
        subtitle="Leads waiting untouched, on average, by hour of the week",
        alt=f"Heat map of leads waiting untouched, by hour of the week. {title}. "
        f"Hours are those of {zone}.",
        unit="leads waiting",
        x_label=f"Hour of the day ({zone})",
        **_cells(hours),
    )


# Private functions


def _cells(hours: Sequence[float]) -> dict[str, tuple[object, ...]]:
    return {
        "rows": DAYS,
        "columns": tuple(f"{hour:02}" for hour in range(_HOURS)),
        "cells": tuple(tuple(hours[day * _HOURS :][:_HOURS]) for day in range(len(DAYS))),
    }


def _hour(hours: Sequence[float]) -> str:
    """Return the hour of the largest value in words."""
    day, hour = divmod(hours.index(max(hours)), _HOURS)
    return f"{_FULL_DAYS[day]} between {hour:02}:00 and {(hour + 1) % _HOURS:02}:00"


def _by_day(hours: Sequence[float]) -> str:
    sums = (sum(hours[day * _HOURS :][:_HOURS]) for day in range(len(DAYS)))
    return (
        f"By day: {', '.join(f'{day} {_figure(n)}' for day, n in zip(DAYS, sums, strict=True))}."
    )


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"
