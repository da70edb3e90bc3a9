"""Durable time: every business time is a row of one table.

A tick claims what is due and carries it out in one and the same transaction, so there is no
claimed state and nothing can be lost between the claim and its effect. The slow lane is for
work outside any transaction: it is leased on the real clock and finished with the lease's token.

Two clocks meet here. `now` is the domain's and decides what is due; `wall` is the real one and
decides about retries and leases.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import NullType

from storage.columns import Instant
from storage.concern import goes_on
from storage.leases import lease_time, new_token, set_back
from storage.prepared import Fresh, Prepared, Query
from storage.tables import timer_table as timers
from storage.transaction import notes_of
from storage.upsert import InsertInto, for_each_database


class TimerKind(StrEnum):
    """What becomes due."""

    SIGNOFF_REMIND = "signoff.remind"
    SIGNOFF_SUBSTITUTE = "signoff.substitute"
    SIGNOFF_EXPIRE = "signoff.expire"
    SIGNOFF_RECONCILE = "signoff.reconcile"
    DESIGN_ACTIVATE = "design.activate"
    LEAD_HOLD = "lead.hold"
    LEAD_NOTIFY = "lead.notify"
    ACKNOWLEDGE_EXPIRE = "acknowledge.expire"
    GUARDRAIL_CALL = "guardrail.call"
    GUARDRAIL_JOIN = "guardrail.join"
    GUARDRAIL_OVERDUE = "guardrail.overdue"
    REVIEW_DUE = "review.due"
    ITEM_REMIND = "item.remind"
    ITEM_DUE = "item.due"
    ROUTE_RETRY = "route.retry"
    AWAY_START = "away.start"
    AWAY_MOVE = "away.move"
    CLOCK_WARN = "clock.warn"
    CLOCK_BREACH = "clock.breach"
    CLOCK_ACCEPT = "clock.accept"
    CLOCK_RESUME = "clock.resume"
    ESCALATION_STEP = "escalation.step"
    PROMISE_DUE = "promise.due"
    STANDUP_POST = "standup.post"
    REPORT_POST = "report.post"
    PROOF_RUN = "proof.run"
    PROOF_LATE = "proof.late"
    PROOF_DRAFT = "proof.draft"
    PROOF_SHOW = "proof.show"
    BACKTEST_RUN = "backtest.run"
    PEOPLE_SYNC = "people.sync"
    RETENTION_SWEEP = "retention.sweep"


class Lane(StrEnum):
    """Clock: applied inside the tick's transaction. Slow: worked under a lease."""

    CLOCK = "clock"
    SLOW = "slow"


#: What works outside a transaction, and so in the slow lane.
SLOW_KINDS = frozenset(
    {
        TimerKind.AWAY_MOVE,
        TimerKind.PROOF_RUN,
        TimerKind.PROOF_DRAFT,
        TimerKind.PROOF_SHOW,
        TimerKind.BACKTEST_RUN,
        TimerKind.PEOPLE_SYNC,
        TimerKind.RETENTION_SWEEP,
        TimerKind.REPORT_POST,
        TimerKind.SIGNOFF_RECONCILE,
    }
)


class NewTimer(NamedTuple):
    """A time to remember.

    Attributes:
        workspace: The Slack team.
        kind: What becomes due.
        subject: Id of what it is about (a lead, a design version, an escalation, …).
        slot: Tells timers of one kind and subject apart (`50`, `2026-11-23`); empty if alone.
        due_at: When, on the domain's clock, UTC-aware.
        generation: Grows when the subject's times are set anew; an older one changes nothing.
    """

    workspace: str
    kind: TimerKind
    subject: str
    due_at: datetime
    slot: str = ""
    generation: int = 0


class Timer(NamedTuple):
    """A timer that was claimed or leased.

    Attributes:
        seq: Its row.
        kind: If only a later version knows it, its bare name, which nothing here handles.
        attempts: How often it was put back before; in the slow lane, how often it was leased.
        lease_token: Proof of the lease in the slow lane, else None.
    """

    seq: int
    workspace: str
    kind: TimerKind
    subject: str
    slot: str
    generation: int
    due_at: datetime
    attempts: int
    lease_token: str | None


class NextDue(NamedTuple):
    """When to look again; None where nothing waits.

    Attributes:
        due_at: Earliest due instant, on the domain's clock.
        retry_at: Earliest retry or end of a lease, on the real clock.
    """

    due_at: datetime | None
    retry_at: datetime | None


