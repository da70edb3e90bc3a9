"""The Web API, called with Slack's own client."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import Sandbox, StillClock, load_seed
from tests.bot.sandbox.conftest import START, World
from tests.bot.sandbox.tiny_app import MANIFEST, SECRET, TOKEN, form, plain

REVOPS, GENERAL, SALES_LEADS = "C0REVOPS01", "C0GENERAL1", "C0SALESLD1"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hi"}}


def refusal(call: Callable[[], object]) -> str:
    """Return the error code of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def test_who_am_i(world: World) -> None:
    """auth.test names the bot and lists its scopes in the headers."""
    answer = world.client.auth_test()

    assert answer["user_id"] == "U0HANDOFF1"
    assert answer["bot_id"] == "B0HANDOFF1"
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert world.client.team_info()["team"]["name"] == "Northwind Revenue"
    assert world.client.bots_info(bot="B0HANDOFF1")["bot"]["user_id"] == "U0HANDOFF1"
    assert refusal(lambda: world.client.bots_info(bot="B9")) == "bot_not_found"
    assert refusal(lambda: world.client.api_test(error="my_own")) == "my_own"
    assert world.client.api_test(foo="bar")["args"] == {"foo": "bar"}


def test_tokens(world: World) -> None:
    """A call needs the right token and a known method."""
    url = world.sandbox.api_url

    assert refusal(WebClient(token="xoxb-other", base_url=url).auth_test) == "invalid_auth"
    assert refusal(WebClient(base_url=url).auth_test) == "not_authed"
    assert refusal(lambda: world.client.api_call("no.such")) == "unknown_method"
    assert refusal(lambda: world.client.api_call("apps.connections.open")) == (
        "not_allowed_token_type"
    )


def test_many_at_once(world: World) -> None:
    """Calls from many threads lose nothing, and every message has a ts of its own."""

    def post(number: int) -> str:
        return str(world.client.chat_postMessage(channel=REVOPS, text=str(number))["ts"])

    with ThreadPoolExecutor(8) as pool:
        stamps = list(pool.map(post, range(80)))

    assert len(set(stamps)) == 80
    messages = world.sandbox.messages("#revops")
    assert {message.text for message in messages} == set(map(str, range(80)))
    assert [message.ts for message in messages] == sorted(stamps)
    assert len(world.sandbox.journal.calls("chat.postMessage")) == 80


def test_post_update_delete(world: World) -> None:
    """A message is posted, changed without its blocks, and deleted."""
    metadata = {"event_type": "card", "event_payload": {"id": 1}}
    posted = world.client.chat_postMessage(
        channel=REVOPS, text="One", blocks=[SECTION], metadata=metadata
    )
    ts = posted["ts"]

    assert posted["message"]["blocks"][0]["block_id"]
    assert posted["message"]["bot_id"] == "B0HANDOFF1"

    changed = world.client.chat_update(channel=REVOPS, ts=ts, text="Two")
    assert "blocks" not in changed["message"]
    assert changed["message"]["edited"]
    assert changed["message"]["metadata"] == metadata

    world.client.chat_update(channel=REVOPS, ts=ts, text="Three", blocks=[SECTION], metadata={})
    message = world.sandbox.messages("#revops")[0]
    assert (message.text, message.metadata, len(message.blocks)) == ("Three", None, 1)
    emptied = {"channel": REVOPS, "ts": ts, "blocks": [], "attachments": [{"text": "a"}]}
    world.client.api_call("chat.update", json=emptied)
    assert world.sandbox.messages("#revops")[0].blocks == []

    world.client.chat_delete(channel=REVOPS, ts=ts)
    assert world.sandbox.messages("#revops") == []
    assert refusal(lambda: world.client.chat_delete(channel=REVOPS, ts=ts)) == "message_not_found"


