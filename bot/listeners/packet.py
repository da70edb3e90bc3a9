"""The packet's buttons, modals and reactions: payload in, flow, answer out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks.packet_forms import changes_view, manage_view, reason_view
from bot.blocks.readiness import settle_many_view, settle_view
from bot.flows.context import Services
from bot.flows.signoff import react
from bot.flows.signoff.approve import approve
from bot.flows.signoff.manage import Choice, manage
from bot.flows.signoff.outcomes import Denied
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.request_changes import request_changes
from bot.flows.signoff.settle import Settlement, settle_items
from bot.flows.signoff.view import look
from bot.ids import Action, Callback, Field, field_of
from handoff.approval import ReasonNeeded
from handoff.enablement import ItemState

Payload = Mapping[str, Any]


def register(bolt: App, services: Services) -> None:
    """Register everything that the packet and the readiness card send back."""

    def give(listener: Callable[..., None]) -> Callable[..., None]:
        return partial(listener, services=services)

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


def _approve(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    outcome = approve(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(_value(body)),
        channel=_channel(body),
    )
    ack()
    if isinstance(outcome, ReasonNeeded):
        view = reason_view(reference=_value(body), doubts=outcome.doubts)
        client.views_open(trigger_id=body["trigger_id"], view=view)


def _sign_with_reason(ack: Ack, body: Payload, services: Services) -> None:
    outcome = approve(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        reason=_text(body, Field.PACKET_REASON),
    )
    _answer(ack, outcome, field=Field.PACKET_REASON)


def _ask_for_changes(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = look(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(_value(body)),
        wants="changes",
        channel=_channel(body),
    )
    ack()
    if not isinstance(seen, Denied):
        client.views_open(trigger_id=body["trigger_id"], view=changes_view(reference=_value(body)))


def _request_changes(ack: Ack, body: Payload, services: Services) -> None:
    outcome = request_changes(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        reason=_text(body, Field.PACKET_CHANGES),
    )
    _answer(ack, outcome, field=Field.PACKET_CHANGES)


def _open_items(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = look(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(_value(body)),
        wants="items",
        channel=_channel(body),
    )
    ack()
    if not isinstance(seen, Denied):
        view = settle_many_view(reference=_value(body), items=seen.open_items)
        client.views_open(trigger_id=body["trigger_id"], view=view)


def _open_item(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    wish, item_id, reference = body["actions"][0]["selected_option"]["value"].split("|", 2)
    seen = look(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(reference),
        wants="items",
        channel=_channel(body),
    )
    ack()
    if isinstance(seen, Denied):
        return
    item = next((item for item in seen.open_items if item.id == item_id), None)
    if item is None:
        return
    view = settle_view(
        reference=reference,
        item=item,
        state=ItemState.WAIVED if wish == "waive" else ItemState.DONE,
        can_waive=seen.is_approver,
    )
    client.views_open(trigger_id=body["trigger_id"], view=view)


def _settle_one(ack: Ack, body: Payload, services: Services) -> None:
    reference, _, item = body["view"]["private_metadata"].rpartition("|")
    state = ItemState(_chosen(body, Field.ITEM_STATE))
    outcome = settle_items(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(reference),
        settlement=Settlement(
            items=(item,),
            state=state,
            reason=_text(body, Field.ITEM_REASON),
            evidence=_text(body, Field.ITEM_EVIDENCE),
        ),
    )
    at = Field.ITEM_REASON if state is ItemState.WAIVED else Field.ITEM_EVIDENCE
    _answer(ack, outcome, field=at)


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
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        settlement=Settlement(items=items, state=ItemState.DONE),
    )
    _answer(ack, outcome, field=next(iter(picks), Field.ITEM_PICK))


def _open_manage(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    seen = look(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(_value(body)),
        wants="manage",
        channel=_channel(body),
    )
    ack()
    if not isinstance(seen, Denied):
        view = manage_view(
            reference=_value(body), state=seen.state, can_roll_back=seen.can_roll_back
        )
        client.views_open(trigger_id=body["trigger_id"], view=view)


def _manage(ack: Ack, body: Payload, services: Services) -> None:
    outcome = manage(
        database=services.database,
        workspace=_workspace(body),
        now=services.now(),
        by=body["user"]["id"],
        reference=Reference.parse(body["view"]["private_metadata"]),
        choice=Choice(_chosen(body, Field.PACKET_MANAGE_WHAT)),
        reason=_text(body, Field.PACKET_MANAGE_REASON),
    )
    _answer(ack, outcome, field=Field.PACKET_MANAGE_REASON)


def _reaction(body: Payload, event: Payload, services: Services, is_added: bool) -> None:
    item = event.get("item") or {}
    if item.get("type") != "message":
        return
    react.reacted(
        database=services.database,
        workspace=body["team_id"],
        now=services.now(),
        event_id=body["event_id"],
        reaction=react.Reaction(
            person=event["user"],
            name=event["reaction"].partition("::")[0],
            channel=item["channel"],
            ts=item["ts"],
            event_ts=event["event_ts"],
            is_added=is_added,
        ),
    )


def _answer(ack: Ack, outcome: object, *, field: str) -> None:
    """Close the modal, or keep it open with the refusal at its field."""
    if isinstance(outcome, Denied):
        ack(response_action="errors", errors={field: outcome.message})
    else:
        ack()


def _workspace(body: Payload) -> str:
    return str((body.get("team") or body["user"])["id" if body.get("team") else "team_id"])


def _value(body: Payload) -> str:
    return str(body["actions"][0].get("value", ""))


def _channel(body: Payload) -> str | None:
    channel = body.get("channel") or {}
    return channel.get("id")


def _text(body: Payload, field: Field) -> str:
    return _input(body, field).get("value") or ""


def _chosen(body: Payload, field: Field) -> str:
    return str((_input(body, field).get("selected_option") or {}).get("value", ""))


def _input(body: Payload, field: Field) -> Payload:
    found: Payload = body["view"]["state"]["values"].get(field, {}).get(field, {})
    return found
