"""The readiness gate: what must be done or waived before a signed design goes live.

Source: rules.md "Versions, hash, sign-off".
"""

import re
from collections.abc import Mapping

from handoff.approval import Standing
from handoff.design import BindingDesign
from handoff.directory import Person
from handoff.enablement import ChecklistItem, EnablementRequest, ItemState, ItemStatus
from handoff.model import Instant, Value

Item = EnablementRequest | ChecklistItem

_LINK = re.compile(r"https?://\S", re.IGNORECASE)


class ActivateNow(Value):
    """Every required item is settled and go-live has opened."""


class WaitUntil(Value):
    """Every required item is settled; go-live opens at `at`."""

    at: Instant


class WaitForItems(Value):
    """These required items are still open, by id, in the design's order."""

    items: tuple[str, ...]


class Settled(Value):
    """The new status of an item."""

    status: ItemStatus


class ItemRefused(Value):
    """Nothing changes; `message` says why and what to do."""

    message: str


def items_of(binding: BindingDesign) -> tuple[Item, ...]:
    """Return every request and checklist item of a design, required ones and others."""
    return (*binding.requests, *binding.checklist)


def item_name(item: Item) -> str:
    """Return what tells an item from the others: requests to two pods have one title."""
    return f"{item.title} ({item.pod})" if isinstance(item, EnablementRequest) else item.title


def decide_activation(
    *,
    binding: BindingDesign,
    statuses: Mapping[str, ItemStatus],
    opens_at: Instant,
    now: Instant,
) -> ActivateNow | WaitUntil | WaitForItems:
    """Decide whether a version that both sides signed may go live.

    Args:
        binding: What was signed; its required items form the gate.
        statuses: Live statuses by item id; a missing one is open.
        opens_at: The opening of the go-live date on the design's calendar.
        now: Decision instant, UTC-aware.

    Returns:
        The later of the opening and the last required item decides.
    """
    open_items = tuple(
        item.id for item in items_of(binding) if item.is_required and _is_open(statuses, item)
    )
    if open_items:
        return WaitForItems(items=open_items)
    return ActivateNow() if now >= opens_at else WaitUntil(at=opens_at)


def decide_item(
    *,
    item: Item,
    current: ItemStatus,
    state: ItemState,
    person: Person | None,
    standing: Standing,
    now: Instant,
    reason: str = "",
    evidence: str = "",
) -> Settled | ItemRefused:
    """Decide whether `person` may mark `item` done or waived.

    Owners mark items done: any full member may say so and is named in the audit log. Only an
    approver waives, and only with a reason. QA items ask for a link to their evidence.
    """
    if person is None or person.is_guest or person.is_bot or not person.is_active:
        return ItemRefused(message="Only full members of this workspace can settle an item.")
    if current.state is not ItemState.OPEN:
        return ItemRefused(message=f"“{item_name(item)}” is already {current.state.value}.")
    if state is ItemState.WAIVED:
        refusal = _refuse_waiver(person, standing, reason)
        if refusal is not None:
            return refusal
    needs_evidence = state is ItemState.DONE and getattr(item, "needs_evidence", False)
    if needs_evidence and not _LINK.match(evidence.strip()):
        return ItemRefused(message="Please add a link to the evidence, such as the test record.")
    return Settled(
        status=ItemStatus(
            item=item.id,
            state=state,
            by=person.key,
            at=now.isoformat(),
            reason=reason.strip() or None,
            evidence=evidence.strip() or None,
        )
    )


def _refuse_waiver(person: Person, standing: Standing, reason: str) -> ItemRefused | None:
    if not any(person.key in keys for keys in standing.approvers.values()):
        return ItemRefused(message="Only a RevOps or Sales approver can waive a required item.")
    if not reason.strip():
        return ItemRefused(message="Please say why this item can be waived.")
    return None


def _is_open(statuses: Mapping[str, ItemStatus], item: Item) -> bool:
    status = statuses.get(item.id)
    return status is None or status.state is ItemState.OPEN
