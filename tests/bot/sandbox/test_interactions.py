"""What people do and the app hears of: commands, forms, buttons, shortcuts, searches."""

import json
import urllib.request
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.error import HTTPError

import pytest

from bot.sandbox import AppFailed, SlackRefusal
from bot.sandbox.form_state import NotOffered
from tests.bot.sandbox.conftest import World
from tests.bot.sandbox.tiny_app import button, form, plain


def field(block_id: str, element: dict[str, Any], **extra: object) -> dict[str, Any]:
    """Return an input block with one element, action id `v`."""
    element = {"action_id": "v", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": element,
        **extra,
    }


def show(world: World, *blocks: dict[str, Any], **changes: object) -> Any:  # noqa: ANN401  # a View
    """Open a form for Ria and return it."""
    trigger = world.sandbox.workspace.triggers.issue("U0RIA00001", channel="C0REVOPS01")
    view = form(blocks=list(blocks), **changes) if blocks else form(**changes)
    world.client.views_open(trigger_id=trigger, view=view)
    return world.sandbox.person("ria").view


def test_command_text(world: World) -> None:
    """With escaping people and channels come as tokens, without it as typed."""
    cleo = world.sandbox.person("cleo")
    cleo.command("#sales-leadership", "/ask @sam #revops #sales-leadership a<b & @nobody")
    cleo.command("#sales-leadership", "/plain ephemeral <@U0SAM00001> in <#C0REVOPS01>")

    assert world.seen[0]["text"] == (
        "<@U0SAM00001|sam> <#C0REVOPS01|revops> <#C0SALESLD1|> a&lt;b &amp; @nobody"
    )
    assert world.seen[0]["channel_name"] == "privategroup"
    assert world.seen[1]["text"] == "ephemeral @sam in #revops"


def test_command_answers(world: World) -> None:
    """An answer is for the person alone, or for all together with the command."""
    ria, ben = world.sandbox.person("ria"), world.sandbox.person("ben")
    ria.command("#revops", "/plain ephemeral")
    assert [m.text for m in ria.sees("#revops")] == ["You said ephemeral"]
    assert ben.sees("#revops") == []

    ria.command("#revops", "/plain in_channel")
    assert [m.text for m in ben.sees("#revops")] == ["/plain in_channel", "You said in_channel"]


def test_refused_commands(world: World) -> None:
    """Unknown commands and foreign channels are refused; a lost app is reported."""
    with pytest.raises(SlackRefusal, match="unknown_command"):
        world.sandbox.person("ria").command("#revops", "/nope")
    with pytest.raises(SlackRefusal, match="not_in_channel"):
        world.sandbox.person("dana").command("#revops", "/ask")
    with pytest.raises(SlackRefusal, match="channel_not_found"):
        world.sandbox.person("olga").command("#revops", "/ask")
    world.sandbox.workspace.manifest.body["features"]["slash_commands"].append(
        {"command": "/lost", "description": "Nobody listens"}
    )
    with pytest.raises(AppFailed, match=r"/lost failed.*dispatch_failed \(HTTP 404\)"):
        world.sandbox.person("ria").command("#revops", "/lost")


def test_submission_answers(world: World) -> None:
    """Errors keep the form, push and update show another, clear closes all."""
    ria = world.sandbox.person("ria")
    shown = show(world)

    assert ria.submit(shown, {"topic": "bad"}) == {"topic": "Not this."}
    assert ria.view is shown
    assert shown.values["topic"]["v"]["value"] == "bad"
    assert ria.submit(shown, {"topic": "again"}) == {}
    assert len(ria.views) == 2
    assert ria.submit(None, {"topic": "other"}) == {}
    assert ria.view is not None
    assert ria.view.title == "Other"
    assert ria.view.values["topic"]["v"]["value"] == "other"
    assert ria.submit(None, {"topic": "clear"}) == {}
    assert ria.views == []
    with pytest.raises(SlackRefusal, match="view_not_found"):
        ria.submit()


def test_wrong_submission_answers(world: World) -> None:
    """An answer that Slack would not show fails for the person."""
    show(world)
    with pytest.raises(AppFailed, match="not an input block"):
        world.sandbox.person("ria").submit(None, {"topic": "wrong key"})


