"""Drafts: a form on its way, kept after every step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select, update

from handoff.model import Instant, Value
from storage.canonical import from_json, to_json
from storage.ids import new_id
from storage.revisions import StaleRevision
from storage.tables import draft_table as drafts

_d = drafts.c


class Draft(Value):
    """A form on its way.

    Attributes:
        design: Key of the design that it makes a new version of, or None for a new design.
        step: The step that the form shows next.
        revision: Grows with every save; a form carries it and `save()` compares it.
        data: What was entered so far, as JSON values.
    """

    workspace: str
    id: str
    author: str
    design: str | None
    step: str
    revision: int
    data: dict[str, Any]
    created_at: Instant
    updated_at: Instant


def start(
    connection: Connection,
    *,
    workspace: str,
    author: str,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
    design: str | None = None,
) -> Draft:
    """Store a new draft at revision 1 and return it."""
    draft = Draft(
        workspace=workspace,
        id=new_id("draft", now=now),
        author=author,
        design=design,
        step=step,
        revision=1,
        data=dict(data),
        created_at=now,
        updated_at=now,
    )
    connection.execute(drafts.insert(), draft.model_dump() | {"data": to_json(data)})
    return draft


def get(connection: Connection, *, workspace: str, draft: str) -> Draft | None:
    """Return a draft by id, or None if it was submitted or discarded."""
    found = select(drafts).where(_d.workspace == workspace, _d.id == draft)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _draft(row)


def save(
    connection: Connection,
    *,
    workspace: str,
    draft: str,
    expected: int,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
) -> int:
    """Save what was entered, and the step to show next.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        draft: The draft's id.
        expected: The revision that the form showed.
        step: The step to show next.
        data: All that was entered so far, as JSON values.
        now: The domain's instant, UTC-aware.

    Returns:
        The new revision.

    Raises:
        StaleRevision: if the draft was changed from another window, or is gone.
    """
    mine = (_d.workspace == workspace, _d.id == draft, _d.revision == expected)
    new = {
        "step": step,
        "data": to_json(data),
        "revision": expected + 1,
        "updated_at": now,
    }
    if connection.execute(update(drafts).where(*mine).values(new)).rowcount != 1:
        raise StaleRevision(draft, expected)
    return expected + 1


def discard(connection: Connection, *, workspace: str, draft: str) -> bool:
    """Delete a draft that was submitted or is no longer wanted; False if it was gone."""
    mine = delete(drafts).where(_d.workspace == workspace, _d.id == draft)
    return connection.execute(mine).rowcount == 1


def of_author(
    connection: Connection, *, workspace: str, author: str, limit: int = 20
) -> list[Draft]:
    """Return a person's drafts, the last touched first."""
    found = select(drafts).where(_d.workspace == workspace, _d.author == author)
    newest = found.order_by(_d.updated_at.desc(), _d.id.desc()).limit(limit)
    return [_draft(row) for row in connection.execute(newest).mappings()]


def everyone(connection: Connection, *, workspace: str) -> list[Draft]:
    """Return all drafts of a workspace, in the order in which they were begun."""
    found = select(drafts).where(_d.workspace == workspace).order_by(_d.created_at, _d.id)
    return [_draft(row) for row in connection.execute(found).mappings()]


def _draft(row: RowMapping) -> Draft:
    """Read a row back into a draft."""
    return Draft(**{**row, "data": from_json(row["data"])})
