"""Messages whose outcome nobody knows are looked up; files go on where they stopped."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.flows.keep.messages import send_again
from bot.watch.arrivals import ARRIVALS
from bot.watch.rendered import File, FileSet, Rendered
from bot.watch.rendering import RENDERERS
from handoff.audit import AuditFact
from storage import audit, outbox
from storage.outbox import Intent, MessageState, NewMessage, Priority
from tests.support.house import House, open_house

REVOPS = "C0REVOPS01"


def _say(_connection: Connection, intent: Intent) -> Rendered | None:
    return Rendered(text=intent.subject, blocks=intent.facts.get("blocks", ()))


def _files(_connection: Connection, _intent: Intent) -> FileSet:
    files = tuple(File(f"{name}.md", name.title(), name.encode) for name in ("one", "two"))
    return FileSet(files=files, comment="The documents")


@pytest.fixture(autouse=True)
def _renderers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach the app two kinds of message of the tests' own."""
    monkeypatch.setitem(RENDERERS, "said", _say)
    monkeypatch.setitem(RENDERERS, "files.share", _files)


def send(
    house: House,
    subject: str,
    *,
    kind: str = "said",
    priority: Priority = Priority.SIGN_OFF,
    recipient: str = REVOPS,
) -> None:
    """Enqueue a message, to #revops if nothing else is said."""
    message = NewMessage(
        workspace=house.workspace,
        kind=kind,
        subject=subject,
        recipient=recipient,
        priority=priority,
        dedupe_key=subject,
        order_key=subject,
    )
    now = house.clocks.now()
    house.app.database.run(lambda connection: outbox.enqueue(connection, message, now=now))


def state(house: House, subject: str) -> MessageState:
    """Return the state of the one message about a subject."""
    with house.app.database.read() as connection:
        (message,) = outbox.about(connection, workspace=house.workspace, subject=subject)
    return message.state


def texts(house: House) -> list[str]:
    """Take the texts of the app's new messages."""
    return [message.text for message in house.take()]


def expect_trouble(house: House) -> None:
    """Take what was logged and refused; the test provoked it."""
    house.take_errors()
    house.take_refusals()


def test_one_look_up_serves_a_whole_conversation(quick_house: House) -> None:
    """Three lost answers in one channel are found with one call."""
    house = quick_house
    house.sandbox.faults.add("chat.postMessage", "drop", count=3)
    for subject in ("a", "b", "c"):
        send(house, subject)

    house.step(seconds=31)

    assert sorted(texts(house)) == ["a", "b", "c"]
    assert len(house.sandbox.journal.calls("conversations.history")) == 1
    expect_trouble(house)


def test_an_urgent_message_that_cannot_be_looked_up_says_possible_repeat(
    quick_house: House,
) -> None:
    """Better twice than never, and it says so; a routine one is held for a person."""
    house = quick_house
    house.sandbox.workspace.manifest.body["oauth_config"]["scopes"]["bot"].remove(
        "channels:history"
    )
    house.sandbox.faults.add("chat.postMessage", "drop", count=2)
    send(house, "call", priority=Priority.ESCALATION)
    send(house, "digest", priority=Priority.DIGEST)

    house.step(seconds=31)

    assert sorted(texts(house)) == ["(Possible repeat) call", "call", "digest"]
    assert state(house, "digest") == MessageState.HELD
    expect_trouble(house)


def test_a_repeat_that_is_unclear_again_is_held(quick_house: House) -> None:
    """Two at most: what was sent once more without a look-up is not sent a third time."""
    house = quick_house
    house.sandbox.workspace.manifest.body["oauth_config"]["scopes"]["bot"].remove(
        "channels:history"
    )
    house.sandbox.faults.add("chat.postMessage", "drop", count=3)
    send(house, "call", priority=Priority.ESCALATION)

    house.step(minutes=5)

    assert sorted(texts(house)) == ["(Possible repeat) call", "call"]
    assert state(house, "call") == MessageState.HELD
    with house.app.database.read() as connection:
        (fact,) = audit.history(connection, workspace=house.workspace, subject="call")
    assert fact.kind is AuditFact.MESSAGE_HELD
    expect_trouble(house)


