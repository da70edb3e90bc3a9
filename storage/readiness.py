"""The readiness gate: the live status of a version's checklist items and requests."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from handoff.enablement import ItemState, ItemStatus
from handoff.model import Instant, Value
from storage.tables import readiness_item_table as items
from storage.upsert import for_each_database

_ADD = for_each_database(lambda into: into(items).on_conflict_do_nothing())
_i = items.c


class ReadinessItem(Value):
    """One checklist item or enablement request of a version.

    Attributes:
        item: Its id within the design, such as `c1`.
        owner: Slack id of who is to do it, or None while the role has no holder.
        due: The last day, in the design's calendar.
        reason: Why it was waived.
        evidence: A link that proves it.
        changed_by: Slack id of who last changed its state.
    """

    design: str
    version: int
    item: str
    is_required: bool
    title: str
    owner_role: str
    owner: str | None
    due: date
    state: ItemState = ItemState.OPEN
    reason: str | None = None
    evidence: str | None = None
    changed_by: str | None = None
    changed_at: Instant | None = None

    @property
    def status(self) -> ItemStatus:
        """Return the overlay that the plan shows and the readiness gate reads."""
        return ItemStatus(
            item=self.item,
            state=self.state,
            by=self.changed_by,
            at=None if self.changed_at is None else self.changed_at.isoformat(),
            reason=self.reason,
            evidence=self.evidence,
        )


def add(connection: Connection, *, workspace: str, new: Iterable[ReadinessItem]) -> None:
    """Store a version's items; those that are there already stay as they are."""
    rows = [item.model_dump() | {"workspace": workspace} for item in new]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def settle(
    connection: Connection,
    *,
    workspace: str,
    design: str,
    version: int,
    status: ItemStatus,
    expected: ItemState,
    now: datetime,
) -> bool:
    """Give an item its next status; who may do so, `handoff` decides.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        design: The design's key.
        version: The version's number.
        status: The item's next status; the database refuses a waived one without a reason.
        expected: The state that the decision was made on.
        now: The domain's instant, UTC-aware.

    Returns:
        False if the item is in another state by now; then nothing changed.
    """
    mine = update(items).where(
        _i.workspace == workspace,
        _i.design == design,
        _i.version == version,
        _i.item == status.item,
        _i.state == expected.value,
    )
    new = {
        "state": status.state.value,
        "reason": status.reason,
        "evidence": status.evidence,
        "changed_by": status.by,
        "changed_at": now,
    }
    return connection.execute(mine.values(new)).rowcount == 1


def give_to(
    connection: Connection, *, workspace: str, design: str, version: int, item: str, owner: str
) -> bool:
    """Give an item to another owner; False if there is no such item."""
    mine = update(items).where(
        _i.workspace == workspace,
        _i.design == design,
        _i.version == version,
        _i.item == item,
    )
    return connection.execute(mine.values(owner=owner)).rowcount == 1


def of_version(
    connection: Connection, *, workspace: str, design: str, version: int
) -> list[ReadinessItem]:
    """Return a version's items, the earliest due first."""
    found = select(items).where(
        _i.workspace == workspace, _i.design == design, _i.version == version
    )
    rows = connection.execute(found.order_by(_i.due, _i.item)).mappings()
    return [_item(row) for row in rows]


def blocking(connection: Connection, *, workspace: str, design: str, version: int) -> int:
    """Count the required items that are still open; at 0 the readiness gate is passed."""
    found = select(func.count()).where(
        _i.workspace == workspace,
        _i.design == design,
        _i.version == version,
        _i.is_required,
        _i.state == ItemState.OPEN.value,
    )
    return connection.execute(found).scalar_one()


def open_for(connection: Connection, *, workspace: str, owner: str) -> list[ReadinessItem]:
    """Return a person's open items over all designs, the earliest due first."""
    found = select(items).where(
        _i.workspace == workspace, _i.owner == owner, _i.state == ItemState.OPEN.value
    )
    rows = connection.execute(found.order_by(_i.due, _i.design, _i.item)).mappings()
    return [_item(row) for row in rows]


def _item(row: RowMapping) -> ReadinessItem:
    """Read a row back into an item."""
    return ReadinessItem(**{name: row[name] for name in ReadinessItem.model_fields})
