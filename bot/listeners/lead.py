"""A lead's buttons and modals: payload in, flow, answer out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.kit import View
from bot.blocks.lead import OUTCOME_ACTIONS
from bot.blocks.lead_forms import ASKED, decline_view, pause_view, reassign_view
from bot.blocks.packet_forms import denied_view
from bot.flows.context import Services
from bot.flows.lead.accept import accept
from bot.flows.lead.contact import contacted
from bot.flows.lead.decline import decline
from bot.flows.lead.messages import whisper
from bot.flows.lead.outcome import close
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.pause import pause, resume
from bot.flows.lead.reassign import reassign
from bot.flows.lead.view import look_at
from bot.ids import Action, Callback, Field
from bot.listeners.home import redraw_home
from bot.listeners.modals import open_modal
from bot.listeners.packet_payloads import channel_of, show, value_of, workspace_of
from handoff.lead import DeclineReason, Outcome
from handoff.lead_card import lead_name

Payload = Mapping[str, Any]
_FORMS: Mapping[Action, Callable[..., View]] = {
    Action.LEAD_DECLINE: decline_view,
    Action.LEAD_REASSIGN: reassign_view,
    Action.LEAD_PAUSE: pause_view,
}
_GONE = Denied("I do not know this lead any more.")


def register(bolt: App, services: Services) -> None:
    """Register everything that a lead's messages and forms send back."""

    def give(listener: Callable[..., None], **more: object) -> Callable[..., None]:
        return partial(listener, services=services, **more)

    for action, use_case in (
        (Action.LEAD_ACCEPT, accept),
        (Action.LEAD_CONTACTED, contacted),
        (Action.LEAD_RESUME, resume),
    ):
        bolt.action(action)(give(_act, use_case=use_case))
    bolt.action(Action.LEAD_TAKE)(give(_take))
    for outcome, action in OUTCOME_ACTIONS.items():
        bolt.action(action)(give(_act, use_case=partial(close, outcome=Outcome(outcome))))
    for action, view in _FORMS.items():
        bolt.action(action)(give(_open, view=view))
    bolt.view(Callback.LEAD_DECLINE)(give(_decline))
    bolt.view(Callback.LEAD_REASSIGN)(give(_reassign))
    bolt.view(Callback.LEAD_PAUSE)(give(_pause))


def _act(
    ack: Ack,
    body: Payload,
    client: WebClient,
    context: BoltContext,
    *,
    services: Services,
    use_case: Callable[..., Done | Denied],
) -> None:
    """Carry out what one tap asks for; a refusal is told privately."""
    outcome = use_case(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        lead_id=value_of(body),
    )
    ack()
    if isinstance(outcome, Denied):
        _refuse(body, client, services, outcome)
    redraw_home(client, body, context, services)


def _take(
    ack: Ack, body: Payload, client: WebClient, context: BoltContext, services: Services
) -> None:
    to_me = partial(reassign, to=body["user"]["id"])
    _act(ack, body, client, context, services=services, use_case=to_me)


def _open(
    ack: Ack, body: Payload, client: WebClient, services: Services, view: Callable[..., View]
) -> None:
    open_form(ack, body, client, services, view=view, lead_id=value_of(body))


def open_form(
    ack: Ack,
    body: Payload,
    client: WebClient,
    services: Services,
    *,
    view: Callable[..., View],
    lead_id: str,
) -> None:
    """Open one of a lead's forms; whether its outcome is allowed is decided at the end."""
    card = look_at(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        lead_id=lead_id,
    )
    ack()
    if card is None:
        _refuse(body, client, services, _GONE)
        return
    shown = view(lead=card.lead, name=lead_name(card.fields))
    trouble = open_modal(client, trigger_id=body["trigger_id"], view=shown)
    if trouble is not None:
        _refuse(body, client, services, Denied(trouble))


def _decline(ack: Ack, body: Payload, services: Services) -> None:
    outcome = decline(
        **_asked(body, services),
        reason=DeclineReason(_input(body, Field.LEAD_REASON)["selected_option"]["value"]),
        note=_input(body, Field.LEAD_NOTE).get("value") or "",
    )
    _answer(ack, outcome, field=Field.LEAD_REASON)


def _reassign(ack: Ack, body: Payload, services: Services) -> None:
    to = _input(body, Field.LEAD_TO)["selected_user"]
    _answer(ack, reassign(**_asked(body, services), to=to), field=Field.LEAD_TO)


def _pause(ack: Ack, body: Payload, services: Services) -> None:
    ticked = _input(body, Field.LEAD_PAUSE_ASKED).get("selected_options") or ()
    outcome = pause(
        **_asked(body, services),
        reason=_input(body, Field.LEAD_PAUSE_REASON).get("value") or "",
        is_asked_by_prospect=ASKED in {option["value"] for option in ticked},
    )
    _answer(ack, outcome, field=Field.LEAD_PAUSE_REASON)


def _answer(ack: Ack, outcome: Done | Denied, *, field: Field) -> None:
    """Close the modal, or keep it open with the refusal at its field."""
    if isinstance(outcome, Denied):
        ack(response_action="errors", errors={field: outcome.message})
    else:
        ack()


def _refuse(body: Payload, client: WebClient, services: Services, denied: Denied) -> None:
    """Tell the person where they clicked, or in a modal where no private message is sure."""
    channel = channel_of(body)
    if channel is None:
        show(client, body, denied_view(denied.message))
        return
    whisper(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        person=body["user"]["id"],
        channel=channel,
        denied=denied,
        key=str(body["actions"][0].get("action_ts", body["trigger_id"])),
    )


def _asked(body: Payload, services: Services) -> dict[str, Any]:
    """Return what every submitted form of a lead tells its use case."""
    return {
        "database": services.database,
        "workspace": workspace_of(body),
        "now": services.now(),
        "by": body["user"]["id"],
        "lead_id": body["view"]["private_metadata"],
    }


def _input(body: Payload, field: Field) -> Payload:
    found: Payload = body["view"]["state"]["values"].get(field, {}).get(field, {})
    return found