def test_required_and_limits_never_reach_the_app(world: World) -> None:
    """Slack itself asks for what is missing, too long, out of range or of the wrong form."""
    numbers = {"type": "number_input", "min_value": "1", "max_value": "9"}
    people = {"type": "multi_users_select", "max_selected_items": 1}
    show(
        world,
        field("topic", {"type": "plain_text_input", "min_length": 3, "max_length": 5}),
        field("count", {**numbers, "is_decimal_allowed": False}),
        field("mail", {"type": "email_text_input"}),
        field("link", {"type": "url_text_input"}),
        field("who", people),
        field("note", {"type": "plain_text_input"}, optional=True),
    )
    ria = world.sandbox.person("ria")

    def said(**values: object) -> dict[str, str]:
        return ria.submit(None, values)

    required = dict.fromkeys(
        ("topic", "count", "mail", "link", "who"), "Please complete this required field."
    )
    assert said() == required
    wrong = said(topic="ab", count="x", mail="me", link="here", who=["sam", "ben"])
    assert list(wrong) == ["topic", "count", "mail", "link", "who"]
    assert "at least 3" in wrong["topic"]
    assert "at most 5" in said(topic="abcdef")["topic"]
    assert "whole" in said(count=2.5)["count"]
    assert "or more" in said(count=0)["count"]
    assert "or less" in said(count=10)["count"]
    assert world.seen == []
    right = said(topic="abc", count=5, mail="a@b.example", link="https://x.example", who=["sam"])
    assert right == {}


def test_all_kinds_of_values(world: World) -> None:
    """Plain values become Slack's state shapes."""
    small = [{"text": plain("Small"), "value": "small"}]
    file_id = world.sandbox.person("ria").upload("a.csv", b"a,b")
    elements: dict[str, tuple[dict[str, Any], object]] = {
        "radio": ({"type": "radio_buttons", "options": small}, "small"),
        "boxes": ({"type": "checkboxes", "options": small}, ["small"]),
        "many": ({"type": "multi_static_select", "options": small}, "Small"),
        "user": ({"type": "users_select"}, "sam"),
        "conv": ({"type": "conversations_select", "response_url_enabled": True}, "#revops"),
        "chan": ({"type": "multi_channels_select"}, ["#revops"]),
        "day": ({"type": "datepicker"}, date(2026, 12, 24)),
        "hour": ({"type": "timepicker", "timezone": "Europe/Paris"}, time(9, 30)),
        "moment": ({"type": "datetimepicker"}, datetime(2026, 12, 24, tzinfo=UTC)),
        "count": ({"type": "number_input", "is_decimal_allowed": True}, 2.5),
        "city": ({"type": "external_select", "action_id": "city"}, "oslo"),
        "files": ({"type": "file_input"}, [file_id]),
        "rich": ({"type": "rich_text_input"}, {"type": "rich_text", "elements": []}),
    }
    blocks = [field(name, element) for name, (element, _) in elements.items()]
    topic = field("topic", {"type": "plain_text_input", "initial_value": "clear"})
    show(world, topic, *blocks)

    errors = world.sandbox.person("ria").submit(None, {n: v for n, (_, v) in elements.items()})

    assert errors == {}
    view, urls = world.seen[-1]["view"], world.seen[-1]["response_urls"]
    values = {name: next(iter(state.values())) for name, state in view["state"]["values"].items()}
    assert values["topic"]["value"] == "clear"
    assert values["radio"]["selected_option"] == small[0]
    assert values["boxes"]["selected_options"] == values["many"]["selected_options"] == small
    assert values["user"]["selected_user"] == "U0SAM00001"
    assert values["conv"]["selected_conversation"] == "C0REVOPS01"
    assert values["chan"]["selected_channels"] == ["C0REVOPS01"]
    assert values["day"]["selected_date"] == "2026-12-24"
    assert (values["hour"]["selected_time"], values["hour"]["timezone"]) == (
        "09:30",
        "Europe/Paris",
    )
    assert values["moment"]["selected_date_time"] == 1798070400
    assert values["count"]["value"] == "2.5"
    assert values["city"]["selected_option"]["value"] == "oslo"
    assert values["files"]["files"][0]["name"] == "a.csv"
    assert values["rich"]["rich_text_value"]["type"] == "rich_text"
    assert [url["channel_id"] for url in urls] == ["C0REVOPS01"]


