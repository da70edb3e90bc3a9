"""A tiny Bolt app with one of everything, to try the sandbox with."""

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltRequest, Respond
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import Answer, Outgoing

SECRET = "a-signing-secret"
TOKEN = "xoxb-sandbox"

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Tiny"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "tiny"},
        "slash_commands": [
            {"command": "/ask", "description": "Ask", "should_escape": True},
            {"command": "/plain", "description": "Unescaped"},
        ],
        "shortcuts": [
            {"name": "Ask", "type": "global", "callback_id": "ask.global", "description": "Ask"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "dnd:read",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
                "users:read.email",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "member_joined_channel",
                "message.im",
                "reaction_added",
                "reaction_removed",
                "team_join",
                "user_change",
            ]
        },
        "interactivity": {"is_enabled": True},
    },
}


def plain(text: str) -> dict[str, Any]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def form(**changes: object) -> dict[str, Any]:
    """Return a modal with a text field, a menu and a people picker."""
    options = [{"text": plain(size.title()), "value": size} for size in ("small", "large")]
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": "ask.form",
        "title": plain("Ask"),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": [
            {
                "type": "input",
                "block_id": "topic",
                "label": plain("Topic"),
                "element": {"type": "plain_text_input", "action_id": "v", "max_length": 20},
            },
            {
                "type": "input",
                "block_id": "size",
                "label": plain("Size"),
                "element": {"type": "static_select", "action_id": "v", "options": options},
                "optional": True,
            },
            {
                "type": "input",
                "block_id": "who",
                "label": plain("Who"),
                "element": {"type": "multi_users_select", "action_id": "v"},
                "optional": True,
            },
        ],
    }
    return view | changes


def button(text: str, action_id: str, value: str = "1") -> dict[str, Any]:
    """Return an actions block with one button."""
    element = {"type": "button", "text": plain(text), "action_id": action_id, "value": value}
    return {"type": "actions", "block_id": "acts", "elements": [element]}


_ANSWERS: dict[str, dict[str, Any]] = {
    "bad": {"response_action": "errors", "errors": {"topic": "Not this."}},
    "wrong key": {"response_action": "errors", "errors": {"nowhere": "Not this."}},
    "again": {"response_action": "push", "view": form()},
    "other": {"response_action": "update", "view": form(title=plain("Other"))},
    "clear": {"response_action": "clear"},
}


def build_app(api_url: str) -> tuple[App, list[dict[str, Any]]]:
    """Return the app, and the list of everything that reached its listeners."""
    client = WebClient(token=TOKEN, base_url=api_url, retry_handlers=[])
    logger = logging.getLogger("tiny")
    logger.setLevel(logging.CRITICAL)
    app = App(client=client, signing_secret=SECRET, process_before_response=True, logger=logger)
    seen: list[dict[str, Any]] = []
    _add_commands(app, seen)
    _add_interactions(app, seen)
    for kind in ("reaction_added", "reaction_removed", "message", "app_mention"):
        app.event(kind)(_note(seen))
    for kind in ("member_joined_channel", "team_join", "user_change"):
        app.event(kind)(_note(seen))
    return app, seen


def _note(seen: list[dict[str, Any]]) -> Callable[..., None]:
    def listener(body: dict[str, Any]) -> None:
        seen.append(body)

    return listener


def _add_commands(app: App, seen: list[dict[str, Any]]) -> None:
    @app.command("/ask")
    def ask(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        seen.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=form())
        ack()

    @app.command("/plain")
    def answer(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body)
        ack(text=f"You said {body['text']}", response_type=body["text"].partition(" ")[0])

    @app.shortcut("ask.global")
    def globally(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        seen.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=form())
        ack()

    @app.shortcut("keep")
    def keep(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        seen.append(body)
        ack()
        respond("Kept.")


def _add_interactions(app: App, seen: list[dict[str, Any]]) -> None:
    @app.view("ask.form")
    def submitted(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        seen.append(body)
        topic = body["view"]["state"]["values"]["topic"]["v"]["value"]
        if topic in _ANSWERS:
            ack(**_ANSWERS[topic])
            return
        ack()
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": topic}}]
        blocks.append(button("Done", "done"))
        client.chat_postMessage(channel="C0REVOPS01", text=topic, blocks=blocks)

    @app.view_closed("ask.form")
    def closed(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body)
        ack()

    @app.action("done")
    def done(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        seen.append(body)
        ack()
        respond(text="It is done.", replace_original=True)

    @app.action("picked")
    def picked(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body)
        ack()

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        seen.append({"event": event})
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Hello")}]}
        client.views_publish(user_id=event["user"], view=view)

    @app.options("city")
    def cities(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body)
        ack(options=[{"text": plain(body["value"].title()), "value": body["value"]}])


def in_process(app: App) -> Callable[[Outgoing], Answer]:
    """Return a `deliver` that dispatches straight into the app."""

    def deliver(outgoing: Outgoing) -> Answer:
        headers = {name: [value] for name, value in outgoing.headers.items()}
        response = app.dispatch(BoltRequest(body=outgoing.body.decode(), headers=headers))
        answered = {name: values[0] for name, values in response.headers.items()}
        return Answer(response.status, answered, (response.body or "").encode())

    return deliver


def over_http(app: App) -> Starlette:
    """Return an ASGI app that takes the sandbox's requests at /slack/events."""
    deliver = in_process(app)

    async def events(request: Request) -> Response:
        outgoing = Outgoing("/slack/events", dict(request.headers), await request.body())
        answer = await run_in_threadpool(deliver, outgoing)
        kind = answer.headers.get("content-type", "text/plain")
        return Response(answer.body, answer.status, media_type=kind)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
