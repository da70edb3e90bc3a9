"""Messages leave the outbox once, in order, and through whatever Slack does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.watch.arrivals import ARRIVALS
from bot.watch.rendered import Rendered
from bot.watch.rendering import RENDERERS
from storage import outbox
from storage.database import StorageBusy
from storage.outbox import Intent, MessageState, NewMessage, Priority
from storage.tables import message_table, person_table
from tests.support.house import House

REVOPS = "C0REVOPS01"
RIA = "U0RIA00001"


def _said(_connection: Connection, intent: Intent) -> Rendered | None:
    """Render what the facts say; `unwanted` in them means that nobody wants it any more."""
    if intent.facts.get("unwanted"):
        return None
    return Rendered(
        text=intent.facts["text"],
        revision=intent.facts.get("revision", 0),
        only_for=intent.facts.get("only_for"),
        blocks=intent.facts.get("blocks", ()),
    )


@pytest.fixture(autouse=True)
def _renderers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach the app a kind of message of the tests' own."""
    monkeypatch.setitem(RENDERERS, "said", _said)


def send(house: House, text: str, **how: Any) -> None:  # noqa: ANN401 - fields of NewMessage
    """Enqueue a message."""
    facts = {"text": text, **how.pop("facts", {})}
    known = {"kind": "said", "subject": "s1", "recipient": REVOPS, "priority": Priority.SIGN_OFF}
    message = NewMessage(workspace=house.workspace, facts=facts, **{**known, **how})
    if message.card is None and message.dedupe_key is None:
        message = replace(message, dedupe_key=text)
    now = house.clocks.now()
    house.app.database.run(lambda connection: outbox.enqueue(connection, message, now=now))


def texts(house: House) -> list[str]:
    """Take the texts of the app's new messages."""
    return [message.text for message in house.take()]


def states(house: House) -> list[str]:
    """Return the states of all messages, oldest first."""
    with house.app.database.read() as connection:
        return [m.state for m in outbox.about(connection, workspace=house.workspace, subject="s1")]


def test_a_notice_reaches_the_channel(house: House) -> None:
    """What is enqueued is posted at the next step, with its key in the metadata."""
    send(house, "hello", dedupe_key="k1")

    house.step()

    (message,) = house.take("#revops")
    assert message.text == "hello"
    assert message.metadata == {"event_type": "handoff_message", "event_payload": {"key": "k1"}}
    assert states(house) == [MessageState.SENT]


def test_direct_messages_are_opened_once(house: House) -> None:
    """A person's conversation is opened before the first message and known after it."""
    send(house, "one", recipient=RIA)
    send(house, "two", recipient=RIA)

    house.step()

    assert [message.text for message in house.take_direct("ria")] == ["one", "two"]
    assert len(house.sandbox.journal.calls("conversations.open")) == 1


def test_direct_messages_that_are_gone_are_opened_anew(house: House) -> None:
    """The app was made anew in the workspace: its conversations have other ids, also for cards."""
    send(house, "v1", recipient=RIA, card="packet:1")
    house.step()
    (first,) = house.take_direct("ria")
    dm, gone = first.channel, "D0GONE0001"
    for table, column in ((person_table, "dm_channel"), (message_table, "channel")):
        moved = table.update().where(table.c[column] == dm).values({column: gone})
        house.app.database.run(lambda connection, moved=moved: connection.execute(moved))

    send(house, "v2", recipient=RIA, card="packet:1")
    send(house, "in the thread", recipient=RIA, thread="packet:1")
    send(house, "a notice", recipient=RIA)
    house.step()

    assert sorted(one.text for one in house.take_direct("ria")) == [
        "a notice",
        "in the thread",
        "v2",
    ]
    assert set(states(house)) == {MessageState.SENT}
    assert len(house.sandbox.journal.calls("conversations.open")) == 2
    house.take_refusals()


