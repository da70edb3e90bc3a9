"""The page's API, over HTTP as the page calls it."""

import json
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import islice
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from bot.sandbox import Answer, Outgoing
from bot.sandbox.webhooks import signature
from tests.bot.sandbox.conftest import World
from tests.bot.sandbox.tiny_app import button, form, plain

RIA, BEN, OLGA, REVOPS = "U0RIA00001", "U0BEN00001", "U0OLGA0001", "C0REVOPS01"


class Page:
    """A page that acts as one person."""

    def __init__(self, world: World, user: str = RIA) -> None:
        self._url = world.sandbox.base_url
        self.user = user

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401  # JSON
        """Read from /sandbox/."""
        return self._open(f"{path}?{urlencode({'user': self.user, **query})}", None)

    def do(self, path: str, **body: object) -> Any:  # noqa: ANN401  # JSON
        """Post to /sandbox/."""
        return self._open(path, json.dumps({"user": self.user, **body}).encode())

    def _open(self, path: str, data: bytes | None) -> Any:  # noqa: ANN401  # JSON
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._url}/sandbox/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return json.load(response)
        except HTTPError as error:
            with error:
                return json.load(error) | {"status": error.code}


class Stream:
    """A page's event stream, read event by event."""

    def __init__(self, world: World, user: str, after: int) -> None:
        split = urlsplit(world.sandbox.base_url)
        self._connection = HTTPConnection(split.hostname or "", split.port, timeout=5)
        self._connection.request("GET", f"/sandbox/events?user={user}&after={after}")
        self._response = self._connection.getresponse()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while line := self._response.readline().decode():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    def until(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        return next(event for event in self if event["type"] == kind)

    def close(self) -> None:
        """Leave."""
        self._response.close()
        self._connection.close()


def test_state(world: World) -> None:
    """A page starts with people, places, commands, clock and what is unread."""
    world.sandbox.person("ben").post("#revops", "Morning @ria")
    world.sandbox.person("ben").post("#revops", "All fine?")
    world.client.chat_postMessage(channel=RIA, text="Psst")

    state = Page(world).get("state")

    assert state["workspace"]["name"] == "Northwind Revenue"
    assert [c["command"] for c in state["app"]["commands"]] == ["/ask", "/plain"]
    assert [s["type"] for s in state["app"]["shortcuts"]] == ["global", "message"]
    channels = {c["name"] or c["with"]: c for c in state["channels"]}
    assert (channels["revops"]["unread"], channels["revops"]["mentions"]) == (2, 1)
    assert (channels["U0HANDOFF1"]["unread"], channels["U0HANDOFF1"]["mentions"]) == (1, 1)
    assert "sales-leadership" not in channels
    assert channels["pod-enterprise-emea"]["is_member"]
    assert state["clock"] == {
        "now": "2026-11-02T14:00:00+00:00",
        "speed": 0.0,
        "running": False,
        "speeds": [1.0, 10.0, 60.0, 600.0, 3600.0],
    }
    assert {u["name"]: u["initials"] for u in state["users"]}["ria"] == "RK"
    guest = Page(world, OLGA).get("state")["channels"]
    assert {c["name"] for c in guest} == {"enterprise-handoff", ""}
    assert Page(world, "U9").get("state")["error"] == "user_not_found"


def test_messages(world: World) -> None:
    """Messages come with reactions, files, threads, and ephemeral ones for their person."""
    page = Page(world)
    ts = page.do("post", channel=REVOPS, text="Hello")["ts"]
    page.do("post", channel=REVOPS, text="a reply", thread_ts=ts)
    assert page.do("react", channel=REVOPS, ts=ts, name="tada", add=True) == {"ok": True}
    world.client.chat_postEphemeral(channel=REVOPS, user=RIA, text="Only you")
    world.client.files_upload_v2(channel=REVOPS, content="x", filename="a.txt")

    shown = page.get("messages", channel=REVOPS)["messages"]
    assert [m["text"] for m in shown] == ["Hello", "a reply", "Only you", ""]
    assert (shown[0]["reply_count"], shown[0]["reactions"]) == (
        1,
        [{"name": "tada", "users": [RIA]}],
    )
    assert shown[2]["ephemeral"]
    assert shown[3]["files"][0]["mimetype"] == "text/plain"
    assert shown[3]["bot_name"] == "Tiny"
    assert len(page.get("messages", channel=REVOPS, thread_ts=ts)["messages"]) == 2
    assert len(Page(world, BEN).get("messages", channel=REVOPS)["messages"]) == 3
    assert Page(world, OLGA).get("messages", channel=REVOPS)["error"] == "channel_not_found"
    page.do("read", channel=REVOPS, ts=shown[-1]["ts"])
    revops = next(c for c in page.get("state")["channels"] if c["id"] == REVOPS)
    assert revops["unread"] == 0

    with urllib.request.urlopen(world.sandbox.base_url + shown[3]["files"][0]["url"]) as file:
        assert file.read() == b"x"
        assert file.headers["Content-Disposition"] == "inline"


def test_forms(world: World) -> None:
    """A command opens a form; it is submitted, refused with texts, and closed."""
    page = Page(world)
    assert page.do("post", channel=REVOPS, text="/ask") == {"ok": True}
    (view,) = page.get("state")["views"]

    def submit(topic: str) -> Any:  # noqa: ANN401  # JSON
        values = {"topic": {"v": {"type": "plain_text_input", "value": topic}}}
        return page.do("view/submit", view_id=view["id"], state={"values": values})

    assert submit("bad")["errors"] == {"topic": "Not this."}
    assert submit("")["errors"] == {"topic": "Please complete this required field."}
    assert submit("wrong key")["status"] == 424
    again = submit("again")
    assert next(shown["id"] for shown in again["views"]) == view["id"]
    top = again["views"][1]["id"]
    assert len(page.do("view/close", view_id=top, all=False)["views"]) == 1
    assert page.do("view/close", view_id=view["id"], all=True) == {"ok": True, "views": []}
    assert page.do("view/close", view_id="V9", all=True) == {"ok": True, "views": []}


def test_actions(world: World) -> None:
    """Elements act in messages, forms and on Home."""
    page = Page(world)
    world.client.chat_postMessage(channel=REVOPS, text="x", blocks=[button("Do", "picked")])
    ts = world.sandbox.messages("#revops")[0].ts
    in_message = {"type": "message", "channel": REVOPS, "ts": ts}

    def act(container: dict[str, str], **more: object) -> Any:  # noqa: ANN401  # JSON
        given = {"block_id": "acts", "action_id": "picked", "value": {}, **more}
        return page.do("action", container=container, **given)

    assert act(in_message) == {"ok": True}
    assert act(in_message, action_id="nope")["error"] == "action_not_found"
    assert act({"type": "home"})["error"] == "view_not_found"
    page.do("home", tab="home")
    world.sandbox.settle()
    home = {"type": "home", "blocks": [button("Do", "picked")]}
    world.client.views_publish(user_id=RIA, view=home)
    assert act({"type": "home"}) == {"ok": True}
    assert world.seen[-1]["view"]["type"] == "home"
    assert page.get("state")["home"]["blocks"]
    page.do("shortcut", callback_id="ask.global")
    city = {"type": "external_select", "action_id": "city"}
    block = {"type": "input", "block_id": "c", "label": plain("City"), "element": city}
    (view,) = page.get("state")["views"]
    world.client.views_update(view_id=view["id"], view=form(blocks=[block]))
    found = page.do(
        "options",
        container={"type": "view", "view_id": view["id"]},
        block_id="c",
        action_id="city",
        query="rome",
    )
    assert found["options"][0]["value"] == "rome"
    other = Page(world, BEN).do(
        "options",
        container={"type": "view", "view_id": view["id"]},
        block_id="c",
        action_id="city",
        query="rome",
    )
    assert other["error"] == "view_not_found"


def test_events(world: World) -> None:
    """A page follows what concerns its person, from where it left off."""
    page, ben = Page(world), world.sandbox.person("ben")
    ben.post("#revops", "before")
    stream = Stream(world, RIA, page.get("state")["cursor"])
    try:
        world.client.chat_postEphemeral(channel=REVOPS, user=BEN, text="for Ben")
        message = ben.post("#revops", "after")
        told = stream.until("message")
        assert told["message"]["text"] == "after"
        assert stream.until("channels")["channels"]
        ben.react(message, "tada")
        assert stream.until("message_changed")["message"]["reactions"]
        posted = world.client.chat_postMessage(channel=REVOPS, text="gone soon")["ts"]
        stream.until("message")
        world.client.chat_delete(channel=REVOPS, ts=posted)
        assert stream.until("message_deleted")["ts"] == posted
        page.do("post", channel=REVOPS, text="/ask")
        assert stream.until("views")["views"][0]["callback_id"] == "ask.form"
        page.do("home", tab="home")
        world.sandbox.settle()
        assert stream.until("home")["view"]["type"] == "home"
        page.do("clock", speed=60)
        assert stream.until("clock")["clock"]["speed"] == 60
    finally:
        stream.close()
    late = Stream(world, RIA, told["cursor"] - 1)
    try:
        assert late.until("message")["message"]["text"] == "after"
    finally:
        late.close()


def test_changes_that_are_out_of_date(world: World) -> None:
    """A page that comes late is not told of messages that are gone."""
    ts = world.client.chat_postMessage(channel=REVOPS, text="x")["ts"]
    world.client.chat_delete(channel=REVOPS, ts=ts)
    stream = Stream(world, RIA, 0)
    try:
        kinds = [event["type"] for event in islice(stream, 2)]
    finally:
        stream.close()
    assert "message" not in kinds
    assert "message_deleted" in kinds


def test_faults_and_joining(world: World) -> None:
    """The page can order faults and join a channel."""
    page = Page(world)
    assert page.do("faults", method="auth.test", kind="429", count=1, retry_after=3)["ok"]
    assert world.sandbox.faults.take("auth.test")
    assert page.do("faults", method="x", kind="flood", count=1)["error"] == "invalid_kind"
    assert page.do("join", channel="C0MKTOPS01")["ok"]
    assert Page(world, OLGA).do("join", channel=REVOPS)["error"] == "channel_not_found"


def test_wrong_requests(world: World) -> None:
    """What makes no sense is refused with a sentence."""
    page = Page(world)
    assert page.do("post", channel=REVOPS)["error"] == "invalid_request"
    assert page.do("react", channel=REVOPS, ts="1", name="x", add=True)["error"] == (
        "message_not_found"
    )
    assert page.get("files/F9/x")["error"] == "file_not_found"
    assert page.do("shortcut", callback_id="nope")["detail"] == "unknown_shortcut"


def upload(world: World, *, user: str | None, content: bytes) -> dict[str, Any]:
    """Post a file as a browser does."""
    parts = (
        [b'--B\r\nContent-Disposition: form-data; name="user"\r\n\r\n' + user.encode()]
        if user
        else []
    )
    parts.append(
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n" + content
    )
    request = urllib.request.Request(
        f"{world.sandbox.base_url}/sandbox/upload",
        b"\r\n".join([*parts, b"--B--\r\n"]),
        {"Content-Type": "multipart/form-data; boundary=B"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return dict(json.load(response))
    except HTTPError as error:
        with error:
            return dict(json.load(error))


def test_upload(world: World) -> None:
    """A file for a form has 10 MB at most and is not shown by the browser as a page."""
    stored = upload(world, user=RIA, content=b"<b>1</b>")["file"]
    assert stored["size"] == 8
    url = f"{world.sandbox.base_url}/sandbox/files/{stored['id']}/a.csv"
    with urllib.request.urlopen(url, timeout=5) as file:
        assert file.headers["Content-Disposition"] == "attachment"
    assert upload(world, user=None, content=b"x")["error"] == "invalid_request"
    assert upload(world, user=RIA, content=b"x" * 10_000_001)["error"] == "file_size_too_large"


def test_page_is_served(world: World) -> None:
    """The page is served from the root, or a word about its absence."""
    try:
        with urllib.request.urlopen(world.sandbox.base_url, timeout=5) as response:
            shown = response.read().lower()
    except HTTPError as error:
        with error:
            shown = error.read()

    assert b"<html" in shown or b"page is not installed" in shown


def test_webhooks(world: World) -> None:
    """The panel sends signed leads, counts them, and shows each answer."""
    secret = "whsec_c2VjcmV0"  # a made-up one
    url = f"{world.sandbox.base_url}/sandbox/post"
    template = {
        "name": "lead",
        "label": "A lead",
        "body": {"email": "l{n}@x", "tags": ["{now}", 1]},
    }
    hook = {"name": "Leads", "url": url, "secret": secret, "templates": [template]}
    away = {"name": "Away", "url": "http://127.0.0.1:9/", "templates": [template]}
    world.sandbox.workspace.webhooks += [hook, away]
    page = Page(world)

    assert page.get("state")["webhooks"][0]["templates"] == [template]
    assert "secret" not in page.get("state")["webhooks"][0]
    results = page.do("webhook", name="Leads", template="lead", count=2)["results"]
    assert [result["status"] for result in results] == [400, 400]
    assert page.do("webhook", name="Away", template="lead")["results"][0]["status"] == 0
    assert page.do("webhook", name="Leads", template="x")["error"] == "unknown_webhook"
    assert page.do("webhook", name="x", template="x")["error"] == "unknown_webhook"


def test_webhook_signature() -> None:
    """The signature is that of the Standard Webhooks specification."""
    webhook_id, stamp = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
    body = b'{"test": 2432232314}'

    signed = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", webhook_id, stamp, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_deliver_types() -> None:
    """An answer's JSON is an object, or nothing."""
    assert Answer(200, {}, b"[1]").json() == {}
    assert Answer(200, {}, b"no").json() == {}
    assert Outgoing("/", {}, b"").path == "/"