def test_where_the_app_may_post(world: World) -> None:
    """The app posts where it is a member, and to people by id."""
    client = world.client
    world.sandbox.workspace.channel_named("marketing-ops").is_archived = True
    world.sandbox.workspace.channel_named("sales-leadership").members.remove("U0HANDOFF1")

    def post(channel: str) -> Callable[[], object]:
        return lambda: client.chat_postMessage(channel=channel, text="x")

    assert refusal(post(GENERAL)) == "not_in_channel"
    assert refusal(post("C0MKTOPS01")) == "is_archived"
    assert refusal(post(SALES_LEADS)) == "channel_not_found"
    assert refusal(post("#revops")) == "channel_not_found"
    assert refusal(post("U0FINN0001")) == "channel_not_found"
    sent = client.chat_postMessage(channel="U0RIA00001", text="Psst")
    assert sent["channel"].startswith("D")
    assert world.sandbox.person("ria").direct_messages()[0].text == "Psst"

    client.conversations_join(channel=GENERAL)
    client.chat_postMessage(channel=GENERAL, text="x")


def test_refused_messages(world: World) -> None:
    """What Slack would not take comes back with Slack's codes."""
    client = world.client
    root = client.chat_postMessage(channel=REVOPS, text="root")["ts"]
    reply = client.chat_postMessage(channel=REVOPS, text="reply", thread_ts=root)["ts"]
    ours = world.sandbox.person("ria").post("#revops", "mine").ts

    def post(**args: Any) -> str:  # noqa: ANN401  # any argument
        given = {"channel": REVOPS, **args}
        return refusal(lambda: client.api_call("chat.postMessage", json=given))

    def update(ts: str, **args: Any) -> str:  # noqa: ANN401  # any argument
        return refusal(lambda: client.chat_update(channel=REVOPS, ts=ts, **args))

    assert post(text="") == "no_text"
    assert post(text="x", blocks=[{"type": "alert", "text": plain("x")}]) == "invalid_blocks"
    assert post(text="x", thread_ts="1.000000") == "thread_not_found"
    assert post(text="x", thread_ts=reply) == "cannot_reply_to_message"
    assert post(text="x", metadata={"event_type": "x"}) == "invalid_metadata_format"
    big = {"event_type": "x", "event_payload": {"x": "x" * 9000}}
    assert post(text="x", metadata=big) == "metadata_too_large"
    assert post(text="x", username="Boss") == "missing_scope"
    nothing = {"channel": REVOPS, "ts": root}
    assert refusal(lambda: client.api_call("chat.update", json=nothing)) == "no_text"
    assert update(root, text="x" * 4001) == "msg_too_long"
    assert update(ours, text="x") == "cant_update_message"
    assert refusal(lambda: client.chat_delete(channel=REVOPS, ts=ours)) == "cant_delete_message"
    assert refusal(lambda: client.api_call("chat.postMessage")) == "invalid_arguments"
    bad_json = {"channel": REVOPS, "text": "x", "blocks": "[{"}
    assert refusal(lambda: client.api_call("chat.postMessage", params=bad_json)) == (
        "invalid_arguments"
    )
    long = client.chat_postMessage(channel=REVOPS, text="x" * 40_001)
    assert len(long["message"]["text"]) == 40_000


def test_ephemeral(world: World) -> None:
    """An ephemeral message is seen by one person and can be neither found nor changed."""
    client = world.client
    ts = client.chat_postEphemeral(channel=REVOPS, user="U0RIA00001", text="Only you")[
        "message_ts"
    ]

    assert [m.text for m in world.sandbox.person("ria").sees("#revops")] == ["Only you"]
    assert world.sandbox.person("ben").sees("#revops") == []
    assert client.conversations_history(channel=REVOPS)["messages"] == []
    assert refusal(lambda: client.chat_update(channel=REVOPS, ts=ts, text="x")) == (
        "message_not_found"
    )
    assert refusal(
        lambda: client.chat_postEphemeral(channel=REVOPS, user="U0DANA0001", text="x")
    ) == ("user_not_in_channel")