def test_order_holds_within_a_conversation_and_urgent_ones_go_first(house: House) -> None:
    """Heads leave by priority; what follows in the same order key waits for its head."""
    send(house, "digest", priority=Priority.DIGEST, order_key="a")
    send(house, "digest, later", priority=Priority.ESCALATION, order_key="a")
    send(house, "call", priority=Priority.ESCALATION, order_key="b")

    house.step()

    assert texts(house) == ["call", "digest", "digest, later"]


def test_a_card_is_updated_in_place(house: House) -> None:
    """The second version of a card replaces the first; its revision is remembered."""
    send(house, "v1", card="packet:1", facts={"revision": 1})
    house.step()
    send(house, "v2", card="packet:1", facts={"revision": 2})
    send(house, "v3", card="packet:1", facts={"revision": 3})

    house.step()

    (message,) = house.take("#revops")
    assert message.text == "v3"
    assert len(house.sandbox.journal.calls("chat.update")) == 1, "pending updates collapse"
    with house.app.database.read() as connection:
        shown = outbox.card_message(
            connection, workspace=house.workspace, card="packet:1", recipient=REVOPS
        )
    assert shown is not None
    assert shown.shown_revision == 3


def test_a_deleted_card_is_posted_anew(house: House) -> None:
    """If somebody deleted the message of a card, the next update makes a new one."""
    send(house, "v1", card="packet:1")
    house.step()
    (first,) = house.take()
    house.sandbox.workspace.messages.remove(first)
    send(house, "v2", card="packet:1")

    house.step()

    assert texts(house) == ["v2"]
    assert house.take_refusals() == ["chat.update: message_not_found"]


def test_a_reply_goes_into_the_thread_of_its_card(house: House) -> None:
    """A notice with `thread` is posted under the card's message."""
    send(house, "root", card="packet:1")
    send(house, "reply", thread="packet:1")

    house.step()

    root, reply = house.take()
    assert reply.thread_ts == root.ts


def test_an_unwanted_message_is_not_sent(house: House) -> None:
    """A renderer that returns None cancels the message."""
    send(house, "never", facts={"unwanted": True})

    house.step()

    assert states(house) == [MessageState.CANCELLED]


def test_an_ephemeral_message_is_seen_by_one_person(house: House) -> None:
    """`only_for` shows the message to one person in the conversation."""
    send(house, "psst", facts={"only_for": RIA})

    house.step()

    (message,) = house.take()
    assert message.only_for == RIA


def test_refused_blocks_fall_back_to_the_words(house: House) -> None:
    """If Slack does not take the blocks, the text goes without them, and it is logged."""
    send(house, "words", facts={"blocks": [{"type": "nonsense"}]})

    house.step()

    assert texts(house) == ["words"]
    assert [line.partition(":")[0] for line in house.take_refusals()] == ["chat.postMessage"]
    assert len(house.take_errors()) == 1


@pytest.mark.parametrize("kind", ["drop", "timeout-after", "500-after", "html"])
@pytest.mark.parametrize("where", ["root", "thread", "direct"])
def test_an_unclear_answer_is_looked_up_and_nothing_is_posted_twice(
    quick_house: House, kind: str, where: str
) -> None:
    """Slack did post, but its answer was lost: after the quiet period the message is found."""
    house = quick_house
    send(house, "root", card="packet:1")
    house.step()
    house.take()
    how: dict[str, Any] = {
        "root": {},
        "thread": {"thread": "packet:1"},
        "direct": {"recipient": RIA},
    }[where]
    house.sandbox.faults.add("chat.postMessage", kind, seconds=1.5)  # type: ignore[arg-type]
    send(house, "once", **how)

    house.step()
    assert states(house)[-1] == MessageState.UNKNOWN
    house.step(seconds=29)
    assert states(house)[-1] == MessageState.UNKNOWN, "the quiet period is not over"
    house.step(seconds=2)

    assert texts(house) == ["once"]
    assert states(house)[-1] == MessageState.SENT
    assert len(house.sandbox.journal.calls("chat.postMessage")) == 2
    house.take_refusals()
    house.take_errors()


