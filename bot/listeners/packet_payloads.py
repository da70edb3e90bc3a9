"""What the packet's buttons and modals send, read without trusting any of it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks.kit import View
from bot.blocks.packet_forms import denied_view
from bot.flows.signoff.outcomes import Denied
from bot.ids import Field
from bot.listeners.modals import open_modal, push_modal

Payload = Mapping[str, Any]


def workspace_of(body: Payload) -> str:
    """Return the Slack team of a verified request."""
    return str((body.get("team") or body["user"])["id" if body.get("team") else "team_id"])


def value_of(body: Payload) -> str:
    """Return the value of the pressed button."""
    return str(body["actions"][0].get("value") or "")


def option_of(body: Payload) -> str:
    """Return the value of the option chosen in a menu."""
    return str((body["actions"][0].get("selected_option") or {}).get("value", ""))


def channel_of(body: Payload) -> str | None:
    """Return the conversation of the message that was acted on.

    None where a private message cannot be relied on: in a view, and on an ephemeral message,
    which may stand in a channel that the app is not in. There a modal answers.
    """
    if (body.get("container") or {}).get("is_ephemeral"):
        return None
    return (body.get("channel") or {}).get("id")


def show(client: WebClient, body: Payload, view: View) -> None:
    """Show a modal: on top of the open one, or as the first."""
    if (body.get("view") or {}).get("type") == "modal":
        push_modal(client, trigger_id=body["trigger_id"], view=view)
    else:
        open_modal(client, trigger_id=body["trigger_id"], view=view)


def show_denied(client: WebClient, body: Payload, denied: Denied) -> None:
    """Say that nothing changed, where no private message does."""
    if channel_of(body) is None:
        show(client, body, denied_view(denied.message, people=denied.people))


def answer(ack: Ack, outcome: object, *, field: str) -> None:
    """Close the modals, or keep the one in front open with the refusal at its field."""
    if isinstance(outcome, Denied):
        ack(response_action="errors", errors={field: outcome.message})
    else:
        ack(response_action="clear")


def text_in(body: Payload, field: Field) -> str:
    """Return what was typed into a field of the submitted modal."""
    return str(_input(body, field).get("value") or "")


def chosen_in(body: Payload, field: Field) -> str:
    """Return what was chosen in a field of the submitted modal."""
    return str((_input(body, field).get("selected_option") or {}).get("value", ""))


def _input(body: Payload, field: Field) -> Payload:
    found: Payload = body["view"]["state"]["values"].get(field, {}).get(field, {})
    return found