def test_history_and_replies(world: World) -> None:
    """History is newest first without replies, replies oldest first, metadata on request."""
    client = world.client
    metadata = {"event_type": "card", "event_payload": {"id": 1}}
    stamps = [
        client.chat_postMessage(channel=REVOPS, text=str(n), metadata=metadata)["ts"]
        for n in range(5)
    ]
    client.chat_postMessage(channel=REVOPS, text="reply", thread_ts=stamps[1])
    client.chat_postMessage(channel=REVOPS, text="loud", thread_ts=stamps[1], reply_broadcast=True)

    first = client.conversations_history(channel=REVOPS, limit=4)
    assert [m["text"] for m in first["messages"]] == ["loud", "4", "3", "2"]
    assert first["messages"][1]["metadata"] == {"event_type": "card"}
    cursor = first["response_metadata"]["next_cursor"]
    rest = client.conversations_history(channel=REVOPS, limit=4, cursor=cursor)
    assert [m["text"] for m in rest["messages"]] == ["1", "0"]
    assert not rest["has_more"]
    assert rest["messages"][0]["reply_count"] == 2
    since = client.conversations_history(
        channel=REVOPS, oldest=stamps[3], inclusive=True, include_all_metadata=True
    )
    assert [m["text"] for m in since["messages"]] == ["loud", "4", "3"]
    assert since["messages"][1]["metadata"] == metadata
    between = client.conversations_history(channel=REVOPS, oldest=stamps[0], latest=stamps[2])
    assert [m["text"] for m in between["messages"]] == ["1"]
    replies = client.conversations_replies(channel=REVOPS, ts=stamps[1])
    assert [m["text"] for m in replies["messages"]] == ["1", "reply", "loud"]


def test_refused_reading(world: World) -> None:
    """Wrong cursors, limits, stamps and channels are refused."""
    client = world.client

    def history(**args: Any) -> str:  # noqa: ANN401  # any argument
        return refusal(lambda: client.conversations_history(**{"channel": REVOPS, **args}))

    assert history(channel="C9") == "channel_not_found"
    assert history(channel=GENERAL) == "not_in_channel"
    assert history(cursor="%") == "invalid_cursor"
    assert history(limit=0) == "invalid_limit"
    assert history(limit="x") == "invalid_limit"
    world.client.chat_postMessage(channel=REVOPS, text="x")
    assert history(oldest="yesterday") == "invalid_ts_oldest"
    assert refusal(lambda: client.conversations_replies(channel=REVOPS, ts="1.0")) == (
        "thread_not_found"
    )


def test_channels(world: World) -> None:
    """Channels are listed by kind, with members, and opened for one person."""
    client = world.client
    listed = client.conversations_list(types="public_channel,private_channel", limit=3)
    assert len(listed["channels"]) == 3
    assert listed["response_metadata"]["next_cursor"]
    assert client.conversations_info(channel=SALES_LEADS)["channel"]["is_private"]
    assert not client.conversations_info(channel=GENERAL)["channel"]["is_member"]
    assert "U0RIA00001" in client.conversations_members(channel=REVOPS)["members"]
    direct = client.conversations_open(users="U0RIA00001", return_im=True)["channel"]
    assert direct["user"] == "U0RIA00001"
    again = client.conversations_open(channel=direct["id"])["channel"]["id"]
    assert again == direct["id"]
    mine = client.users_conversations(types="private_channel")["channels"]
    assert [c["name"] for c in mine] == ["sales-leadership"]
    assert client.users_conversations(user="U0DANA0001", exclude_archived=True)["channels"]


def test_refused_channels(world: World) -> None:
    """Bots, the deactivated, groups of people and unknown kinds are refused."""
    client = world.client

    def opened(users: str) -> str:
        return refusal(lambda: client.conversations_open(users=users))

    assert opened("U0FINN0001") == "user_disabled"
    assert opened("U0HANDOFF1") == "cannot_dm_bot"
    assert opened("U9") == "user_not_found"
    assert opened("U0RIA00001,U0BEN00001") == "not_enough_users"
    assert refusal(lambda: client.conversations_list(types="planets")) == "invalid_types"
    assert refusal(lambda: client.conversations_join(channel=SALES_LEADS)) == (
        "method_not_supported_for_channel_type"
    )


