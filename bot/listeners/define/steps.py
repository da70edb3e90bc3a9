"""The five steps: Next, Back, Save draft, Skip to Review, and selects that refresh defaults."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.define.place import Place, read_place
from bot.flows.context import Services
from bot.flows.define.form import DraftGone, FieldErrors, Form
from bot.flows.define.notes import read_notes
from bot.flows.define.save_step import Move, Submission, save_step
from bot.gateways.channels import is_member
from bot.ids import Action
from bot.listeners.define.reading import read_step
from bot.listeners.define.render import form_view, gone_view
from bot.listeners.form_state import shown_blocks
from bot.listeners.modals import update_modal
from handoff.form_data import Step

_SAVED = "Draft saved. Go on here, or later with /define-handoff or from Handoff's Home tab."
_MOVES = {Action.DEFINE_BACK: Move.BACK, Action.DEFINE_SKIP: Move.SKIP}
_NOT_MEMBER = (
    "Handoff is not in this channel, so it could not post there. "
    "Type /invite @handoff in the channel, then try again."
)


def on_next(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Check the step that was submitted and show the next one, or errors at the fields."""
    view = body["view"]
    place = read_place(view["private_metadata"])
    if place is None:
        ack(response_action="update", view=gone_view())
        return
    typed = read_step(place.step, view)
    problems = channel_problems(client, typed) if place.step is Step.PEOPLE else None
    submission = submission_of(
        context, view=view, place=place, move=Move.NEXT, typed=typed, problems=problems
    )
    outcome = save_step(database=services.database, now=services.now(), submission=submission)
    answer_submission(ack, outcome, view=view, step=place.step)


def on_move(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Go back, skip to the review, save, or refresh what depends on a select."""
    ack()
    view, action = body["view"], body["actions"][0]["action_id"]
    place = read_place(view["private_metadata"])
    if place is None:
        return
    notices = (_SAVED,) if action == Action.DEFINE_SAVE else ()
    move = _MOVES.get(action, Move.STAY)
    submission = submission_of(context, view=view, place=place, move=move, notices=notices)
    outcome = save_step(database=services.database, now=services.now(), submission=submission)
    if isinstance(outcome, FieldErrors):
        told = ("Before the review:", *outcome.errors.values())
        stay = replace(submission, move=Move.STAY, notices=told)
        outcome = save_step(database=services.database, now=services.now(), submission=stay)
    update_modal(client, shown=view, view=outcome_view(outcome, over=view))


def on_read_notes(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Fill in what the capacity notes say, and show what was understood."""
    ack()
    view = body["view"]
    place = read_place(view["private_metadata"])
    if place is None:
        return
    typed, notices = read_notes(typed=read_step(place.step, view))
    submission = submission_of(context, view=view, place=place, typed=typed, notices=notices)
    outcome = save_step(database=services.database, now=services.now(), submission=submission)
    update_modal(client, shown=view, view=outcome_view(outcome, over=view))


def channel_problems(client: WebClient, typed: Mapping[str, object]) -> dict[str, str] | None:
    """Return the error at the channel if the app could not post there."""
    channel = typed.get("channel")
    if isinstance(channel, str) and is_member(client, channel=channel) is False:
        return {"channel": _NOT_MEMBER}
    return None


def outcome_view(
    outcome: Form | FieldErrors | DraftGone, *, over: Mapping[str, Any] | None = None
) -> kit.View:
    """Return the view that shows an outcome without field errors."""
    return form_view(outcome, over=over) if isinstance(outcome, Form) else gone_view()


def answer_submission(
    ack: Ack, outcome: Form | FieldErrors | DraftGone, *, view: Mapping[str, Any], step: Step
) -> None:
    """Answer a submitted step: errors at its fields, or the next view in its place."""
    if isinstance(outcome, FieldErrors):
        prefix = f"define.{step.value}."
        ack(response_action="errors", errors=at_blocks(outcome.errors, view=view, prefix=prefix))
    elif isinstance(outcome, Form):
        # The same step again is what is stored, not what was typed into an older window.
        view = form_view(outcome, is_fresh=outcome.step is step)
        ack(response_action="update", view=view)
    else:
        ack(response_action="update", view=gone_view())


def at_blocks(
    errors: Mapping[str, str], *, view: Mapping[str, Any], prefix: str
) -> dict[str, str]:
    """Return errors by block id; one whose field is not shown stands at the first input."""
    blocks = shown_blocks(view)
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    found: dict[str, str] = {}
    for name, text in errors.items():
        block = blocks.get(prefix + name)
        if block is not None and block in inputs:
            found[block] = text
        else:
            found[inputs[0]] = " ".join(filter(None, (found.get(inputs[0]), text)))
    return found


def submission_of(
    context: BoltContext,
    *,
    view: Mapping[str, Any],
    place: Place,
    move: Move = Move.STAY,
    typed: Mapping[str, object] | None = None,
    problems: Mapping[str, str] | None = None,
    notices: tuple[str, ...] = (),
) -> Submission:
    """Return what a view holds as a submission; `typed` in place of what was typed."""
    return Submission(
        workspace=str(context.team_id),
        by=str(context.user_id),
        draft=place.draft,
        revision=place.revision,
        step=place.step,
        typed=read_step(place.step, view) if typed is None else typed,
        view_id=view["id"],
        move=move,
        problems=problems or {},
        notices=notices,
    )
