"""Events: who hears of what, and how often."""

import asyncio
import hashlib
import hmac
import json
from asyncio import Queue
from threading import Event
from typing import Any

import pytest

from bot.sandbox import Answer, AppFailed, Outgoing, Sandbox, SlackRefusal, StillClock, load_seed
from bot.sandbox.hosting import hosted
from bot.sandbox.outward.link import NoAnswer
from bot.sandbox.people import User
from tests.bot.sandbox.conftest import START, Wall, World
from tests.bot.sandbox.tiny_app import MANIFEST, SECRET, TOKEN


class FakeApp:
    """An app that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.answers: list[Answer | Exception] = []
        self.requests: list[Outgoing] = []

    def __call__(self, outgoing: Outgoing) -> Answer:
        self.requests.append(outgoing)
        answer = self.answers.pop(0) if self.answers else Answer(200, {}, b"")
        if isinstance(answer, Exception):
            raise answer
        return answer


def lonely(app: FakeApp, wall: Wall, **changes: Any) -> Sandbox:  # noqa: ANN401  # any argument
    """Return a sandbox in front of a fake app."""
    arguments = {
        "manifest": MANIFEST,
        "seed": load_seed(),
        "signing_secret": SECRET,
        "bot_token": TOKEN,
        "app_url": "http://127.0.0.1:9/slack/events",
        "clock": StillClock(START),
        "wall": wall,
        "deliver": app,
    }
    return Sandbox(**{**arguments, **changes})


def test_reactions_are_told(world: World) -> None:
    """The app hears of reactions where it is a member, with who, what and where."""
    ria = world.sandbox.person("ria")
    message = ria.post("#revops", "Look")
    quiet = ria.post("#general", "Not here")
    ria.react(message, "tada")
    ria.react(quiet, "tada")
    ria.unreact(message, "tada")

    told = [body["event"] for body in world.seen]
    assert [event["type"] for event in told] == ["reaction_added", "reaction_removed"]
    assert told[0]["item"] == {"type": "message", "channel": "C0REVOPS01", "ts": message.ts}
    assert told[0]["item_user"] == ria.id
    with pytest.raises(SlackRefusal, match="no_reaction"):
        ria.unreact(message, "tada")


def test_words_to_the_app(world: World) -> None:
    """The app hears direct messages and mentions, and nothing else that is said."""
    ria = world.sandbox.person("ria")
    direct = world.client.conversations_open(users=ria.id)["channel"]["id"]
    ria.post(direct, "Hello")
    ria.post("#revops", "Hello all, see https://x.example & <script>")
    root = ria.post("#revops", "Hey @tiny, and @sales-leads, @here")
    ria.post("#revops", "@tiny again", thread=root)

    told = [body["event"] for body in world.seen]
    assert [event["type"] for event in told] == ["message", "app_mention", "app_mention"]
    assert told[0]["channel_type"] == "im"
    assert told[1]["text"] == "Hey <@U0HANDOFF1>, and <!subteam^S0SALESLD1>, <!here>"
    assert told[2]["thread_ts"] == root.ts
    linked = world.sandbox.messages("#revops")[0].text
    assert linked == "Hello all, see <https://x.example> &amp; &lt;script&gt;"
    with pytest.raises(SlackRefusal, match="no_text"):
        ria.post("#revops", "  ")


def test_a_read_only_tab(world: World) -> None:
    """Where the manifest makes the app's tab read-only, nobody writes there."""
    ria = world.sandbox.person("ria")
    direct = world.client.conversations_open(users=ria.id)["channel"]["id"]
    home = world.sandbox.workspace.manifest.body["features"]["app_home"]
    home["messages_tab_read_only_enabled"] = True

    with pytest.raises(SlackRefusal, match="messages_tab_disabled"):
        ria.post(direct, "Hello")
    ria.post("#revops", "Hello")


def test_home_is_told_on_every_opening(world: World) -> None:
    """The Home tab is published on opening; the next opening brings the view along."""
    ria = world.sandbox.person("ria")

    home = ria.open_home()
    again = ria.open_home()

    assert home is not None
    assert again is home
    assert [e["event"].get("view", {}).get("id") for e in world.seen] == [None, home.id]


def test_people_come_go_and_change(world: World) -> None:
    """Joining, leaving and changing profiles are told."""
    doings, workspace = world.sandbox.doings, world.sandbox.workspace
    doings.join("U0DANA0001", "C0REVOPS01", inviter="U0RIA00001")
    doings.join("U0DANA0001", "C0REVOPS01")
    doings.leave("U0DANA0001", "C0REVOPS01")
    doings.leave("U0DANA0001", "C0REVOPS01")
    world.client.conversations_join(channel="C0GENERAL1")
    workspace.users["U0DANA0001"].tz = "Europe/Madrid"
    doings.change_profile(workspace.users["U0DANA0001"])
    doings.join_team(User("U0NEW00001", "nia", "Nia New"))

    assert world.sandbox.settle() == 4
    told = [body["event"] for body in world.seen]
    assert [event["type"] for event in told] == [
        "member_joined_channel",
        "member_joined_channel",
        "user_change",
        "team_join",
    ]
    assert told[0]["inviter"] == "U0RIA00001"
    assert told[1]["user"] == "U0HANDOFF1"
    assert told[2]["user"]["tz"] == "Europe/Madrid"


