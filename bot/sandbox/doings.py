"""What people do in the workspace itself: talk, react, read, join, open the app's Home."""

from typing import Any

from bot.sandbox.channels import Channel
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.files import StoredFile
from bot.sandbox.messages import Message
from bot.sandbox.mrkdwn import typed_text
from bot.sandbox.outward.events import Events
from bot.sandbox.people import User, user_object
from bot.sandbox.posting import check_thread
from bot.sandbox.reacting import react
from bot.sandbox.shapes import view_object
from bot.sandbox.web.conversations import member_joined
from bot.sandbox.workspace import Workspace

_MESSAGE_EVENTS = {
    "channel": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "dm": ("message.im", "im"),
}


class Doings:
    """People's doings, with the events that the app hears of."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def post(self, user: str, channel_id: str, text: str, thread_ts: str | None = None) -> Message:
        """Post what a person typed.

        Raises:
            SlackRefusal: `not_in_channel`, `no_text`, `thread_not_found`, or
                `messages_tab_disabled` where the manifest makes the app's own tab read-only.
        """
        workspace = self._workspace
        with workspace.lock:
            channel = workspace.channel_joined_by(user, channel_id)
            is_to_app = channel.kind == "dm" and workspace.bot_user in channel.members
            if is_to_app and workspace.manifest.is_silent:
                raise SlackRefusal("messages_tab_disabled")
            if not text.strip():
                raise SlackRefusal("no_text")
            if thread_ts:
                check_thread(workspace, channel.id, thread_ts)
            message = Message(
                channel.id,
                workspace.timestamps.next(),
                user,
                typed_text(workspace, text),
                thread_ts=thread_ts,
            )
            channel.last_read[user] = message.ts
            workspace.add_message(message)
            self._emit_message(channel, message)
        return message

    def _emit_message(self, channel: Channel, message: Message) -> None:
        workspace = self._workspace
        if workspace.bot_user not in channel.members:
            return
        subscription, channel_type = _MESSAGE_EVENTS[channel.kind]
        event: dict[str, Any] = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": workspace.team_id,
            "channel": channel.id,
            "event_ts": message.ts,
        }
        if message.thread_ts:
            event["thread_ts"] = message.thread_ts
        self._events.emit(event | {"channel_type": channel_type}, subscription=subscription)
        if channel.kind != "dm" and f"<@{workspace.bot_user}>" in message.text:
            self._events.emit(event | {"type": "app_mention"})

    def react(self, user: str, channel_id: str, ts: str, name: str, *, add: bool = True) -> None:
        """Add or remove a person's reaction.

        Raises:
            SlackRefusal: `not_in_channel`, `message_not_found`, `already_reacted`, ...
        """
        workspace = self._workspace
        with workspace.lock:
            workspace.channel_joined_by(user, channel_id)
            message = workspace.messages.find(channel_id, ts)
            react(workspace, self._events, user=user, message=message, name=name, add=add)

    def read(self, user: str, channel_id: str, ts: str) -> None:
        """Remember up to where a person has read."""
        workspace = self._workspace
        with workspace.lock:
            channel = workspace.channel(channel_id)
            channel.last_read[user] = max(ts, channel.last_read.get(user, ""))
            workspace.feed.tell([user], type="channels")

    def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's Home or Messages tab, which the app hears of every time."""
        workspace = self._workspace
        with workspace.lock:
            event: dict[str, Any] = {
                "type": "app_home_opened",
                "user": user,
                "channel": workspace.direct_channel(user, workspace.bot_user).id,
                "tab": tab,
                "event_ts": workspace.timestamps.next(),
            }
            home = workspace.views.homes.get(user)
            if home is not None and tab == "home":
                event["view"] = view_object(workspace, home)
            self._events.emit(event)

    def upload(self, user: str, name: str, content: bytes) -> StoredFile:
        """Store a file that a person picked for a form."""
        workspace = self._workspace
        with workspace.lock:
            created = int(workspace.clock.now().timestamp())
            file = StoredFile(workspace.ids.next("F"), name, len(content), user, created)
            file.content, file.is_complete = content, True
            workspace.files[file.id] = file
        return file

    def join(self, user: str, channel_id: str, inviter: str = "") -> None:
        """Add a person or the app's bot to a channel."""
        workspace = self._workspace
        with workspace.lock:
            channel = workspace.channel(channel_id)
            if user not in channel.members:
                channel.members.append(user)
                workspace.feed.tell(channel.members, type="channels")
                if workspace.bot_user in channel.members:
                    self._events.emit(member_joined(channel, user, workspace.team_id, inviter))

    def leave(self, user: str, channel_id: str) -> None:
        """Take a person or the app's bot out of a channel."""
        workspace = self._workspace
        with workspace.lock:
            channel = workspace.channel(channel_id)
            if user in channel.members:
                channel.members.remove(user)
                workspace.feed.tell([*channel.members, user], type="channels")

    def change_profile(self, user: User) -> None:
        """Tell the app that a person's profile changed; change the `User` first."""
        self._emit_user("user_change", user)

    def join_team(self, user: User) -> None:
        """Add a new person to the workspace."""
        with self._workspace.lock:
            self._workspace.users[user.id] = user
        self._emit_user("team_join", user)

    def _emit_user(self, kind: str, user: User) -> None:
        workspace = self._workspace
        with workspace.lock:
            described = user_object(
                user,
                team_id=workspace.team_id,
                now=workspace.clock.now(),
                with_email="users:read.email" in workspace.manifest.scopes,
            )
            event_ts = workspace.timestamps.next()
            self._events.emit({"type": kind, "user": described, "event_ts": event_ts})
