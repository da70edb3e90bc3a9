"""When a signed design may go live."""

from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.model import Instant


def design_calendar(design: HandoffDesign) -> BusinessCalendar:
    """Return the calendar that a version froze, with its holidays as signed."""
    frozen = design.binding.calendar
    return BusinessCalendar(frozen.spec, frozen.holidays, also_holidays=frozen.also_holidays)


def go_live_opening(design: HandoffDesign) -> Instant:
    """Return the instant, UTC, at which the go-live date opens on the design's calendar.

    When that day is closed, it is the opening of the next working day.
    """
    return design_calendar(design).opens_on(design.brief.go_live)
