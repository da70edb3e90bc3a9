"""How Slack describes people and user groups, read into ours."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handoff.directory import Person, UserGroup

#: Slack's own assistant, which Slack does not call a bot.
_SLACKBOT = "USLACKBOT"

_NAME_LIMIT = 120


def read_member(member: Mapping[str, Any]) -> Person:
    """Read a member as `users.list`, `user_change` and `team_join` describe them."""
    profile = member.get("profile") or {}
    name = (
        profile.get("real_name")
        or member.get("real_name")
        or profile.get("display_name")
        or member.get("name")
        or member["id"]
    )
    return Person(
        key=member["id"],
        name=str(name)[:_NAME_LIMIT],
        email=profile.get("email") or None,
        timezone=_timezone(member.get("tz")),
        is_active=not member.get("deleted", False),
        is_guest=any(
            member.get(sign, False)
            for sign in ("is_restricted", "is_ultra_restricted", "is_stranger")
        ),
        is_bot=bool(member.get("is_bot", False)) or member["id"] == _SLACKBOT,
        is_admin=bool(member.get("is_admin") or member.get("is_owner")),
    )


def read_group(group: Mapping[str, Any]) -> UserGroup | None:
    """Read a user group as `usergroups.list` describes it; None if it was disabled."""
    if group.get("date_delete"):
        return None
    name = str(group.get("name") or group.get("handle") or group["id"])
    return UserGroup(
        key=group["id"], name=name[:_NAME_LIMIT], members=tuple(group.get("users") or ())
    )


def _timezone(name: object) -> str:
    """Return a zone that exists here; people without one are taken to be in UTC."""
    try:
        return ZoneInfo(str(name)).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
