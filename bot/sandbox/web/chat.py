"""chat.*: the app posts, changes and deletes its messages."""

from typing import Any

from bot.sandbox.channels import Channel
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.posting import app_message, change_message
from bot.sandbox.shapes import message_object
from bot.sandbox.web.call import Call, Method

_DATA = ("blocks", "attachments", "metadata")


def _post_message(call: Call) -> dict[str, Any]:
    channel = _target(call)
    if call.text("username") or call.text("icon_emoji") or call.text("icon_url"):
        call.needs("chat:write.customize")
    _may_post(call, channel)
    message = app_message(call.workspace, channel.id, _body(call))
    call.workspace.add_message(message)
    return _posted(call, message)


def _post_ephemeral(call: Call) -> dict[str, Any]:
    channel = call.workspace.channel_for_app(call.required("channel"))
    _may_post(call, channel)
    user = call.required("user")
    if user not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    message = app_message(call.workspace, channel.id, _body(call), only_for=user)
    call.workspace.add_message(message)
    return {"message_ts": message.ts}


def _update(call: Call) -> dict[str, Any]:
    message = _own(call, "cant_update_message")
    if call.workspace.channel(message.channel).is_archived:
        raise SlackRefusal("is_inactive")
    change_message(call.workspace, message, _body(call))
    return _posted(call, message) | {"text": message.text}


def _delete(call: Call) -> dict[str, Any]:
    message = _own(call, "cant_delete_message")
    call.workspace.remove_message(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    channel = workspace.channel_for_app(call.required("channel"))
    message = workspace.messages.find(channel.id, call.required("message_ts"))
    link = f"{workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _target(call: Call) -> Channel:
    """Return where to post; a user's id opens the direct message with them."""
    workspace, wanted = call.workspace, call.required("channel")
    if wanted in workspace.users:
        if workspace.users[wanted].deleted or workspace.users[wanted].is_bot:
            raise SlackRefusal("channel_not_found")
        return workspace.direct_channel(wanted, workspace.bot_user)
    return workspace.channel_for_app(wanted)


def _may_post(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    is_member = call.workspace.bot_user in channel.members
    if not is_member and "chat:write.public" not in call.workspace.manifest.scopes:
        raise SlackRefusal("not_in_channel")


def _own(call: Call, refusal: str) -> Message:
    workspace = call.workspace
    channel = workspace.channel_for_app(call.required("channel"))
    message = workspace.messages.find(channel.id, call.required("ts"))
    if message.bot_id != workspace.bot_id:
        raise SlackRefusal(refusal)
    return message


def _body(call: Call) -> dict[str, Any]:
    body = {name: call.data(name) for name in _DATA if name in call.args}
    body |= {n: call.text(n) for n in ("thread_ts", "username") if call.text(n)}
    if call.args.get("text") is not None:
        body["text"] = call.text("text")
    body["reply_broadcast"] = call.flag("reply_broadcast")
    return body


def _posted(call: Call, message: Message) -> dict[str, Any]:
    shown = message_object(call.workspace, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.getPermalink": Method(_permalink),
}
