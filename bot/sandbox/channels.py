"""Channels and direct messages of the workspace."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["channel", "private", "dm"]

_SCOPE_FAMILY: dict[Kind, str] = {"channel": "channels", "private": "groups", "dm": "im"}


@dataclass
class Channel:
    """A conversation: public channel, private channel or direct message."""

    id: str
    name: str
    kind: Kind = "channel"
    topic: str = ""
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    created: int = 0
    creator: str = ""
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def scope_family(self) -> str:
        """The first half of the scopes that guard this kind: channels, groups or im."""
        return _SCOPE_FAMILY[self.kind]

    def partner_of(self, user: str) -> str | None:
        """Return the other person of a direct message, None for channels."""
        if self.kind != "dm":
            return None
        return next((member for member in self.members if member != user), user)


def channel_object(channel: Channel, *, viewer: str) -> dict[str, Any]:
    """Return Slack's conversation object as `viewer` (the app's bot user) sees it."""
    described: dict[str, Any] = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.kind == "dm",
        "is_mpim": False,
        "is_org_shared": False,
    }
    if channel.kind == "dm":
        return described | {
            "user": channel.partner_of(viewer),
            "is_user_deleted": False,
            "is_open": True,
        }
    return described | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_private": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }
