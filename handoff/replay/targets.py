"""Response targets of a version."""

from handoff.brief import Band
from handoff.design import HandoffDesign


def targets_of(design: HandoffDesign) -> tuple[tuple[int, ...], ...]:
    """Return the minutes of the design's clock by row, and in it by band, A first."""
    usual = {entry.band: entry.target_minutes for entry in design.binding.sla.rows}
    return tuple(
        tuple(row.band_targets.get(band, usual[band]) for band in Band)
        for row in design.binding.routing.rows
    )
