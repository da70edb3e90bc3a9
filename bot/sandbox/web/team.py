"""auth.*, team.*, bots.* and api.*: where the app is and who it is."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.web.call import Call, Method


def _auth_test(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    return {
        "url": f"{workspace.base_url}/",
        "team": workspace.team_name,
        "user": workspace.manifest.bot_name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "domain": workspace.team_domain,
            "email_domain": "example.com",
            "icon": {},
        }
    }


def _bots_info(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    if call.text("bot") not in ("", workspace.bot_id):
        raise SlackRefusal("bot_not_found")
    return {
        "bot": {
            "id": workspace.bot_id,
            "deleted": False,
            "name": workspace.manifest.name,
            "app_id": workspace.app_id,
            "user_id": workspace.bot_user,
            "icons": {},
        }
    }


def _api_test(call: Call) -> dict[str, Any]:
    if call.text("error"):
        raise SlackRefusal(call.text("error"))
    return {"args": call.args}


def _open_socket(_: Call) -> dict[str, Any]:
    # Socket Mode takes an app-level token, which the sandbox does not issue: it calls over HTTP.
    raise SlackRefusal("not_allowed_token_type")


METHODS = {
    "auth.test": Method(_auth_test),
    "api.test": Method(_api_test),
    "apps.connections.open": Method(_open_socket),
    "team.info": Method(_team_info, ("team:read",)),
    "bots.info": Method(_bots_info, ("users:read",)),
}