def test_wrong_values(world: World) -> None:
    """Nobody can choose what is not offered, fill what is not there, or send unknown files."""
    ria = world.sandbox.person("ria")
    show(world)
    with pytest.raises(NotOffered, match="huge"):
        ria.submit(None, {"size": "huge"})
    with pytest.raises(LookupError, match="no fields"):
        ria.submit(None, {"nope": 1})
    with pytest.raises(LookupError, match="Nobody"):
        ria.submit(None, {"who": ["nobody"]})
    show(world, field("files", {"type": "file_input"}))
    with pytest.raises(SlackRefusal, match="file_not_found"):
        ria.submit(None, {"files": ["F9"]})


def test_update_keeps_what_was_typed(world: World) -> None:
    """Typed input stays over an update where block id and action id stay, and only there."""
    initial = {"type": "plain_text_input", "initial_value": "first"}
    view = show(world, field("a", initial), field("b", initial))
    emptied = {"v": {"type": "plain_text_input", "value": ""}}
    typed = {"v": {"type": "plain_text_input", "value": "typed"}}
    world.sandbox.interactions.submit("U0RIA00001", view.id, {"a": emptied, "b": typed})
    world.client.views_update(
        view_id=view.id, view=form(blocks=[field("b", initial), field("c", initial)])
    )

    assert view.values["b"]["v"]["value"] == "typed"
    assert view.values["c"]["v"]["value"] == "first"


def test_current_conversation(world: World) -> None:
    """A conversation menu can start with where the person is."""
    menu = {"type": "conversations_select", "default_to_current_conversation": True}
    view = show(world, field("where", menu))

    assert view.values["where"]["v"]["selected_conversation"] == "C0REVOPS01"


def test_closing(world: World) -> None:
    """Cancel reports that view, the cross reports the root; both only on request."""
    ria = world.sandbox.person("ria")
    root = show(world)
    ria.submit(root, {"topic": "again"})
    ria.cancel()
    assert ria.view is root
    assert (world.seen[-1]["type"], world.seen[-1]["is_cleared"]) == ("view_closed", False)

    ria.submit(root, {"topic": "again"})
    ria.close_all()
    assert ria.views == []
    assert (world.seen[-1]["view"]["id"], world.seen[-1]["is_cleared"]) == (root.id, True)

    count = len(world.seen)
    show(world, notify_on_close=False)
    ria.cancel()
    show(world, clear_on_close=True)
    ria.cancel()
    assert [seen["is_cleared"] for seen in world.seen[count:]] == [True]
    with pytest.raises(SlackRefusal, match="view_not_found"):
        ria.cancel()


def test_buttons(world: World) -> None:
    """A button sends the app's own value; what is not there cannot be pressed."""
    ria, ben = world.sandbox.person("ria"), world.sandbox.person("ben")
    world.client.chat_postMessage(
        channel="C0REVOPS01", text="x", blocks=[button("Done", "done", "42")]
    )
    message = world.sandbox.messages("#revops")[0]
    with pytest.raises(LookupError, match="0 elements"):
        ria.click(message, "undone")
    with pytest.raises(SlackRefusal, match="channel_not_found"):
        world.sandbox.person("olga").click(message, "done")

    ben.click(message, "done")

    payload = world.seen[-1]
    assert payload["actions"][0]["value"] == "42"
    assert payload["container"]["is_ephemeral"] is False
    assert payload["message"]["ts"] == message.ts
    assert message.text == "It is done."


def test_ephemeral_button(world: World) -> None:
    """An ephemeral message's button comes without the message, and can still replace it."""
    ria = world.sandbox.person("ria")
    world.client.chat_postEphemeral(
        channel="C0REVOPS01", user=ria.id, text="x", blocks=[button("Done", "done")]
    )
    (message,) = ria.sees("#revops")
    with pytest.raises(SlackRefusal, match="message_not_found"):
        world.sandbox.person("ben").click(message, "done")

    ria.click(message, "done")

    assert "message" not in world.seen[-1]
    assert [m.text for m in ria.sees("#revops")] == ["It is done."]