_c = timers.c
_OPEN = and_(_c.fired_at.is_(None), _c.cancelled_at.is_(None))
_KINDS = {kind.value: kind for kind in TimerKind}  # several times faster than calling the enum
# A later version may have left kinds that this one does not know; each stays its bare name.
_kind: Callable[[str, str], Any] = _KINDS.get
# The instant comes as the database gives it, and `_read()` makes timers in one pass: of a tick's
# 500 that takes half the time of working on each row first.
_TIMER = (
    _c.seq,
    _c.workspace,
    _c.kind,
    _c.subject,
    _c.slot,
    _c.generation,
    type_coerce(_c.due_at, NullType()).label("due_at"),
    _c.attempts,
    _c.lease_token,
)
# Of a tuple that is there already, in a third less time than by calling the class.
_made: Callable[[tuple[Any, ...]], Timer] = partial(tuple.__new__, Timer)
_BY_DUE_AT = itemgetter(6, 0)  # places in `_TIMER`: due_at, seq


def _schedule(insert_into: InsertInto) -> SqliteInsert:
    """Insert timers; a newer generation replaces an older one, anything else stays."""
    statement = insert_into(timers)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["workspace", "subject", "kind", "slot"],
        set_={
            "generation": new.generation,
            "due_at": new.due_at,
            "lane": new.lane,
            "fired_at": None,
            "cancelled_at": None,
            "attempts": 0,
            "retry_at": None,
            "lease_token": None,
            "error": None,
        },
        where=_c.generation < new.generation,
    )


_SCHEDULE = Prepared(for_each_database(_schedule))
_FRESH = Fresh(timers)

_IS_DUE = and_(
    _OPEN,
    _c.lane == bindparam("of_lane"),
    _c.due_at <= bindparam("at"),
    or_(
        _c.retry_at.is_(None),
        _c.retry_at <= bindparam("wall"),
        _c.retry_at > bindparam("set_back", type_=_c.retry_at.type),
    ),
)
_DUE = (
    select(*_TIMER)
    .where(_IS_DUE)
    .order_by(_c.due_at, _c.seq)
    .limit(bindparam("most", type_=Integer))
)


