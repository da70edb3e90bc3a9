"""Messages, their threads and reactions."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import SlackRefusal


@dataclass(eq=False)
class Message:
    """One message.

    Attributes:
        only_for: The one person who sees it, for ephemeral messages; else None.
        metadata: `{"event_type", "event_payload"}` or None.
        reactions: Emoji name to the people who reacted, in order.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    only_for: str | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    bot_id: str | None = None
    bot_name: str | None = None
    app_id: str | None = None

    @property
    def is_reply(self) -> bool:
        """True for messages inside a thread other than its first one."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def mentions(self, *ids: str) -> bool:
        """Return True if the text or any block mentions one of the users or groups, or all."""
        found = re.findall(r"<(?:@|!subteam\^|!)([A-Za-z0-9]+)", f"{self.text} {self.blocks}")
        return bool({*ids, "here", "channel", "everyone"} & set(found))


class MessageLog:
    """All messages of all conversations, oldest first."""

    def __init__(self) -> None:
        self._by_channel: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[Message]] = {}

    def add(self, message: Message) -> None:
        """Store a message; its ts must be newer than all others."""
        self._by_channel.setdefault(message.channel, {})[message.ts] = message
        if message.is_reply and message.thread_ts and not message.only_for:
            self._replies.setdefault((message.channel, message.thread_ts), []).append(message)

    def get(self, channel: str, ts: str) -> Message | None:
        """Return the message, or None."""
        return self._by_channel.get(channel, {}).get(ts)

    def find(self, channel: str, ts: str) -> Message:
        """Return the message that an app may name, ephemeral ones left out.

        Raises:
            SlackRefusal: `message_not_found`.
        """
        message = self.get(channel, ts)
        if message is None or message.only_for:
            raise SlackRefusal("message_not_found")
        return message

    def remove(self, message: Message) -> None:
        """Forget a message."""
        self._by_channel[message.channel].pop(message.ts, None)
        thread = self._replies.get((message.channel, message.thread_ts or ""), [])
        if message in thread:
            thread.remove(message)

    def in_channel(self, channel: str) -> list[Message]:
        """Return everything in the conversation: roots, replies and ephemeral messages."""
        return list(self._by_channel.get(channel, {}).values())

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Return the lasting replies of a thread."""
        return list(self._replies.get((channel, thread_ts), []))


def reactions_object(message: Message) -> list[dict[str, Any]]:
    """Return Slack's list of reactions."""
    return [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in message.reactions.items()
    ]
