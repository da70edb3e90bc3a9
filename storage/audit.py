"""The audit log: facts chained by hashes, one chain for each workspace.

`record()` notes a fact in the open transaction; `Database.write()` chains all noted facts just
before the commit, so that the chain's head is the last row to be locked and the shortest time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select, type_coerce
from sqlalchemy.types import NullType

from handoff.audit import GENESIS, AuditFact, link
from handoff.model import Instant as UtcInstant
from handoff.model import Value
from storage.canonical import from_json, to_json
from storage.columns import Instant
from storage.prepared import Fresh, Prepared, Query
from storage.tables import audit_fact_table as facts
from storage.tables import audit_head_table as heads
from storage.transaction import notes_of
from storage.upsert import for_each_database

_START_HEAD = for_each_database(lambda insert_into: insert_into(heads).on_conflict_do_nothing())


_FRESH = Fresh(facts)
_HEAD = Query(
    select(heads.c.seq, heads.c.hash).where(heads.c.workspace == bindparam("ws")).with_for_update()
)
_MOVE_HEAD = Prepared(
    for_each_database(
        lambda into: (new := into(heads)).on_conflict_do_update(
            index_elements=["workspace"],
            set_={"seq": new.excluded.seq, "hash": new.excluded.hash},
        )
    )
)


# As it stands there, and no more: what was changed may be no fact at all, and what a later version
# recorded is none that this one knows.
_AS_STORED = select(
    *(column for column in facts.c if column.name != "at"),
    type_coerce(facts.c.at, NullType()).label("at"),
)


class RecordedFact(Value):
    """A fact in its place in the chain.

    Attributes:
        seq: Place in the workspace's chain, from 1, without gaps.
        at: When it happened, UTC.
        previous: Hash of the fact before it.
    """

    workspace: str
    seq: int
    at: UtcInstant
    kind: AuditFact
    actor: str
    subject: str
    data: dict[str, Any]
    previous: str
    hash: str


class ChainReport(Value):
    """What `verify()` found.

    Attributes:
        facts: How many facts were read and found whole.
        broken_at: Place of the first fact that does not fit, or None if the chain is whole.
        problem: What is wrong there, in words for the operator.
    """

    workspace: str
    facts: int
    broken_at: int | None = None
    problem: str | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing was changed, removed or added behind our back."""
        return self.broken_at is None


class _End:
    """The end of a chain while facts are chained to it."""

    def __init__(self, seq: int, hashed: str) -> None:
        self.seq = seq
        self.hash = hashed

    def chain(self, fact: dict[str, Any]) -> dict[str, Any]:
        """Return what is stored of the next fact."""
        self.seq += 1
        row = fact | {"seq": self.seq, "previous": self.hash, "data": to_json(fact["data"])}
        row["hash"] = self.hash = link(**row)
        return row


