"""Reactions, put and taken by people and by the app."""

import re
from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.outward.events import Events
from bot.sandbox.workspace import Workspace

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def react(
    workspace: Workspace, events: Events, *, user: str, message: Message, name: str, add: bool
) -> None:
    """Add or remove a reaction and tell the app, if it is in the channel.

    Raises:
        SlackRefusal: `invalid_name`, `already_reacted` or `no_reaction`.
    """
    if not _NAME.fullmatch(name):
        raise SlackRefusal("invalid_name")
    people = message.reactions.setdefault(name, [])
    if add and user in people:
        raise SlackRefusal("already_reacted")
    if not add and user not in people:
        if not people:
            del message.reactions[name]
        raise SlackRefusal("no_reaction")
    if add:
        people.append(user)
    else:
        people.remove(user)
        if not people:
            del message.reactions[name]
    workspace.show_message(message, "message_changed")
    if workspace.bot_user in workspace.channel(message.channel).members:
        events.emit(_event(workspace, user, message, name, add=add))


def _event(
    workspace: Workspace, user: str, message: Message, name: str, *, add: bool
) -> dict[str, Any]:
    return {
        "type": "reaction_added" if add else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": workspace.timestamps.next(),
    }
