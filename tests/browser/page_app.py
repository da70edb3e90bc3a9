"""A small Bolt app that shows everything the sandbox page must draw and take in."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import Ack, App, BoltRequest, Respond
from slack_sdk import WebClient

from bot.sandbox import Answer, Outgoing

SECRET = "a-signing-secret"
TOKEN = "xoxb-sandbox"
CHANNEL = "C0ENTHAND1"

_EVENTS = ["app_home_opened", "message.im", "reaction_added", "reaction_removed"]
_SCOPES = [
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "reactions:read",
    "users:read",
]

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Pager"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "pager"},
        "slash_commands": [
            {"command": "/form", "description": "Open the form", "should_escape": True},
            {"command": "/secret", "description": "Answer only you", "usage_hint": "[words]"},
            {"command": "/slow", "description": "Answer too late"},
        ],
        "shortcuts": [
            {"name": "Open form", "type": "global", "callback_id": "open", "description": "Open"},
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keep"},
        ],
    },
    "oauth_config": {"scopes": {"bot": _SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": _EVENTS},
        "interactivity": {"is_enabled": True},
    },
}


@dataclass
class Heard:
    """What reached the app's listeners, by kind."""

    submissions: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    closings: list[dict[str, Any]] = field(default_factory=list)
    shortcuts: list[dict[str, Any]] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """Return the latest submission's values by block."""
        state: dict[str, dict[str, Any]] = self.submissions[-1]["view"]["state"]["values"]
        return {block: actions["v"] for block, actions in state.items() if "v" in actions}


def plain(text: str) -> dict[str, Any]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    """Return a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict[str, Any]:
    """Return a section with mrkdwn text."""
    return {"type": "section", "text": mrkdwn(text)}


def options(*texts: str) -> list[dict[str, Any]]:
    """Return options whose values are their texts in lower case."""
    return [{"text": plain(text), "value": text.lower()} for text in texts]


def question(block_id: str, label: str, element: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return an input block with the action id `v`."""
    element = {"action_id": "v"} | element
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
    } | more


def modal(title: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a modal that can be submitted."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": blocks,
    }


def short_form(*, sla_block: str = "sla", initial: str = "2h") -> dict[str, Any]:
    """Return a form whose segment updates it: the name stays, the SLA's block id changes."""
    text = {"type": "plain_text_input"}
    return modal(
        "Short form",
        [
            question(
                "segment",
                "Segment",
                {"type": "static_select", "options": options("Enterprise", "SMB")},
                dispatch_action=True,
            ),
            question("name", "Name", text),
            question(sla_block, "Response SLA", text | {"initial_value": initial}),
            {
                "type": "actions",
                "block_id": "more",
                "elements": [
                    {"type": "button", "action_id": "push", "text": plain("Edit ladder")}
                ],
            },
        ],
    )


def full_form() -> dict[str, Any]:
    """Return a form with every kind of input."""
    groups = [
        {"label": plain("New"), "options": options("Pipeline", "ABM")},
        {"label": plain("Old"), "options": options("Expansion")},
    ]
    number = {"type": "number_input", "is_decimal_allowed": False, "max_value": "100"}
    optional: dict[str, Any] = {"optional": True}
    return modal(
        "Full form",
        [
            {"type": "alert", "level": "warning", "text": plain("Mind the gap.")},
            question("text", "Title", {"type": "plain_text_input"}),
            question("lines", "Notes", {"type": "plain_text_input", "multiline": True}),
            question("number", "Target", number),
            question("email", "Email", {"type": "email_text_input"}, **optional),
            question("url", "Link", {"type": "url_text_input"}, **optional),
            question("date", "Go-live", {"type": "datepicker"}),
            question("time", "Opening", {"type": "timepicker"}),
            question("moment", "Promise", {"type": "datetimepicker"}),
            question(
                "radio", "Clock", {"type": "radio_buttons", "options": options("Day", "All")}
            ),
            question("check", "Confirm", {"type": "checkboxes", "options": options("One", "Two")}),
            question("goal", "Goal", {"type": "static_select", "option_groups": groups}),
            question(
                "pods",
                "Pods",
                {"type": "multi_static_select", "options": options("East", "West", "North")},
            ),
            question("city", "City", {"type": "external_select", "min_query_length": 2}),
            question("person", "Fallback", {"type": "users_select"}),
            question("people", "Leaders", {"type": "multi_users_select"}),
            question(
                "channel",
                "Channel",
                {"type": "conversations_select", "default_to_current_conversation": True},
            ),
            question("room", "Room", {"type": "multi_channels_select"}),
            question("file", "Leads", {"type": "file_input", "filetypes": ["csv"]}, **optional),
            question("rich", "Story", {"type": "rich_text_input"}, **optional),
        ],
    )


