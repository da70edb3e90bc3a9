"""What a version runs by: its calendar and rows, put together once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from handoff.brief import Band, ClockBasis, OwnerModel
from handoff.calendars import BusinessCalendar, clock_calendar
from handoff.design import HandoffDesign, frozen_directory
from handoff.directory import Directory
from handoff.go_live import design_calendar
from handoff.kept import Kept
from handoff.routing.rules import RoutingRow

_YEARS = range(2020, 2040)


@dataclass(frozen=True)
class Running:
    """A version at work.

    Attributes:
        design: Its body, as signed.
        calendar: On which its clocks and acknowledge times run.
        rows: Its routing rows by id.
        pod_models: The owner models of its pods, as the version froze them.
        as_frozen: From the live directory to the one that this version routes by.
    """

    design: HandoffDesign
    calendar: BusinessCalendar
    rows: Mapping[str, RoutingRow]
    pod_models: Mapping[str, OwnerModel]
    as_frozen: Kept[Directory, Directory]

    def target_minutes(self, row: RoutingRow | None, band: Band) -> int:
        """Return a band's response target, in minutes of the design's clock."""
        if row is not None and band in row.band_targets:
            return row.band_targets[band]
        return self.design.brief.targets.minutes(band)

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """Return for how long the version's clock runs between two instants."""
        return timedelta(minutes=self.calendar.between(start, end))


def _put_together(design: HandoffDesign) -> Running:
    return Running(
        design=design,
        calendar=_clock_calendar(design),
        rows={row.id: row for row in design.binding.routing.rows},
        pod_models={pod.name: OwnerModel(pod.model) for pod in design.binding.pods},
        as_frozen=Kept(partial(_frozen, design), most=4),
    )


def _frozen(design: HandoffDesign, directory: Directory) -> Directory:
    return frozen_directory(design=design, directory=directory)


def _clock_calendar(design: HandoffDesign) -> BusinessCalendar:
    """Return the calendar of the version's clock; an elapsed one never closes."""
    binding = design.binding
    if binding.sla.clock is ClockBasis.ELAPSED:
        spec = binding.calendar.spec
        return clock_calendar(spec=spec, clock=ClockBasis.ELAPSED, years=_YEARS)
    return design_calendar(design)


#: Puts a version at work together; the same body, as storage gives it, once.
running: Kept[HandoffDesign, Running] = Kept(_put_together)
