"""views.*: modals and Home tabs."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.modals import open_view, publish_home, push_view, update_view
from bot.sandbox.shapes import view_object
from bot.sandbox.views import View
from bot.sandbox.web.call import Call, Method


def _open(call: Call) -> dict[str, Any]:
    body = _body(call)
    trigger = call.workspace.triggers.exchange(call.required("trigger_id"))
    return _shown(call, open_view(call.workspace, trigger, body))


def _push(call: Call) -> dict[str, Any]:
    body = _body(call)
    trigger = call.workspace.triggers.exchange(call.required("trigger_id"))
    if not trigger.in_modal:
        raise SlackRefusal("not_found")  # there is no modal to push onto
    return _shown(call, push_view(call.workspace, trigger.user, body))


def _update(call: Call) -> dict[str, Any]:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        call.required("view_id")
    view = call.workspace.views.find(view_id=view_id, external_id=external_id)
    changed = update_view(
        call.workspace, view, _body(call), expected_hash=call.text("hash") or None
    )
    return _shown(call, changed)


def _publish(call: Call) -> dict[str, Any]:
    user = call.workspace.user(call.required("user_id"))
    home = publish_home(
        call.workspace, user.id, _body(call), expected_hash=call.text("hash") or None
    )
    return _shown(call, home)


def _body(call: Call) -> dict[str, Any]:
    body = call.data("view")
    if not isinstance(body, dict):
        raise SlackRefusal.with_messages("invalid_arguments", ["[ERROR] view must be an object"])
    return body


def _shown(call: Call, view: View) -> dict[str, Any]:
    return {"view": view_object(call.workspace, view)}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
