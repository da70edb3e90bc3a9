"""Timers fire once, on time, with their effects; a poisoned one blocks no other."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event

from bot.watch.handlers import CLOCK_HANDLERS
from bot.watch.tick import tick
from storage import outbox, timers
from storage.outbox import NewMessage, Priority
from storage.tables import timer_table
from storage.timers import NewTimer, Timer, TimerKind
from tests.support.clocks import MONDAY
from tests.support.house import House

KIND = TimerKind.REVIEW_DUE


class Fired(list[tuple[str, datetime]]):
    """What the tests' own kind of timer did: subject and instant."""


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> Fired:
    """Teach the app a kind of timer that notes when it fires; `poison` raises."""
    seen = Fired()

    def handler(connection: Connection, timer: Timer, now: datetime) -> None:
        message = NewMessage(
            workspace=timer.workspace,
            kind="nobody renders this",
            subject=timer.subject,
            recipient="C1",
            priority=Priority.DIGEST,
            dedupe_key=timer.subject,
        )
        outbox.enqueue(connection, message, now=now)
        if timer.subject == "poison":
            raise RuntimeError("this one cannot be carried out")
        outbox.cancel(connection, workspace=timer.workspace, subject=timer.subject, now=now)
        seen.append((timer.subject, now))

    monkeypatch.setitem(CLOCK_HANDLERS, KIND, handler)
    return seen


@pytest.fixture
def schedule(house: House) -> Callable[[str, datetime], None]:
    """Return a way to plan one of them."""

    def plan(subject: str, due_at: datetime) -> None:
        timer = NewTimer(house.workspace, KIND, subject, due_at)
        house.app.database.run(lambda connection: timers.schedule(connection, timer))

    return plan


def test_each_fires_at_its_own_instant(
    house: House, fired: Fired, schedule: Callable[[str, datetime], None]
) -> None:
    """Stepping over many due instants stops at each of them."""
    schedule("later", MONDAY + timedelta(hours=5))
    schedule("soon", MONDAY + timedelta(minutes=1))

    house.step(hours=6)

    assert fired == [
        ("soon", MONDAY + timedelta(minutes=1)),
        ("later", MONDAY + timedelta(hours=5)),
    ]


def test_nothing_fires_early_or_twice(
    house: House, fired: Fired, schedule: Callable[[str, datetime], None]
) -> None:
    """A second before it is due nothing happens; afterwards it does not fire again."""
    schedule("once", MONDAY + timedelta(minutes=10))

    house.step(minutes=9, seconds=59)
    assert fired == []
    house.step(hours=2)

    assert [subject for subject, _ in fired] == ["once"]


def test_many_at_one_instant_all_fire(
    house: House, fired: Fired, schedule: Callable[[str, datetime], None]
) -> None:
    """More than one batch due at once is worked off at that instant."""
    due = MONDAY + timedelta(minutes=5)
    for number in range(120):
        schedule(f"s{number}", due)

    house.step(minutes=6)

    assert len(fired) == 120
    assert {at for _, at in fired} == {due}


def test_a_poisoned_timer_blocks_no_other_and_is_tried_again(
    house: House, fired: Fired, schedule: Callable[[str, datetime], None]
) -> None:
    """Its effects are rolled back, the others fire, and after five failures it is an alarm."""
    due = MONDAY + timedelta(minutes=5)
    schedule("poison", due)
    schedule("healthy", due)

    house.step(minutes=10)

    assert fired == [("healthy", due)]
    with house.app.database.read() as connection:
        assert outbox.about(connection, workspace=house.workspace, subject="poison") == []
        ((failing, error),) = timers.failing(connection, attempts=5)
    assert (failing.subject, error) == ("poison", "RuntimeError")
    assert any("has failed 5 times" in line for line in house.take_errors())


@pytest.mark.parametrize(("poisoned", "savepoints"), [(False, 0), (True, 3)])
def test_savepoints_come_only_after_a_failure(
    house: House,
    fired: Fired,
    schedule: Callable[[str, datetime], None],
    *,
    poisoned: bool,
    savepoints: int,
) -> None:
    """A healthy batch needs none; one with a failing timer is carried out apart, each in its own.

    `fired` notes the healthy ones of the undone batch as well, which the database has forgotten.
    """
    opened: list[str] = []
    database = house.app.database
    event.listen(database._writers, "savepoint", lambda _, name: opened.append(name))
    for subject in ("one", "poison" if poisoned else "two", "three"):
        schedule(subject, MONDAY)

    now, wall = house.clocks.now(), house.clocks.wall()
    assert tick(database=database, handlers=CLOCK_HANDLERS, now=now, wall=wall) == 3

    assert len(opened) == savepoints
    with database.read() as connection:
        left = timers.waiting(connection, workspace=house.workspace, subject="poison")
        assert len(left) == poisoned
        for healthy in ("one", "three"):
            assert not timers.waiting(connection, workspace=house.workspace, subject=healthy)
    assert {"one", "three"} <= {subject for subject, _ in fired}
    assert bool(house.take_errors()) == poisoned


def test_a_timer_of_an_unknown_kind_waits_for_a_version_that_knows_it(house: House) -> None:
    """Nothing is lost when the app was downgraded: the timer is put back, and it is logged."""
    timer = NewTimer(house.workspace, TimerKind.STANDUP_POST, "w", MONDAY)
    house.app.database.run(lambda connection: timers.schedule(connection, timer))

    house.step(seconds=1)

    with house.app.database.read() as connection:
        (waiting,) = timers.waiting(connection, workspace=house.workspace, subject="w")
    assert waiting.attempts == 1
    assert "NoHandler" in house.take_errors()[0]


@pytest.mark.parametrize("kind", [KIND, TimerKind.PEOPLE_SYNC])
def test_a_timer_that_a_later_version_left_blocks_no_other(
    house: House, fired: Fired, schedule: Callable[[str, datetime], None], kind: TimerKind
) -> None:
    """After a step back to this version the rest still fires, and the stranger waits."""
    schedule("known", MONDAY + timedelta(minutes=1))
    house.step()  # reads the people
    later = NewTimer(house.workspace, kind, "stranger", MONDAY)
    house.app.database.run(lambda connection: timers.schedule(connection, later))
    stranger = timer_table.update().where(timer_table.c.subject == "stranger")
    house.app.database.run(
        lambda connection: connection.execute(stranger.values(kind="later.kind"))
    )

    house.step(minutes=2)

    assert [subject for subject, _ in fired] == ["known"]
    with house.app.database.read() as connection:
        (waiting,) = timers.waiting(connection, workspace=house.workspace, subject="stranger")
    assert waiting.attempts > 0
    assert all("NoHandler" in error or "has failed" in error for error in house.take_errors())


def test_slow_work_rests_as_long_as_slack_says(house: House) -> None:
    """An hour is an hour, although nothing is retried later than in a quarter of one."""
    house.sandbox.faults.add("users.list", "429", retry_after=3600)
    before = len(house.sandbox.journal.calls("users.list"))
    timer = NewTimer(house.workspace, TimerKind.PEOPLE_SYNC, house.workspace, MONDAY, slot="now")
    house.app.database.run(lambda connection: timers.schedule(connection, timer))
    start = house.clocks.now()

    house.step(minutes=62)

    refused, *later = house.sandbox.journal.calls("users.list")[before:]
    assert refused.at - start < timedelta(seconds=5)
    assert later
    assert later[0].at - refused.at >= timedelta(hours=1)
    house.take_refusals()
    house.take_errors()
