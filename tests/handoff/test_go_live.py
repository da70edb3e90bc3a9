"""When a signed design may go live, on its own calendar."""

from datetime import UTC, date, datetime

import pytest

from handoff.go_live import design_calendar, go_live_opening
from tests.handoff import samples


@pytest.mark.parametrize(
    ("day", "opens_at"),
    [
        # 09:00 in New York, in summer time since 8 March
        (date(2026, 3, 20), datetime(2026, 3, 20, 13, 0, tzinfo=UTC)),
        # a Saturday: the Monday after it
        (date(2026, 3, 21), datetime(2026, 3, 23, 13, 0, tzinfo=UTC)),
        # Memorial Day: the Tuesday after it
        (date(2026, 5, 25), datetime(2026, 5, 26, 13, 0, tzinfo=UTC)),
        # winter time again
        (date(2026, 12, 1), datetime(2026, 12, 1, 14, 0, tzinfo=UTC)),
    ],
)
def test_it_opens_with_the_working_day(day: date, opens_at: datetime) -> None:
    """Closed days wait for the next opening."""
    design = samples.design(brief=samples.brief(go_live=day))

    assert go_live_opening(design) == opens_at


def test_the_calendar_is_the_one_that_was_signed() -> None:
    """Its holidays are frozen in the version."""
    design = samples.design()
    frozen = design.binding.calendar.model_copy(
        update={"holidays": frozenset({date(2026, 3, 20)})}
    )
    changed = design.model_copy(
        update={"binding": design.binding.model_copy(update={"calendar": frozen})}
    )

    assert design_calendar(design).is_open(datetime(2026, 3, 20, 15, 0, tzinfo=UTC))
    assert not design_calendar(changed).is_open(datetime(2026, 3, 20, 15, 0, tzinfo=UTC))
    assert go_live_opening(changed) == datetime(2026, 3, 23, 13, 0, tzinfo=UTC)
