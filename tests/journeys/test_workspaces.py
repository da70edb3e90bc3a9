"""Several workspaces in one database: each process speaks only to the one of its token."""

from datetime import timedelta

from sqlalchemy import Connection

from storage import directory, outbox, timers, workspaces
from storage.outbox import MessageState, NewMessage, Priority
from storage.timers import Lane, NewTimer, TimerKind
from tests.support.house import House

OTHER = "T0SOUTHWND"


def settle_next_door(house: House) -> None:
    """Let another workspace have a message to send and people to read."""
    now = house.clocks.now()
    message = NewMessage(
        workspace=OTHER,
        kind="packet",
        subject="ENT-1:1",
        recipient="C0REVOPS01",
        priority=Priority.ESCALATION,
        dedupe_key="next door",
    )

    def work(connection: Connection) -> None:
        workspaces.save(connection, workspace=OTHER, name="Southwind", timezone="UTC", now=now)
        outbox.enqueue(connection, message, now=now)
        sync = NewTimer(OTHER, TimerKind.PEOPLE_SYNC, OTHER, now, "tonight")
        timers.schedule(connection, sync)

    house.app.database.run(work)


def test_nothing_of_another_workspace_goes_out_or_comes_in(house: House) -> None:
    """Neither its message to our Slack, nor our people to it; both wait for its own process."""
    settle_next_door(house)

    house.step(minutes=10)

    assert house.take() == []
    with house.app.database.read() as connection:
        (message,) = outbox.about(connection, workspace=OTHER, subject="ENT-1:1")
        people = directory.load(connection, workspace=OTHER).directory.people
        (sync,) = timers.waiting(connection, workspace=OTHER, subject=OTHER)
    assert (message.state, message.attempts) == (MessageState.PENDING, 0)
    assert people == ()
    assert sync.attempts == 0


def test_what_waits_for_another_process_is_no_trouble_of_this_one(house: House) -> None:
    """It is not told as not ready, not even after days, and has nothing to hurry for."""
    settle_next_door(house)

    house.step(days=2)

    assert house.app.problems() == ()
    slow = next(loop for loop in house.app.loops if loop.name == "slow work")
    assert (slow.seconds_until_due() or 0) > timedelta(hours=1).total_seconds()
    with house.app.database.read() as connection:
        anywhere = timers.next_due(connection, lane=Lane.SLOW).due_at
    assert anywhere is not None
    assert anywhere < house.clocks.now()