@pytest.mark.parametrize("kind", ["timeout", "500"])
def test_an_unclear_answer_without_effect_is_sent_again(quick_house: House, kind: str) -> None:
    """Slack did not post: the look-up finds nothing, and the message is posted after all."""
    house = quick_house
    house.sandbox.faults.add("chat.postMessage", kind, seconds=1.5)  # type: ignore[arg-type]
    send(house, "once")

    house.step(seconds=31)

    assert texts(house) == ["once"]
    assert states(house) == [MessageState.SENT]
    house.take_refusals()
    house.take_errors()


@pytest.mark.parametrize(
    ("retry_after", "wait"), [(0, 0), (1, 1), (30, 30), (None, 30), (3600, 3600)]
)
def test_429_rests_at_least_as_long_as_slack_says(
    house: House, retry_after: int | None, wait: int
) -> None:
    """No call of the method before `Retry-After` is over, for any message; all arrive."""
    house.sandbox.faults.add("chat.postMessage", "429", retry_after=retry_after)
    send(house, "one", order_key="a")
    send(house, "two", order_key="b")
    start = house.clocks.now()

    house.step(seconds=60 + wait)

    tried = [entry.at - start for entry in house.sandbox.journal.calls("chat.postMessage")]
    assert sorted(texts(house)) == ["one", "two"]
    assert tried[0] == timedelta(0)
    assert min(tried[1:]) >= timedelta(seconds=wait)
    house.take_refusals()


def test_opening_conversations_rests_for_everybody(house: House) -> None:
    """Slack counts the method, not the person: nobody's conversation is opened meanwhile."""
    house.sandbox.faults.add("conversations.open", "429", retry_after=30)
    send(house, "one", recipient=RIA)
    send(house, "two", recipient=house.person("sam").id)
    start = house.clocks.now()

    house.step(seconds=60)

    opened = [entry.at - start for entry in house.sandbox.journal.calls("conversations.open")]
    assert opened[0] == timedelta(0)
    assert min(opened[1:]) >= timedelta(seconds=30)
    assert sorted(texts(house)) == ["one", "two"]
    house.take_refusals()


@pytest.mark.parametrize("retry_after", [0, 1])
def test_a_conversation_that_is_busy_for_minutes_loses_nothing(
    house: House, retry_after: int
) -> None:
    """However often a message is told to wait, it arrives: a rush is no reason to give up."""
    house.sandbox.faults.add("chat.postMessage", "429", retry_after=retry_after, count=400)
    send(house, "late, but there")

    house.step(minutes=10)

    assert texts(house) == ["late, but there"]
    assert states(house) == [MessageState.SENT]
    house.take_refusals()


def test_what_slack_refuses_for_a_day_is_given_up(house: House) -> None:
    """Nothing is tried for ever: an operator is told."""
    house.sandbox.faults.add("chat.postMessage", "429", retry_after=280, count=400)
    send(house, "never")

    house.step(hours=23)
    assert states(house) == [MessageState.PENDING]
    house.step(hours=2)

    assert states(house) == [MessageState.FAILED]
    (error,) = house.take_errors()
    assert "given up" in error
    house.take_refusals()


def test_an_update_that_was_not_confirmed_is_repeated(quick_house: House) -> None:
    """Updates are safe to repeat, so nothing is looked up."""
    house = quick_house
    send(house, "v1", card="packet:1")
    house.step()
    house.sandbox.faults.add("chat.update", "drop")
    send(house, "v2", card="packet:1")

    house.step(seconds=5)

    assert texts(house) == ["v2"]
    assert house.sandbox.journal.calls("conversations.history") == []
    house.take_errors()


def test_an_ephemeral_message_is_never_repeated(quick_house: House) -> None:
    """Nobody can look it up, so an unclear answer ends it, with an alarm."""
    house = quick_house
    house.sandbox.faults.add("chat.postEphemeral", "drop")
    send(house, "psst", facts={"only_for": RIA})

    house.step(minutes=5)

    assert len(house.sandbox.journal.calls("chat.postEphemeral")) == 1
    assert states(house) == [MessageState.FAILED]
    assert house.take()
    assert house.take_errors()


@pytest.mark.parametrize("trouble", ["none", "unclear late", "unclear both", "deletion"])
@pytest.mark.parametrize("where", ["channel", "thread", "direct"])
@pytest.mark.parametrize("is_taken_over", [False, True])
def test_a_sender_that_lost_its_lease_leaves_one_copy(
    quick_house: House,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    where: str,
    is_taken_over: bool,
) -> None:
    """Its copy is found by the look-up, or withdrawn if another sender posts its own."""
    house = quick_house
    send(house, "root", card="packet:1", subject="root")
    house.step()
    house.take()
    faults = {"unclear late": 1, "unclear both": 2}.get(trouble, 0)
    if faults:
        house.sandbox.faults.add("chat.postMessage", "drop", count=faults)
    if trouble == "deletion":
        house.sandbox.faults.add("chat.delete", "500", count=3)
    lose_the_first_lease(house, monkeypatch, becomes=outbox.retry if is_taken_over else None)
    send(
        house,
        "once",
        **{"thread": {"thread": "packet:1"}, "direct": {"recipient": RIA}}.get(where, {}),
    )

    house.step(minutes=10)

    assert texts(house) == ["once"]
    assert states(house) == [MessageState.SENT]
    assert bool(house.sandbox.journal.calls("chat.delete")) == is_taken_over
    house.take_refusals()
    house.take_errors()


def lose_the_first_lease(
    house: House, monkeypatch: pytest.MonkeyPatch, *, becomes: Callable[..., bool] | None
) -> None:
    """Let the sender of the next message be so slow that others look after it.

    Args:
        house: The workspace.
        monkeypatch: Undoes it.
        becomes: What others find of it before it has arrived: to be sent again, or failed. None:
            nothing yet.
    """
    database, post = house.app.database, house.app.slack.post
    slow = iter([True])

    def lose(connection: Connection) -> None:
        later = house.clocks.wall() + timedelta(seconds=61)
        outbox.recover(connection, wall=later, look_at=later)
        if becomes is not None:
            lease = timedelta(seconds=60)
            (lost,) = outbox.claim_unknown(connection, wall=later, lease=lease)
            given = {"retry_at": later} if becomes is outbox.retry else {"error": "is_archived"}
            becomes(connection, lost, now=house.clocks.now(), **given)

    def slowly(**given: Any) -> Any:  # noqa: ANN401 - the gateway's own
        outcome = post(**given)
        if next(slow, False):
            database.run(lose)
        return outcome

    monkeypatch.setattr(house.app.slack, "post", slowly)


def test_a_late_copy_of_an_unwanted_message_is_withdrawn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody wanted it any more when the sender that took over looked: no copy stays."""
    lose_the_first_lease(house, monkeypatch, becomes=outbox.retry)
    send(house, "late")
    house.step()
    cancel = partial(outbox.cancel, workspace=house.workspace, subject="s1")
    house.app.database.run(lambda connection: cancel(connection, now=house.clocks.now()))

    house.step(minutes=2)

    assert states(house) == [MessageState.CANCELLED]
    assert texts(house) == []


def test_a_late_copy_of_a_message_that_failed_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the only one that anybody reads."""
    lose_the_first_lease(house, monkeypatch, becomes=outbox.fail)
    send(house, "late")

    house.step(minutes=2)

    assert states(house) == [MessageState.FAILED]
    assert texts(house) == ["late"]


