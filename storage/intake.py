"""Intake: requests that were answered, and leads that could not be taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from handoff.model import Instant, Value
from storage.canonical import from_json, to_json
from storage.columns import Instant as InstantColumn
from storage.ids import new_id
from storage.tables import intake_key_table as requests
from storage.tables import refused_lead_table as refused
from storage.upsert import for_each_database

_BEGIN = for_each_database(
    lambda into: (new := into(requests)).on_conflict_do_update(
        index_elements=["workspace", "source", "key"],
        set_={
            "body_hash": new.excluded.body_hash,
            "answer": None,
            "expires_at": new.excluded.expires_at,
        },
        where=requests.c.expires_at <= bindparam("wall", type_=InstantColumn()),
    )
)
_q, _r = requests.c, refused.c


class EarlierRequest(Value):
    """A request with the same key as one that came before.

    Attributes:
        body_hash: SHA-256 of the earlier body, in hex; another body is another request.
        answer: What was answered, or None while the first is still at work.
    """

    body_hash: str
    answer: dict[str, Any] | None


class RefusedLead(Value):
    """A lead that could not be taken, kept whole for repair.

    Attributes:
        body: As it came.
        problems: What was wrong, field by field: JSON pointer and detail.
        repaired_at: When it was taken after all, or dismissed.
    """

    id: str
    source: str
    external_id: str | None
    body: str
    problems: tuple[dict[str, str], ...]
    received_at: Instant
    repaired_at: Instant | None


_SHOWN = [_r[name] for name in RefusedLead.model_fields]


def begin(
    connection: Connection,
    *,
    workspace: str,
    source: str,
    key: str,
    body_hash: str,
    wall: datetime,
    expires_at: datetime,
) -> EarlierRequest | None:
    """Take a request's key, in the transaction that stores its leads.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        source: The source's name.
        key: `webhook-id` or `Idempotency-Key`.
        body_hash: SHA-256 of the body, in hex.
        wall: The real clock, UTC-aware.
        expires_at: Until when the key is kept, on the real clock.

    Returns:
        None if the key is new or has expired; else what came under it before.
    """
    mine = {"workspace": workspace, "source": source, "key": key}
    row = mine | {"body_hash": body_hash, "answer": None, "expires_at": expires_at}
    if connection.execute(_BEGIN[connection.dialect.name], row | {"wall": wall}).rowcount == 1:
        return None
    found = select(_q.body_hash, _q.answer).where(
        _q.workspace == workspace, _q.source == source, _q.key == key
    )
    before = connection.execute(found).one()
    answer = None if before.answer is None else from_json(before.answer)
    return EarlierRequest(body_hash=before.body_hash, answer=answer)


def answer(
    connection: Connection, *, workspace: str, source: str, key: str, answer: Mapping[str, Any]
) -> None:
    """Keep what a request was answered, for its repeats."""
    mine = update(requests).where(_q.workspace == workspace, _q.source == source, _q.key == key)
    connection.execute(mine.values(answer=to_json(answer)))


def refuse(
    connection: Connection,
    *,
    workspace: str,
    source: str,
    external_id: str | None,
    body: str,
    problems: Sequence[Mapping[str, str]],
    now: datetime,
) -> str:
    """Keep a lead that could not be taken, and return the id under which it is repaired."""
    row = {
        "workspace": workspace,
        "id": new_id("refused", now=now),
        "source": source,
        "external_id": external_id,
        "body": body,
        "problems": to_json({"errors": [dict(problem) for problem in problems]}),
        "received_at": now,
    }
    connection.execute(insert(refused), row)
    return str(row["id"])


def refused_leads(
    connection: Connection,
    *,
    workspace: str,
    source: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[RefusedLead]:
    """Return refused leads that wait for repair, the newest first; None: of every source."""
    page = (
        select(*_SHOWN)
        .where(*_waiting(workspace, source))
        .order_by(_r.received_at.desc(), _r.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_refused(row) for row in connection.execute(page).mappings()]


def count_refused(connection: Connection, *, workspace: str, source: str | None = None) -> int:
    """Return how many refused leads wait for repair; None: of every source."""
    found = select(func.count()).where(*_waiting(workspace, source))
    return int(connection.execute(found).scalar_one())


def get_refused(
    connection: Connection, *, workspace: str, refused_id: str, is_locked: bool = False
) -> RefusedLead | None:
    """Return a refused lead, settled or not, or None.

    Args:
        connection: Any connection; that of `Database.write()` to lock it.
        workspace: The Slack team.
        refused_id: Names it.
        is_locked: Lock it until the transaction ends.
    """
    mine = select(*_SHOWN).where(_r.workspace == workspace, _r.id == refused_id)
    found = connection.execute(mine.with_for_update() if is_locked else mine)
    row = found.mappings().one_or_none()
    return None if row is None else _refused(row)


def repaired(connection: Connection, *, workspace: str, refused_id: str, now: datetime) -> bool:
    """Mark a refused lead as settled; False if it is unknown or was marked before."""
    mine = update(refused).where(
        _r.workspace == workspace, _r.id == refused_id, _r.repaired_at.is_(None)
    )
    return connection.execute(mine.values(repaired_at=now)).rowcount == 1


def sweep(connection: Connection, *, workspace: str, wall: datetime) -> int:
    """Forget the keys that have expired; return how many."""
    expired = delete(requests).where(_q.workspace == workspace, _q.expires_at <= wall)
    return connection.execute(expired).rowcount


def _waiting(workspace: str, source: str | None) -> tuple[ColumnElement[bool], ...]:
    named = () if source is None else (_r.source == source,)
    return (_r.workspace == workspace, _r.repaired_at.is_(None), *named)


def _refused(row: RowMapping) -> RefusedLead:
    return RefusedLead(**{**row, "problems": tuple(from_json(row["problems"])["errors"])})
