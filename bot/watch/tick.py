"""The tick: carry out the timers that are due, together with their effects."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.flows.rows import attempt
from bot.gateways.outcomes import RateLimited
from bot.gateways.slack import SlackUnavailable
from storage import concern, gates, timers
from storage.database import Database
from storage.leases import FURTHEST
from storage.timers import Lane, Timer, TimerKind

_LOG = logging.getLogger(__name__)

#: Carries out one timer of the clock lane in the tick's transaction: it checks again whether
#: the timer still means anything, and calls the flow.
Handler = Callable[[Connection, Timer, datetime], None]

#: Saves the result of slow work, in a transaction of its own.
Save = Callable[[Connection], object]

#: Does the work of a slow timer outside any transaction, and returns how to save it.
SlowHandler = Callable[[Timer, datetime], Save]

_Work = TypeVar("_Work")

_BATCH = 50
_FIRST_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(minutes=5)

#: From this attempt on a failing timer is an alarm for the operator.
_ALARM_AT = 5

#: How long slow work may take until another process may take it over.
SLOW_LEASE = timedelta(minutes=10)


class NoHandler(LookupError):
    """Nothing knows what to do with this kind of timer; was the app downgraded?"""

    def __init__(self, kind: TimerKind) -> None:
        super().__init__(f"{self.__doc__} ({kind})")
        self.kind = kind


class LeaseLost(RuntimeError):
    """Another process took this work over, so its result is not saved here."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class _UndoBatch(Exception):
    """The work of a timer failed; undo the batch, and carry out each timer apart."""


def tick(
    *,
    database: Database,
    handlers: Mapping[TimerKind, Handler],
    now: datetime,
    wall: datetime,
) -> int:
    """Carry out one batch of due timers in one transaction.

    A timer whose work fails is put back and tried again later, so that it blocks no other: the
    batch is undone then, and carried out once more with a savepoint for each timer. Without a
    failure the savepoints would be half of a tick's time.

    Args:
        database: Where the timers are.
        handlers: What to do, by kind.
        now: The domain's instant, UTC-aware.
        wall: The real clock, for retries.

    Returns:
        How many were claimed, failed ones included.
    """

    def together(connection: Connection) -> int:
        claimed = _claim(connection, now=now, wall=wall)
        for timer in claimed:
            _carry_out_or_undo(connection, timer, handlers, now)
        return len(claimed)

    def apart(connection: Connection) -> int:
        claimed = _claim(connection, now=now, wall=wall)
        for timer in claimed:
            error = attempt(
                partial(_carry_out, connection, timer, handlers, now),
                what="timer",
                kind=timer.kind,
                subject=timer.subject,
                workspace=timer.workspace,
            )
            if error is not None:
                _put_back(connection, timer, error, wall)
        return len(claimed)

    try:
        return database.run(together)
    except (_UndoBatch, DBAPIError):
        return database.run(apart)


def work_slowly(
    *,
    database: Database,
    handlers: Mapping[TimerKind, SlowHandler],
    now: datetime,
    wall: datetime,
    workspace: str,
) -> int:
    """Do the work of one timer of the slow lane, if one is due.

    Args:
        database: Where the timers are.
        handlers: What to do, by kind.
        now: The domain's instant, UTC-aware.
        wall: The real clock, for leases and retries.
        workspace: The Slack team that the handlers may ask; other teams' work is not ours.

    Returns:
        How many were worked on: 0 or 1.
    """
    timer = database.run(
        lambda connection: timers.lease(
            connection, now=now, wall=wall, length=SLOW_LEASE, workspace=workspace
        )
    )
    if timer is None:
        return 0
    rest = _rest_of_kind(database, timer, wall)
    if rest is not None:
        again_at = wall + min(rest, FURTHEST)
        database.run(
            lambda connection: timers.put_back(
                connection, timer, retry_at=again_at, error="Slack wants it to wait"
            )
        )
        return 1

    def work() -> None:
        save = _known(handlers, timer.kind)(timer, now)
        database.run(lambda connection: _finish(connection, timer, save, now))

    error = attempt(work, what="slow timer", kind=timer.kind, subject=timer.subject)
    if error is not None:
        database.run(lambda connection: _put_back(connection, timer, error, wall))
    return 1


