"""`/define-handoff`, its shortcut, and the buttons that open a draft or a design in the form."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.define.chooser import DraftLine, chooser_view, message_view
from bot.flows.context import Services
from bot.flows.define.edit import NoSuchDesign, edit
from bot.flows.define.form import Form
from bot.flows.define.resume import DraftSummary, discard, resume
from bot.flows.define.start import ChooseDraft, NeedsSetUp, start
from bot.listeners.define.render import form_view, gone_view
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.set_up import set_up_view


def on_command(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the form filled with the flags, the choice of drafts, or the team's set-up."""
    outcome = start(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        text=body.get("text") or "",
        channel=body.get("channel_id"),
    )
    view = _first_view(
        outcome, client=client, context=context, services=services, channel=body.get("channel_id")
    )
    trouble = open_modal(client, trigger_id=body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def on_shortcut(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the form from the lightning menu; there is no channel there."""
    ack()
    outcome = start(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
    )
    view = _first_view(outcome, client=client, context=context, services=services, channel=None)
    open_modal(client, trigger_id=body["trigger_id"], view=view)


def on_start(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Start a new draft from the chooser or the Home tab."""
    ack()
    channel = body["actions"][0].get("value") or "-"
    outcome = start(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        channel=None if channel == "-" else channel,
        is_new=True,
    )
    view = _first_view(outcome, client=client, context=context, services=services, channel=channel)
    _show(client, body, view)


def on_resume(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open a stored draft."""
    ack()
    outcome = resume(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=body["actions"][0]["value"],
    )
    _show(client, body, form_view(outcome) if isinstance(outcome, Form) else gone_view())


def on_edit(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open a design in the form; what comes of it is its next version."""
    ack()
    outcome = edit(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        design=body["actions"][0]["value"],
    )
    view = (
        message_view(
            title="Define a handoff",
            lines=[f"There is no design {kit.escape(outcome.key)} here. See the *Home* tab."],
        )
        if isinstance(outcome, NoSuchDesign)
        else form_view(outcome)
    )
    _show(client, body, view)


def discard_draft(*, body: Mapping[str, Any], context: BoltContext, services: Services) -> None:
    """Delete the draft that a button names, if it is the person's own."""
    discard(
        database=services.database,
        workspace=str(context.team_id),
        by=str(context.user_id),
        draft=body["actions"][0]["value"],
    )


def draft_lines(drafts: tuple[DraftSummary, ...]) -> list[DraftLine]:
    """Return drafts as the chooser and the Home tab show them."""
    return [
        DraftLine(id=one.id, title=one.title, step=one.step.value, updated_at=one.updated_at)
        for one in drafts
    ]


def _first_view(
    outcome: Form | NeedsSetUp | ChooseDraft,
    *,
    client: WebClient,
    context: BoltContext,
    services: Services,
    channel: str | None,
) -> kit.View:
    """Return what the start of the form shows."""
    match outcome:
        case Form():
            return form_view(outcome)
        case ChooseDraft(drafts=drafts):
            return chooser_view(drafts=draft_lines(drafts), channel=channel)
        case NeedsSetUp(draft=draft):
            return set_up_view(
                client=client, context=context, services=services, channel=channel, draft=draft
            )


def _show(client: WebClient, body: Mapping[str, Any], view: kit.View) -> None:
    """Show a view in place of the open modal, or as a new one from a message or the Home tab."""
    shown = body.get("view") or {}
    if shown.get("type") == "modal":
        update_modal(client, shown=shown, view=view)
    else:
        open_modal(client, trigger_id=body["trigger_id"], view=view)
