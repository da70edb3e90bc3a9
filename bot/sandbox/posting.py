"""How the app's words become messages: from the Web API, response URLs and command answers."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.shapes import fill_ids
from bot.sandbox.validate import check_message
from bot.sandbox.workspace import Workspace

TEXT_CUT = 40_000
UPDATE_TEXT_LIMIT = 4_000


def app_message(
    workspace: Workspace,
    channel: str,
    body: dict[str, Any],
    *,
    only_for: str | None = None,
) -> Message:
    """Return a checked message of the app, with a new ts, not yet shown.

    Raises:
        SlackRefusal: if Slack would not take it.
    """
    check_message(body)
    check_metadata(body.get("metadata"))
    thread_ts = body.get("thread_ts") or None
    if thread_ts:
        check_thread(workspace, channel, thread_ts)
    return Message(
        channel,
        workspace.timestamps.next(),
        workspace.bot_user,
        str(body.get("text") or "")[:TEXT_CUT],
        blocks=fill_ids(workspace, list(body.get("blocks") or [])),
        attachments=list(body.get("attachments") or []),
        metadata=body.get("metadata") or None,
        thread_ts=thread_ts,
        broadcast=bool(body.get("reply_broadcast")),
        only_for=only_for,
        bot_id=workspace.bot_id,
        bot_name=str(body.get("username") or workspace.manifest.name),
        app_id=workspace.app_id,
    )


def check_thread(workspace: Workspace, channel: str, thread_ts: str) -> None:
    """Refuse a `thread_ts` that is not the first message of a thread.

    Raises:
        SlackRefusal: `thread_not_found`, or `cannot_reply_to_message` for a reply's own ts.
    """
    parent = workspace.messages.get(channel, thread_ts)
    if parent is None or parent.only_for:
        raise SlackRefusal("thread_not_found")
    if parent.is_reply:
        raise SlackRefusal("cannot_reply_to_message")


def check_metadata(metadata: object) -> None:
    """Refuse metadata that is not `{"event_type": str, "event_payload": {...}}`.

    Raises:
        SlackRefusal: `invalid_metadata_format` or `metadata_too_large`.
    """
    if metadata is None or metadata == {}:
        return
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackRefusal("invalid_metadata_format")
    if len(str(metadata)) > 8_000:
        raise SlackRefusal("metadata_too_large")


def change_message(workspace: Workspace, message: Message, body: dict[str, Any]) -> None:
    """Change a message as `chat.update` does: what is not named stays, text alone drops blocks.

    Raises:
        SlackRefusal: if Slack would not take it.
    """
    if body.get("text") is None and body.get("blocks") is None and "attachments" not in body:
        raise SlackRefusal("no_text")
    if len(str(body.get("text") or "")) > UPDATE_TEXT_LIMIT:
        raise SlackRefusal("msg_too_long")
    check_metadata(body.get("metadata"))
    if body.get("blocks"):
        check_message(body)
    if body.get("text") is not None:
        message.text = str(body["text"])
        message.blocks = []
    if body.get("blocks") is not None:
        message.blocks = fill_ids(workspace, list(body["blocks"]))
    else:
        message.edited_ts = workspace.timestamps.next()
    if body.get("attachments") is not None:
        message.attachments = list(body["attachments"])
    if body.get("metadata") is not None:
        message.metadata = body["metadata"] or None
    workspace.show_message(message, "message_changed")


def answer_hook(workspace: Workspace, hook_id: str, body: dict[str, Any]) -> None:
    """Act on a post to a response URL.

    Raises:
        SlackRefusal: `used_url` after five uses or half an hour, or what is wrong with the body.
    """
    hook = workspace.hooks.use(hook_id)
    source = workspace.messages.get(hook.channel, hook.message_ts) if hook.message_ts else None
    if body.get("delete_original") or body.get("replace_original"):
        if source is None:
            raise SlackRefusal("message_not_found")
        if body.get("delete_original"):
            workspace.remove_message(source)
        else:
            change_message(workspace, source, body)
        return
    answer_person(workspace, hook.user, hook.channel, body)


def answer_person(workspace: Workspace, user: str, channel: str, body: dict[str, Any]) -> None:
    """Show an answer to a command or interaction: to the person alone unless `in_channel`.

    Raises:
        SlackRefusal: if Slack would not take it.
    """
    only_for = None if body.get("response_type") == "in_channel" else user
    workspace.add_message(app_message(workspace, channel, body, only_for=only_for))
