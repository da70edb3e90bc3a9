"""conversations.*: channels, their members and what was said there."""

from typing import Any

from bot.sandbox.channels import Channel, channel_object
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.shapes import message_object
from bot.sandbox.web.call import Call, Method, paged

_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "dm", "mpim": "mpim"}
_FAMILIES = {"channel": "channels", "private": "groups", "dm": "im", "mpim": "mpim"}


def _open(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    people = [one for one in call.text("users").split(",") if one]
    if not people:
        channel = workspace.channel_for_app(call.required("channel"))
    elif len(people) > 1:
        raise SlackRefusal("not_enough_users")  # group direct messages are not part of the sandbox
    else:
        user = workspace.user(people[0])
        if user.deleted:
            raise SlackRefusal("user_disabled")
        if user.is_bot:
            raise SlackRefusal("cannot_dm_bot")
        channel = workspace.direct_channel(user.id, workspace.bot_user)
    described = channel_object(channel, viewer=workspace.bot_user)
    return {"channel": described if call.flag("return_im") else {"id": channel.id}}


def _list(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    wanted = _kinds(call)
    found = [
        channel_object(channel, viewer=workspace.bot_user)
        for channel in workspace.channels.values()
        if channel.kind in wanted
        and (channel.kind == "channel" or workspace.bot_user in channel.members)
        and not (call.flag("exclude_archived") and channel.is_archived)
    ]
    return paged("channels", *call.page(found))


def _of_member(call: Call) -> dict[str, Any]:
    """Answer `users.conversations`: where a person, or the bot itself, is a member."""
    workspace = call.workspace
    member = call.text("user") or workspace.bot_user
    workspace.user(member)
    wanted = _kinds(call)
    found = [
        channel_object(channel, viewer=workspace.bot_user)
        for channel in workspace.channels.values()
        if channel.kind in wanted
        and member in channel.members
        and (channel.kind == "channel" or workspace.bot_user in channel.members)
    ]
    return paged("channels", *call.page(found))


def _kinds(call: Call) -> set[str]:
    names = (call.text("types") or "public_channel").replace(" ", "").split(",")
    if unknown := [name for name in names if name not in _KINDS]:
        raise SlackRefusal.with_messages("invalid_types", [f"[ERROR] {unknown[0]}"])
    kinds = {_KINDS[name] for name in names}
    call.needs(*sorted(f"{_FAMILIES[kind]}:read" for kind in kinds))
    return kinds


def _info(call: Call) -> dict[str, Any]:
    channel = _seen(call, "read")
    return {"channel": channel_object(channel, viewer=call.workspace.bot_user)}


def _members(call: Call) -> dict[str, Any]:
    return paged("members", *call.page(list(_seen(call, "read").members)))


def _join(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    channel = workspace.channel_for_app(call.required("channel"))
    if channel.kind != "channel":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if workspace.bot_user not in channel.members:
        channel.members.append(workspace.bot_user)
        call.events.emit(member_joined(channel, workspace.bot_user, workspace.team_id))
        workspace.feed.tell(channel.members, type="channels")
    return {"channel": channel_object(channel, viewer=workspace.bot_user)}


def member_joined(channel: Channel, user: str, team: str, inviter: str = "") -> dict[str, Any]:
    """Return the event of somebody joining a channel."""
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": team,
    }
    return event | {"inviter": inviter} if inviter else event


def _history(call: Call) -> dict[str, Any]:
    channel = _readable(call)
    said = [
        message
        for message in reversed(call.workspace.messages.in_channel(channel.id))
        if not message.only_for
        and (not message.is_reply or message.broadcast)
        and _is_between(call, message)
    ]
    return _told(call, said)


def _replies(call: Call) -> dict[str, Any]:
    channel = _readable(call)
    workspace = call.workspace
    asked = workspace.messages.get(channel.id, call.required("ts"))
    if asked is None or asked.only_for:
        raise SlackRefusal("thread_not_found")
    root = asked.thread_ts or asked.ts
    said = [m for m in workspace.messages.replies(channel.id, root) if _is_between(call, m)]
    return _told(call, [workspace.messages.find(channel.id, root), *said])


def _told(call: Call, said: list[Message]) -> dict[str, Any]:
    page, cursor = call.page(said)
    with_metadata = call.flag("include_all_metadata")
    messages = [message_object(call.workspace, m, with_metadata=with_metadata) for m in page]
    return paged("messages", messages, cursor) | {"has_more": bool(cursor)}


def _is_between(call: Call, message: Message) -> bool:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9" * 10
    try:
        low, high, ts = (_microseconds(one) for one in (oldest, latest, message.ts))
    except ValueError as error:
        raise SlackRefusal("invalid_ts_oldest") from error
    return low <= ts <= high if call.flag("inclusive") else low < ts < high


def _microseconds(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6])


def _seen(call: Call, right: str) -> Channel:
    channel = call.workspace.channel_for_app(call.required("channel"))
    call.needs(f"{channel.scope_family}:{right}")
    return channel


def _readable(call: Call) -> Channel:
    channel = _seen(call, "history")
    if call.workspace.bot_user not in channel.members:
        raise SlackRefusal("not_in_channel")
    return channel


METHODS = {
    "conversations.open": Method(_open, ("im:write",)),
    "conversations.list": Method(_list),
    "conversations.info": Method(_info),
    "conversations.members": Method(_members),
    "conversations.join": Method(_join, ("channels:join",)),
    "conversations.history": Method(_history),
    "conversations.replies": Method(_replies),
    "users.conversations": Method(_of_member),
}