def test_menus_in_forms(world: World) -> None:
    """A menu that dispatches tells the app, and the form remembers the choice."""
    options = [{"text": plain("S"), "value": "s"}, {"text": plain("L"), "value": "l"}]
    menu = {"type": "static_select", "action_id": "picked", "options": options}
    more = {"type": "overflow", "action_id": "picked", "options": options}
    quiet = field("quiet", {**menu, "action_id": "other"})
    actions = {"type": "actions", "block_id": "more", "elements": [more]}
    view = show(world, field("size", menu, dispatch_action=True), quiet, actions)
    ria = world.sandbox.person("ria")

    ria.select(view, "picked", "l", block_id="size")
    assert world.seen[-1]["actions"][0]["selected_option"]["value"] == "l"
    assert world.seen[-1]["view"]["state"]["values"]["size"]["picked"]["selected_option"]
    ria.select(view, "picked", "s", block_id="more")
    assert world.seen[-1]["actions"][0]["type"] == "overflow"
    assert "more" not in view.values
    with pytest.raises(SlackRefusal, match="action_not_dispatched"):
        ria.select(view, "other", "l")
    with pytest.raises(SlackRefusal, match="invalid_option"):
        ria.select(view, "picked", {"text": plain("X"), "value": "x"}, block_id="more")


def test_shortcuts(world: World) -> None:
    """A global shortcut opens a form, a message shortcut brings the message along."""
    ria = world.sandbox.person("ria")
    assert ria.shortcut("ask.global") is not None
    assert "channel" not in world.seen[-1]

    message = ria.post("#revops", "Keep this")
    assert ria.shortcut("keep", message) is None
    assert world.seen[-1]["message"]["text"] == "Keep this"
    assert ria.sees("#revops")[-1].text == "Kept."
    with pytest.raises(SlackRefusal, match="unknown_shortcut"):
        ria.shortcut("nope")


def test_search(world: World) -> None:
    """An external menu asks the app while the person types."""
    city = {"type": "external_select", "action_id": "city", "min_query_length": 1}
    view = show(world, field("city", city))

    found = world.sandbox.person("ria").search(view, "city", "oslo")

    assert [option["text"]["text"] for option in found] == ["Oslo"]
    assert world.seen[-1]["value"] == "oslo"
    with pytest.raises(AppFailed, match="invalid_arguments"):
        world.sandbox.person("ria").search(view, "city", "x" * 151)


def test_interactivity_must_be_on(world: World) -> None:
    """Without interactivity in the manifest nothing reaches the app."""
    view = show(world)
    world.sandbox.workspace.manifest.body["settings"]["interactivity"]["is_enabled"] = False

    with pytest.raises(AppFailed, match="interactivity_not_enabled"):
        world.sandbox.person("ria").submit(view, {"topic": "x"})


def post(url: str, body: dict[str, Any]) -> tuple[int, str]:
    """Post JSON; return status and body."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_response_url(world: World) -> None:
    """A response URL works five times within half an hour, for the person alone by default."""
    ria = world.sandbox.person("ria")
    ria.command("#revops", "/ask")
    url = world.seen[-1]["response_url"]

    assert post(url, {"text": "one"}) == (200, "ok")
    assert post(url, {"text": "two", "response_type": "in_channel"}) == (200, "ok")
    assert post(url, {"text": ""}) == (400, "no_text")
    assert post(url, {"text": "x", "replace_original": True}) == (400, "message_not_found")
    assert post(url, {"text": "five"})[0] == 200
    assert post(url, {"text": "six"}) == (404, "used_url")
    assert [m.text for m in world.sandbox.messages("#revops")] == ["two"]
    assert [m.text for m in ria.sees("#revops")] == ["one", "two", "five"]

    ria.command("#revops", "/ask")
    world.wall.advance(minutes=31)
    assert post(world.seen[-1]["response_url"], {"text": "late"}) == (404, "used_url")
    assert len(world.sandbox.journal.calls("response_url")) == 7


def test_response_url_deletes(world: World) -> None:
    """A button's response URL can delete the message it sits on."""
    world.client.chat_postMessage(channel="C0REVOPS01", text="x", blocks=[button("Done", "done")])
    world.sandbox.person("ria").click(world.sandbox.messages("#revops")[0], "done")

    assert post(world.seen[-1]["response_url"], {"delete_original": True})[0] == 200
    assert world.sandbox.messages("#revops") == []
