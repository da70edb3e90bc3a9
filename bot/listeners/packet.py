"""The packet's buttons, modals and reactions: payload in, flow, answer out."""

from collections.abc import Callable
from functools import partial

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.packet_forms import (
    changes_view,
    denied_view,
    manage_view,
    packet_view,
    reason_view,
)
from bot.blocks.readiness import settle_many_view, settle_view
from bot.flows.context import Services
from bot.flows.lead import contact
from bot.flows.signoff import react
from bot.flows.signoff.approve import approve
from bot.flows.signoff.manage import manage
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.request_changes import request_changes
from bot.flows.signoff.settle import Settlement, settle_items
from bot.flows.signoff.view import Seen, Wish, look, open_packet
from bot.ids import Action, Callback, Field, field_of
from bot.listeners.home import publish_home
from bot.listeners.modals import update_modal
from bot.listeners.packet_payloads import (
    Payload,
    answer,
    channel_of,
    chosen_in,
    option_of,
    show,
    show_denied,
    text_in,
    value_of,
    workspace_of,
)
from handoff.approval import ReasonNeeded
from handoff.enablement import ItemState
from handoff.packet import PacketState


def register(bolt: App, services: Services) -> None:
    """Register everything that the packet and the readiness card send back."""

    def give(listener: Callable[..., None]) -> Callable[..., None]:
        return partial(listener, services=services)

    bolt.action(Action.PACKET_OPEN)(give(_open_packet))
    bolt.action(Action.PACKET_APPROVE)(give(_approve))
    bolt.action(Action.PACKET_REQUEST_CHANGES)(give(_ask_for_changes))
    bolt.action(Action.PACKET_MANAGE)(give(_open_manage))
    bolt.action(Action.ITEM_LIST)(give(_open_items))
    bolt.action(Action.ITEM_MENU)(give(_open_item))
    bolt.view(Callback.PACKET_REASON)(give(_sign_with_reason))
    bolt.view(Callback.PACKET_CHANGES)(give(_request_changes))
    bolt.view(Callback.PACKET_MANAGE)(give(_manage))
    bolt.view(Callback.ITEM_SETTLE)(give(_settle_one))
    bolt.view(Callback.ITEM_SETTLE_MANY)(give(_settle_many))
    bolt.event("reaction_added")(give(partial(_reaction, is_added=True)))
    bolt.event("reaction_removed")(give(partial(_reaction, is_added=False)))


