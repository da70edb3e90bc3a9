"""What a version runs by: its calendar and rows, put together once and kept."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from handoff.brief import Band, ClockBasis, OwnerModel
from handoff.calendars import BusinessCalendar, clock_calendar
from handoff.design import HandoffDesign, frozen_directory
from handoff.directory import Directory
from handoff.go_live import design_calendar
from handoff.routing.rules import RoutingRow

_MOST = 64
_YEARS = range(2020, 2040)


@dataclass(frozen=True)
class Running:
    """A version at work.

    Attributes:
        design: Its body, as signed.
        calendar: On which its clocks and acknowledge times run.
        rows: Its routing rows by id.
    """

    design: HandoffDesign
    calendar: BusinessCalendar
    rows: Mapping[str, RoutingRow]

    def target_minutes(self, row: RoutingRow | None, band: Band) -> int:
        """Return a band's response target, in minutes of the design's clock."""
        if row is not None and band in row.band_targets:
            return row.band_targets[band]
        return self.design.brief.targets.minutes(band)

    @property
    def pod_models(self) -> Mapping[str, OwnerModel]:
        """Return the owner models of its pods, as the version froze them."""
        return {pod.name: OwnerModel(pod.model) for pod in self.design.binding.pods}

    def as_frozen(self, directory: Directory) -> Directory:
        """Return the live directory as this version routes by it."""
        return frozen_directory(design=self.design, directory=directory)


_kept: OrderedDict[int, Running] = OrderedDict()
_turn = Lock()


def running(design: HandoffDesign) -> Running:
    """Return a version at work; the same body, as storage gives it, is put together once."""
    # Bodies cannot be hashed. While an entry is kept, so is its body, and its id is its own.
    with _turn:
        known = _kept.get(id(design))
        if known is None or known.design is not design:
            known = _kept[id(design)] = _put_together(design)
            if len(_kept) > _MOST:
                _kept.popitem(last=False)
        return known


def _put_together(design: HandoffDesign) -> Running:
    return Running(
        design=design,
        calendar=_clock_calendar(design),
        rows={row.id: row for row in design.binding.routing.rows},
    )


def _clock_calendar(design: HandoffDesign) -> BusinessCalendar:
    """Return the calendar of the version's clock; an elapsed one never closes."""
    binding = design.binding
    if binding.sla.clock is ClockBasis.ELAPSED:
        spec = binding.calendar.spec
        return clock_calendar(spec=spec, clock=ClockBasis.ELAPSED, years=_YEARS)
    return design_calendar(design)