def test_people(world: World) -> None:
    """People come with zone, email and standing; the deactivated without a zone."""
    client = world.client
    ria = client.users_info(user="U0RIA00001")["user"]
    assert (ria["tz"], ria["tz_offset"], ria["is_admin"]) == ("America/New_York", -18000, True)
    assert ria["profile"]["email"] == "ria@example.com"
    people = {u["name"]: u for u in client.users_list()["members"]}
    assert people["finn"]["deleted"]
    assert "tz" not in people["finn"]
    assert people["olga"]["is_restricted"]
    assert client.users_lookupByEmail(email="BEN@example.com")["user"]["name"] == "ben"
    assert refusal(lambda: client.users_lookupByEmail(email="finn@example.com")) == (
        "users_not_found"
    )
    assert client.users_getPresence(user="U0RIA00001")["presence"] == "active"
    assert client.dnd_info(user="U0RIA00001")["dnd_enabled"] is False
    groups = client.usergroups_list(include_users=True)["usergroups"]
    assert groups[0]["users"] == ["U0SAM00001", "U0CLEO0001"]
    assert "users" not in client.usergroups_list()["usergroups"][0]
    assert client.usergroups_users_list(usergroup="S0SALESLD1")["users"] == groups[0]["users"]
    assert refusal(lambda: client.usergroups_users_list(usergroup="S9")) == "no_such_subteam"


def test_reactions(world: World) -> None:
    """The app reacts once, sees who reacted, and takes its reaction back."""
    client = world.client
    message = world.sandbox.person("ria").post("#revops", "Look")
    at = {"channel": REVOPS, "timestamp": message.ts}
    client.reactions_add(name="eyes", **at)

    assert refusal(lambda: client.reactions_add(name="eyes", **at)) == "already_reacted"
    world.sandbox.person("ben").react(message, "eyes")
    shown = client.reactions_get(**at)["message"]["reactions"]
    assert shown == [{"name": "eyes", "users": ["U0HANDOFF1", "U0BEN00001"], "count": 2}]
    client.reactions_remove(name="eyes", **at)
    assert refusal(lambda: client.reactions_remove(name="eyes", **at)) == "no_reaction"
    assert refusal(lambda: client.reactions_remove(name="tada", **at)) == "no_reaction"
    assert refusal(lambda: client.reactions_add(name="No!", **at)) == "invalid_name"
    elsewhere = {"channel": GENERAL, "timestamp": message.ts}
    assert refusal(lambda: client.reactions_add(name="eyes", **elsewhere)) == "not_in_channel"
    assert list(message.reactions) == ["eyes"]


def test_upload(world: World) -> None:
    """A file goes up in three steps and is shared in a thread with its title."""
    client = world.client
    root = client.chat_postMessage(channel=REVOPS, text="Files below")["ts"]
    done = client.files_upload_v2(
        channel=REVOPS, thread_ts=root, content="# Plan", filename="plan.md", title="The plan"
    )

    shared = world.sandbox.messages("#revops")[-1]
    assert (shared.thread_ts, shared.files) == (root, [done["file"]["id"]])
    info = client.files_info(file=done["file"]["id"])["file"]
    assert (info["title"], info["mimetype"], info["size"]) == ("The plan", "text/markdown", 6)
    assert info["shares"]["public"] == {REVOPS: [{"ts": shared.ts}]}
    replies = client.conversations_replies(channel=REVOPS, ts=root)["messages"]
    assert replies[1]["files"][0]["id"] == done["file"]["id"]


def test_private_files_are_for_those_who_may_read_them(world: World) -> None:
    """The bot's token gives the bytes; without it there is a page to sign in, as Slack shows."""
    file = world.sandbox.person("ria").upload("our leads.csv", b"Email\n")
    url = world.client.files_info(file=file)["file"]["url_private_download"]

    def get(address: str, token: str) -> tuple[str, bytes]:
        request = Request(address, headers={"Authorization": f"Bearer {token}"})
        with urlopen(request, timeout=5) as response:
            return response.headers.get_content_type(), response.read()

    assert get(url, TOKEN) == ("text/csv", b"Email\n")
    assert get(url, "xoxb-other")[0] == "text/html"
    with pytest.raises(HTTPError) as caught:
        get(f"{world.sandbox.base_url}/files-pri/F9/x.csv", TOKEN)
    assert caught.value.code == 404
    caught.value.close()


