"""What people do that the app hears of at once: commands, buttons, forms, shortcuts."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import AppFailed, SlackRefusal
from bot.sandbox.form_state import (
    SHAPES,
    Values,
    complaints,
    current_values,
    merged,
    offered,
    stateful,
    with_files,
)
from bot.sandbox.messages import Message
from bot.sandbox.modals import answer_submission
from bot.sandbox.mrkdwn import command_text
from bot.sandbox.outward.link import Answer, Link, NoAnswer
from bot.sandbox.posting import answer_person
from bot.sandbox.shapes import find_element, message_object, view_object
from bot.sandbox.validate import check_options
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace


@dataclass(frozen=True)
class Container:
    """Where an element sits: a message (`channel`, `ts`) or a view (`view_id`)."""

    channel: str = ""
    ts: str = ""
    view_id: str = ""


@dataclass(frozen=True)
class Use:
    """The use of an element.

    Attributes:
        container: Where the element sits.
        block_id: Its block.
        action_id: Its action id.
        value: The value part of the action (`selected_option`, ...); {} for a button.
        state: What else the surface holds, if the page sends it along.
    """

    container: Container
    block_id: str
    action_id: str
    value: dict[str, Any] = field(default_factory=dict)
    state: Values | None = None


class Interactions:
    """Tells the app what a person did and shows what it answers."""

    def __init__(self, workspace: Workspace, link: Link) -> None:
        self._workspace = workspace
        self._link = link

    def command(self, user: str, channel: str, typed: str) -> None:
        """Run a slash command, for example `/define-handoff --segment smb`.

        Raises:
            SlackRefusal: `unknown_command`, or `not_in_channel`.
            AppFailed: if the app does not answer, or answers what Slack would not show.
        """
        workspace = self._workspace
        name, _, rest = typed.strip().partition(" ")
        with workspace.lock:
            command = workspace.manifest.command(name)
            if command is None:
                raise SlackRefusal("unknown_command")
            fields = self._command_fields(user, channel, command, rest.strip())
        answer = self._send(name, fields, fields)
        body = answer.json() or _as_text(answer)
        if body:
            with workspace.lock:
                self._show_answer(name, user, channel, body, typed)

    def _command_fields(
        self, user: str, channel_id: str, command: dict[str, Any], text: str
    ) -> dict[str, str]:
        workspace = self._workspace
        channel = workspace.channel_joined_by(user, channel_id)
        names = {"dm": "directmessage", "private": "privategroup", "channel": channel.name}
        should_escape = bool(command.get("should_escape"))
        return {
            "token": "sandbox",
            "team_id": workspace.team_id,
            "team_domain": workspace.team_domain,
            "channel_id": channel.id,
            "channel_name": names[channel.kind],
            "user_id": user,
            "user_name": workspace.user(user).name,
            "command": command["command"],
            "text": command_text(workspace, text, should_escape=should_escape),
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(user, channel.id),
            "trigger_id": workspace.triggers.issue(user, channel=channel.id),
        }

    def _show_answer(
        self, doing: str, user: str, channel: str, body: dict[str, Any], typed: str
    ) -> None:
        try:
            if body.get("response_type") == "in_channel":
                self._workspace.add_message(_typed_command(self._workspace, user, channel, typed))
            answer_person(self._workspace, user, channel, body)
        except SlackRefusal as refusal:
            raise AppFailed(doing, str(refusal)) from refusal

    def action(self, user: str, use: Use) -> None:
        """Use a button, menu or picker.

        Raises:
            SlackRefusal: `action_not_found` if nothing of that name is there.
            AppFailed: if the app does not answer.
        """
        workspace = self._workspace
        with workspace.lock:
            where, blocks = self._surface(user, use.container)
            block, element = _found(blocks, use)
            if block["type"] == "input" and not block.get("dispatch_action"):
                raise SlackRefusal("action_not_dispatched")
            payload = self._base("block_actions", user) | where
            payload["actions"] = [_action(workspace, element, use)]
            view = self._view(user, use.container)
            if view is not None:
                _remember(view, element, use)
                payload["view"] = view_object(workspace, view)
            payload["state"] = {"values": view.values if view else use.state or {}}
            payload["trigger_id"] = workspace.triggers.issue(
                user, in_modal=view is not None, channel=use.container.channel
            )
        self._send_payload(payload, doing=use.action_id)

    def options(self, user: str, use: Use, query: str) -> dict[str, Any]:
        """Ask the app for the options of an external menu.

        Returns:
            `{"options": [...]}` or `{"option_groups": [...]}`.

        Raises:
            SlackRefusal: `action_not_found`.
            AppFailed: if the app does not answer, or with options past Slack's limits.
        """
        workspace = self._workspace
        with workspace.lock:
            where, blocks = self._surface(user, use.container)
            _found(blocks, use)
            payload = self._base("block_suggestion", user) | where
            payload |= {"block_id": use.block_id, "action_id": use.action_id, "value": query}
            view = self._view(user, use.container)
            if view is not None:
                payload["view"] = view_object(workspace, view)
        answer = self._send_payload(payload, doing=use.action_id).json()
        try:
            check_options(answer)
        except SlackRefusal as refusal:
            raise AppFailed(use.action_id, str(refusal)) from refusal
        return answer

    def submit(self, user: str, view_id: str, state: Values) -> dict[str, str]:
        """Submit the modal in front of the person.

        Returns:
            Error texts by block id: Slack's own (required fields, lengths) without asking the
            app, or the app's; {} when it was accepted.

        Raises:
            SlackRefusal: `view_not_found` if another view is in front.
            AppFailed: if the app does not answer, or answers what Slack would not show.
        """
        workspace = self._workspace
        with workspace.lock:
            view = workspace.views.top(user)
            if view is None or view.id != view_id:
                raise SlackRefusal("view_not_found")
            typed = merged(view.values, with_files(workspace, state))
            view.values = current_values(view.blocks, typed)
            if found := complaints(view.blocks, view.values):
                return found
            payload = self._base("view_submission", user)
            payload |= {
                "trigger_id": workspace.triggers.issue(user, in_modal=True),
                "view": view_object(workspace, view),
                "response_urls": self._chosen_response_urls(user, view),
            }
        answer = self._send_payload(payload, doing=view.title or "The form")
        with workspace.lock:
            try:
                return answer_submission(workspace, view, answer.json())
            except SlackRefusal as refusal:
                raise AppFailed(view.title or "The form", str(refusal)) from refusal

    def close(self, user: str, view_id: str, *, is_cleared: bool) -> None:
        """Cancel the modal in front (`is_cleared` False), or close all of them."""
        workspace = self._workspace
        with workspace.lock:
            view = next((v for v in workspace.views.stack(user) if v.id == view_id), None)
            if view is None:
                return
            is_cleared = is_cleared or bool(view.body.get("clear_on_close"))
            reported = workspace.views.stack(user)[0] if is_cleared else view
            if is_cleared:
                workspace.views.clear(user)
            else:
                workspace.views.pop(view)
            workspace.show_views(user)
            payload = self._base("view_closed", user)
            payload |= {"view": view_object(workspace, reported), "is_cleared": is_cleared}
        if reported.body.get("notify_on_close"):
            self._send_payload(payload, doing=view.title)

    def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> None:
        """Use a global shortcut, or a message shortcut on the message at (`channel`, `ts`).

        Raises:
            SlackRefusal: `unknown_shortcut` or `message_not_found`.
            AppFailed: if the app does not answer.
        """
        workspace = self._workspace
        with workspace.lock:
            shortcut = workspace.manifest.shortcut(callback_id)
            if shortcut is None:
                raise SlackRefusal("unknown_shortcut")
            is_global = shortcut["type"] == "global"
            payload = self._base("shortcut" if is_global else "message_action", user)
            payload |= {
                "callback_id": callback_id,
                "action_ts": workspace.timestamps.next(),
                "trigger_id": workspace.triggers.issue(user, channel=channel),
            }
            if not is_global:
                workspace.channel_seen_by(user, channel)
                message = workspace.messages.find(channel, ts)
                payload |= {
                    "message_ts": ts,
                    "message": message_object(workspace, message),
                    "channel": {"id": channel, "name": workspace.channel(channel).name},
                    "response_url": self._response_url(user, channel, ts),
                }
        self._send_payload(payload, doing=shortcut["name"])

    # What all of them share

    def _base(self, kind: str, user: str) -> dict[str, Any]:
        workspace = self._workspace
        name = workspace.user(user).name
        return {
            "type": kind,
            "token": "sandbox",
            "api_app_id": workspace.app_id,
            "team": {"id": workspace.team_id, "domain": workspace.team_domain},
            "user": {"id": user, "username": name, "name": name, "team_id": workspace.team_id},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _view(self, user: str, container: Container) -> View | None:
        if not container.view_id:
            return None
        view = self._workspace.views.find(view_id=container.view_id)
        if view.user != user:
            raise SlackRefusal("view_not_found")
        return view

    def _surface(
        self, user: str, container: Container
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        workspace = self._workspace
        view = self._view(user, container)
        if view is not None:
            return {"container": {"type": "view", "view_id": view.id}}, view.blocks
        channel = workspace.channel_seen_by(user, container.channel)
        message = workspace.messages.get(channel.id, container.ts)
        if message is None or message.only_for not in (None, user):
            raise SlackRefusal("message_not_found")
        where: dict[str, Any] = {
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": channel.id,
                "is_ephemeral": message.only_for is not None,
            },
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "response_url": self._response_url(user, channel.id, message.ts),
        }
        if message.only_for is None:
            where["message"] = message_object(workspace, message)
        return where, message.blocks

    def _response_url(self, user: str, channel: str, ts: str | None = None) -> str:
        workspace = self._workspace
        return f"{workspace.base_url}/response/{workspace.hooks.issue(user, channel, ts)}"

    def _chosen_response_urls(self, user: str, view: View) -> list[dict[str, str]]:
        """Return a response URL for each conversation chosen in a menu that asks for one."""
        found = []
        for block, element in stateful(view.blocks):
            state = view.values[block["block_id"]][element["action_id"]]
            channel = state.get("selected_conversation") or state.get("selected_channel")
            if element.get("response_url_enabled") and channel:
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self._response_url(user, channel),
                    }
                )
        return found

    def _send_payload(self, payload: dict[str, Any], *, doing: str) -> Answer:
        if not self._workspace.manifest.is_interactive:
            raise AppFailed(doing, "interactivity_not_enabled")
        fields = {"payload": json.dumps(payload, separators=(",", ":"))}
        return self._send(doing, fields, payload)

    def _send(self, doing: str, fields: dict[str, str], shown: dict[str, Any]) -> Answer:
        name = str(shown.get("type") or shown["command"])
        journal = self._workspace.journal
        try:
            answer = self._link.send_form(fields)
        except NoAnswer as silence:
            journal.write("to_app", name, shown, {}, 0)
            timeout = silence.retry_reason == "http_timeout"
            reason = "operation_timeout" if timeout else "dispatch_failed"
            raise AppFailed(doing, reason) from silence
        journal.write("to_app", name, shown, answer.json(), answer.status)
        if not answer.is_ok:
            raise AppFailed(doing, f"dispatch_failed (HTTP {answer.status})")
        return answer


def _as_text(answer: Answer) -> dict[str, Any]:
    text = answer.body.decode("utf-8", "replace").strip()
    return {"text": text} if text and not text.startswith(("{", "[")) else {}


def _typed_command(workspace: Workspace, user: str, channel: str, typed: str) -> Message:
    return Message(channel, workspace.timestamps.next(), user, typed)


def _found(blocks: list[dict[str, Any]], use: Use) -> tuple[dict[str, Any], dict[str, Any]]:
    found = find_element(blocks, use.block_id, use.action_id)
    if found is None:
        raise SlackRefusal("action_not_found")
    return found


def _action(workspace: Workspace, element: dict[str, Any], use: Use) -> dict[str, Any]:
    action = {
        "type": element["type"],
        "action_id": use.action_id,
        "block_id": use.block_id,
        "action_ts": workspace.timestamps.next(),
    }
    if element["type"] == "button":  # never what the page says: the app's own value
        return action | {k: element[k] for k in ("text", "value", "style") if k in element}
    chosen = use.value.get("selected_option")
    if element["type"] in ("static_select", "radio_buttons", "overflow") and chosen:
        _must_be_offered(element, chosen)
    return action | {k: v for k, v in use.value.items() if k not in action}


def _must_be_offered(element: dict[str, Any], chosen: dict[str, Any]) -> None:
    if chosen.get("value") not in [option["value"] for option in offered(element)]:
        raise SlackRefusal("invalid_option")


def _remember(view: View, element: dict[str, Any], use: Use) -> None:
    typed = merged(view.values, use.state or {})
    if element["type"] in SHAPES:
        shown = {"type": element["type"], **use.value}
        typed.setdefault(use.block_id, {})[use.action_id] = shown
    view.values = current_values(view.blocks, typed)
