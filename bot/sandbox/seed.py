"""Reads the people and places of a workspace from YAML."""

from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.channels import Channel
from bot.sandbox.people import Group, User
from bot.sandbox.workspace import Workspace

_SHIPPED = Path(__file__).with_name("seed.yaml")


def load_seed(path: Path = _SHIPPED) -> dict[str, Any]:
    """Return the seed in `path`; the shipped small revenue team by default."""
    seed: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return seed


def plant(seed: dict[str, Any], workspace: Workspace) -> None:
    """Fill an empty workspace.

    Args:
        seed: `team`, `app`, `users`, `groups`, `channels` and `webhooks` as in seed.yaml; people
            are named by their short name or id.
        workspace: The workspace to fill; the app's bot user is added to it.
    """
    _plant_team(seed, workspace)
    for user in seed.get("users", []):
        workspace.users[user["id"]] = User(**user)
    for group in seed.get("groups", []):
        people = _ids(workspace, group.get("users", []))
        workspace.groups[group["id"]] = Group(**{**group, "users": people})
    for channel in seed.get("channels", []):
        _plant_channel(channel, workspace)
    for user in list(workspace.users.values()):
        if not user.is_bot and not user.deleted:
            workspace.direct_channel(user.id, workspace.bot_user)
    workspace.webhooks = list(seed.get("webhooks", []))


def _plant_team(seed: dict[str, Any], workspace: Workspace) -> None:
    team, app = seed.get("team", {}), seed.get("app", {})
    workspace.team_id = team.get("id", workspace.team_id)
    workspace.team_name = team.get("name", workspace.team_name)
    workspace.team_domain = team.get("domain", workspace.team_domain)
    workspace.app_id = app.get("id", workspace.app_id)
    workspace.bot_id = app.get("bot_id", workspace.bot_id)
    workspace.bot_user = app.get("bot_user", workspace.bot_user)
    workspace.users[workspace.bot_user] = User(
        workspace.bot_user,
        workspace.manifest.bot_name,
        workspace.manifest.name,
        tz="America/Los_Angeles",
        is_bot=True,
    )


def _plant_channel(channel: dict[str, Any], workspace: Workspace) -> None:
    people = channel.get("members", [])
    members = (
        [u.id for u in workspace.users.values() if not (u.is_bot or u.is_guest or u.deleted)]
        if people == "everyone"
        else _ids(workspace, people)
    )
    if channel.get("bot_member", False):
        members.append(workspace.bot_user)
    workspace.channels[channel["id"]] = Channel(
        channel["id"],
        channel["name"],
        channel.get("kind", "channel"),
        topic=channel.get("topic", ""),
        members=members,
        created=int(workspace.clock.now().timestamp()),
        creator=members[0] if members else "",
    )


def _ids(workspace: Workspace, names: list[str]) -> list[str]:
    return [workspace.user_named(name).id for name in names]
