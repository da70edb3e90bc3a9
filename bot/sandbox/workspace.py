"""The state of the workspace: people, places, messages, views, and the rules to find them."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile
from threading import RLock
from typing import Any

from bot.sandbox.channels import Channel
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.files import StoredFile
from bot.sandbox.ids import Ids, Timestamps
from bot.sandbox.journal import Journal
from bot.sandbox.manifest import Manifest
from bot.sandbox.messages import Message, MessageLog
from bot.sandbox.people import Group, User
from bot.sandbox.triggers import ResponseHooks, Triggers
from bot.sandbox.views import View, Views


class Workspace:
    """Everything the sandbox knows. Whoever reads or changes it holds `lock`.

    Args:
        manifest: The installed app's manifest.
        clock: The time people see; message timestamps come from it.
        wall: Real time, for triggers, response URLs, signatures and retries.
        bot_token: The token that the Web API accepts.
    """

    def __init__(
        self,
        *,
        manifest: Manifest,
        clock: SandboxClock,
        wall: Callable[[], datetime],
        bot_token: str,
    ) -> None:
        self.lock = RLock()
        self.manifest = manifest
        self.clock = clock
        self.wall = wall
        self.bot_token = bot_token
        self.base_url = ""
        self.team_id = "T0SANDBOX"
        self.team_name = "Sandbox"
        self.team_domain = "sandbox"
        self.app_id = "A0SANDBOX"
        self.bot_id = "B0SANDBOX"
        self.bot_user = "U0SANDBOX"
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.channels: dict[str, Channel] = {}
        self.messages = MessageLog()
        self.files: dict[str, StoredFile] = {}
        self.views = Views()
        self.webhooks: list[dict[str, Any]] = []
        self.shown_scene: Callable[[], dict[str, Any]] | None = None
        self.feed = Feed()
        self.journal = Journal(wall)
        self.faults = Faults()
        self.triggers = Triggers(wall)
        self.hooks = ResponseHooks(wall)
        self.ids = Ids()
        self.timestamps = Timestamps(clock.now)

    # People

    def user(self, id_: str) -> User:
        """Return the user.

        Raises:
            SlackRefusal: `user_not_found`.
        """
        user = self.users.get(id_)
        if user is None:
            raise SlackRefusal("user_not_found")
        return user

    def user_named(self, name: str) -> User:
        """Return the user with this id or short name.

        Raises:
            LookupError: if the seed has nobody of that name.
        """
        for user in self.users.values():
            if name in (user.id, user.name):
                return user
        raise LookupError(f"Nobody in the sandbox is called {name!r}; look at the seed.")

    def groups_of(self, user: str) -> list[str]:
        """Return the ids of the user's groups."""
        return [group.id for group in self.groups.values() if user in group.users]

    # Places

    def channel(self, id_: str) -> Channel:
        """Return the conversation.

        Raises:
            SlackRefusal: `channel_not_found`.
        """
        channel = self.channels.get(id_)
        if channel is None:
            raise SlackRefusal("channel_not_found")
        return channel

    def channel_seen_by(self, user: str, id_: str) -> Channel:
        """Return the conversation if the person sees it; guests see only where they are.

        Raises:
            SlackRefusal: `channel_not_found`.
        """
        channel = self.channel(id_)
        is_open = channel.kind == "channel" and not self.user(user).is_guest
        if user not in channel.members and not is_open:
            raise SlackRefusal("channel_not_found")
        return channel

    def channel_joined_by(self, user: str, id_: str) -> Channel:
        """Return the conversation if the person is a member.

        Raises:
            SlackRefusal: `channel_not_found` or `not_in_channel`.
        """
        channel = self.channel_seen_by(user, id_)
        if user not in channel.members:
            raise SlackRefusal("not_in_channel")
        return channel

    def channel_named(self, name: str) -> Channel:
        """Return the channel with this id or `#name`.

        Raises:
            LookupError: if there is none.
        """
        for channel in self.channels.values():
            if name.lstrip("#") == channel.name or name == channel.id:
                return channel
        raise LookupError(f"There is no channel {name!r} in the sandbox; look at the seed.")

    def channel_for_app(self, id_: str) -> Channel:
        """Return the conversation if the app can see it: public, or with the bot in it.

        Raises:
            SlackRefusal: `channel_not_found`.
        """
        channel = self.channel(id_)
        if channel.kind != "channel" and self.bot_user not in channel.members:
            raise SlackRefusal("channel_not_found")
        return channel

    def direct_channel(self, *people: str) -> Channel:
        """Return the direct message between two people, opened if need be."""
        members = sorted(set(people))
        for channel in self.channels.values():
            if channel.kind == "dm" and sorted(set(channel.members)) == members:
                return channel
        created = int(self.clock.now().timestamp())
        channel = Channel(self.ids.next("D"), "", "dm", members=list(people), created=created)
        self.channels[channel.id] = channel
        self.feed.tell(channel.members, type="channels")
        return channel

    # Messages

    def add_message(self, message: Message) -> Message:
        """Store a new message and show it."""
        self.messages.add(message)
        self.show_message(message, "message")
        return message

    def show_message(self, message: Message, change: str) -> None:
        """Tell the pages of those who see the message that it came or changed."""
        members = self.channels[message.channel].members
        audience = [message.only_for] if message.only_for else members
        self.feed.tell(audience, type=change, channel=message.channel, ts=message.ts)
        self.feed.tell(audience, type="channels")
        if change == "message" and message.is_reply and message.thread_ts:
            self.feed.tell(
                audience, type="message_changed", channel=message.channel, ts=message.thread_ts
            )

    def remove_message(self, message: Message) -> None:
        """Delete a message."""
        self.messages.remove(message)
        self.show_message(message, "message_deleted")

    def unread(self, channel: Channel, user: str) -> list[Message]:
        """Return what `user` has not read: others' messages, and replies that mention them."""
        since = channel.last_read.get(user, "")
        aliases = (user, *self.groups_of(user))
        newest_first = reversed(self.messages.in_channel(channel.id))
        return [
            message
            for message in takewhile(lambda message: message.ts > since, newest_first)
            if message.user != user
            and not message.only_for
            and (not message.is_reply or channel.kind == "dm" or message.mentions(*aliases))
        ]

    # Views

    def new_hash(self) -> str:
        """Return a view hash such as `1764000000.1a2b3c4d`."""
        number = self.ids.number()
        digest = hashlib.sha256(f"view {number}".encode()).hexdigest()[:8]
        return f"{int(self.wall().timestamp())}.{digest}"

    def new_view(self, user: str, body: dict[str, Any]) -> View:
        """Return a new view of `user`, not yet shown."""
        view_id = self.ids.next("V")
        return View(view_id, user, body, self.new_hash(), root_view_id=view_id)

    def show_views(self, user: str) -> None:
        """Tell the person's pages that their modals changed."""
        self.feed.tell([user], type="views")
