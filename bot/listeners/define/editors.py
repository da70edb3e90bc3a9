"""The editors on top of the form: ladder and guardrail, rows, advanced, new pod, and Apply."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.define.editors import LEFT_OUT, advanced_view, ladder_view, rows_view
from bot.blocks.define.place import Place, read_place
from bot.blocks.team import TeamPlace, pod_view
from bot.flows.context import Services
from bot.flows.define.apply import apply_risk
from bot.flows.define.change import save_advanced, save_ladder, save_rows
from bot.flows.define.form import DraftGone, FieldErrors, Form
from bot.flows.define.save_step import save_step
from bot.ids import Action, Input
from bot.listeners.define.reading import read_ladder, read_rows_text, read_step, read_text
from bot.listeners.define.render import form_view, gone_view
from bot.listeners.define.steps import outcome_view, submission_of
from bot.listeners.form_state import by_subject, keys_of
from bot.listeners.modals import push_modal, update_modal, update_parent
from handoff.form_data import LadderStepText
from handoff.row_text import format_rows
from handoff.sla.model import Depth


def on_open_editor(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Put an editor on top of the form."""
    ack()
    action = body["actions"][0]["action_id"]
    put_over_form(
        body,
        context,
        client,
        services,
        top=lambda form: _editor(action, form, parent=body["view"]["id"]),
    )


def put_over_form(
    body: Mapping[str, Any],
    context: BoltContext,
    client: WebClient,
    services: Services,
    *,
    top: Callable[[Form], kit.View],
) -> None:
    """Save what was typed into the form so far, and put a view on top of it.

    Args:
        body: Of the click on a button of the form, which is acknowledged by now.
        context: Bolt's.
        client: Bolt's.
        services: Of the app.
        top: Makes the view from the form as it was saved.
    """
    view = body["view"]
    place = read_place(view["private_metadata"])
    if place is None:
        return
    submission = submission_of(context, view=view, place=place)
    form = save_step(database=services.database, now=services.now(), submission=submission)
    if not isinstance(form, Form):
        update_modal(client, shown=view, view=gone_view())
        return
    push_modal(client, trigger_id=body["trigger_id"], view=top(form))
    update_parent(client, view_id=view["id"], view=form_view(form, over=view))


def _editor(action: str, form: Form, *, parent: str) -> kit.View:
    """Return the editor that a button of the form opens."""
    place = Place(draft=form.draft, step=form.step, revision=form.revision, parent=parent)
    people = form.data.people
    match action:
        case Action.DEFINE_EDIT_LADDER:
            return ladder_view(
                place=place, ladder=people.ladder or (), step=people, offered=form.offered
            )
        case Action.DEFINE_EDIT_ROWS:
            return rows_view(place=place, text=_rows_text(form), offered=form.offered)
        case Action.DEFINE_NEW_POD:
            pod_place = TeamPlace(revision=0, draft=form.draft, parent=parent)
            return pod_view(pod=None, details="", place=pod_place, segment=form.data.brief.segment)
        case _:
            return advanced_view(
                place=place,
                holders=people.role_holders,
                step=form.data.capacity,
                offered=form.offered,
            )


def _rows_text(form: Form) -> str:
    """Return the rows of the drafted design as one would type them."""
    if form.review is None:
        return ""
    rows = form.review.design.binding.routing.rows
    return format_rows(rows=rows, names=form.offered.names)


def on_save_ladder(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save the ladder and the guardrail, and show the step under the editor again."""
    view = body["view"]
    place = _place(view)
    steps = read_ladder(view, left_out=LEFT_OUT)
    outcome = save_ladder(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=place.draft,
        ladder=tuple(steps.values()),
        guardrail_count=read_text(view, Input.LADDER_GUARDRAIL_COUNT),
        guardrail_hours=read_text(view, Input.LADDER_GUARDRAIL_HOURS),
    )
    if isinstance(outcome, FieldErrors):
        ack(response_action="errors", errors=_at_ladder(outcome, steps))
    else:
        _close(ack, client, place, outcome)


def _at_ladder(outcome: FieldErrors, steps: dict[int, LadderStepText]) -> dict[str, str]:
    """Return errors by block id: the n-th step that counts may stand at another place."""
    places = list(steps)
    found = {}
    for name, text in outcome.errors.items():
        field, _, number = name.partition(":")
        if not number:
            is_guardrail = field.startswith("guardrail")
            found[f"define.ladder.{field}" if is_guardrail else f"{Input.LADDER_ROLE}:0"] = text
        else:
            found[f"define.ladder.{field}:{places[int(number)]}"] = text
    return found


def on_save_rows(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save the routing rows, and show the review again."""
    view = body["view"]
    place = _place(view)
    outcome = save_rows(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=place.draft,
        text=read_rows_text(view),
    )
    if isinstance(outcome, FieldErrors):
        ack(response_action="errors", errors={Input.ROWS_TEXT: outcome.errors["text"]})
    else:
        _close(ack, client, place, outcome)


def on_save_advanced(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save the advanced settings, and show the step under the editor again."""
    view = body["view"]
    place = _place(view)
    holders = by_subject(view, Input.ADVANCED_HOLDERS)
    outcome = save_advanced(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=place.draft,
        holders={role: keys_of(keys) for role, keys in holders.items()},
        arrival_profile=read_text(view, Input.ADVANCED_ARRIVAL_PROFILE),
        handling_cv=read_text(view, Input.ADVANCED_HANDLING_CV),
    )
    if isinstance(outcome, FieldErrors):
        errors = {f"define.advanced.{name}": text for name, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        _close(ack, client, place, outcome)


def on_apply(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Apply the change that a risk proposes, and show the review of what it is then."""
    ack()
    view = body["view"]
    place = read_place(view["private_metadata"])
    if place is None:
        return
    code, _, depth = body["actions"][0]["value"].partition(":")
    outcome = apply_risk(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=place.draft,
        revision=place.revision,
        confirmed=read_step(place.step, view),
        code=code,
        is_full=depth == Depth.FULL,
    )
    update_modal(client, shown=view, view=outcome_view(outcome, over=view))


def _close(ack: Ack, client: WebClient, place: Place, outcome: Form | DraftGone) -> None:
    """Close the editor, and show the step under it as it is now."""
    if place.parent is not None:
        view = form_view(outcome, is_fresh=True) if isinstance(outcome, Form) else gone_view()
        update_parent(client, view_id=place.parent, view=view)
    ack()


def _place(view: dict[str, Any]) -> Place:
    place = read_place(view["private_metadata"])
    assert place is not None, "the app itself wrote the metadata, and Slack signs it"
    return place
