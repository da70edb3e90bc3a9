"""The manifest, the ids in the code, what is subscribed to and what is listened to agree."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot import ids
from tests.support.house import House, manifest

DATA = Path(__file__).parents[1] / "data"
SOURCE = Path(__file__).parents[2] / "bot"

#: Which scopes a method of the Web API needs (any one of each group).
METHOD_SCOPES: dict[str, set[str]] = {
    "auth.test": set(),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "conversations.open": {"im:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "reactions.get": {"reactions:read"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.info": {"files:read"},
    "files.download": {"files:read"},
    "users.list": {"users:read", "users:read.email"},
    "usergroups.list": {"usergroups:read"},
    "apps.connections.open": set(),  # an app-level token's
}

#: Views without a form: nothing can be submitted from them.
ONLY_SHOWN = {
    ids.Callback.REFUSED_LIST,
    ids.Callback.DEFINE_CHOOSE,
    ids.Callback.DEFINE_CLOSED,
    ids.Callback.PACKET_SHOWN,
    ids.Callback.TEAM_OVERVIEW,
    ids.Callback.LEAD_HANDED_OVER,
    ids.Callback.BACKTEST_SHOWN,
}

#: Which scopes an event needs.
EVENT_SCOPES = {
    "app_home_opened": set(),
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}


def _called_methods() -> set[str]:
    """Return the Web API methods named in the code, as `a.b` or as a call `client.a_b(`."""
    source = "\n".join(
        path.read_text() for path in SOURCE.rglob("*.py") if "sandbox" not in path.parts
    )
    prefixes = "chat|views|conversations|reactions|files|users|usergroups|auth|apps"
    dotted = set(re.findall(rf'"((?:{prefixes})\.[a-zA-Z.]+)"', source))
    called = set(re.findall(rf"client\.((?:{prefixes})_[a-zA-Z_]+)\(", source))
    ours = {"files.upload", "files.share"}  # names of ours that only look like methods
    return (dotted - ours) | {name.replace("_", ".") for name in called}


@pytest.fixture
def written() -> dict[str, Any]:
    """Return the manifest as a file."""
    return manifest()


def test_the_manifest_is_valid(written: dict[str, Any]) -> None:
    """It fits Slack's schema, version 2."""
    schema = json.loads((DATA / "slack-manifest.schema.2.0.0.json").read_text())

    jsonschema.validate(written, schema)


def test_scopes_are_those_that_are_needed_and_no_other(written: dict[str, Any]) -> None:
    """Every method called and every event heard has its scope, and every scope has a use."""
    events = written["settings"]["event_subscriptions"]["bot_events"]
    called = {method for method in _called_methods() if not method.startswith("views.")}
    needed = {"commands"}.union(
        *(METHOD_SCOPES[method] for method in called), *(EVENT_SCOPES[event] for event in events)
    )

    assert set(written["oauth_config"]["scopes"]["bot"]) == needed


def test_every_command_and_shortcut_has_an_id(written: dict[str, Any]) -> None:
    """What people can type or pick in Slack is what the code knows."""
    features = written["features"]

    assert {one["command"] for one in features["slash_commands"]} == set(ids.Command)
    assert all(one["should_escape"] for one in features["slash_commands"])
    assert {one["callback_id"] for one in features["shortcuts"]} == set(ids.Shortcut)


def test_everything_subscribed_is_listened_to(house: House, written: dict[str, Any]) -> None:
    """Each event, command, shortcut, action, callback and menu finds a listener."""
    events = written["settings"]["event_subscriptions"]["bot_events"]
    asked = {
        **{f"event {name}": _event(name) for name in events},
        **{f"command {name}": {"command": name, "team_id": "T"} for name in ids.Command},
        **{f"shortcut {name}": {"type": "shortcut", "callback_id": name} for name in ids.Shortcut},
        **{
            f"action {name}": {
                "type": "block_actions",
                "actions": [{"action_id": name, "block_id": "b", "type": "button"}],
            }
            for name in ids.Action
        },
        **{
            f"callback {name}": {
                "type": "view_submission",
                "view": {"type": "modal", "callback_id": name},
            }
            for name in set(ids.Callback) - ONLY_SHOWN
        },
        **{
            f"options {name}": {"type": "block_suggestion", "action_id": name, "block_id": "b"}
            for name in ids.Options
        },
    }

    unheard = [name for name, body in asked.items() if not _is_heard(house.app.bolt, body)]

    assert unheard == []


def test_nothing_is_listened_to_without_a_subscription(
    house: House, written: dict[str, Any]
) -> None:
    """An event that the manifest does not ask for would never come."""
    events = set(written["settings"]["event_subscriptions"]["bot_events"])
    others = {
        "app_mention",
        "message",
        "member_joined_channel",
        "tokens_revoked",
        "channel_rename",
    }

    heard = [name for name in others - events if _is_heard(house.app.bolt, _event(name))]

    assert heard == []


def _event(name: str) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T", "event": {"type": name, "tab": "home"}}


def _is_heard(bolt: App, body: dict[str, Any]) -> bool:
    """Tell whether any listener takes a payload, without running it."""
    content_type = {"content-type": "application/json"}
    request = BoltRequest(body=json.dumps(body), headers=content_type)
    return any(
        listener.matches(req=request, resp=BoltResponse(status=200))
        for listener in bolt._listeners
    )
