"""The SLA table per band."""

import pytest

from handoff.brief import Band
from handoff.sla.table import accept_by_minutes, band_of, sla_table
from tests.handoff.samples import brief


def test_each_band_has_its_target_warnings_and_time_to_accept() -> None:
    """A is the faster one; C has R unless a slower one was chosen."""
    rows = sla_table(brief=brief()).rows

    assert [(r.band, r.from_score, r.target_minutes) for r in rows] == [
        (Band.A, 80, 30),
        (Band.B, 65, 120),
        (Band.C, 50, 120),
    ]
    assert (rows[0].warn_50_minutes, rows[0].warn_80_minutes) == (15, 24)
    assert rows[1].accept_by_minutes == 60


def test_a_slower_c_only_by_choice() -> None:
    """The brief's C target counts when it has one."""
    targets = brief().targets.model_copy(update={"c_minutes": 540})

    assert sla_table(brief=brief(targets=targets)).rows[2].target_minutes == 540


@pytest.mark.parametrize(("target", "minutes"), [(120, 60), (10, 5), (6, 5), (11, 5.5)])
def test_accept_by_is_half_the_target_but_five_minutes(target: float, minutes: float) -> None:
    """rules.md, Clocks."""
    assert accept_by_minutes(target_minutes=target) == minutes


@pytest.mark.parametrize(
    ("score", "is_hand_raise", "band"),
    [
        (80, False, Band.A),
        (79.9, False, Band.B),
        (65, False, Band.B),
        (50, False, Band.C),
        (49, False, None),
        (0, True, Band.A),
    ],
)
def test_the_band_of_a_score(score: float, is_hand_raise: bool, band: Band | None) -> None:
    """Thresholds are inclusive; a hand-raise is band A."""
    assert (
        band_of(score=score, is_hand_raise=is_hand_raise, table=sla_table(brief=brief())) is band
    )
