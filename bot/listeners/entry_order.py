"""The order of entry rules, opened from `/handoff designs`."""

from functools import partial

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks.entry_order import DEFAULT, OrderLine, order_view
from bot.blocks.kit import View
from bot.flows.context import Services
from bot.flows.keep.entry_order import may_order, set_order, shown_order
from bot.flows.signoff.outcomes import Denied
from bot.ids import Action, Callback, Field, block_id
from bot.listeners.form_state import by_subject, keys_of, text_of, typed_values
from bot.listeners.packet_payloads import Payload, show, workspace_of


def register(bolt: App, services: Services) -> None:
    """Connect the form."""
    bolt.action(Action.ENTRY_ORDER_OPEN)(partial(_open, services=services))
    bolt.view(Callback.ENTRY_ORDER)(partial(_save, services=services))


def _open(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    ack()
    show(client, body, _view(body, services))


def _view(body: Payload, services: Services) -> View:
    workspace = workspace_of(body)
    denied = may_order(database=services.database, workspace=workspace, by=str(body["user"]["id"]))
    return order_view(
        lines=[
            OrderLine(key=one.key, title=one.title, rule=one.rule, is_placed=one.is_placed)
            for one in shown_order(database=services.database, workspace=workspace)
        ],
        may_change=denied is None,
        people=denied.people if denied else (),
    )


def _save(ack: Ack, body: Payload, services: Services) -> None:
    view = body["view"]
    places = {
        key: int(text_of(chosen)) for key, chosen in by_subject(view, Field.ENTRY_PLACE).items()
    }
    twice = [key for key, place in places.items() if list(places.values()).count(place) > 1]
    is_default = DEFAULT in keys_of(typed_values(view).get(Field.ENTRY_DEFAULT))
    if twice and not is_default:
        told = "Two designs have this place. Give each a place of its own."
        ack(
            response_action="errors",
            errors={block_id(Field.ENTRY_PLACE, key): told for key in twice},
        )
        return
    outcome = set_order(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=str(body["user"]["id"]),
        keys=() if is_default else sorted(places, key=lambda key: places[key]),
    )
    if isinstance(outcome, Denied):
        first = next(iter(places), "")
        ack(
            response_action="errors",
            errors={block_id(Field.ENTRY_PLACE, first): outcome.message},
        )
    else:
        ack()