def test_signature_and_envelope() -> None:
    """What goes to the app is signed as Slack signs, with an envelope around the event."""
    app, wall = FakeApp(), Wall()
    lonely(app, wall).person("ria").open_home()

    (sent,) = app.requests
    stamp = sent.headers["X-Slack-Request-Timestamp"]
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + sent.body, hashlib.sha256)
    assert sent.headers["X-Slack-Signature"] == f"v0={signed.hexdigest()}"
    assert sent.path == "/slack/events"
    envelope = json.loads(sent.body)
    assert envelope["event_id"].startswith("Ev")
    assert envelope["authorizations"][0]["user_id"] == "U0HANDOFF1"


def test_retries() -> None:
    """A failed event comes again at once, after a minute and after five, then never."""
    app, wall = FakeApp(), Wall()
    app.answers = [Answer(500, {}, b""), NoAnswer("http_timeout")]
    app.answers += [Answer(404, {}, b"")] * 2
    sandbox = lonely(app, wall)
    sandbox.doings.open_home("U0RIA00001")

    assert sandbox.settle() == 2
    wall.advance(seconds=59)
    assert sandbox.settle() == 0
    wall.advance(seconds=2)
    assert sandbox.settle() == 1
    wall.advance(minutes=5)
    assert sandbox.settle() == 1
    assert sandbox.events.waiting == 0

    headers = [
        (r.headers.get("x-slack-retry-num"), r.headers.get("x-slack-retry-reason"))
        for r in app.requests
    ]
    assert headers == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_timeout"),
        ("3", "http_error"),
    ]
    assert len({json.loads(r.body)["event_id"] for r in app.requests}) == 1


def test_no_retry_on_request() -> None:
    """The app can decline repeats."""
    app, wall = FakeApp(), Wall()
    app.answers = [Answer(500, {"x-slack-no-retry": "1"}, b"")]
    sandbox = lonely(app, wall)
    sandbox.doings.open_home("U0RIA00001")

    assert sandbox.settle() == 1
    assert sandbox.events.waiting == 0


def test_events_go_out_by_themselves() -> None:
    """Served with its lifespan, the sandbox delivers without being told to."""
    arrived = Event()

    def deliver(_: Outgoing) -> Answer:
        arrived.set()
        return Answer(200, {}, b"")

    sandbox = lonely(FakeApp(), Wall(), deliver=deliver)

    async def serve() -> bool:
        messages: Queue[dict[str, Any]] = Queue()
        messages.put_nowait({"type": "lifespan.startup"})
        done: Queue[dict[str, Any]] = Queue()
        running = asyncio.create_task(sandbox.asgi({"type": "lifespan"}, messages.get, done.put))
        assert (await done.get())["type"] == "lifespan.startup.complete"
        sandbox.doings.open_home("U0RIA00001")
        in_time = await asyncio.to_thread(arrived.wait, 5)
        messages.put_nowait({"type": "lifespan.shutdown"})
        await running
        return in_time

    assert asyncio.run(serve())
    assert sandbox.events.waiting == 0


def test_a_slow_app_times_out() -> None:
    """A person whose command is not answered in time sees operation_timeout."""
    release = Event()

    def slow(_: Outgoing) -> Answer:
        release.wait(5)
        return Answer(200, {}, b"")

    sandbox = lonely(FakeApp(), Wall(), deliver=slow, answer_limit=0.05)
    try:
        with pytest.raises(AppFailed, match="/ask failed with the error operation_timeout"):
            sandbox.person("ria").command("#revops", "/ask")
    finally:
        release.set()


def test_an_app_that_is_away() -> None:
    """A person whose command reaches nobody sees dispatch_failed."""
    with hosted(lambda *_: None) as url:  # type: ignore[arg-type]  # only to learn a free port
        pass
    sandbox = lonely(FakeApp(), Wall(), deliver=None, app_url=f"{url}/slack/events")

    with pytest.raises(AppFailed, match="dispatch_failed"):
        sandbox.person("ria").command("#revops", "/ask")


def test_answers_that_slack_would_not_show() -> None:
    """Plain text is shown, a wrong message fails."""
    app = FakeApp()
    app.answers = [Answer(200, {}, b"Hello"), Answer(200, {}, b'{"text": ""}')]
    sandbox = lonely(app, Wall())
    ria = sandbox.person("ria")

    ria.command("#revops", "/ask")
    assert ria.sees("#revops")[-1].text == "Hello"
    with pytest.raises(AppFailed, match="no_text"):
        ria.command("#revops", "/ask")