def test_refused_uploads(world: World) -> None:
    """An upload is refused when empty, unknown, not sent, or completed twice."""
    client = world.client

    def reserve(length: Any) -> str:  # noqa: ANN401  # right and wrong
        return refusal(lambda: client.files_getUploadURLExternal(filename="a", length=length))

    def complete(id_: str, **args: Any) -> str:  # noqa: ANN401  # any argument
        return refusal(lambda: client.files_completeUploadExternal(files=[{"id": id_}], **args))

    assert reserve(0) == "file_upload_size_restricted"
    assert reserve("much") == "invalid_arguments"
    assert reserve(2_000_000_000) == "file_size_too_large"
    reserved = client.files_getUploadURLExternal(filename="a.txt", length=3)
    assert complete(reserved["file_id"]) == "file_not_found"
    assert refusal(lambda: client.files_completeUploadExternal(files=[])) == "invalid_arguments"
    assert refusal(lambda: client.files_info(file="F9")) == "file_not_found"
    assert send(reserved["upload_url"], b"four") == 400
    assert send(f"{world.sandbox.base_url}/upload/F9", b"four") == 404
    assert send(reserved["upload_url"], b"abc") == 200
    assert complete(reserved["file_id"], channel_id=GENERAL) == "not_in_channel"
    client.files_completeUploadExternal(files=[{"id": reserved["file_id"]}])
    assert complete(reserved["file_id"]) == "file_already_completed"


def send(url: str, data: bytes) -> int:
    """Post bytes; return the status."""
    try:
        with urlopen(Request(url, data), timeout=5) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def test_bodies_that_a_browser_would_send(world: World) -> None:
    """Uploads may come as a form; calls as query, form or JSON, junk counts as nothing."""
    reserved = world.client.files_getUploadURLExternal(filename="a.txt", length=3)

    def post(url: str, kind: str, body: bytes) -> bytes:
        headers = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"}
        with urlopen(Request(url, body, headers), timeout=5) as response:
            return bytes(response.read())

    part = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc\r\n--B--\r\n'
    form_data = "multipart/form-data; boundary=B"
    assert post(reserved["upload_url"], form_data, part) == b"OK - 3"
    url = f"{world.sandbox.api_url}users.info"
    as_form = post(url, "application/x-www-form-urlencoded", b"user=U0RIA00001")
    assert b'"ok":true' in as_form
    assert b'"ok":true' in post(f"{url}?user=U0RIA00001", "application/json", b"{junk")
    assert b"invalid_arguments" in post(url, "application/json", b"[1]")


def test_permalink(world: World) -> None:
    """A permalink names channel and message, and the thread for a reply."""
    client = world.client
    root = client.chat_postMessage(channel=REVOPS, text="root")["ts"]
    reply = client.chat_postMessage(channel=REVOPS, text="reply", thread_ts=root)["ts"]

    link = client.chat_getPermalink(channel=REVOPS, message_ts=root)["permalink"]
    assert link.endswith(f"/archives/{REVOPS}/p{root.replace('.', '')}")
    link = client.chat_getPermalink(channel=REVOPS, message_ts=reply)["permalink"]
    assert link.endswith(f"?thread_ts={root}&cid={REVOPS}")


def test_missing_scope() -> None:
    """A method without its scope in the manifest names what is needed and provided."""
    manifest = deepcopy(MANIFEST)
    manifest["oauth_config"]["scopes"]["bot"] = ["commands"]
    sandbox = Sandbox(
        manifest=manifest,
        seed=load_seed(),
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_url="http://127.0.0.1/",
        clock=StillClock(START),
    )
    with sandbox.running() as url, pytest.raises(SlackApiError) as caught:
        WebClient(token=TOKEN, base_url=f"{url}/api/").users_list()

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "users:read"
    assert caught.value.response["provided"] == "commands"
    assert sandbox.workspace.manifest.events == {"app_home_opened"}