def _picked(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Pick due timers that nobody else holds.

    The inner query is a CTE, because PostgreSQL may run a plain subquery with a limit more than
    once and then lock more rows than the limit.
    """
    due = (
        select(_c.seq)
        .where(_IS_DUE, *more)
        .order_by(_c.due_at, _c.seq)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return _c.seq.in_(select(due.c.seq))


def _fire(*more: ColumnElement[bool]) -> ReturningUpdate[tuple[Any, ...]]:
    fired = update(timers).where(_picked(*more)).values(fired_at=bindparam("at"), retry_at=None)
    return fired.returning(*_TIMER)


_FIRE = Query(_fire())
_FIRE_AMONG = _fire(_c.seq.in_(bindparam("among", expanding=True)))
_LEASE = (
    update(timers)
    .where(
        _picked(
            _c.workspace == func.coalesce(bindparam("of_workspace", type_=String), _c.workspace)
        )
    )
    .values(
        lease_token=bindparam("token"),
        retry_at=bindparam("until"),
        attempts=_c.attempts + 1,
    )
    .returning(*_TIMER)
)
_FINISH = (
    update(timers)
    .where(_c.seq == bindparam("row"), _c.lease_token == bindparam("token"), _OPEN)
    .values(fired_at=bindparam("at"), retry_at=None, lease_token=None)
)
_PUT_BACK = (
    update(timers)
    .where(
        _c.seq == bindparam("row"),
        _c.generation == bindparam("of_generation"),
        _c.cancelled_at.is_(None),
        _c.lease_token.is_not_distinct_from(bindparam("token")),
    )
    .values(
        fired_at=None,
        attempts=bindparam("tried"),
        retry_at=bindparam("again_at"),
        error=bindparam("why"),
        lease_token=None,
    )
)


def _next(instant: ColumnElement[Any], *more: ColumnElement[bool]) -> Query:
    return Query(select(func.min(instant)).where(_OPEN, _c.lane == bindparam("of_lane"), *more))


_IS_OF_WORKSPACE = _c.workspace == bindparam("of_workspace")
_NEXT_DUE = _next(_c.due_at, _c.retry_at.is_(None))
_NEXT_DUE_THERE = _next(_c.due_at, _c.retry_at.is_(None), _IS_OF_WORKSPACE)
_NEXT_RETRY = _next(_c.retry_at, _c.retry_at.is_not(None))
_NEXT_RETRY_THERE = _next(_c.retry_at, _c.retry_at.is_not(None), _IS_OF_WORKSPACE)


def schedule(connection: Connection, *new: NewTimer) -> None:
    """Remember times, and wake this process's engine after the commit.

    A timer that is there already, with the same workspace, kind, subject and slot, stays as it
    is, fired or not, unless the new one's generation is higher: then it is due anew.

    Args:
        connection: The connection of `Database.write()`.
        new: The times, with aware instants.
    """
    if not new:
        return
    rows = [_row(timer) for timer in new]
    _SCHEDULE.run(connection, rows)
    notes_of(connection).wake = True


def schedule_first(connection: Connection, *new: NewTimer) -> None:
    """Remember the times of subjects that have none yet; else as `schedule()`.

    Raises:
        sqlalchemy.exc.IntegrityError: if one is there already, after all; nothing of the
            transaction can be kept then.
    """
    if new:
        _FRESH.add(connection, new, _row)
        notes_of(connection).wake = True


def cancel(
    connection: Connection,
    *,
    workspace: str,
    subject: str,
    now: datetime,
    kinds: Collection[TimerKind] | None = None,
) -> int:
    """Cancel a subject's open timers.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        subject: Id of what the timers are about.
        now: The domain's instant, UTC-aware.
        kinds: Only these kinds; None for all.

    Returns:
        How many were open and are cancelled.
    """
    mine = [_c.workspace == workspace, _c.subject == subject, _OPEN]
    if kinds is not None:
        mine.append(_c.kind.in_(sorted(kinds)))
    return connection.execute(update(timers).where(*mine).values(cancelled_at=now)).rowcount


def bring_forward(
    connection: Connection,
    *,
    workspace: str,
    subject: str,
    kind: TimerKind,
    generation: int,
    due_at: datetime,
) -> None:
    """Let an open timer be due earlier than it was set; one that is due sooner stays.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        subject: Id of what the timer is about.
        kind: Which of its timers; of slots all.
        generation: As it was seen; one that was set anew since stays as it is.
        due_at: When, on the domain's clock, UTC-aware.
    """
    mine = [_c.workspace == workspace, _c.subject == subject, _c.kind == kind, _OPEN]
    seen = [*mine, _c.generation == generation, _c.due_at > due_at]
    notes_of(connection).wake = True
    connection.execute(update(timers).where(*seen).values(due_at=due_at))


def due(
    connection: Connection,
    *,
    now: datetime,
    wall: datetime,
    limit: int = 50,
    lane: Lane = Lane.CLOCK,
) -> list[Timer]:
    """Return what is due, earliest first, without claiming it.

    With PostgreSQL a tick first looks, then locks the designs and leads of what it saw, and
    claims only then, so that it never waits for a lead while it holds a timer.
    """
    given = _due_arguments(connection, now=now, wall=wall, limit=limit, lane=lane)
    return _read(connection, connection.execute(_DUE, given))


def claim(
    connection: Connection,
    *,
    now: datetime,
    wall: datetime,
    limit: int = 50,
    among: Iterable[Timer] | None = None,
) -> list[Timer]:
    """Mark due timers of the clock lane as fired, for this transaction to carry out.

    Nobody else sees them meanwhile; if the transaction does not commit, they are due again.
    Each is to be carried out in a savepoint of its own; one that fails is `put_back()`.

    Args:
        connection: The connection of `Database.write()`.
        now: The domain's instant, UTC-aware; becomes `fired_at`.
        wall: The real clock, for those that wait for a retry.
        limit: At most this many.
        among: Only these (as `due()` returned them); None for any.

    Returns:
        The claimed timers, earliest first.
    """
    given = _due_arguments(connection, now=now, wall=wall, limit=limit, lane=Lane.CLOCK)
    fired: Sequence[Sequence[Any]]
    if among is None:
        fired = _FIRE.rows(connection, **given)
    else:
        given["among"] = [timer.seq for timer in among]
        fired = connection.execute(_FIRE_AMONG, given).all()
    return _read(connection, sorted(fired, key=_BY_DUE_AT))


def put_back(connection: Connection, timer: Timer, *, retry_at: datetime, error: str) -> bool:
    """Make a claimed or leased timer due again after its work failed.

    Args:
        connection: The connection of `Database.write()`.
        timer: As `claim()` or `lease()` returned it.
        retry_at: Not before this instant of the real clock.
        error: What went wrong, for the operator; no secrets.

    Returns:
        False if it was cancelled, set anew or leased by another meanwhile; then it stays.
    """
    given = {
        "row": timer.seq,
        "of_generation": timer.generation,
        "token": timer.lease_token,
        "tried": timer.attempts + (timer.lease_token is None),
        "again_at": retry_at,
        "why": error,
    }
    notes_of(connection).wake = True
    return connection.execute(_PUT_BACK, given).rowcount == 1


def lease(
    connection: Connection,
    *,
    now: datetime,
    wall: datetime,
    length: timedelta,
    workspace: str | None = None,
) -> Timer | None:
    """Lease the next due timer of the slow lane, for work outside any transaction.

    Args:
        connection: The connection of `Database.write()`; commit before working.
        now: The domain's instant, UTC-aware.
        wall: The real clock.
        length: How long the work may take; then another worker may lease it.
        workspace: The Slack team that the worker speaks to; None for any.

    Returns:
        The timer with its lease token, or None when nothing is due.
    """
    given = _due_arguments(connection, now=now, wall=wall, limit=1, lane=Lane.SLOW)
    given |= {"token": new_token(), "until": given["wall"] + length}
    given["of_workspace"] = workspace
    leased = _read(connection, connection.execute(_LEASE, given))
    return leased[0] if leased else None


def finish(connection: Connection, timer: Timer, *, now: datetime) -> bool:
    """Mark a leased timer as fired, in the transaction that saves its result.

    Args:
        connection: The connection of `Database.write()`.
        timer: As `lease()` returned it.
        now: The domain's instant, UTC-aware.

    Returns:
        False if the lease was lost; the caller must then roll back what it wanted to save.
    """
    given = {"row": timer.seq, "token": timer.lease_token, "at": now}
    return connection.execute(_FINISH, given).rowcount == 1


def next_due(
    connection: Connection, *, lane: Lane = Lane.CLOCK, workspace: str | None = None
) -> NextDue:
    """Return when this lane has something to do next, on both clocks; None: in any workspace."""
    if workspace is None:
        ((due_at,),) = _NEXT_DUE.rows(connection, of_lane=lane)
        ((retry_at,),) = _NEXT_RETRY.rows(connection, of_lane=lane)
    else:
        given = {"of_lane": lane, "of_workspace": workspace}
        ((due_at,),) = _NEXT_DUE_THERE.rows(connection, **given)
        ((retry_at,),) = _NEXT_RETRY_THERE.rows(connection, **given)
    return NextDue(due_at=due_at, retry_at=retry_at)


def waiting(connection: Connection, *, workspace: str, subject: str) -> list[Timer]:
    """Return the open timers of one subject, earliest first."""
    mine = select(*_TIMER).where(_c.workspace == workspace, _c.subject == subject, _OPEN)
    return _read(connection, connection.execute(mine.order_by(_c.due_at, _c.seq)))


def failing(connection: Connection, *, attempts: int) -> list[tuple[Timer, str]]:
    """Return open timers that failed at least `attempts` times, with their last errors."""
    statement = select(*_TIMER, _c.error).where(
        _OPEN, _c.retry_at.is_not(None), _c.attempts >= attempts, _c.error.is_not(None)
    )
    rows = connection.execute(statement.order_by(_c.seq)).all()
    found = _read(connection, [row[:-1] for row in rows])
    return [(timer, row[-1]) for timer, row in zip(found, rows, strict=True)]


def over(
    connection: Connection,
    *,
    workspace: str,
    before: datetime,
    kept: Collection[str],
    after: int,
    limit: int,
) -> list[int]:
    """Return the next timers that nothing comes back to any more, by their `seq`.

    Those of open leads and running escalations stay: one that is there already is not set again.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        before: They fired or were cancelled before this instant.
        kept: Further subjects whose timers stay: versions that have not ended.
        after: Only those of a larger `seq`.
        limit: At most this many.
    """
    found = select(_c.seq).where(
        _c.workspace == workspace,
        _c.seq > after,
        or_(_c.fired_at < before, _c.cancelled_at < before),
        _c.subject.not_in(sorted(kept)),
        ~goes_on(_c.workspace, _c.subject),
    )
    return list(connection.execute(found.order_by(_c.seq).limit(limit)).scalars())


def sweep(connection: Connection, *, seqs: Collection[int]) -> int:
    """Delete timers, but none that was set anew meanwhile; return how many."""
    return connection.execute(delete(timers).where(_c.seq.in_(seqs), ~_OPEN)).rowcount


def _row(timer: NewTimer) -> dict[str, Any]:
    """Return what is stored of a new timer."""
    workspace, kind, subject, due_at, slot, generation = timer
    return {
        "workspace": workspace,
        "kind": kind,
        "subject": subject,
        "slot": slot,
        "generation": generation,
        "due_at": due_at,
        "lane": Lane.SLOW if kind in SLOW_KINDS else Lane.CLOCK,
        "attempts": 0,
    }


def _read(connection: Connection, rows: Iterable[Sequence[Any]]) -> list[Timer]:
    """Make timers of rows of `_TIMER`."""
    instant: Callable[[Any], Any] = Instant().result_processor(connection.dialect, None)
    return [
        _made((seq, workspace, _kind(kind, kind), subject, slot, age, instant(due), tries, token))
        for seq, workspace, kind, subject, slot, age, due, tries, token in rows
    ]


def _due_arguments(
    connection: Connection, *, now: datetime, wall: datetime, limit: int, lane: Lane
) -> dict[str, Any]:
    """Return the arguments of `_IS_DUE`, with the clock that judges leases."""
    judged = lease_time(connection, wall=wall)
    return {
        "of_lane": lane,
        "at": now,
        "wall": judged,
        "set_back": set_back(connection, wall=judged),
        "most": limit,
    }
