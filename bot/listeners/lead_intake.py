"""Leads from Slack: `/handoff lead`, and the message shortcut "Hand off this lead"."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks.kit import View
from bot.blocks.lead_intake import RAISED, hand_over_view, handed_over_view
from bot.flows.context import Services
from bot.flows.lead.hand_over import HandedOver, designs_at_work, hand_over
from bot.flows.lead.take_in import Refused
from bot.ids import Callback, Field, Shortcut
from bot.listeners.form_state import by_field, keys_of
from bot.listeners.modals import open_modal
from bot.listeners.packet_payloads import workspace_of
from handoff.intake.message_text import read_message
from handoff.lead_card import lead_name
from handoff.sla.clock import ClockState

Payload = Mapping[str, Any]

_PREFIX = Field.LEAD_EMAIL.rpartition(".")[0]
_NO_FIELD = {Field.LEAD_HAND_RAISE.value, Field.LEAD_DESIGN.value}


def register(bolt: App, services: Services) -> None:
    """Connect the shortcut and the form."""

    def on_shortcut(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = hand_over_form(
            services=services,
            body=body,
            text=str((body.get("message") or {}).get("text") or ""),
            name=_message_name(body),
        )
        open_modal(client, trigger_id=body["trigger_id"], view=view)

    def on_form(ack: Ack, body: dict[str, Any]) -> None:
        _hand_over(ack, body, services)

    bolt.shortcut(Shortcut.HAND_OVER.value)(on_shortcut)
    bolt.view(Callback.LEAD_HAND_OVER.value)(on_form)


def hand_over_form(*, services: Services, body: Payload, text: str, name: str = "") -> View:
    """Return the form, filled in from a text.

    Args:
        services: For the designs that may be chosen.
        body: Of the verified request.
        text: A message, or what was typed after the command.
        name: Names the lead for ever; empty: the form itself will.
    """
    workspace = str(body["team_id"]) if "team_id" in body else workspace_of(body)
    found = designs_at_work(database=services.database, workspace=workspace)
    labels = [(one.key, f"{one.key} {one.name}") for one in found]
    return hand_over_view(values=read_message(text), designs=labels, name=name)


def _hand_over(ack: Ack, body: Payload, services: Services) -> None:
    view = body["view"]
    typed = by_field(view)
    chosen = typed.get(Field.LEAD_DESIGN)
    fields: dict[str, object] = {
        field.removeprefix(f"{_PREFIX}."): value
        for field, value in typed.items()
        if isinstance(value, str) and field not in _NO_FIELD
    }
    if RAISED in keys_of(typed.get(Field.LEAD_HAND_RAISE)):
        fields["hand_raise"] = True
    if not (fields.get("email") or fields.get("phone")):
        told = "Give an e-mail address, or a phone number, so that sales can reach them."
        ack(response_action="errors", errors={Field.LEAD_EMAIL.value: told})
        return
    outcome = hand_over(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=str(body["user"]["id"]),
        fields=fields,
        name=str(view.get("private_metadata") or f"form {view['id']}"),
        design=chosen if isinstance(chosen, str) else None,
    )
    if isinstance(outcome, Refused):
        ack(response_action="errors", errors=_errors(outcome))
    else:
        ack(response_action="update", view=handed_over(outcome))


def _errors(refused: Refused) -> dict[str, str]:
    """Return what is wrong by block; what belongs to no field of the form stands at the first."""
    known = {field.value for field in Field}
    found: dict[str, str] = {}
    for problem in refused.errors:
        block = f"{_PREFIX}.{problem.pointer.removeprefix('/')}"
        text = problem.detail[:1].upper() + problem.detail[1:]
        found[block if block in known else Field.LEAD_EMAIL.value] = text
    return found


def handed_over(done: HandedOver) -> View:
    """Return what became of a lead that was taken in."""
    lead, clock = done.lead, done.lead.clock
    return handed_over_view(
        name=lead_name(lead.attributes),
        owner=lead.owner,
        due_at=clock.due_at if clock and clock.state is ClockState.RUNNING else None,
        is_known=done.is_known,
        is_over=done.is_over,
        is_nurtured=done.is_nurtured,
    )


def _message_name(body: Payload) -> str:
    """Return what names the lead of a message, so that handing it off twice is once."""
    channel = (body.get("channel") or {}).get("id", "")
    message = body.get("message") or {}
    return f"message {channel} {message.get('ts') or body.get('message_ts') or ''}".strip()