def test_what_is_held_comes_once_when_it_is_sent_again(quick_house: House) -> None:
    """It had arrived: once the history can be read it is found there, and not sent."""
    house = quick_house
    scopes = house.sandbox.workspace.manifest.body["oauth_config"]["scopes"]["bot"]
    scopes.remove("channels:history")
    house.sandbox.faults.add("chat.postMessage", "drop")
    send(house, "digest", priority=Priority.DIGEST)
    house.step(seconds=31)
    with house.app.database.read() as connection:
        (held,) = outbox.about(connection, workspace=house.workspace, subject="digest")
    again: dict[str, Any] = {"database": house.app.database, "ids": (held.seq,), "by": "ria"}
    house.step(days=2)

    send_again(now=house.clocks.now(), **again)
    house.step()
    assert state(house, "digest") == MessageState.HELD, "it still cannot be looked up"
    scopes.append("channels:history")
    send_again(now=house.clocks.now(), **again)
    house.step()

    assert texts(house) == ["digest"]
    assert state(house, "digest") == MessageState.SENT
    expect_trouble(house)


def test_what_failed_is_sent_again_when_the_cause_is_mended(quick_house: House) -> None:
    """The app is invited, and the operator has the message sent once more."""
    house = quick_house
    workspace = house.sandbox.workspace
    for user in workspace.users.values():
        if user.id != workspace.bot_user:
            user.deleted = True
    send(house, "late", recipient=house.person("ria").id)
    house.step()
    assert state(house, "late") == MessageState.FAILED
    for user in workspace.users.values():
        user.deleted = False
    with house.app.database.read() as connection:
        (failed,) = outbox.about(connection, workspace=house.workspace, subject="late")
        (fact,) = audit.history(connection, workspace=house.workspace, subject="late")
    assert fact.kind is AuditFact.MESSAGE_FAILED

    for _ in range(2):
        send_again(
            database=house.app.database, now=house.clocks.now(), ids=(failed.seq,), by="ria"
        )
        house.step()

    assert texts(house) == ["late"]
    assert state(house, "late") == MessageState.SENT
    expect_trouble(house)


def test_a_look_up_that_must_wait_is_repeated(quick_house: House) -> None:
    """A 429 on the history means to look later, not to post again."""
    house = quick_house
    house.sandbox.faults.add("chat.postMessage", "drop")
    house.sandbox.faults.add("conversations.history", "429", retry_after=20)
    house.sandbox.faults.add("conversations.history", "500")
    send(house, "once")

    house.step(minutes=2)

    assert texts(house) == ["once"]
    assert state(house, "once") == MessageState.SENT
    expect_trouble(house)


def test_looking_up_rests_in_all_conversations(quick_house: House) -> None:
    """While the method rests no other conversation is looked into; both messages are found."""
    house = quick_house
    house.sandbox.faults.add("chat.postMessage", "drop", count=2)
    house.sandbox.faults.add("conversations.history", "429", retry_after=20)
    send(house, "a")
    send(house, "b", recipient="C0ENTHAND1")

    house.step(seconds=90)

    first, *later = (entry.at for entry in house.sandbox.journal.calls("conversations.history"))
    assert min(later) - first >= timedelta(seconds=20)
    assert sorted(texts(house)) == ["a", "b"]
    expect_trouble(house)


def test_uploads_rest_for_every_set(house: House) -> None:
    """No file's address is asked for while Slack wants that method to rest."""
    house.sandbox.faults.add("files.getUploadURLExternal", "429", retry_after=20)
    send(house, "a", kind="files.share")
    send(house, "b", kind="files.share")

    house.step(seconds=60)

    calls = house.sandbox.journal.calls("files.getUploadURLExternal")
    first, *later = (entry.at for entry in calls)
    assert min(later) - first >= timedelta(seconds=20)
    assert texts(house) == ["The documents", "The documents"]
    expect_trouble(house)


