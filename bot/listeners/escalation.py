"""The buttons and modals of an escalation: take it, promise a time, resolve it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.escalation import NAME_A_REP, promise_view, resolve_view
from bot.blocks.lead_forms import reassign_view
from bot.blocks.packet_forms import denied_view
from bot.flows.context import Services
from bot.flows.escalate.acknowledge import acknowledge, acknowledge_all
from bot.flows.escalate.resolve import about, resolve
from bot.flows.signoff.outcomes import Denied
from bot.ids import Action, Callback, Field
from bot.listeners.home import redraw_home
from bot.listeners.lead import open_form
from bot.listeners.packet_payloads import (
    Payload,
    answer,
    chosen_in,
    option_of,
    show,
    text_in,
    value_of,
    workspace_of,
)
from handoff.escalation.causes import CauseCode

#: What the form proposes as a promise.
_USUAL_PROMISE = timedelta(minutes=30)


def register(bolt: App, services: Services) -> None:
    """Register everything that the messages of escalations and guardrails send back."""

    def give(listener: Callable[..., None]) -> Callable[..., None]:
        return partial(listener, services=services)

    bolt.action(Action.ESCALATION_ACKNOWLEDGE)(give(_acknowledge))
    bolt.action(Action.ESCALATION_ACKNOWLEDGE_ALL)(give(_acknowledge_all))
    bolt.action(Action.ESCALATION_PROMISE)(give(_open_promise))
    bolt.action(Action.ESCALATION_RESOLVE)(give(_open_resolve))
    bolt.action(Action.ESCALATION_MENU)(give(_menu))
    bolt.view(Callback.ESCALATION_PROMISE)(give(_promise))
    bolt.view(Callback.ESCALATION_RESOLVE)(give(_resolve))


def _acknowledge(
    ack: Ack, body: Payload, client: WebClient, context: BoltContext, services: Services
) -> None:
    _take(ack, body, client, services, escalation_id=value_of(body))
    redraw_home(client, body, context, services)


def _acknowledge_all(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    outcome = acknowledge_all(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        card=value_of(body),
    )
    ack()
    _show_denied(client, body, outcome)


def _menu(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    wish, _, subject = option_of(body).partition("|")
    if wish == NAME_A_REP:
        open_form(ack, body, client, services, view=reassign_view, lead_id=subject)
    elif wish == "acknowledge":
        _take(ack, body, client, services, escalation_id=subject)
    elif wish == "promise":
        _ask_promise(ack, body, client, services, escalation_id=subject)
    else:
        _ask_cause(ack, body, client, services, escalation_id=subject)


def _open_promise(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    _ask_promise(ack, body, client, services, escalation_id=value_of(body))


def _open_resolve(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    _ask_cause(ack, body, client, services, escalation_id=value_of(body))


def _promise(ack: Ack, body: Payload, services: Services) -> None:
    field = Field.ESCALATION_PROMISED_AT
    state = body["view"]["state"]["values"][field][field]
    outcome = acknowledge(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        escalation_id=body["view"]["private_metadata"],
        promised_at=datetime.fromtimestamp(state["selected_date_time"], UTC),
    )
    answer(ack, outcome, field=field)


def _resolve(ack: Ack, body: Payload, services: Services) -> None:
    outcome = resolve(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        escalation_id=body["view"]["private_metadata"],
        cause=CauseCode(chosen_in(body, Field.ESCALATION_CAUSE)),
        note=text_in(body, Field.ESCALATION_NOTE),
    )
    answer(ack, outcome, field=Field.ESCALATION_CAUSE)


def _take(
    ack: Ack, body: Payload, client: WebClient, services: Services, *, escalation_id: str
) -> None:
    outcome = acknowledge(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        escalation_id=escalation_id,
    )
    ack()
    _show_denied(client, body, outcome)


def _ask_promise(
    ack: Ack, body: Payload, client: WebClient, services: Services, *, escalation_id: str
) -> None:
    found = _about(body, services, escalation_id)
    ack()
    if not isinstance(found, Denied):
        at = services.now() + _USUAL_PROMISE
        show(client, body, promise_view(escalation=escalation_id, about=found, at=at))
    _show_denied(client, body, found)


def _ask_cause(
    ack: Ack, body: Payload, client: WebClient, services: Services, *, escalation_id: str
) -> None:
    found = _about(body, services, escalation_id)
    ack()
    if not isinstance(found, Denied):
        show(client, body, resolve_view(escalation=escalation_id, about=found))
    _show_denied(client, body, found)


def _about(body: Payload, services: Services, escalation_id: str) -> str | Denied:
    return about(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        escalation_id=escalation_id,
    )


def _show_denied(client: WebClient, body: Payload, outcome: object) -> None:
    """Say in a modal that nothing changed, and why: the person is looking right now."""
    if isinstance(outcome, Denied):
        show(client, body, denied_view(outcome.message, people=outcome.people))