def test_a_message_that_cannot_be_rendered_is_given_up_with_an_alarm(house: House) -> None:
    """It is tried ten times, blocks no other, and then needs a person."""
    send(house, "broken", facts={"revision": "not a number", "blocks": 7}, order_key="a")
    send(house, "unknown", kind="no such kind", order_key="b")
    send(house, "healthy", order_key="c")

    house.step(hours=1)

    assert texts(house) == ["healthy"]
    assert states(house) == [MessageState.FAILED, MessageState.FAILED, MessageState.SENT]
    errors = house.take_errors()
    assert sum("cannot be delivered" in line for line in errors) == 2
    assert sum("A row failed" in line for line in errors) == 20


def test_a_lease_that_is_about_to_end_is_not_used(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped between its claim and its call does not call."""
    instants = iter([0.0, 59.0])
    monkeypatch.setattr(house.clocks, "monotonic", lambda: next(instants, 0.0))
    send(house, "once")

    house.app.loops[2].drain()

    assert texts(house) == ["once"]
    assert len(house.sandbox.journal.calls("chat.postMessage")) == 1
    with house.app.database.read() as connection:
        (message,) = outbox.about(connection, workspace=house.workspace, subject="s1")
    assert message.attempts == 2


def test_refused_blocks_of_an_update_fall_back_to_the_words(house: House) -> None:
    """The card shows the words at least."""
    send(house, "v1", card="packet:1")
    house.step()
    send(house, "v2", card="packet:1", facts={"blocks": [{"type": "nonsense"}]})

    house.step()

    assert texts(house) == ["v2"]
    assert house.take_errors()
    house.take_refusals()


def test_a_person_who_cannot_be_written_to_is_an_alarm(house: House) -> None:
    """Opening the conversation is refused, so the message has failed."""
    send(house, "nobody", recipient="U0NOBODY01")

    house.step()

    assert states(house) == [MessageState.FAILED]
    assert house.take_errors()
    house.take_refusals()


def test_a_reply_whose_root_never_arrived_is_said_anyway(house: House) -> None:
    """Outside the thread is better than not at all."""
    send(house, "root", card="packet:1", facts={"unwanted": True})
    send(house, "reply", thread="packet:1")

    house.step()

    (message,) = house.take()
    assert message.thread_ts is None


def test_a_reply_whose_root_was_deleted_is_said_anyway(house: House) -> None:
    """Somebody deleted the thread; the next update of its card posts that anew as well."""
    send(house, "root", card="packet:1")
    house.step()
    (root,) = house.take()
    house.sandbox.workspace.messages.remove(root)
    send(house, "reply", thread="packet:1")

    house.step()

    (reply,) = house.take()
    assert (reply.text, reply.thread_ts) == ("reply", None)
    assert house.take_refusals() == ["chat.postMessage: thread_not_found"]
    send(house, "root", card="packet:1")
    house.step()
    assert texts(house) == ["root"]


def test_a_channel_that_is_being_moved_is_waited_for(house: House) -> None:
    """Slack makes it one that is shared with another company: a matter of minutes."""
    code = "external_channel_migrating"
    house.sandbox.faults.add("chat.postMessage", "error", code=code, count=5)
    send(house, "once")

    house.step(minutes=5)

    assert texts(house) == ["once"]
    assert states(house) == [MessageState.SENT]
    house.take_refusals()


def test_an_outcome_that_cannot_be_saved_is_looked_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message arrived; that saving it failed once must not send it again."""
    failures = iter([StorageBusy(timedelta(seconds=10))])

    def busy_once(*_: object) -> None:
        for failure in failures:
            raise failure

    monkeypatch.setitem(ARRIVALS, "said", busy_once)
    send(house, "once")

    house.step()
    assert states(house) == [MessageState.UNKNOWN]
    house.step(minutes=5)

    assert texts(house) == ["once"]
    assert states(house) == [MessageState.SENT]
    assert house.take_errors()
