"""The workspace as the page shows it to one person."""

from typing import Any

from bot.sandbox.channels import Channel
from bot.sandbox.feed import Change
from bot.sandbox.messages import Message, reactions_object
from bot.sandbox.people import User
from bot.sandbox.shapes import thread_facts, view_object
from bot.sandbox.workspace import Workspace


def state(workspace: Workspace, user: str) -> dict[str, Any]:
    """Return everything a page needs to start."""
    return {
        "workspace": {"id": workspace.team_id, "name": workspace.team_name},
        "app": _app(workspace),
        "users": [_user(one) for one in workspace.users.values()],
        "groups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users}
            for g in workspace.groups.values()
        ],
        "channels": channels(workspace, user),
        "views": views(workspace, user),
        "home": home(workspace, user),
        "clock": clock(workspace),
        "webhooks": [
            {
                "name": hook["name"],
                "url": hook["url"],
                "templates": [
                    {"name": t["name"], "label": t.get("label", t["name"]), "body": t["body"]}
                    for t in hook.get("templates", [])
                ],
            }
            for hook in workspace.webhooks
        ],
        "scene": scene(workspace),
        "cursor": workspace.feed.cursor,
    }


def scene(workspace: Workspace) -> dict[str, Any] | None:
    """Return the guided scene, or None where there is none."""
    return workspace.shown_scene() if workspace.shown_scene else None


def first_person(workspace: Workspace) -> str:
    """Return the id of whom the page acts as when its address names nobody."""
    return next(u.id for u in workspace.users.values() if not u.is_bot and not u.deleted)


def _app(workspace: Workspace) -> dict[str, Any]:
    manifest = workspace.manifest
    return {
        "id": workspace.app_id,
        "name": manifest.name,
        "bot_user": workspace.bot_user,
        "commands": [
            {
                "command": c["command"],
                "description": c.get("description", ""),
                "usage_hint": c.get("usage_hint", ""),
            }
            for c in manifest.commands
        ],
        "shortcuts": [
            {
                "type": s["type"],
                "name": s["name"],
                "callback_id": s["callback_id"],
                "description": s.get("description", ""),
            }
            for s in manifest.shortcuts
        ],
    }


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "tz": user.tz,
        "color": user.color,
        "initials": user.initials,
        "is_bot": user.is_bot,
        "is_guest": user.is_guest,
        "deleted": user.deleted,
    }


def channels(workspace: Workspace, user: str) -> list[dict[str, Any]]:
    """Return the conversations that the person sees, with what is unread."""
    is_guest = workspace.user(user).is_guest
    return [
        _channel(workspace, channel, user)
        for channel in workspace.channels.values()
        if user in channel.members or (channel.kind == "channel" and not is_guest)
    ]


def _channel(workspace: Workspace, channel: Channel, user: str) -> dict[str, Any]:
    is_member = user in channel.members
    unread = workspace.unread(channel, user) if is_member else []
    aliases = (user, *workspace.groups_of(user))
    lasting = [m for m in workspace.messages.in_channel(channel.id) if not m.only_for]
    described: dict[str, Any] = {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "members": list(channel.members),
        "is_member": is_member,
        "unread": len(unread),
        "mentions": sum(channel.kind == "dm" or m.mentions(*aliases) for m in unread),
        "last_ts": lasting[-1].ts if lasting else None,
    }
    return described | ({"with": channel.partner_of(user)} if channel.kind == "dm" else {})


def message(workspace: Workspace, one: Message) -> dict[str, Any]:
    """Return a message for the page."""
    thread = {} if one.is_reply else thread_facts(workspace, one)
    described: dict[str, Any] = {
        "ts": one.ts,
        "channel": one.channel,
        "user": one.user,
        "text": one.text,
        "blocks": one.blocks or None,
        "attachments": one.attachments,
        "files": [_file(workspace, id_) for id_ in one.files],
        "reactions": [{"name": r["name"], "users": r["users"]} for r in reactions_object(one)],
        "reply_count": thread.get("reply_count", 0),
        "reply_users": thread.get("reply_users", []),
        "edited": one.edited_ts is not None,
        "ephemeral": one.only_for is not None,
    }
    optional = {
        "bot_name": one.bot_name,
        "thread_ts": one.thread_ts or thread.get("thread_ts"),
        "latest_reply": thread.get("latest_reply"),
        "metadata": one.metadata,
    }
    return described | {name: value for name, value in optional.items() if value is not None}


def _file(workspace: Workspace, id_: str) -> dict[str, Any]:
    file = workspace.files[id_]
    return {
        "id": file.id,
        "name": file.name,
        "mimetype": file.mimetype,
        "size": file.size,
        "url": f"/sandbox/files/{file.id}/{file.name}",
        "title": file.title or file.name,
        "alt_txt": file.alt,
    }


def views(workspace: Workspace, user: str) -> list[dict[str, Any]]:
    """Return the person's open modals, bottom first."""
    return [view_object(workspace, view) for view in workspace.views.stack(user)]


def home(workspace: Workspace, user: str) -> dict[str, Any] | None:
    """Return the person's Home tab, or None."""
    view = workspace.views.homes.get(user)
    return view_object(workspace, view) if view else None


def clock(workspace: Workspace) -> dict[str, Any]:
    """Return the clock's face."""
    shown = workspace.clock
    return {
        "now": shown.now().isoformat(),
        "speed": shown.speed,
        "running": shown.speed > 0,
        "speeds": list(shown.speeds),
    }


def change(workspace: Workspace, user: str, one: Change) -> dict[str, Any] | None:
    """Return a change as an event of the page; None if it is out of date by now."""
    facts = dict(one.facts)
    kind = facts["type"]
    if kind in ("message", "message_changed"):
        found = workspace.messages.get(facts["channel"], facts.pop("ts"))
        if found is None or found.only_for not in (None, user):
            return None
        facts["message"] = message(workspace, found)
    elif kind == "channels":
        facts["channels"] = channels(workspace, user)
    elif kind == "views":
        facts["views"] = views(workspace, user)
    elif kind == "home":
        facts["view"] = home(workspace, user)
    elif kind == "clock":
        facts["clock"] = clock(workspace)
    elif kind == "scene":
        facts["scene"] = scene(workspace)
    return {"cursor": one.cursor, **facts}