def test_views_by_api(world: World) -> None:
    """Modals open once per trigger, update by id, external id and hash, and stack to three."""
    client, workspace = world.client, world.sandbox.workspace
    ria = world.sandbox.person("ria")
    trigger = workspace.triggers.issue(ria.id)
    opened = client.views_open(trigger_id=trigger, view=form(external_id="one"))["view"]

    assert refusal(lambda: client.views_open(trigger_id=trigger, view=form())) == (
        "exchanged_trigger_id"
    )
    assert refusal(lambda: client.views_open(trigger_id="x", view=form())) == "invalid_trigger_id"
    updated = client.views_update(external_id="one", hash=opened["hash"], view=form())["view"]
    assert updated["id"] == opened["id"]
    assert refusal(
        lambda: client.views_update(view_id=opened["id"], hash=opened["hash"], view=form())
    ) == ("hash_conflict")
    assert refusal(lambda: client.views_update(view_id="V9", view=form())) == "not_found"
    home = {"type": "home", "blocks": []}
    assert refusal(lambda: client.views_update(view_id=opened["id"], view=home)) == (
        "invalid_arguments"
    )

    def push(**changes: object) -> object:
        trigger = workspace.triggers.issue(ria.id, in_modal=True)
        return client.views_push(trigger_id=trigger, view=form(**changes))

    push(external_id="two")
    assert refusal(lambda: push(external_id="two")) == "duplicate_external_id"
    push()
    assert refusal(push) == "push_limit_reached"
    assert [view.previous_view_id for view in ria.views][1:] == [v.id for v in ria.views][:2]
    assert {view.root_view_id for view in ria.views} == {opened["id"]}


def test_refused_views(world: World) -> None:
    """Late triggers, pushes onto nothing, oversize and wrong views are refused."""
    client, workspace = world.client, world.sandbox.workspace
    late = workspace.triggers.issue("U0RIA00001")
    world.wall.advance(seconds=3.5)
    assert refusal(lambda: client.views_open(trigger_id=late, view=form())) == "expired_trigger_id"

    def opened(view: dict[str, Any]) -> str:
        trigger = workspace.triggers.issue("U0RIA00001")
        return refusal(lambda: client.views_open(trigger_id=trigger, view=view))

    options = [{"text": plain("x" * 75), "value": f"{n:150}"} for n in range(100)]
    menu = {"type": "static_select", "action_id": "s", "options": options}
    fields = [{"type": "input", "label": plain("x" * 2000), "element": menu}] * 20
    assert opened(form(blocks=fields)) == "view_too_large"
    assert opened(form(submit=None)) == "invalid_arguments"
    outside = workspace.triggers.issue("U0RIA00001")
    assert refusal(lambda: client.views_push(trigger_id=outside, view=form())) == "not_found"
    inside = workspace.triggers.issue("U0RIA00001", in_modal=True)
    assert refusal(lambda: client.views_push(trigger_id=inside, view=form())) == "not_found"
    assert refusal(lambda: client.api_call("views.open", json={"view": 3})) == "invalid_arguments"
    assert (
        refusal(lambda: client.api_call("views.update", json={"view": form()}))
        == "invalid_arguments"
    )


def test_home_tab(world: World) -> None:
    """A Home tab is published per person, with a hash against overtaking."""
    client = world.client
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id="U0RIA00001", view=home)["view"]
    second = client.views_publish(user_id="U0RIA00001", view=home, hash=first["hash"])["view"]

    assert second["id"] == first["id"]
    stale = lambda: client.views_publish(  # noqa: E731  # a call to be refused
        user_id="U0RIA00001", view=home, hash=first["hash"]
    )
    assert refusal(stale) == "hash_conflict"
    assert refusal(lambda: client.views_publish(user_id="U0BEN00001", view=form())) == (
        "invalid_arguments"
    )
    assert refusal(lambda: client.views_publish(user_id="U9", view=home)) == "user_not_found"
    world.sandbox.workspace.manifest.body["features"]["app_home"]["home_tab_enabled"] = False
    assert refusal(lambda: client.views_publish(user_id="U0RIA00001", view=home)) == "not_enabled"
