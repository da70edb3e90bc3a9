"""How the app's views come to be shown: opened, pushed, updated, published, or in an answer."""

import json
from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.form_state import current_values
from bot.sandbox.shapes import fill_ids
from bot.sandbox.triggers import Trigger
from bot.sandbox.validate import check_errors, check_home, check_modal
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

VIEW_BYTES = 250_000


def open_view(workspace: Workspace, trigger: Trigger, body: dict[str, Any]) -> View:
    """Show a modal to the person who triggered it.

    Raises:
        SlackRefusal: what is wrong with the view.
    """
    view = workspace.new_view(trigger.user, _checked(workspace, body))
    view.conversation = trigger.channel
    view.values = current_values(view.blocks, {}, conversation=view.conversation)
    workspace.views.open(view)
    workspace.show_views(view.user)
    return view


def push_view(workspace: Workspace, user: str, body: dict[str, Any]) -> View:
    """Show a modal on top of the person's others.

    Raises:
        SlackRefusal: what is wrong with the view, or `push_limit_reached`.
    """
    view = workspace.new_view(user, _checked(workspace, body))
    workspace.views.push(view)
    view.values = current_values(view.blocks, {}, conversation=view.conversation)
    workspace.show_views(user)
    return view


def update_view(
    workspace: Workspace, view: View, body: dict[str, Any], *, expected_hash: str | None
) -> View:
    """Change a view that is open; what was typed stays where block and action ids stay.

    Raises:
        SlackRefusal: `hash_conflict` for a stale hash, or what is wrong with the new view.
    """
    if expected_hash and expected_hash != view.hash:
        raise SlackRefusal("hash_conflict")
    if body.get("type") != view.body["type"]:
        raise SlackRefusal.with_messages("invalid_arguments", ["[ERROR] view type cannot change"])
    view.body = _checked(workspace, body, replacing=view)
    view.hash = workspace.new_hash()
    view.values = current_values(view.blocks, view.values, conversation=view.conversation)
    if view.body["type"] == "home":
        workspace.feed.tell([view.user], type="home")
    else:
        workspace.show_views(view.user)
    return view


def publish_home(
    workspace: Workspace, user: str, body: dict[str, Any], *, expected_hash: str | None
) -> View:
    """Show a person's Home tab.

    Raises:
        SlackRefusal: `not_enabled` without a Home tab in the manifest, `hash_conflict`, or what
            is wrong with the view.
    """
    if not workspace.manifest.has_home:
        raise SlackRefusal("not_enabled")
    home = workspace.views.homes.get(user)
    if home is not None:
        return update_view(workspace, home, body, expected_hash=expected_hash)
    if body.get("type") != "home":
        raise SlackRefusal.with_messages("invalid_arguments", ["[ERROR] view must be a home"])
    view = workspace.new_view(user, _checked(workspace, body))
    view.values = current_values(view.blocks, {})
    workspace.views.homes[user] = view
    workspace.feed.tell([user], type="home")
    return view


def answer_submission(workspace: Workspace, view: View, answer: dict[str, Any]) -> dict[str, str]:
    """Do what the app answered to a submission; return its error texts by block id.

    Raises:
        SlackRefusal: what is wrong with the answer.
    """
    action = answer.get("response_action")
    if action == "errors":
        errors: dict[str, str] = answer.get("errors") or {}
        check_errors(view.blocks, errors)
        return errors
    if action == "clear":
        workspace.views.clear(view.user)
    elif action == "update":
        update_view(workspace, view, answer.get("view") or {}, expected_hash=None)
    elif action == "push":
        push_view(workspace, view.user, answer.get("view") or {})
    elif answer:
        raise SlackRefusal.with_messages(
            "invalid_arguments", [f"[ERROR] unknown response_action {action!r}"]
        )
    else:
        workspace.views.pop(view)
    workspace.show_views(view.user)
    return {}


def _checked(
    workspace: Workspace, body: dict[str, Any], *, replacing: View | None = None
) -> dict[str, Any]:
    if len(json.dumps(body, separators=(",", ":")).encode()) > VIEW_BYTES:
        raise SlackRefusal("view_too_large")
    if body.get("type") == "home":
        check_home(body)
    else:
        check_modal(body)
    external_id = str(body.get("external_id") or "")
    if external_id and workspace.views.has_external_id(external_id, other_than=replacing):
        raise SlackRefusal("duplicate_external_id")
    return body | {"blocks": fill_ids(workspace, body["blocks"])}
