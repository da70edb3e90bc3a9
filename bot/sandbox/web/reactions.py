"""reactions.*: the app's own reactions, and who reacted."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.reacting import react
from bot.sandbox.shapes import message_object
from bot.sandbox.web.call import Call, Method


def _message(call: Call) -> Message:
    channel = call.workspace.channel_for_app(call.required("channel"))
    if call.workspace.bot_user not in channel.members:
        raise SlackRefusal("not_in_channel")
    return call.workspace.messages.find(channel.id, call.required("timestamp"))


def _change(call: Call, *, add: bool) -> dict[str, Any]:
    react(
        call.workspace,
        call.events,
        user=call.workspace.bot_user,
        message=_message(call),
        name=call.required("name").strip(":"),
        add=add,
    )
    return {}


def _add(call: Call) -> dict[str, Any]:
    return _change(call, add=True)


def _remove(call: Call) -> dict[str, Any]:
    return _change(call, add=False)


def _get(call: Call) -> dict[str, Any]:
    message = _message(call)
    described = message_object(call.workspace, message)
    return {"type": "message", "channel": message.channel, "message": described}


METHODS = {
    "reactions.add": Method(_add, ("reactions:write",)),
    "reactions.remove": Method(_remove, ("reactions:write",)),
    "reactions.get": Method(_get, ("reactions:read",)),
}