def packet() -> list[dict[str, Any]]:
    """Return the blocks of a message with text of all kinds, a table and buttons."""
    cells = [["Band", "Target"], ["A", "30m"], ["B", "2h"]]
    confirm = {
        "title": plain("Approve?"),
        "text": plain("You sign for Sales."),
        "confirm": plain("Yes, sign"),
        "deny": plain("Not yet"),
    }
    return [
        {"type": "header", "text": plain("ENT-3 :tada:")},
        section("*bold* _it_ ~gone~ `code` <https://example.com|a link> <@U0SAM00001> &lt;b&gt;"),
        section("<javascript:alert(1)|not a link> <!date^1767312000^{date_num} {time}|then>"),
        {"type": "section", "fields": [mrkdwn("*Segment*\nEnterprise"), mrkdwn("*Goal*\nABM")]},
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in cells],
        },
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {
                    "type": "button",
                    "action_id": "approve",
                    "style": "primary",
                    "text": plain("Approve"),
                    "value": "v2",
                    "confirm": confirm,
                },
                {"type": "overflow", "action_id": "more", "options": options("Pause", "Retire")},
            ],
        },
    ]


def build_app(api_url: str) -> tuple[App, Heard]:
    """Return the app and what it hears."""
    client = WebClient(token=TOKEN, base_url=api_url, retry_handlers=[])
    logger = logging.getLogger("pager")
    logger.setLevel(logging.CRITICAL)
    app = App(client=client, signing_secret=SECRET, process_before_response=True, logger=logger)
    heard = Heard()
    _add_commands(app, heard)
    _add_views(app, heard)
    _add_actions(app, heard)
    for kind in ("message", "reaction_added", "reaction_removed"):
        app.event(kind)(_ignore)
    return app, heard


def _ignore(body: dict[str, Any]) -> None:
    del body


def _add_commands(app: App, heard: Heard) -> None:
    @app.command("/form")
    def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        view = full_form() if body["text"] == "full" else short_form()
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    @app.command("/secret")
    def whisper(ack: Ack, body: dict[str, Any]) -> None:
        ack(text=f"Only <@{body['user_id']}> reads this.")

    @app.command("/slow")
    def dawdle(ack: Ack) -> None:
        time.sleep(0.6)  # past the tests' answer limit of 0.5 s
        ack()

    @app.shortcut("open")
    def globally(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=short_form())
        ack()

    @app.shortcut("keep")
    def keep(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        heard.shortcuts.append(body)
        ack()
        respond("Kept.")


def _add_views(app: App, heard: Heard) -> None:
    @app.view("form")
    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        heard.submissions.append(body)
        name = heard.values().get("name", {}).get("value")
        if name == "bad":
            ack(response_action="errors", errors={"name": "That name is taken. Try another."})
        else:
            ack(response_action="clear")

    @app.view_closed("form")
    def closed(ack: Ack, body: dict[str, Any]) -> None:
        heard.closings.append(body)
        ack()

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        button = {"type": "button", "action_id": "greet", "text": plain("Greet"), "value": "hi"}
        blocks = [
            {"type": "header", "text": plain("Your designs")},
            {"type": "actions", "elements": [button]},
        ]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.options("v")
    def cities(ack: Ack, body: dict[str, Any]) -> None:
        ack(options=options(*(c for c in ("London", "Lisbon") if body["value"] in c.lower())))


def _add_actions(app: App, heard: Heard) -> None:
    @app.action({"block_id": "segment", "action_id": "v"})
    def chosen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        heard.actions.append(body)
        view = short_form(sla_block="sla.new", initial="30m")
        client.views_update(view_id=body["view"]["id"], view=view)
        ack()

    @app.action("push")
    def push(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_push(trigger_id=body["trigger_id"], view=modal("Ladder", [section("Steps")]))
        ack()

    @app.action("approve")
    def approve(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        heard.actions.append(body)
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        client.chat_update(**where, text="Signed", blocks=[section("Signed.")])
        ack()

    @app.action("more")
    @app.action("greet")
    def note(ack: Ack, body: dict[str, Any]) -> None:
        heard.actions.append(body)
        ack()


def in_process(app: App) -> Callable[[Outgoing], Answer]:
    """Return a `deliver` that dispatches straight into the app."""

    def deliver(outgoing: Outgoing) -> Answer:
        request = BoltRequest(body=outgoing.body.decode(), headers={**outgoing.headers})
        response = app.dispatch(request)
        answered = {name: values[0] for name, values in response.headers.items()}
        return Answer(response.status, answered, (response.body or "").encode())

    return deliver