def seconds_until_due(
    *,
    database: Database,
    lane: Lane,
    seconds_until: Callable[[datetime], float],
    wall: datetime,
    workspace: str | None = None,
) -> float | None:
    """Return the real seconds until this lane has something to do; None if nothing waits.

    Args:
        database: Where the timers are.
        lane: Which lane.
        seconds_until: Real seconds until an instant of the domain's clock.
        wall: The real clock.
        workspace: Only what waits there; None for all.
    """
    with database.read() as connection:
        due = timers.next_due(connection, lane=lane, workspace=workspace)
    waits = []
    if due.due_at is not None:
        waits.append(seconds_until(due.due_at))
    if due.retry_at is not None:
        waits.append((due.retry_at - wall).total_seconds())
    return min(waits) if waits else None


def _claim(connection: Connection, *, now: datetime, wall: datetime) -> list[Timer]:
    """Claim a batch in the order in which everybody locks: designs, leads, then their timers.

    A flow that holds a lead may cancel the lead's timers; a tick that held those and waited for
    the lead would never end. SQLite has one writer, so there is nothing to wait for.
    """
    if connection.dialect.name != "postgresql":
        return timers.claim(connection, now=now, wall=wall, limit=_BATCH)
    due = timers.due(connection, now=now, wall=wall, limit=_BATCH)
    concern.lock(connection, subjects={(timer.workspace, timer.subject) for timer in due})
    return timers.claim(connection, now=now, wall=wall, limit=_BATCH, among=due)


def _carry_out(
    connection: Connection, timer: Timer, handlers: Mapping[TimerKind, Handler], now: datetime
) -> None:
    with connection.begin_nested():
        _known(handlers, timer.kind)(connection, timer, now)


def _carry_out_or_undo(
    connection: Connection, timer: Timer, handlers: Mapping[TimerKind, Handler], now: datetime
) -> None:
    try:
        _known(handlers, timer.kind)(connection, timer, now)
    except DBAPIError:
        raise
    except Exception as exc:
        raise _UndoBatch from exc


def _known(handlers: Mapping[TimerKind, _Work], kind: TimerKind) -> _Work:
    try:
        return handlers[kind]
    except KeyError:
        raise NoHandler(kind) from None


def _finish(connection: Connection, timer: Timer, save: Save, now: datetime) -> None:
    if not timers.finish(connection, timer, now=now):
        raise LeaseLost
    save(connection)


def _put_back(connection: Connection, timer: Timer, error: Exception, wall: datetime) -> None:
    tries = timer.attempts + 1
    rest = _rest_of(error)
    wait = max(min(_FIRST_RETRY * 2 ** min(tries - 1, 10), _LONGEST_RETRY), min(rest, FURTHEST))
    if rest > FURTHEST:
        gate = _gate(timer)
        gates.close(connection, workspace=timer.workspace, method=gate, rest=rest, wall=wall)
    if tries >= _ALARM_AT:
        _LOG.critical(
            "A timer has failed %d times; see `handoff doctor`", tries, extra={"seq": timer.seq}
        )
    timers.put_back(connection, timer, retry_at=wall + wait, error=type(error).__name__)


def _gate(timer: Timer) -> str:
    """Return the name under which a kind of slow work rests."""
    return f"timer {timer.kind}"


def _rest_of_kind(database: Database, timer: Timer, wall: datetime) -> timedelta | None:
    """Return how long work of this kind must still wait for Slack, or None if it need not."""
    with database.read() as connection:
        return gates.closed(connection, wall=wall).get((timer.workspace, _gate(timer)))


def _rest_of(error: Exception) -> timedelta:
    """Return how long Slack wants not to be asked again, if that is what failed."""
    if isinstance(error, SlackUnavailable) and isinstance(error.outcome, RateLimited):
        return error.outcome.wait
    return timedelta(0)
