"""Messages and views in the shapes that Slack sends to apps."""

from typing import Any

from bot.sandbox.files import file_object
from bot.sandbox.messages import Message, reactions_object
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace


def message_object(
    workspace: Workspace, message: Message, *, with_metadata: bool = False
) -> dict[str, Any]:
    """Return Slack's message object, with the thread's figures on its first message."""
    described: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_id,
    }
    described |= _author(message) | _extras(workspace, message)
    if message.metadata:
        described["metadata"] = (
            message.metadata
            if with_metadata
            else {"event_type": message.metadata.get("event_type", "")}
        )
    if message.thread_ts:
        described["thread_ts"] = message.thread_ts
    if not message.is_reply:
        described |= thread_facts(workspace, message)
    return described


def _author(message: Message) -> dict[str, Any]:
    if not message.bot_id:
        return {}
    return {
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "bot_profile": {
            "id": message.bot_id,
            "app_id": message.app_id,
            "name": message.bot_name,
            "deleted": False,
        },
    }


def _extras(workspace: Workspace, message: Message) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if message.blocks:
        extras["blocks"] = message.blocks
    if message.attachments:
        extras["attachments"] = message.attachments
    if message.edited_ts:
        extras["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        extras["reactions"] = reactions_object(message)
    if message.files:
        extras["files"] = [
            file_object(workspace.files[id_], base_url=workspace.base_url) for id_ in message.files
        ]
        extras["subtype"] = "file_share"
    return extras


def thread_facts(workspace: Workspace, message: Message) -> dict[str, Any]:
    """Return `thread_ts`, `reply_count`, ... of a thread's first message; {} without replies."""
    replies = workspace.messages.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def view_object(workspace: Workspace, view: View) -> dict[str, Any]:
    """Return Slack's view object, with what the person typed in `state.values`."""
    return {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.body["type"],
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "title": view.body.get("title"),
        "submit": view.body.get("submit"),
        "close": view.body.get("close"),
        "clear_on_close": bool(view.body.get("clear_on_close")),
        "notify_on_close": bool(view.body.get("notify_on_close")),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": workspace.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the interactive elements of a block, whatever holds them."""
    holders = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
    return [
        element
        for element in holders
        if isinstance(element, dict) and "action_id" in element and element.get("type") != "image"
    ]


def find_element(
    blocks: list[dict[str, Any]], block_id: str, action_id: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return (block, element), or None if the surface has no such element."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return block, element
    return None


_WITHOUT_ACTION_ID = (
    "image",
    "mrkdwn",
    "plain_text",
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text_preformatted",
    "card",
)


def fill_ids(workspace: Workspace, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks as Slack keeps them: without nulls, with ids where the app gave none."""
    kept: list[dict[str, Any]] = _without_nulls(blocks)
    for block in kept:
        block.setdefault("block_id", workspace.ids.next("b"))
        holders = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        for element in holders:
            if isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION_ID:
                element.setdefault("action_id", workspace.ids.next("a"))
    return kept


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
