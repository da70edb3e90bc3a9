"""Users and user groups of the workspace, in Slack's shapes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

_COLORS = (
    "2b6cb0", "9f7aea", "c05621", "2f855a", "b83280", "6b46c1",
    "c53030", "276749", "97266d", "2c5282", "744210", "285e61",
)  # fmt: skip


@dataclass
class User:
    """A person or bot."""

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "America/New_York"
    email: str = ""
    is_bot: bool = False
    is_guest: bool = False
    is_admin: bool = False
    deleted: bool = False
    presence: str = "active"

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        return "".join(part[0] for part in self.real_name.split()[:2]).upper()

    @property
    def color(self) -> str:
        """A colour that stays the same for this user, as `#rrggbb`."""
        return "#" + _COLORS[sum(map(ord, self.id)) % len(_COLORS)]


@dataclass
class Group:
    """A user group such as @sales-leads."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)


def user_object(user: User, *, team_id: str, now: datetime, with_email: bool) -> dict[str, Any]:
    """Return Slack's user object; `with_email` only where the scope `users:read.email` is held."""
    offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
    profile: dict[str, Any] = {
        "real_name": user.real_name,
        "display_name": user.name,
        "title": user.title,
        "team": team_id,
    }
    if with_email and user.email:
        profile["email"] = user.email
    described: dict[str, Any] = {
        "id": user.id,
        "team_id": team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(now.timestamp()),
    }
    if not user.deleted:  # Slack leaves these out for deactivated people
        described |= {
            "tz": user.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "color": user.color[1:],
            "is_admin": user.is_admin,
            "is_owner": False,
            "is_restricted": user.is_guest,
            "is_ultra_restricted": False,
        }
    return described


def group_object(group: Group, *, team_id: str) -> dict[str, Any]:
    """Return Slack's usergroup object."""
    return {
        "id": group.id,
        "team_id": team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "date_delete": 0,
        "user_count": len(group.users),
        "users": list(group.users),
    }
