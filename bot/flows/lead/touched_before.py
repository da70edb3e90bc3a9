"""What sales did before a lead came counts for it: up to a day ago, and only once."""

from datetime import datetime

from bot.flows.lead.records import Records
from bot.flows.lead.touch import touch_lead
from handoff.lead import LeadState
from handoff.sla.clock import EARLY_TOUCH
from storage import touches
from storage.leads import Lead
from storage.touches import Touch


def count_touches(
    records: Records,
    *,
    lead_id: str,
    source: str,
    first_touch_at: datetime | None,
    before: Lead | None = None,
) -> None:
    """Let the touches count that a lead's cycle finds already.

    Args:
        records: Where; a batch has none of this.
        lead_id: The cycle, stored and routed.
        source: Who sent the lead this time.
        first_touch_at: When sales was in contact, as the source says; None if it says nothing.
        before: The cycle before a new one.

    Source: rules.md "Clocks" (a touch up to 24 h before arrival).
    """
    if first_touch_at is not None:
        touch_lead(
            records.connection,
            workspace=records.workspace,
            now=records.now,
            lead_id=lead_id,
            occurred_at=first_touch_at,
            by=None,
            via=source,
            external_id=f"first touch of {lead_id} at {first_touch_at.isoformat()}",
        )
    touch = None if before is None else _left_over(records, before)
    if touch is not None:
        touch_lead(
            records.connection,
            workspace=records.workspace,
            now=records.now,
            lead_id=lead_id,
            occurred_at=touch.occurred_at,
            by=touch.actor,
            via=touch.source,
            external_id=f"{touch.external_id} of {touch.lead}",
            kind=touch.kind,
        )


def _left_over(records: Records, before: Lead) -> Touch | None:
    """Return the first touch of the last day that answered no cycle: the last one had ended."""
    since = records.now - EARLY_TOUCH
    if before.state is not LeadState.NURTURED and before.ended_at is not None:
        since = max(since, before.ended_at)
    found = touches.of_lead(records.connection, workspace=records.workspace, lead=before.id)
    return next((touch for touch in found if touch.occurred_at > since), None)
