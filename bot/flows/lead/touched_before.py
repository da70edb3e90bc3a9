"""What sales did before a lead came counts for it: up to a day ago, and only once."""

from collections.abc import Iterator
from datetime import datetime

from bot.flows.lead.records import Records
from bot.flows.lead.touch import touch_lead
from handoff.lead import LeadState
from handoff.sla.clock import EARLY_TOUCH
from storage import leads, touches
from storage.leads import Lead
from storage.touches import Touch


def count_told(records: Records, *, lead: Lead, source: str, first_touch_at: datetime) -> None:
    """Let the touch count that a source tells with a lead, unless it answered an earlier cycle.

    Args:
        records: Where; a batch has none of this.
        lead: The cycle, stored and routed.
        source: Who sent the lead this time.
        first_touch_at: When sales was in contact; a source may repeat it for ever.

    Source: rules.md "Clocks" (a touch up to 24 h before arrival).
    """
    answered_at = next(filter(None, map(_answered_at, _before(records, lead))), None)
    if answered_at is not None and first_touch_at <= answered_at:
        return
    touch_lead(
        records.connection,
        workspace=records.workspace,
        now=records.now,
        lead_id=lead.id,
        occurred_at=first_touch_at,
        by=None,
        via=source,
        external_id=f"first touch of {lead.id} at {first_touch_at.isoformat()}",
    )


def count_left_over(records: Records, *, lead: Lead, before: Lead) -> None:
    """Let the first touch of the last day count that answered no cycle: the last one had ended.

    Args:
        records: Where; a batch has none of this.
        lead: The new cycle, stored and routed.
        before: The cycle before it.
    """
    touch = _left_over(records, before)
    if touch is not None:
        touch_lead(
            records.connection,
            workspace=records.workspace,
            now=records.now,
            lead_id=lead.id,
            occurred_at=touch.occurred_at,
            by=touch.actor,
            via=touch.source,
            external_id=f"{touch.external_id} of {touch.lead}",
            kind=touch.kind,
        )


def _before(records: Records, lead: Lead) -> Iterator[Lead]:
    """Yield the earlier cycles of a lead, the last one first."""
    for cycle in range(lead.cycle - 1, 0, -1):
        found = leads.cycle_of(
            records.connection, workspace=records.workspace, root=lead.root, cycle=cycle
        )
        if found is not None:
            yield found


def _left_over(records: Records, before: Lead) -> Touch | None:
    since = records.now - EARLY_TOUCH
    answered_at = _answered_at(before)
    if answered_at is not None:
        since = max(since, answered_at)
    found = touches.of_lead(records.connection, workspace=records.workspace, lead=before.id)
    return next((touch for touch in found if touch.occurred_at > since), None)


def _answered_at(before: Lead) -> datetime | None:
    """Return until when touches were a cycle's own; a nurtured one had nobody to make them."""
    return None if before.state is LeadState.NURTURED else before.ended_at
