"""The escalation ladder day by day: when does which step reach nobody?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handoff.calendars import BusinessCalendar, clock_calendar
from handoff.design import HandoffDesign
from handoff.directory import role_title
from handoff.escalation.coverage import CoverageGap, CoverageProof
from handoff.pictures.shapes import LONGEST_ALT, Timetable, cut

COVERAGE = "coverage"
"""The name of the picture."""


def coverage_timetable(*, proof: CoverageProof, design: HandoffDesign) -> Timetable:
    """Answer: on which days does which step of the ladder reach nobody?

    Args:
        proof: The coverage proof, of this design.
        design: Its policy names the rows, its clock says which hours count.
    """
    span = _Span.of(proof, design)
    days = span.days()
    roles = [
        f"{number}. {role_title(step.role)}"
        for number, step in enumerate(design.binding.policy.steps, start=1)
    ]
    title = _finding(span, roles)
    return Timetable(
        name=COVERAGE,
        title=title,
        subtitle=f"Hours a day in which a step reaches nobody, {days[0]:%-d %b} to "
        f"{days[-1]:%-d %b %Y} ({span.zone.key})",
        alt=_alt(title, proof, roles, span.zone),
        rows=tuple(roles),
        columns=tuple(f"{day:%a} {day.day}" for day in days),
        cells=tuple(
            tuple(span.empty_hours(day, step) for day in days) for step in range(len(roles))
        ),
    )


# Private functions


@dataclass(frozen=True, kw_only=True)
class _Span:
    """The days of a proof where its office is, and the clock on which climbs run."""

    proof: CoverageProof
    clock: BusinessCalendar
    zone: ZoneInfo
    until: datetime

    @classmethod
    def of(cls, proof: CoverageProof, design: HandoffDesign) -> "_Span":
        spec = design.binding.calendar.spec
        until = proof.from_at + timedelta(days=proof.days)
        years = range(proof.from_at.year - 1, until.year + 2)
        return cls(
            proof=proof,
            clock=clock_calendar(spec=spec, clock=design.binding.sla.clock, years=years),
            zone=ZoneInfo(spec.timezone),  # a clock that never closes has no zone of its own
            until=until,
        )

    def days(self) -> list[date]:
        first = self.proof.from_at.astimezone(self.zone).date()
        last = self.until.astimezone(self.zone).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def empty_hours(self, day: date, step: int) -> float | None:
        """Return the hours of a day in which a step reaches nobody; None if no climb can run."""
        midnight = datetime.combine(day, datetime.min.time(), self.zone)
        tomorrow = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)
        start, end = max(midnight, self.proof.from_at), min(tomorrow, self.until)
        if end <= start or self.clock.between(start, end) == 0:
            return None
        minutes = sum(
            self.clock.between(max(gap.starts_at, start), min(gap.ends_at, end))
            for gap in self.proof.gaps
            if gap.step == step and gap.starts_at < end and gap.ends_at > start
        )
        return round(minutes / 60, 2)


def _finding(span: _Span, roles: list[str]) -> str:
    proof = span.proof
    empty = sorted({gap.step for gap in proof.gaps})
    if not empty:
        return f"Every escalation step reaches somebody in the next {proof.days} days"
    if len(empty) > 1:
        return f"{len(empty)} of {len(roles)} escalation steps reach nobody at times"
    hours = sum(span.clock.between(gap.starts_at, gap.ends_at) for gap in proof.gaps) / 60
    return f"Step {roles[empty[0]].replace('. ', ' (', 1)}) reaches nobody for {hours:.3g} hours"


def _alt(title: str, proof: CoverageProof, roles: list[str], zone: ZoneInfo) -> str:
    gaps = "; ".join(_when(gap, roles, zone) for gap in proof.gaps)
    text = f"Timetable of the escalation steps over {proof.days} days. {title}."
    text += f" Nobody is reached by: {gaps}." if gaps else ""
    return cut(text, longest=LONGEST_ALT)


def _when(gap: CoverageGap, roles: list[str], zone: ZoneInfo) -> str:
    start, end = gap.starts_at.astimezone(zone), gap.ends_at.astimezone(zone)
    return f"{roles[gap.step]}, {start:%a %-d %b %H:%M} to {end:%a %-d %b %H:%M}"
