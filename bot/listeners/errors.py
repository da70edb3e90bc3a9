"""What a person sees when something went wrong on our side: what happened, and a reference."""

import logging
import secrets
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.flows.context import Services, StorageBusy

_LOG = logging.getLogger(__name__)

#: Slack repeats an event that was not answered with 200; nothing else is repeated.
_EVENT = "event_callback"


def register(bolt: App, _services: Services) -> None:
    """Answer every error of a listener or a middleware."""
    bolt.error(answer_error)


def answer_error(
    error: Exception, request: BoltRequest, body: dict[str, Any], client: WebClient
) -> BoltResponse:
    """Log the error with a reference, and tell the person what to do with it.

    Returns:
        For an event a 500, so that Slack delivers it again; for anything a person did, a 200
        that carries the message, because Slack would only show them "operation_timeout".
    """
    kind = _kind(body)
    if isinstance(error, BoltUnhandledRequestError):
        return _answer_unhandled(kind, body, client)
    reference = secrets.token_hex(3).upper()
    ids = {"reference": reference, "payload": kind, "team": request.context.team_id}
    _LOG.error("A listener failed (reference %s)", reference, exc_info=error, extra=ids)
    if kind == _EVENT:
        return BoltResponse(status=500)
    return _tell(kind, body, client, _sorry(error, reference))


def _answer_unhandled(kind: str, body: dict[str, Any], client: WebClient) -> BoltResponse:
    """Answer what no listener takes: an event of no interest, or a button of an older version."""
    if kind == _EVENT:
        return BoltResponse(status=200)
    _LOG.warning("No listener takes this request", extra={"payload": kind})
    return _tell(
        kind,
        body,
        client,
        "This belongs to an older version of Handoff and does nothing any more. "
        "Open Handoff's Home tab, or type `/handoff help`, to go on from there.",
    )


def _sorry(error: Exception, reference: str) -> str:
    if isinstance(error, StorageBusy):
        return "Handoff is busy right now, and nothing was saved. Please try again in a moment."
    return (
        "Something went wrong on our side, and this step was not saved. Please try again; "
        f"if it happens again, give your Handoff administrator the reference *{reference}*."
    )


def _kind(body: dict[str, Any]) -> str:
    """Name the kind of payload; a slash command has no type of its own."""
    return str(body.get("type") or ("command" if "command" in body else "unknown"))


def _tell(kind: str, body: dict[str, Any], client: WebClient, text: str) -> BoltResponse:
    """Answer in the way that this kind of payload allows."""
    plain = text.replace("*", "").replace("`", "")
    if kind == "command":
        return _json({"response_type": "ephemeral", "text": text})
    if kind == "view_submission":
        return _json(_refuse_form(body["view"], plain))
    if kind == "block_suggestion":
        return _json({"options": []})
    if kind in {"block_actions", "message_action", "shortcut"}:
        _show(body, client, text)
    return BoltResponse(status=200)


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=body)


def _refuse_form(view: dict[str, Any], text: str) -> dict[str, Any]:
    """Keep the form open with what was typed: an error at its first field, else a view on top."""
    for block in view.get("blocks", ()):
        if block.get("type") == "input" and "block_id" in block:
            return {"response_action": "errors", "errors": {block["block_id"]: text}}
    return {"response_action": "push", "view": _notice(text)}


def _show(body: dict[str, Any], client: WebClient, text: str) -> None:
    """Show the person a message where they clicked; best effort, it is logged already."""
    trigger = body.get("trigger_id")
    channel = body.get("channel") or {}
    try:
        if "message" in body and channel and body.get("type") == "block_actions":
            client.chat_postEphemeral(channel=channel["id"], user=body["user"]["id"], text=text)
        elif (body.get("view") or {}).get("type") == "modal":
            client.views_push(trigger_id=trigger, view=_notice(text))
        elif trigger:
            client.views_open(trigger_id=trigger, view=_notice(text))
    except (SlackClientError, OSError):
        _LOG.warning("The person could not be told about an error", exc_info=True)


def _notice(text: str) -> dict[str, Any]:
    """Build a modal that says one thing."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Handoff"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
    }
