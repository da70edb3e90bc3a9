"""users.*, usergroups.* and dnd.*: who is there."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.people import User, group_object, user_object
from bot.sandbox.web.call import Call, Method, paged


def _described(call: Call, user: User) -> dict[str, Any]:
    workspace = call.workspace
    return user_object(
        user,
        team_id=workspace.team_id,
        now=workspace.clock.now(),
        with_email="users:read.email" in workspace.manifest.scopes,
    )


def _info(call: Call) -> dict[str, Any]:
    return {"user": _described(call, call.workspace.user(call.required("user")))}


def _list(call: Call) -> dict[str, Any]:
    members = [_described(call, user) for user in call.workspace.users.values()]
    return paged("members", *call.page(members))


def _by_email(call: Call) -> dict[str, Any]:
    email = call.required("email").lower()
    for user in call.workspace.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": _described(call, user)}
    raise SlackRefusal("users_not_found")


def _presence(call: Call) -> dict[str, Any]:
    return {"presence": call.workspace.user(call.required("user")).presence}


def _groups(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    groups = [group_object(g, team_id=workspace.team_id) for g in workspace.groups.values()]
    if not call.flag("include_users"):
        groups = [{k: v for k, v in group.items() if k != "users"} for group in groups]
    return {"usergroups": groups}


def _group_users(call: Call) -> dict[str, Any]:
    group = call.workspace.groups.get(call.required("usergroup"))
    if group is None:
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.users)}


def _dnd(call: Call) -> dict[str, Any]:
    call.workspace.user(call.required("user"))
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


METHODS = {
    "users.info": Method(_info, ("users:read",)),
    "users.list": Method(_list, ("users:read",)),
    "users.lookupByEmail": Method(_by_email, ("users:read.email",)),
    "users.getPresence": Method(_presence, ("users:read",)),
    "usergroups.list": Method(_groups, ("usergroups:read",)),
    "usergroups.users.list": Method(_group_users, ("usergroups:read",)),
    "dnd.info": Method(_dnd, ("dnd:read",)),
}