def record(
    connection: Connection,
    *,
    workspace: str,
    kind: AuditFact,
    actor: str,
    subject: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Note a fact; it is chained and stored when the transaction commits.

    A savepoint that is rolled back takes its facts with it.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        kind: What happened.
        actor: Slack id of the person, or `handoff` for the app, `cli` for the command line.
        subject: Id of the design, lead, escalation or person that it happened to.
        now: When it happened, UTC-aware.
        data: JSON values that say the rest. Never a token or a secret.

    Raises:
        NotWriting: if the connection is not inside `Database.write()`.
    """
    fact = noted(workspace=workspace, kind=kind, actor=actor, subject=subject, now=now, data=data)
    notes_of(connection).facts.append(fact)


def noted(
    *,
    workspace: str,
    kind: AuditFact,
    actor: str,
    subject: str,
    now: datetime,
    data: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return a fact as `record_all()` takes it; the arguments are those of `record()`."""
    return {
        "workspace": workspace,
        "at": now,
        "kind": kind.value,
        "actor": actor,
        "subject": subject,
        "data": dict(data or {}),
    }


def record_all(connection: Connection, *, facts: Iterable[dict[str, Any]]) -> None:
    """Note many facts, each made by `noted()`, in their order; see `record()`."""
    notes_of(connection).facts.extend(facts)


def seal(connection: Connection) -> None:
    """Chain and store the noted facts. `Database.write()` calls it last before the commit."""
    waiting = notes_of(connection).facts
    if not waiting:
        return
    # Sorted, so that two transactions with the same workspaces lock their heads alike.
    for workspace, group in groupby(
        sorted(waiting, key=itemgetter("workspace")), key=itemgetter("workspace")
    ):
        end = _End(*_locked_head(connection, workspace))
        _FRESH.add(connection, list(group), end.chain)
        _MOVE_HEAD.run(connection, [{"workspace": workspace, "seq": end.seq, "hash": end.hash}])
    waiting.clear()


def history(connection: Connection, *, workspace: str, subject: str) -> list[RecordedFact]:
    """Return all facts about one subject, oldest first."""
    found = select(facts).where(facts.c.workspace == workspace, facts.c.subject == subject)
    return [_fact(row) for row in connection.execute(found.order_by(facts.c.seq)).mappings()]


def walk(connection: Connection, *, workspace: str, after: int = 0) -> Iterator[RecordedFact]:
    """Yield a workspace's facts in the order of the chain, a thousand at a time.

    Args:
        connection: A read connection; must stay open while walking.
        workspace: The Slack team.
        after: Place in the chain to continue from, 0 for the start.
    """
    return map(_fact, _pages(connection, select(facts), workspace=workspace, after=after))


def verify(connection: Connection, *, workspace: str, last: int | None = None) -> ChainReport:
    """Recompute a workspace's chain from its first fact to its head.

    Args:
        connection: A read connection.
        workspace: The Slack team.
        last: Only so many facts before the head, and believe the one before them; None for all.

    Returns:
        A report that names the first fact that was changed, removed or put in.
    """
    seq, previous = (0, GENESIS) if last is None else _start(connection, workspace, last)
    instant: Callable[[Any], Any] = Instant().result_processor(connection.dialect, None)
    for row in _pages(connection, _AS_STORED, workspace=workspace, after=seq):
        problem = _problem(row, seq=seq, previous=previous, instant=instant)
        if problem:
            return ChainReport(workspace=workspace, facts=seq, broken_at=seq + 1, problem=problem)
        seq, previous = row["seq"], row["hash"]
    head = (
        connection.execute(select(heads).where(heads.c.workspace == workspace))
        .mappings()
        .one_or_none()
    )
    expected = (head["seq"], head["hash"]) if head else (0, GENESIS)
    if expected != (seq, previous):
        return ChainReport(
            workspace=workspace,
            facts=seq,
            broken_at=seq + 1,
            problem=f"the chain should end at fact {expected[0]} and ends at fact {seq}",
        )
    return ChainReport(workspace=workspace, facts=seq)


def _start(connection: Connection, workspace: str, last: int) -> tuple[int, str]:
    """Return place and hash of the fact after which the `last` facts come."""
    seq = select(heads.c.seq - last).where(heads.c.workspace == workspace).scalar_subquery()
    before = select(facts.c.seq, facts.c.hash).where(
        facts.c.workspace == workspace, facts.c.seq == seq
    )
    row = connection.execute(before).one_or_none()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def _pages(
    connection: Connection, what: Select[Any], *, workspace: str, after: int
) -> Iterator[RowMapping]:
    """Yield the rows of a workspace's facts in the order of the chain."""
    while True:
        page = what.where(facts.c.workspace == workspace, facts.c.seq > after)
        rows = connection.execute(page.order_by(facts.c.seq).limit(1000)).mappings().all()
        yield from rows
        if len(rows) < 1000:
            return
        after = rows[-1]["seq"]


def _problem(
    row: RowMapping, *, seq: int, previous: str, instant: Callable[[Any], Any]
) -> str | None:
    """Say why the fact of `row` cannot follow the one at `seq`, or None."""
    if row["seq"] != seq + 1:
        return f"fact {seq + 1} is missing"
    if row["previous"] != previous:
        return f"fact {row['seq']} is not chained to the one before it"
    told = {name: value for name, value in row.items() if name != "hash"}
    try:
        hashed = link(**told | {"at": instant(row["at"])})
    except (AttributeError, TypeError, ValueError, OverflowError):
        hashed = ""  # not even of the kind of value that is recorded
    return (
        None if hashed == row["hash"] else f"fact {row['seq']} was changed after it was recorded"
    )


def _locked_head(connection: Connection, workspace: str) -> tuple[int, str]:
    """Lock the end of the chain and return its place and hash."""
    found = _HEAD.rows(connection, ws=workspace)
    if not found:
        start = {"workspace": workspace, "seq": 0, "hash": GENESIS}
        connection.execute(_START_HEAD[connection.dialect.name], start)
        found = _HEAD.rows(connection, ws=workspace)
    ((seq, hashed),) = found
    return seq, hashed


def _fact(row: RowMapping) -> RecordedFact:
    """Read a row back into a fact."""
    return RecordedFact(**{**row, "data": from_json(row["data"])})
