"""Step 5, Send for sign-off."""

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.define.chooser import message_view
from bot.blocks.define.place import Place, read_place
from bot.flows.context import Services
from bot.flows.define.form import FieldErrors, Form
from bot.flows.define.resume import packet_channel
from bot.flows.define.save_step import Move
from bot.flows.define.submit import SentBefore, submit
from bot.flows.signoff.send import CannotSend, Sent
from bot.listeners.define.render import gone_view
from bot.listeners.define.steps import (
    answer_submission,
    at_blocks,
    channel_problems,
    submission_of,
)
from handoff.form_data import Step


def on_send(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Send the draft for sign-off, or say at the form what is in the way."""
    view = body["view"]
    place = read_place(view["private_metadata"])
    if place is None:
        ack(response_action="update", view=gone_view())
        return
    submission = submission_of(
        context,
        view=view,
        place=place,
        move=Move.NEXT,
        problems=_channel(client, context, services, place),
    )
    outcome = submit(database=services.database, now=services.now(), submission=submission)
    match outcome:
        case Sent():
            ack(response_action="update", view=_sent(outcome))
        case SentBefore():
            ack(response_action="update", view=_message("This was sent for sign-off already."))
        case CannotSend(reason=reason):
            errors = at_blocks({"": reason}, view=view, prefix="")
            ack(response_action="errors", errors=errors)
        case FieldErrors():
            answer_submission(ack, outcome, view=view, step=Step.REVIEW)
        case Form():
            answer_submission(ack, outcome, view=view, step=Step.REVIEW)
        case _:
            ack(response_action="update", view=gone_view())


def _channel(
    client: WebClient, context: BoltContext, services: Services, place: Place
) -> dict[str, str] | None:
    """Return the error if the app was removed from the packet's channel meanwhile."""
    channel = packet_channel(
        database=services.database,
        workspace=str(context.team_id),
        by=str(context.user_id),
        draft=place.draft,
    )
    return channel_problems(client, {"channel": channel})


def _sent(sent: Sent) -> kit.View:
    return _message(
        f"*{kit.escape(sent.design)} v{sent.version}* is on its way to "
        f"{kit.channel(sent.channel)}. Both approvers sign it there; you will see it happen."
    )


def _message(text: str) -> kit.View:
    return message_view(title="Sent for sign-off", lines=[text])
