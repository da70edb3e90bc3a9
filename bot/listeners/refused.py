"""`/handoff leads`: leads that could not be taken, mended in Slack."""

from functools import partial
from typing import NamedTuple

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.blocks.kit import View
from bot.blocks.packet_forms import denied_view
from bot.blocks.refused import (
    LONGEST,
    MOST,
    MOST_FIELDS,
    MendField,
    RefusedLine,
    dismissed_view,
    mend_view,
    problem_text,
    refused_view,
)
from bot.flows.context import Services
from bot.flows.lead.hand_over import HandedOver
from bot.flows.lead.repair import (
    Mended,
    WaitingLead,
    dismiss,
    may_mend,
    mend,
    waiting_lead,
    waiting_leads,
)
from bot.flows.lead.take_in import Refused
from bot.flows.signoff.outcomes import Denied, Done
from bot.ids import Action, Callback, Field, block_id
from bot.listeners.form_state import by_field, by_subject, text_of
from bot.listeners.lead_intake import handed_over
from bot.listeners.modals import update_parent
from bot.listeners.packet_payloads import Payload, show, value_of, workspace_of
from handoff.intake.mending import asked_fields, field_of
from handoff.lead_card import lead_name


class _Seat(NamedTuple):
    """Who looks, in which workspace."""

    services: Services
    workspace: str
    by: str


def register(bolt: App, services: Services) -> None:
    """Connect the list and the form."""
    bolt.action(Action.REFUSED_OPEN)(partial(_open, services=services))
    bolt.action(Action.REFUSED_EDIT)(partial(_edit, services=services))
    bolt.view(Callback.REFUSED_MEND)(partial(_submit, services=services))


def refused_list(*, services: Services, workspace: str, by: str) -> View:
    """Return the list, or the no to everybody who may not see it."""
    denied = may_mend(database=services.database, workspace=workspace, by=by)
    if denied is not None:
        return denied_view(denied.message, people=denied.people)
    found = waiting_leads(database=services.database, workspace=workspace, limit=MOST)
    return refused_view(lines=[_line(lead) for lead in found.leads], total=found.total)


def _open(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    ack()
    seat = _seat(body, services)
    show(client, body, refused_list(services=services, workspace=seat.workspace, by=seat.by))


def _edit(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    ack()
    found = _look(_seat(body, services), value_of(body))
    if isinstance(found, Denied):
        show(client, body, denied_view(found.message, people=found.people))
    else:
        show(client, body, mend_view(line=_line(found), fields=_fields(found)))


def _submit(ack: Ack, body: Payload, client: WebClient, services: Services) -> None:
    view, seat = body["view"], _seat(body, services)
    found = _look(seat, str(view["private_metadata"]))
    outcome = found if isinstance(found, Denied) else _settle(seat, found, view)
    match outcome:
        case HandedOver():
            ack(response_action="update", view=handed_over(outcome))
        case Done():
            ack(response_action="update", view=dismissed_view())
        case Refused():
            assert isinstance(found, WaitingLead), "only a lead that waits is taken in"
            ack(response_action="errors", errors=_errors(outcome, found, view))
        case Denied():
            ack(response_action="errors", errors={Field.REFUSED_REASON: outcome.message})
    if view["root_view_id"] != view["id"]:
        fresh = refused_list(services=services, workspace=seat.workspace, by=seat.by)
        update_parent(client, view_id=view["root_view_id"], view=fresh)


def _settle(seat: _Seat, lead: WaitingLead, view: Payload) -> Mended | Done:
    """Dismiss the lead if a reason was given, else take it in as it was corrected."""
    services, workspace, by = seat
    database, now = services.database, services.now()
    reason = text_of(by_field(view).get(Field.REFUSED_REASON)).strip()
    if reason:
        return dismiss(
            database=database,
            now=now,
            refused_id=lead.id,
            reason=reason,
            by=by,
            workspace=workspace,
        )
    names = list(_asked(lead))
    typed = by_subject(view, Field.REFUSED_FIELD)
    return mend(
        database=database,
        now=now,
        refused_id=lead.id,
        changes={names[int(number)]: text_of(text) for number, text in typed.items()},
        by=by,
        workspace=workspace,
    )


def _look(seat: _Seat, refused_id: str) -> WaitingLead | Denied:
    services, workspace, by = seat
    database = services.database
    return may_mend(database=database, workspace=workspace, by=by) or waiting_lead(
        database=database, workspace=workspace, refused_id=refused_id
    )


def _line(lead: WaitingLead) -> RefusedLine:
    asked = _asked(lead)
    return RefusedLine(
        id=lead.id,
        name=lead_name({name.casefold(): text for name, text in asked.items()}),
        source=lead.source,
        received_at=lead.received_at,
        problems=[
            problem_text(field=field_of(one.pointer), detail=one.detail) for one in lead.problems
        ],
    )


def _fields(lead: WaitingLead) -> dict[int, MendField]:
    details = {field_of(one.pointer): one.detail for one in lead.problems}
    return {
        number: MendField(name=name, text=text, problem=details.get(name, ""))
        for number, (name, text) in enumerate(_asked(lead).items())
        if len(text) <= LONGEST and number < MOST_FIELDS
    }


def _asked(lead: WaitingLead) -> dict[str, str]:
    return asked_fields(body=lead.body, pointers=[one.pointer for one in lead.problems])


def _errors(refused: Refused, lead: WaitingLead, view: Payload) -> dict[str, str]:
    """Return what is still wrong by block; what belongs to no field stands at the last one."""
    blocks = {name: block_id(Field.REFUSED_FIELD, n) for n, name in enumerate(_asked(lead))}
    shown = {block["block_id"] for block in view["blocks"]}
    errors: dict[str, str] = {}
    for one in refused.errors:
        field = field_of(one.pointer)
        block = blocks.get(field, "")
        if block in shown:
            errors[block] = one.detail[:1].upper() + one.detail[1:]
        else:
            errors[Field.REFUSED_REASON] = problem_text(field=field, detail=one.detail)
    return errors


def _seat(body: Payload, services: Services) -> _Seat:
    return _Seat(services, workspace_of(body), str(body["user"]["id"]))
