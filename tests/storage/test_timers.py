"""Timers: scheduled once, fired on time, never lost, never twice."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import timers
from storage.database import Database
from storage.tables import timer_table
from storage.timers import Lane, NewTimer, NextDue, TimerKind
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)


def breach(lead: str, *, due_at: datetime = NOW, generation: int = 0, slot: str = "") -> NewTimer:
    """Make a breach timer of workspace T1."""
    return NewTimer("T1", TimerKind.CLOCK_BREACH, lead, due_at, slot, generation)


def schedule(database: Database, *new: NewTimer) -> None:
    """Schedule in a transaction of its own."""
    with database.write() as connection:
        timers.schedule(connection, *new)


def claim(database: Database, *, now: datetime = NOW, wall: datetime = NOW) -> list[timers.Timer]:
    """Claim in a transaction of its own."""
    with database.write() as connection:
        return timers.claim(connection, now=now, wall=wall)


def test_claim_fires_what_is_due_in_order(database: Database) -> None:
    """A timer is due at its instant, not before; the earliest comes first."""
    schedule(
        database,
        breach("b"),
        breach("a", due_at=NOW - MINUTE),
        breach("later", due_at=NOW + timedelta(microseconds=1)),
    )

    fired = claim(database)

    assert [timer.subject for timer in fired] == ["a", "b"]
    assert fired[0].due_at == NOW - MINUTE
    assert claim(database) == []


def test_claim_takes_at_most_the_limit(database: Database) -> None:
    """A tick is bounded; the rest stays due."""
    schedule(database, *(breach(f"l{n}") for n in range(5)))

    with database.write() as connection:
        fired = timers.claim(connection, now=NOW, wall=NOW, limit=3)

    assert len(fired) == 3
    assert len(claim(database)) == 2


def test_schedule_twice_is_once(database: Database) -> None:
    """The same generation changes nothing, neither before nor after firing."""
    schedule(database, breach("a"))
    schedule(database, breach("a", due_at=NOW - MINUTE))
    assert [timer.due_at for timer in claim(database)] == [NOW]

    schedule(database, breach("a"))

    assert claim(database) == []


def test_newer_generation_is_due_anew(database: Database) -> None:
    """A higher generation replaces the time; an older one that comes late does not."""
    schedule(database, breach("a"))
    claim(database)

    schedule(database, breach("a", generation=2, due_at=NOW + MINUTE))
    schedule(database, breach("a", generation=1, due_at=NOW))

    assert claim(database) == []
    (timer,) = claim(database, now=NOW + MINUTE)
    assert timer.generation == 2


def test_uncommitted_claim_is_due_again(database: Database) -> None:
    """A crash between claim and commit loses nothing."""
    schedule(database, breach("a"))

    def claim_and_die() -> None:
        with database.write() as connection:
            assert timers.claim(connection, now=NOW, wall=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        claim_and_die()

    assert [timer.subject for timer in claim(database)] == ["a"]


def test_put_back_waits_on_the_real_clock(database: Database) -> None:
    """A failed timer returns after its retry time; others go on meanwhile."""
    schedule(database, breach("a"))
    with database.write() as connection:
        (timer,) = timers.claim(connection, now=NOW, wall=NOW)
        assert timers.put_back(connection, timer, retry_at=NOW + MINUTE, error="boom")
    schedule(database, breach("b"))

    assert [timer.subject for timer in claim(database)] == ["b"]
    (again,) = claim(database, wall=NOW + MINUTE)

    assert (again.subject, again.attempts) == ("a", 1)


def test_put_back_leaves_a_newer_generation(database: Database) -> None:
    """What failed for an old time must not overwrite a new one."""
    schedule(database, breach("a"))
    (timer,) = claim(database)
    schedule(database, breach("a", generation=1, due_at=NOW + MINUTE))

    with database.write() as connection:
        assert not timers.put_back(connection, timer, retry_at=NOW, error="late")


def test_cancel_by_kind(database: Database) -> None:
    """Cancelled timers never fire; other kinds and subjects stay."""
    warn = NewTimer("T1", TimerKind.CLOCK_WARN, "a", NOW, "50")
    other = breach("a")._replace(workspace="T2")
    schedule(database, warn, breach("a"), breach("b"), other)

    with database.write() as connection:
        kinds = {TimerKind.CLOCK_WARN}
        assert timers.cancel(connection, workspace="T1", subject="a", now=NOW, kinds=kinds) == 1
        assert timers.cancel(connection, workspace="T1", subject="b", now=NOW) == 1
        assert timers.cancel(connection, workspace="T1", subject="b", now=NOW) == 0

    left = [(timer.workspace, timer.kind) for timer in claim(database)]
    assert left == [("T1", TimerKind.CLOCK_BREACH), ("T2", TimerKind.CLOCK_BREACH)]


def test_look_then_claim(database: Database) -> None:
    """A tick may look first, lock what it saw, and claim only that."""
    schedule(database, breach("a"), breach("b"))

    with database.write() as connection:
        seen = timers.due(connection, now=NOW, wall=NOW)
        fired = timers.claim(connection, now=NOW, wall=NOW, among=seen[:1])

    assert [timer.subject for timer in seen] == ["a", "b"]
    assert [timer.subject for timer in fired] == ["a"]


def test_next_due_on_both_clocks(database: Database) -> None:
    """The pacer learns the next business time and the next retry."""
    with database.read() as connection:
        assert timers.next_due(connection) == NextDue(None, None)
    schedule(database, breach("a"), breach("b", due_at=NOW + 2 * MINUTE))
    with database.write() as connection:
        (timer,) = timers.claim(connection, now=NOW, wall=NOW)
        timers.put_back(connection, timer, retry_at=NOW + MINUTE, error="boom")

    with database.read() as connection:
        assert timers.next_due(connection) == NextDue(NOW + 2 * MINUTE, NOW + MINUTE)


def test_lease_of_the_slow_lane_is_fenced(database: Database) -> None:
    """A lapsed lease passes on; its former holder can finish nothing."""
    schedule(database, NewTimer("T1", TimerKind.PROOF_RUN, "hash", NOW))
    assert claim(database) == []
    with database.write() as connection:
        first = timers.lease(connection, now=NOW, wall=NOW, length=MINUTE)
        assert timers.lease(connection, now=NOW, wall=NOW, length=MINUTE) is None
        second = timers.lease(connection, now=NOW, wall=NOW + MINUTE, length=MINUTE)
    assert first is not None
    assert second is not None

    with database.write() as connection:
        assert not timers.finish(connection, first, now=NOW)
        assert not timers.put_back(connection, first, retry_at=NOW, error="late")
        assert timers.finish(connection, second, now=NOW)
        assert not timers.finish(connection, second, now=NOW)

    with database.read() as connection:
        assert timers.next_due(connection, lane=Lane.SLOW) == NextDue(None, None)


def test_failed_lease_is_put_back(database: Database) -> None:
    """Slow work that failed returns with its count of attempts and its error."""
    schedule(database, NewTimer("T1", TimerKind.PEOPLE_SYNC, "T1", NOW))
    with database.write() as connection:
        leased = timers.lease(connection, now=NOW, wall=NOW, length=MINUTE)
        assert leased is not None
        assert timers.put_back(connection, leased, retry_at=NOW + MINUTE, error="no network")

    with database.write() as connection:
        ((failing, error),) = timers.failing(connection, attempts=1)
        assert (failing.attempts, error) == (1, "no network")
        assert timers.failing(connection, attempts=2) == []
        assert timers.lease(connection, now=NOW, wall=NOW, length=MINUTE) is None
        again = timers.lease(connection, now=NOW, wall=NOW + MINUTE, length=MINUTE)

    assert again is not None
    assert again.attempts == 2


def test_waiting_and_sweep(database: Database) -> None:
    """Open timers are listed; old finished ones are swept away."""
    schedule(database, breach("a"), breach("a", due_at=NOW + MINUTE, slot="later"))
    claim(database)

    with database.write() as connection:
        open_ones = timers.waiting(connection, workspace="T1", subject="a")
        assert [timer.slot for timer in open_ones] == ["later"]
        of: dict[str, Any] = {"workspace": "T1", "kept": (), "after": 0, "limit": 10}
        assert timers.over(connection, before=NOW, **of) == []
        assert timers.over(connection, before=NOW + MINUTE, **of | {"kept": ("a",)}) == []
        seqs = timers.over(connection, before=NOW + MINUTE, **of)
        assert timers.sweep(connection, seqs=[*seqs, open_ones[0].seq]) == 1


def test_no_timer_fires_early(database: Database) -> None:
    """The database itself refuses a firing before the due instant."""
    schedule(database, breach("a", due_at=NOW + MINUTE))

    with pytest.raises(Exception, match="not_early"), database.write() as connection:
        connection.execute(update(timer_table).values(fired_at=NOW))


def test_nothing_to_schedule(database: Database) -> None:
    """No timers are no work."""
    schedule(database)

    with database.read() as connection:
        assert connection.execute(select(timer_table)).all() == []


def test_eight_threads_fire_each_timer_once(database: Database) -> None:
    """Ticks that race share the work: nothing twice, nothing left."""
    schedule(database, *(breach(f"l{n}") for n in range(200)))
    start, fired = Barrier(8), []

    def tick() -> None:
        start.wait()
        while True:
            with database.write() as connection:
                claimed = timers.claim(connection, now=NOW, wall=NOW, limit=7)
            if not claimed:
                return
            fired.extend(timer.subject for timer in claimed)

    threads = [Thread(target=tick) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # A tick skips what another one holds, so the last rows may need one more look.
    fired.extend(timer.subject for timer in claim(database))
    assert sorted(fired) == sorted(f"l{n}" for n in range(200))
