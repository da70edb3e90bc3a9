"""What the pictures show, as plain values: drawing them is for others.

Each picture answers one question at a glance, names its units, and carries its data in the
order in which it is drawn.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pydantic import Field

from handoff.backtest import Backtest
from handoff.brief import PersonKey, ShortText
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory, role_title
from handoff.escalation.coverage import CoverageProof
from handoff.model import Value
from handoff.people import display_name
from handoff.sla.model import Feasibility

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = 24


class Mark(Value):
    """A line across a curve: a target, the team as it is."""

    label: ShortText
    x: float | None = None
    y: float | None = None


class Curve(Value):
    """Points joined by a line, x ascending, with marks to compare them with."""

    title: ShortText
    x_label: ShortText
    y_label: ShortText
    points: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...] = ()


class HeatMap(Value):
    """Rows of cells from light (0) to dark (the largest)."""

    title: ShortText
    unit: ShortText
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...] = Field(description="a row of cells per row")

    @property
    def largest(self) -> float:
        """Return the value that is drawn darkest, at least a little above zero."""
        return max((cell for row in self.cells for cell in row), default=0.0) or 1e-9


class Bars(Value):
    """One bar per name, the longest first."""

    title: ShortText
    unit: ShortText
    bars: tuple[tuple[str, float], ...]


def attainment_by_sla(*, design: HandoffDesign) -> Curve | None:
    """Answer: how long must the response SLA be? None without a prediction.

    The last points, where nothing changes any more, are left out.
    """
    proof, targets = design.feasibility, design.brief.targets
    if not proof.attainment_curve:
        return None
    flat = next(
        (at for at, share in proof.attainment_curve if share >= 99.5),
        proof.attainment_curve[-1][0],
    )
    end = max(flat, 1.5 * targets.response_sla_minutes)
    return Curve(
        title="Leads answered on time, by response SLA",
        x_label="Response SLA, minutes on the design's clock",
        y_label="Leads on time, percent",
        points=tuple(point for point in proof.attainment_curve if point[0] <= end),
        marks=(
            Mark(label="Target", y=proof.target_percent),
            Mark(label="Response SLA", x=targets.response_sla_minutes),
        ),
    )


def attainment_by_team(*, design: HandoffDesign) -> Curve | None:
    """Answer: how many reps does it take? None without at least two team sizes."""
    proof = design.feasibility
    if len(proof.team_curve) < 2:
        return None
    return Curve(
        title="Leads answered on time, by team size",
        x_label="Reps",
        y_label="Leads on time, percent",
        points=tuple((float(size), percent) for size, percent in proof.team_curve),
        marks=(
            Mark(label="Target", y=proof.target_percent),
            Mark(label="Team today", x=proof.team_size),
        ),
    )


def breaches_by_hour(*, proof: Feasibility) -> HeatMap | None:
    """Answer: when do leads that arrive come to be late? None without a full proof."""
    return _week("Leads touched late, by hour of arrival", "leads a week", proof.late_by_hour)


def backlog_by_hour(*, proof: Feasibility) -> HeatMap | None:
    """Answer: when do leads pile up? None without a full proof."""
    return _week("Leads waiting untouched", "leads on average", proof.backlog_by_hour)


def load_per_rep(*, backtest: Backtest, directory: Directory) -> Bars:
    """Answer: who would have got how many leads?"""
    counts: Counter[PersonKey] = Counter()
    for person, days in backtest.load().items():
        counts[person] += sum(days.values())
    return Bars(
        title="Leads per rep",
        unit="leads",
        bars=tuple(
            (display_name(directory=directory, key=person), float(count))
            for person, count in counts.most_common()
        ),
    )


def coverage_calendar(
    *, proof: CoverageProof, design: HandoffDesign, clock: BusinessCalendar
) -> HeatMap:
    """Answer: on which days does which step of the ladder reach nobody?

    Args:
        proof: The coverage proof.
        design: Its policy names the rows.
        clock: The design's clock, for the dates.

    Returns:
        A row per step and a column per day; a cell is the hours of that day without anybody.
    """
    first = clock.local_date(proof.from_at)
    days = [first + timedelta(days=number) for number in range(proof.days + 1)]
    steps = design.binding.policy.steps
    return HeatMap(
        title="Escalation steps that reach nobody",
        unit="hours of the day",
        rows=tuple(
            f"{number}. {role_title(step.role)}" for number, step in enumerate(steps, start=1)
        ),
        columns=tuple(f"{day:%a} {day.day}" for day in days),
        cells=tuple(
            tuple(_uncovered_hours(proof, clock, index, day) for day in days)
            for index in range(len(steps))
        ),
    )


# Private functions


def _week(title: str, unit: str, values: Sequence[float]) -> HeatMap | None:
    if len(values) != len(DAYS) * _HOURS:
        return None
    return HeatMap(
        title=title,
        unit=unit,
        rows=DAYS,
        columns=tuple(f"{hour:02}" for hour in range(_HOURS)),
        cells=tuple(tuple(values[day * _HOURS : (day + 1) * _HOURS]) for day in range(len(DAYS))),
    )


def _uncovered_hours(proof: CoverageProof, clock: BusinessCalendar, step: int, day: date) -> float:
    start = datetime.combine(day, datetime.min.time(), clock.zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), clock.zone)
    minutes = sum(
        clock.between(max(gap.starts_at, start), min(gap.ends_at, end))
        for gap in proof.gaps
        if gap.step == step and gap.starts_at < end and gap.ends_at > start
    )
    return round(minutes / 60, 2)
