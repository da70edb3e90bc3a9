"""The SLA table of a design: per band the target, the warnings, the time to accept."""

from handoff.brief import Band, HandoffBrief
from handoff.sla.model import SlaModel, SlaRow

WARNINGS = (0.5, 0.8)
"""Shares of the response target at which the owner is warned."""
ACCEPT_BY_SHARE = 0.5
ACCEPT_BY_AT_LEAST = 5
"""Minutes."""


def sla_table(*, brief: HandoffBrief) -> SlaModel:
    """Return the SLA model of a brief: one row per band, A first; minutes of its clock.

    Source: rules.md "Clocks" (bands, warnings, accept-by).
    """
    thresholds = brief.qualification
    scores = {Band.A: thresholds.a_from, Band.B: thresholds.b_from, Band.C: thresholds.mql_minimum}
    return SlaModel(
        clock=brief.targets.clock,
        attainment_target_percent=brief.targets.attainment_target_percent,
        rows=tuple(
            _row(band, score, brief.targets.minutes(band)) for band, score in scores.items()
        ),
    )


def accept_by_minutes(*, target_minutes: float) -> float:
    """Return the minutes after which an owner who has not accepted is silent."""
    return max(ACCEPT_BY_AT_LEAST, ACCEPT_BY_SHARE * target_minutes)


def band_of(*, score: float, is_hand_raise: bool, table: SlaModel) -> Band | None:
    """Return the band of a lead inside the gates, None below the MQL minimum.

    A hand-raise (demo, pricing, contact sales) is band A whatever its score. Source: catalogue.
    """
    if is_hand_raise:
        return Band.A
    return next((row.band for row in table.rows if score >= row.from_score), None)


def _row(band: Band, score: int, target: int) -> SlaRow:
    early, late = (share * target for share in WARNINGS)
    return SlaRow(
        band=band,
        from_score=score,
        target_minutes=target,
        warn_50_minutes=early,
        warn_80_minutes=late,
        accept_by_minutes=accept_by_minutes(target_minutes=target),
    )