def test_the_quiet_period_is_a_setting(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Slack may be slow to show a message in its history; how slow can be set."""
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder, handoff_quiet_seconds=100) as house:
        house.sandbox.faults.add("chat.postMessage", "500-after")
        send(house, "once")

        house.step(seconds=99)
        assert house.sandbox.journal.calls("conversations.history") == []
        house.step(seconds=2)

        assert texts(house) == ["once"]
        expect_trouble(house)


def test_files_are_shared_together(house: House) -> None:
    """Every file is uploaded, and one call shares them."""
    send(house, "set", kind="files.share")

    house.step()

    (message,) = house.take()
    assert len(message.files) == 2
    assert len(house.sandbox.journal.calls("files.completeUploadExternal")) == 1


def test_an_interrupted_set_goes_on_where_it_stopped(quick_house: House) -> None:
    """What is uploaded is not uploaded again."""
    house = quick_house
    house.sandbox.faults.add("files.completeUploadExternal", "429", retry_after=5)
    send(house, "set", kind="files.share")

    house.step(seconds=10)

    assert len(house.take()) == 1
    assert len(house.sandbox.journal.calls("files.getUploadURLExternal")) == 2
    expect_trouble(house)


@pytest.mark.parametrize(("kind", "shared"), [("drop", 1), ("timeout", 2)])
def test_a_lost_answer_to_sharing_is_looked_up(quick_house: House, kind: str, shared: int) -> None:
    """The files themselves tell whether they were shared; only if not, they are again."""
    house = quick_house
    house.sandbox.faults.add("files.completeUploadExternal", kind, seconds=1.5)  # type: ignore[arg-type]
    send(house, "set", kind="files.share")

    house.step(seconds=40)

    assert len(house.take()) == 1
    assert state(house, "set") == MessageState.SENT
    assert len(house.sandbox.journal.calls("files.completeUploadExternal")) == shared
    expect_trouble(house)


@pytest.mark.parametrize("kind", ["", "drop", "timeout"])
def test_a_set_without_any_file_is_its_words(
    quick_house: House, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """What cannot be made is left out; the words alone are posted, and looked up, once."""
    house = quick_house
    unmade = FileSet(files=(File("one.png", "One", lambda: None),), comment="The finding")
    monkeypatch.setitem(RENDERERS, "files.share", lambda *_: unmade)
    if kind:
        house.sandbox.faults.add("chat.postMessage", kind, seconds=1.5)  # type: ignore[arg-type]
    send(house, "set", kind="files.share")

    house.step(seconds=40)

    assert texts(house) == ["The finding"]
    assert state(house, "set") == MessageState.SENT
    assert len(house.sandbox.journal.calls("conversations.history")) == bool(kind)
    assert house.sandbox.journal.calls("files.getUploadURLExternal") == []
    expect_trouble(house)


def test_what_cannot_be_made_is_left_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files of its set are shared, an image with its description."""
    files = (
        File("one.png", "One", lambda: None),
        File("two.png", "Two", b"2".__bytes__, alt="A two."),
    )
    some = FileSet(files=files, comment="Two of them")
    monkeypatch.setitem(RENDERERS, "files.share", lambda *_: some)
    send(house, "set", kind="files.share")

    house.step()

    (message,) = house.take()
    (shared,) = message.files
    assert house.sandbox.workspace.files[shared].alt == "A two."


def test_a_message_of_a_sender_that_died_is_looked_up(house: House) -> None:
    """Its lease runs out, the quiet period passes, the look-up finds nothing, and it is sent."""
    send(house, "once")
    wall = house.clocks.wall()
    house.app.database.run(
        lambda connection: outbox.claim(connection, wall=wall, lease=timedelta(seconds=60))
    )

    house.step(seconds=89)
    assert texts(house) == []
    house.step(seconds=5)

    assert texts(house) == ["once"]
    assert house.sandbox.journal.calls("conversations.history") == []


def test_a_restart_resumes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was enqueued before the app stopped is sent by the next one, once."""
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder) as house:
        send(house, "once")
        later = house.clocks.now() + timedelta(hours=1)

    with open_house(folder, start=later) as house:
        assert texts(house) == ["once"]
    with open_house(folder, start=later) as house:
        assert texts(house) == []


def test_a_revoked_token_keeps_messages_until_it_is_mended(house: House) -> None:
    """Nothing is lost or hammered while Slack does not let us in; then it goes on."""
    workspace = house.sandbox.workspace
    token, workspace.bot_token = workspace.bot_token, "xoxb-another"
    send(house, "one")
    send(house, "two")

    house.step(minutes=4)
    assert len(house.sandbox.journal.calls("chat.postMessage")) == 1
    workspace.bot_token = token
    house.step(minutes=3)

    assert sorted(texts(house)) == ["one", "two"]
    assert any("does not let Handoff in" in line for line in house.take_errors())
    expect_trouble(house)


def test_a_conversation_that_is_gone_is_an_alarm(house: House) -> None:
    """It is marked as failed, and an operator is told."""
    house.sandbox.workspace.channels.pop(REVOPS)
    send(house, "lost")

    house.step(minutes=1)

    assert state(house, "lost") == MessageState.FAILED
    assert any("cannot be delivered" in line for line in house.take_errors())
    expect_trouble(house)


def test_what_a_look_up_finds_has_arrived_as_well(
    quick_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner of a lead knows of it from its card, even if Slack's answer was lost."""
    house = quick_house
    arrived: list[str] = []
    monkeypatch.setitem(ARRIVALS, "said", lambda _, intent, _now: arrived.append(intent.subject))
    house.sandbox.faults.add("chat.postMessage", "drop")
    send(house, "once")

    house.step(seconds=31)

    assert texts(house) == ["once"]
    assert arrived == ["once"]
    expect_trouble(house)
