"""Events, submissions, reactions and gates: each counts once."""

from datetime import timedelta
from threading import Barrier, Thread

from storage import events, gates
from storage.database import Database
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)


def see(database: Database, event: str = "Ev1", workspace: str = "T1") -> bool:
    """See an event in a transaction of its own."""
    with database.write() as connection:
        return events.first_sight(connection, workspace=workspace, event_id=event, now=NOW)


def test_an_event_is_seen_once_for_each_workspace(database: Database) -> None:
    """A second delivery changes nothing; another workspace's event is another event."""
    assert [see(database), see(database), see(database, workspace="T2")] == [True, False, True]


def test_eight_deliveries_are_one_event(database: Database) -> None:
    """Deliveries at the same moment have one winner."""
    start, seen = Barrier(8), []

    def deliver() -> None:
        start.wait()
        seen.append(see(database))

    threads = [Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == [False] * 7 + [True]


def test_a_submission_is_taken_once(database: Database) -> None:
    """The same view, step and revision is a repeat; the next revision is not."""

    def take(revision: int) -> bool:
        with database.write() as connection:
            return events.take_submission(
                connection,
                workspace="T1",
                view_id="V1",
                step="brief",
                revision=revision,
                now=NOW,
            )

    assert [take(1), take(1), take(2)] == [True, False, True]


def test_the_newest_reaction_counts(database: Database) -> None:
    """Events in the wrong order leave the state of the newest one."""

    def react(minutes: int, *, is_added: bool) -> bool:
        with database.write() as connection:
            return events.newest_reaction(
                connection,
                workspace="T1",
                channel="C1",
                ts="1.0",
                person="U1",
                name="white_check_mark",
                is_added=is_added,
                event_at=NOW + minutes * MINUTE,
            )

    assert react(2, is_added=False)
    assert not react(1, is_added=True)
    assert not react(2, is_added=False)
    assert react(3, is_added=True)
    with database.read() as connection:
        of = {"workspace": "T1", "channel": "C1", "ts": "1.0"}
        heard = events.last_reaction(connection, person="U1", **of)
        assert heard == ("white_check_mark", True)
        assert events.last_reaction(connection, person="U2", **of) is None


def test_old_events_are_forgotten(database: Database) -> None:
    """The sweep keeps what may still be delivered again."""
    see(database)

    with database.write() as connection:
        assert events.sweep(connection, workspace="T1", before=NOW) == 0
        assert events.sweep(connection, workspace="T2", before=NOW + MINUTE) == 0
        assert events.sweep(connection, workspace="T1", before=NOW + MINUTE) == 1


def test_a_gate_closes_for_the_longest_wait(database: Database) -> None:
    """A shorter Retry-After never opens a gate early; each method has its own."""
    post = {"workspace": "T1", "method": "chat.postMessage"}
    with database.write() as connection:
        for minutes in (1, 3, 2):
            gates.close(connection, **post, rest=minutes * MINUTE, wall=NOW)
        gates.close(connection, workspace="T1", method="chat.update", rest=MINUTE, wall=NOW)

        soon = gates.closed(connection, wall=NOW + MINUTE)
        assert soon == {("T1", "chat.postMessage"): 2 * MINUTE}
        assert gates.closed(connection, wall=NOW + 3 * MINUTE) == {}
        assert gates.sweep(connection, wall=NOW + MINUTE) == 1
        assert gates.sweep(connection, wall=NOW + 3 * MINUTE) == 1


def test_a_gate_of_before_the_clock_was_set_back_is_open(database: Database) -> None:
    """Nobody waits an hour for the old time, however long the rest was to be."""
    post = {"workspace": "T1", "method": "chat.postMessage"}
    with database.write() as connection:
        gates.close(connection, **post, rest=MINUTE, wall=NOW + 60 * MINUTE)
        assert gates.closed(connection, wall=NOW) == {}

        gates.close(connection, **post, rest=60 * MINUTE, wall=NOW)
        assert gates.closed(connection, wall=NOW + MINUTE) == {
            ("T1", "chat.postMessage"): 59 * MINUTE
        }
        gates.close(connection, **post, rest=60 * MINUTE, wall=NOW - 60 * MINUTE)
        assert gates.closed(connection, wall=NOW - 30 * MINUTE) == {
            ("T1", "chat.postMessage"): 30 * MINUTE
        }
        assert gates.sweep(connection, wall=NOW - 2 * 60 * MINUTE) == 1
