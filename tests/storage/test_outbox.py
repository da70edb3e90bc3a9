"""The outbox: in order, once, fenced, and never silently lost."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

from storage import outbox
from storage.database import Database
from storage.outbox import Intent, MessageState, NewMessage, Priority
from tests.storage.conftest import NOW

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=1)


def notice(
    key: str, *, recipient: str = "U1", priority: Priority = Priority.REP, **more: str
) -> NewMessage:
    """Make a notice about lead L1 in workspace T1."""
    fields = {"workspace": "T1", "kind": "clock.warning", "subject": "L1"} | more
    return NewMessage(
        dedupe_key=key, recipient=recipient, priority=priority, facts={"n": 1}, **fields
    )


def card(
    card: str = "L1", *, recipient: str = "U1", priority: Priority = Priority.REP
) -> NewMessage:
    """Make an update of a card."""
    return NewMessage(
        workspace="T1",
        kind="lead",
        subject="L1",
        recipient=recipient,
        priority=priority,
        card=card,
    )


def enqueue(database: Database, *new: NewMessage) -> None:
    """Enqueue in a transaction of its own."""
    with database.write() as connection:
        outbox.enqueue(connection, *new, now=NOW)


def claim(database: Database, *, wall: datetime = NOW, limit: int = 10) -> list[Intent]:
    """Claim in a transaction of its own."""
    with database.write() as connection:
        return outbox.claim(connection, wall=wall, lease=LEASE, limit=limit)


def deliver(database: Database, intent: Intent, *, ts: str = "1.0", revision: int = 1) -> bool:
    """Save that an intent arrived in D1."""
    with database.write() as connection:
        return outbox.sent(
            connection, intent, channel="D1", ts=ts, now=NOW, shown_revision=revision
        )


def states(database: Database) -> list[MessageState]:
    """Return the state of each message, oldest first."""
    with database.read() as connection:
        return [intent.state for intent in outbox.about(connection, workspace="T1", subject="L1")]


def test_same_key_is_one_message(database: Database) -> None:
    """A repeated decision does not repeat its message, not even after it was sent."""
    enqueue(database, notice("k"), notice("k"))
    (intent,) = claim(database)
    assert deliver(database, intent)

    enqueue(database, notice("k"))

    assert claim(database) == []
    assert (intent.facts, intent.attempts) == ({"n": 1}, 1)


def test_one_conversation_keeps_its_order(database: Database) -> None:
    """The second message of an order key waits until the first has ended."""
    enqueue(database, notice("a"), notice("b"), notice("c", recipient="U2"))

    first, other = claim(database)
    assert [first.dedupe_key, other.dedupe_key] == ["a", "c"]
    assert claim(database) == []
    deliver(database, first)

    assert [intent.dedupe_key for intent in claim(database)] == ["b"]


def test_an_unknown_outcome_keeps_its_place(database: Database) -> None:
    """Nothing overtakes a message that may or may not have arrived."""
    enqueue(database, notice("a"), notice("b"))
    (first,) = claim(database)

    with database.write() as connection:
        assert outbox.unknown(connection, first, look_at=LATER, error="timeout")

    assert claim(database, wall=LATER) == []


def test_urgent_conversations_go_first(database: Database) -> None:
    """Between conversations the priority decides, then the order of arrival."""
    enqueue(
        database,
        notice("digest", recipient="C1", priority=Priority.DIGEST),
        notice("rep", recipient="U1"),
        notice("call", recipient="U2", priority=Priority.ESCALATION),
    )

    assert [intent.dedupe_key for intent in claim(database, limit=2)] == ["call", "rep"]


def test_thread_follows_its_card(database: Database) -> None:
    """A reply in a card's thread waits for the card's first message."""
    reply = notice("reply", thread="L1")
    enqueue(database, card(), reply)

    (root,) = claim(database)
    assert root.card == "L1"
    deliver(database, root, ts="5.5")
    (follower,) = claim(database)

    with database.read() as connection:
        living = outbox.card_message(
            connection, workspace="T1", card=follower.thread or "", recipient="U1"
        )
    assert living is not None
    assert living.ts == "5.5"


def test_waiting_updates_of_a_card_collapse(database: Database) -> None:
    """Three changes before delivery are one message; a change while sending is a second."""
    enqueue(database, card(), card(), card(priority=Priority.ESCALATION))
    (first,) = claim(database)
    assert first.priority == Priority.ESCALATION

    enqueue(database, card(), card())
    assert claim(database) == []
    deliver(database, first, revision=1)
    (second,) = claim(database)
    deliver(database, second, revision=4)

    with database.read() as connection:
        (living,) = outbox.card_messages(connection, workspace="T1", card="L1")
        assert outbox.card_at(connection, workspace="T1", channel="D1", ts="1.0") == living
        assert outbox.card_at(connection, workspace="T2", channel="D1", ts="1.0") is None
        assert outbox.card_message(connection, workspace="T1", card="x", recipient="U1") is None
    assert living.shown_revision == 4


def test_retried_update_yields_to_a_newer_one(database: Database) -> None:
    """A card update that failed is dropped when a newer one waits: that one shows it all."""
    enqueue(database, card())
    (first,) = claim(database)
    enqueue(database, card())

    with database.write() as connection:
        assert outbox.retry(connection, first, retry_at=LATER, now=NOW, error="503")

    assert states(database) == [MessageState.CANCELLED, MessageState.PENDING]
    assert len(claim(database)) == 1


def test_retry_waits_and_keeps_its_place(database: Database) -> None:
    """A message that may be sent later blocks its conversation until then."""
    enqueue(database, notice("a"), notice("b"))
    (first,) = claim(database)
    with database.write() as connection:
        assert outbox.retry(connection, first, retry_at=LATER, now=NOW, error="429")
        assert outbox.next_at(connection) == LATER

    assert claim(database) == []
    (again,) = claim(database, wall=LATER)

    assert (again.dedupe_key, again.attempts, again.error) == ("a", 2, "429")


def test_stopped_sender_leaves_an_unknown_outcome(database: Database) -> None:
    """After a crash between claim and completion the message is looked up, then sent again."""
    enqueue(database, notice("a"))
    (lost,) = claim(database)
    with database.write() as connection:
        assert outbox.recover(connection, wall=NOW, look_at=LATER) == 0
        assert outbox.recover(connection, wall=NOW + LEASE, look_at=LATER) == 1
        assert outbox.claim_unknown(connection, wall=NOW + LEASE, lease=LEASE) == []
        (found,) = outbox.claim_unknown(connection, wall=LATER, lease=LEASE)
        assert outbox.claim_unknown(connection, wall=LATER, lease=LEASE) == []
        assert outbox.retry(connection, found, retry_at=LATER, now=NOW, is_possible_repeat=True)

    assert not deliver(database, lost)
    (again,) = claim(database, wall=LATER)
    assert again.is_possible_repeat
    assert deliver(database, again)


def test_every_outcome_is_fenced(database: Database) -> None:
    """Without the current lease nothing is saved, whatever the outcome."""
    enqueue(database, notice("a"))
    (stale,) = claim(database)
    with database.write() as connection:
        outbox.recover(connection, wall=NOW + LEASE, look_at=LATER)

    with database.write() as connection:
        assert not outbox.sent(connection, stale, channel="D1", ts="1.0", now=NOW)
        assert not outbox.retry(connection, stale, retry_at=NOW, now=NOW)
        assert not outbox.unknown(connection, stale, look_at=NOW, error="late")
        assert not outbox.fail(connection, stale, now=NOW, error="late")
        assert not outbox.drop(connection, stale, now=NOW, reason="late")
        assert not outbox.hold(connection, stale, now=NOW, error="late")
        assert not outbox.opened(connection, stale, channel="D1")
        assert not outbox.save_progress(connection, stale, progress={})

    assert states(database) == [MessageState.UNKNOWN]


def test_held_and_failed_wait_for_a_person(database: Database) -> None:
    """Messages set aside block nobody, are shown, and can be sent once more."""
    enqueue(database, notice("a"), notice("b"))
    (first,) = claim(database)
    with database.write() as connection:
        assert outbox.fail(connection, first, now=NOW, error="is_archived")
    (second,) = claim(database)
    with database.write() as connection:
        outbox.unknown(connection, second, look_at=NOW, error="timeout")
        (lost,) = outbox.claim_unknown(connection, wall=NOW, lease=LEASE)
        assert outbox.hold(connection, lost, now=NOW, error="no access to the history")
        parked = {MessageState.HELD, MessageState.FAILED}
        shown = outbox.in_state(connection, workspace="T1", states=parked)
        assert [intent.error for intent in shown] == ["is_archived", "no access to the history"]
        of = {"workspace": "T1", "seq": lost.seq, "now": LATER}
        assert outbox.send_again(connection, **of)
        assert not outbox.send_again(connection, **of)
        assert outbox.send_again(connection, workspace="T1", seq=first.seq, now=LATER)

    (again,) = claim(database)
    assert again.seq == first.seq, "it never arrived, so nothing has to be looked up"
    assert (again.enqueued_at, again.first_enqueued_at) == (LATER, NOW)
    assert not again.is_possible_repeat
    with database.write() as connection:
        (unclear,) = outbox.claim_unknown(connection, wall=NOW, lease=LEASE)
    assert unclear.seq == lost.seq


def test_a_failed_card_is_not_sent_again_beside_a_newer_update(database: Database) -> None:
    """The update that waits shows it all."""
    enqueue(database, card())
    (first,) = claim(database)
    with database.write() as connection:
        assert outbox.fail(connection, first, now=NOW, error="is_archived")
    enqueue(database, card())

    with database.write() as connection:
        assert outbox.send_again(connection, workspace="T1", seq=first.seq, now=LATER)

    assert states(database) == [MessageState.CANCELLED, MessageState.PENDING]


def test_what_may_have_arrived_is_looked_up_before_it_is_sent_again(database: Database) -> None:
    """An ephemeral message that may have been seen is none that never arrived."""
    enqueue(database, notice("a"))
    (first,) = claim(database)
    with database.write() as connection:
        outbox.fail(connection, first, now=NOW, error="unclear", may_have_arrived=True)

    with database.write() as connection:
        assert outbox.send_again(connection, workspace="T1", seq=first.seq, now=LATER)

    assert states(database) == [MessageState.UNKNOWN]


def test_cancel_takes_only_what_nobody_claimed(database: Database) -> None:
    """After acknowledging nothing new leaves; what is being sent may still arrive."""
    enqueue(database, notice("a"), notice("b"), notice("c", kind="breach.notice", recipient="U2"))
    (first, *_) = claim(database, limit=1)

    with database.write() as connection:
        kinds = {"clock.warning"}
        assert outbox.cancel(connection, workspace="T1", subject="L1", now=NOW, kinds=kinds) == 1
        assert outbox.cancel(connection, workspace="T1", subject="L1", now=NOW) == 1

    assert deliver(database, first)
    assert states(database) == [
        MessageState.SENT,
        MessageState.CANCELLED,
        MessageState.CANCELLED,
    ]


def test_unwanted_message_is_dropped(database: Database) -> None:
    """A claimed message that became pointless ends as cancelled."""
    enqueue(database, notice("a"))
    (intent,) = claim(database)

    with database.write() as connection:
        assert outbox.drop(connection, intent, now=NOW, reason="acknowledged meanwhile")

    assert states(database) == [MessageState.CANCELLED]


def test_progress_and_conversation_survive_a_retry(database: Database) -> None:
    """A file set continues where it stopped, in the conversation that was opened."""
    enqueue(database, notice("files"))
    (intent,) = claim(database)
    with database.write() as connection:
        assert outbox.opened(connection, intent, channel="D7")
        assert outbox.save_progress(connection, intent, progress={"uploaded": ["F1"]})
        outbox.retry(connection, intent, retry_at=NOW, now=NOW)

    (again,) = claim(database)

    assert (again.channel, again.progress) == ("D7", {"uploaded": ["F1"]})


def test_health_and_sweep(database: Database) -> None:
    """The oldest waiting message is known; settled ones are swept away."""
    with database.read() as connection:
        assert outbox.oldest_waiting(connection) is None
        assert outbox.next_at(connection) is None
    enqueue(database, notice("a"))
    with database.read() as connection:
        assert outbox.oldest_waiting(connection) == NOW
    deliver(database, claim(database)[0])

    with database.write() as connection:
        of: dict[str, Any] = {"workspace": "T1", "kept": (), "after": 0, "limit": 10}
        assert outbox.over(connection, before=NOW, unsent_before=NOW, **of) == []
        seqs = outbox.over(connection, before=LATER, unsent_before=NOW, **of)
        assert outbox.sweep(connection, seqs=seqs) == 1


def test_what_failed_is_kept_for_longer_and_what_is_kept_stays(database: Database) -> None:
    """An operator may still have it sent again; nobody's messages of a live version go."""
    enqueue(database, notice("a"), notice("b", recipient="U2"))
    failed, arrived = claim(database)
    assert deliver(database, arrived)
    with database.write() as connection:
        assert outbox.fail(connection, failed, now=NOW, error="is_archived")

    with database.write() as connection:
        of: dict[str, Any] = {"workspace": "T1", "before": LATER, "limit": 10}
        of |= {"kept": (), "after": 0, "unsent_before": NOW}
        assert outbox.over(connection, **of) == [arrived.seq]
        assert outbox.over(connection, **of | {"unsent_before": LATER}) == [
            failed.seq,
            arrived.seq,
        ]
        assert outbox.over(connection, **of | {"kept": ("L1",)}) == []
        assert outbox.over(connection, **of | {"after": arrived.seq}) == []
        assert outbox.over(connection, **of | {"workspace": "T2"}) == []
        assert outbox.send_again(connection, workspace="T1", seq=failed.seq, now=LATER)
        assert outbox.sweep(connection, seqs=[failed.seq]) == 0


def test_nothing_to_enqueue(database: Database) -> None:
    """No messages are no work."""
    enqueue(database)

    assert claim(database) == []


def test_eight_senders_send_each_message_once(database: Database) -> None:
    """Senders that race share the work and keep each conversation's order."""
    enqueue(
        database,
        *(notice(f"{user}-{n}", recipient=f"U{user}") for user in range(10) for n in range(5)),
    )
    start, sent = Barrier(8), []

    def work() -> None:
        start.wait()
        for _ in range(200):
            with database.write() as connection:
                claimed = outbox.claim(connection, wall=NOW, lease=LEASE, limit=3)
            for intent in claimed:
                sent.append(intent.dedupe_key)
                assert deliver(database, intent)
            if not claimed and len(sent) == 50:
                return

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sent) == len(set(sent)) == 50
    for user in range(10):
        mine = [key for key in sent if key.startswith(f"{user}-")]
        assert mine == sorted(mine)
