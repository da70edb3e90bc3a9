"""Settle readiness items: done with evidence, or waived by an approver with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.activate import try_activate
from bot.flows.signoff.announce import show_packet, show_readiness
from bot.flows.signoff.case import Case, lock_shown
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.signoff.reference import Reference
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.enablement import ItemState, ItemStatus
from handoff.readiness import ItemRefused, decide_item, items_of
from storage import plans, readiness
from storage.database import Database

_STATES = frozenset({VersionState.IN_REVIEW, VersionState.APPROVED, VersionState.ACTIVE})
_FACTS = {ItemState.DONE: AuditFact.ITEM_DONE, ItemState.WAIVED: AuditFact.ITEM_WAIVED}


@dataclass(frozen=True)
class Settlement:
    """What somebody says of items.

    Attributes:
        items: Ids such as `c3`.
        state: Done or waived.
        reason: Why, for a waiver.
        evidence: A link, where the item asks for one.
    """

    items: Collection[str]
    state: ItemState
    reason: str = ""
    evidence: str = ""


class _Refuse(Exception):
    """One item is refused, so none of the others is stored either."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.denied = Denied(message)


def settle_items(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    reference: Reference,
    settlement: Settlement,
) -> Done | Denied:
    """Mark items of a version done or waived; all of them or none.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        reference: The version whose items they are.
        settlement: Which items, and what became of them.

    Returns:
        Done, the version live if this was the last item; or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock_shown(connection, workspace=workspace, reference=reference, now=now)
        if isinstance(case, Denied):
            return case
        denied = refuse_settling(case, by, reference)
        if denied is not None:
            return denied
        for item in dict.fromkeys(settlement.items):
            _settle(case, by, item, settlement)
        _save_plan(case, by, settlement)
        if not try_activate(case):
            show_readiness(case)
            show_packet(case)
        return Done("Saved.")

    if not settlement.items:
        return Denied("Please tick at least one item, or press Cancel.")
    try:
        return database.run(work)
    except _Refuse as refuse:
        return refuse.denied


def refuse_settling(case: Case, by: str, reference: Reference) -> Denied | None:
    """Return why `by` cannot settle any item of the version as shown, or None."""
    if case.version.content_hash != reference.content_hash:
        return Denied("This form does not belong to this version. Please use its packet.")
    if case.version.state not in _STATES:
        state = case.version.state.value.replace("_", " ")
        return Denied(f"Nothing to settle: version {case.version.number} is {state} by now.")
    person = case.person(by)
    if person is None or person.is_guest or person.is_bot or not person.is_active:
        return Denied("Only full members of this workspace can settle an item.")
    return None


def _settle(case: Case, by: str, item_id: str, settlement: Settlement) -> None:
    item = next((item for item in items_of(case.design.binding) if item.id == item_id), None)
    if item is None:
        raise _Refuse("This item does not belong to this version.")
    decision = decide_item(
        item=item,
        current=case.statuses().get(item_id, ItemStatus(item=item_id)),
        state=settlement.state,
        person=case.person(by),
        standing=case.standing(with_proofs=False),
        now=case.now,
        reason=settlement.reason,
        evidence=settlement.evidence,
    )
    if isinstance(decision, ItemRefused):
        raise _Refuse(decision.message)
    status = decision.status
    readiness.settle(
        case.connection,
        workspace=case.workspace,
        design=case.version.design,
        version=case.version.number,
        status=status,
        expected=ItemState.OPEN,
        now=case.now,
    )
    data = {"item": status.item, "reason": status.reason, "evidence": status.evidence}
    case.record(_FACTS[status.state], by=by, data=data)


def _save_plan(case: Case, by: str, settlement: Settlement) -> None:
    """The plan mirrors the statuses: one more revision of it."""
    of = (case.version.design, case.version.number)
    last = plans.latest(case.connection, workspace=case.workspace, design=of[0], version=of[1])
    plan = last.plan if last is not None else case.design.plan
    revised = plan.model_copy(
        update={
            "revision": plan.revision + (last is not None),
            "statuses": tuple(case.statuses().values()),
        }
    )
    listed = ", ".join(dict.fromkeys(settlement.items))
    change = f"{settlement.state.value}: {listed}"
    plans.save(
        case.connection, workspace=case.workspace, plan=revised, change=change, by=by, now=case.now
    )