def _open_packet(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    ack()
    design, _, version = value_of(body).partition("|")
    _show_packet(client, body, services, Reference.parse(f"{design}|{version}|"))


def _redraw(client: WebClient, body: Payload, context: BoltContext, services: Services) -> None:
    """Redraw the view whose button did something; a packet's message is updated by itself."""
    view = body.get("view") or {}
    if view.get("type") == "home":
        publish_home(client, context, services)
    elif view.get("type") == "modal":
        shown = _packet(body, services, Reference.parse(view["private_metadata"]))
        if not isinstance(shown, Denied):
            update_modal(client, shown=view, view=packet_view(shown))


def _show_packet(
    client: WebClient, body: Payload, services: Services, reference: Reference
) -> None:
    shown = _packet(body, services, reference)
    if isinstance(shown, Denied):
        show(client, body, denied_view(shown.message))
    else:
        show(client, body, packet_view(shown))


def _packet(body: Payload, services: Services, reference: Reference) -> PacketState | Denied:
    return open_packet(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        design=reference.design,
        version=reference.version,
    )


def _approve(
    ack: Ack, body: Payload, context: BoltContext, client: WebClient, services: Services
) -> None:
    outcome = approve(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(value_of(body)),
        channel=channel_of(body),
    )
    ack()
    match outcome:
        case ReasonNeeded():
            show(client, body, reason_view(reference=value_of(body), doubts=outcome.doubts))
        case Denied():
            show_denied(client, body, outcome)
        case Done():
            _redraw(client, body, context, services)


def _sign_with_reason(ack: Ack, body: Payload, services: Services) -> None:
    outcome = approve(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        reason=text_in(body, Field.PACKET_REASON),
    )
    if isinstance(outcome, ReasonNeeded):
        outcome = Denied("Please write why you sign it all the same.")
    answer(ack, outcome, field=Field.PACKET_REASON)


def _ask_for_changes(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = _look(body, services, value_of(body), wants="changes")
    ack()
    if isinstance(seen, Denied):
        show_denied(client, body, seen)
    else:
        show(client, body, changes_view(reference=value_of(body)))


def _request_changes(ack: Ack, body: Payload, services: Services) -> None:
    outcome = request_changes(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        reason=text_in(body, Field.PACKET_CHANGES),
    )
    answer(ack, outcome, field=Field.PACKET_CHANGES)


def _open_items(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = _look(body, services, value_of(body), wants="items")
    ack()
    if isinstance(seen, Denied):
        show_denied(client, body, seen)
    else:
        view = settle_many_view(reference=value_of(body), items=seen.open_items)
        show(client, body, view)


def _open_item(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    wish, _, rest = option_of(body).partition("|")
    item_id, _, reference = rest.partition("|")
    seen = _look(body, services, reference, wants="items")
    ack()
    if isinstance(seen, Denied):
        show_denied(client, body, seen)
        return
    item = next((item for item in seen.open_items if item.id == item_id), None)
    if item is None:
        show(client, body, denied_view("This item is settled already."))
        return
    view = settle_view(
        reference=reference,
        item=item,
        state=ItemState.WAIVED if wish == "waive" else ItemState.DONE,
        can_waive=seen.is_approver,
    )
    show(client, body, view)


def _settle_one(ack: Ack, body: Payload, services: Services) -> None:
    reference, _, item = body["view"]["private_metadata"].rpartition("|")
    is_waiver = chosen_in(body, Field.ITEM_STATE) == ItemState.WAIVED
    state = ItemState.WAIVED if is_waiver else ItemState.DONE
    outcome = settle_items(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(reference),
        settlement=Settlement(
            items=(item,),
            state=state,
            reason=text_in(body, Field.ITEM_REASON),
            evidence=text_in(body, Field.ITEM_EVIDENCE),
        ),
    )
    at = Field.ITEM_REASON if is_waiver else Field.ITEM_EVIDENCE
    answer(ack, outcome, field=at)


def _settle_many(ack: Ack, body: Payload, services: Services) -> None:
    values = body["view"]["state"]["values"]
    picks = {block: state for block, state in values.items() if field_of(block) == Field.ITEM_PICK}
    items = tuple(
        option["value"]
        for state in picks.values()
        for option in state[Field.ITEM_PICK].get("selected_options") or ()
    )
    outcome = settle_items(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        settlement=Settlement(items=items, state=ItemState.DONE),
    )
    answer(ack, outcome, field=next(iter(picks), Field.ITEM_PICK))


def _open_manage(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = _look(body, services, value_of(body), wants="manage")
    ack()
    if isinstance(seen, Denied):
        show_denied(client, body, seen)
        return
    view = manage_view(
        reference=value_of(body), state=seen.state, can_roll_back=seen.can_roll_back
    )
    show(client, body, view)


def _manage(ack: Ack, body: Payload, services: Services) -> None:
    outcome = manage(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        choice=chosen_in(body, Field.PACKET_MANAGE_WHAT),
        reason=text_in(body, Field.PACKET_MANAGE_REASON),
    )
    answer(ack, outcome, field=Field.PACKET_MANAGE_REASON)


def _reaction(body: Payload, event: Payload, services: Services, is_added: bool) -> None:
    item = event.get("item") or {}
    if item.get("type") != "message":
        return
    name = event["reaction"].partition("::")[0]
    seen = {
        "database": services.database,
        "workspace": body["team_id"],
        "now": services.now(),
        "event_id": body["event_id"],
    }
    react.reacted(
        **seen,
        reaction=react.Reaction(
            person=event["user"],
            name=name,
            channel=item["channel"],
            ts=item["ts"],
            event_ts=event["event_ts"],
            is_added=is_added,
        ),
    )
    if is_added:
        by, channel = event["user"], item["channel"]
        contact.reacted(**seen, by=by, name=name, channel=channel, ts=item["ts"])


def _look(body: Payload, services: Services, reference: str, *, wants: Wish) -> Seen | Denied:
    """Look at the version that the person was shown, before a form opens."""
    return look(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(reference),
        wants=wants,
        channel=channel_of(body),
    )
