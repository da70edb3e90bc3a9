"""`/handoff team`: the directory and its editors."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.define.chooser import message_view
from bot.blocks.team import (
    TeamPlace,
    hours_view,
    pod_view,
    read_team_place,
    roles_refused,
    roles_view,
    time_off_view,
)
from bot.flows.context import Services
from bot.flows.define.carry_on import carry_on
from bot.flows.define.change import add_pod
from bot.flows.define.form import Form
from bot.flows.people.hours import save_hours
from bot.flows.people.pods import save_pod
from bot.flows.people.roles import save_roles
from bot.flows.people.set_up import set_up
from bot.flows.people.team import ChangedMeanwhile, MayNotSetRoles, Refused, Team, view_team
from bot.flows.people.time_off import add_time_off, remove_time_off
from bot.ids import Action, Callback, Input, Options
from bot.listeners.define.render import form_view
from bot.listeners.form_state import by_field, text_of
from bot.listeners.modals import open_modal, push_modal, update_modal, update_parent
from bot.listeners.set_up import (
    at_team_blocks,
    read_hours_form,
    read_pod_form,
    read_roles,
    set_up_view,
)
from bot.listeners.team_view import overview
from handoff.form_choices import leadership_options
from handoff.people import DEFAULT_CALENDAR, find_pod
from handoff.pod_details import format_details

_CHANGED = (
    "Somebody else changed the team after you opened this. Please close it and look again; "
    "nothing of yours was saved."
)


def register(bolt: App, services: Services) -> None:
    """Connect the directory's buttons, forms and people picker."""
    buttons = {
        Action.TEAM_OPEN: on_open,
        Action.TEAM_EDIT_ROLES: on_edit_roles,
        Action.TEAM_EDIT_POD: on_edit_pod,
        Action.TEAM_NEW_POD: on_edit_pod,
        Action.TEAM_EDIT_HOURS: on_edit_hours,
        Action.TEAM_ADD_TIME_OFF: on_add_time_off,
        Action.TEAM_REMOVE_TIME_OFF: on_remove_time_off,
    }
    for action, listener in buttons.items():
        bolt.action(action.value)(partial(listener, services=services))
    forms: dict[Callback, Callable[..., None]] = {
        Callback.TEAM_SETUP: on_set_up,
        Callback.TEAM_ROLES: on_save_roles,
        Callback.TEAM_POD: on_save_pod,
        Callback.TEAM_HOURS: on_save_hours,
        Callback.TEAM_TIME_OFF: on_save_time_off,
    }
    for callback, listener in forms.items():
        bolt.view(callback.value)(partial(listener, services=services))
    for options in Options:
        bolt.options(options.value)(partial(on_leadership, services=services))


def team_or_set_up(
    *, client: WebClient, context: BoltContext, services: Services, channel: str | None
) -> kit.View:
    """Return the team's overview, or its set-up the first time."""
    team = _team(services, context)
    if team.directory.is_set_up:
        return overview(team)
    return set_up_view(
        client=client, context=context, services=services, channel=channel, draft=None
    )


def on_open(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the team from the Home tab."""
    ack()
    view = team_or_set_up(client=client, context=context, services=services, channel=None)
    open_modal(client, trigger_id=body["trigger_id"], view=view)


def on_set_up(ack: Ack, body: dict[str, Any], context: BoltContext, services: Services) -> None:
    """Save the first directory, then go on with the form, or show the team."""
    view = body["view"]
    place = read_team_place(view["private_metadata"])
    outcome = set_up(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        roles=read_roles(view),
        pod=read_pod_form(view),
        hours=read_hours_form(view, name=DEFAULT_CALENDAR),
    )
    if isinstance(outcome, Refused):
        ack(response_action="errors", errors=at_team_blocks(dict(outcome.errors)))
        return
    draft = place.draft if place else None
    ack(response_action="update", view=_next_view(services, context, draft))


def _next_view(services: Services, context: BoltContext, draft: str | None) -> kit.View:
    """Return the form that waited for the set-up, or the team."""
    workspace, by = str(context.team_id), str(context.user_id)
    if draft is not None:
        form = carry_on(
            database=services.database, workspace=workspace, now=services.now(), by=by, draft=draft
        )
        if isinstance(form, Form):
            return form_view(form)
    return overview(view_team(database=services.database, workspace=workspace, by=by))


def on_edit_roles(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the editor of role holders, or say politely who may do that."""
    ack()
    team = _team(services, context)
    view = (
        roles_view(directory=team.directory, names=team.names, place=_place(team, body))
        if team.may_set_roles
        else message_view(title="Roles", lines=[roles_refused(team.admins)])
    )
    push_modal(client, trigger_id=body["trigger_id"], view=view)


def on_edit_pod(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the editor of a pod, or an empty one for a new pod."""
    ack()
    team = _team(services, context)
    name = body["actions"][0].get("value")
    pod = find_pod(directory=team.directory, name=name) if name else None
    details = format_details(members=pod.members, names=team.names) if pod else ""
    view = pod_view(pod=pod, details=details, place=_place(team, body, name if pod else None))
    push_modal(client, trigger_id=body["trigger_id"], view=view)


def on_edit_hours(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the editor of a calendar, or an empty one for a new calendar."""
    ack()
    team = _team(services, context)
    name = body["actions"][0].get("value") or None
    known = next((spec for spec in team.directory.calendars if spec.name == name), None)
    view = hours_view(calendar=known, place=_place(team, body, known.name if known else None))
    push_modal(client, trigger_id=body["trigger_id"], view=view)


def on_add_time_off(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Open the form for time off, for oneself at first."""
    ack()
    place = _place(_team(services, context), body)
    view = time_off_view(place=place, person=context.user_id)
    push_modal(client, trigger_id=body["trigger_id"], view=view)


def on_remove_time_off(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Remove time off, and show the team without it."""
    ack()
    team = remove_time_off(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        absence=body["actions"][0]["value"],
    )
    update_modal(client, shown=body["view"], view=overview(team))


def on_save_roles(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save the role holders; who may is checked here, whatever the button was."""
    view = body["view"]
    place = _read(view)
    outcome = save_roles(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        revision=place.revision,
        roles=read_roles(view),
    )
    if isinstance(outcome, MayNotSetRoles):
        lines = [roles_refused(outcome.admins)]
        ack(response_action="update", view=message_view(title="Roles", lines=lines))
    elif isinstance(outcome, Refused):
        errors = {f"{Input.TEAM_ROLE}:{role}": text for role, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        _close(ack, client, place, outcome)


def on_save_pod(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save a pod; made from the form, it is picked there."""
    view = body["view"]
    place = _read(view)
    form = read_pod_form(view)
    outcome = save_pod(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        form=form,
        pod=place.subject,
        revision=None if place.draft else place.revision,
    )
    if isinstance(outcome, Refused):
        errors = {f"team.pod.{field}": text for field, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    elif place.draft and place.parent and isinstance(outcome, Team):
        _back_to_form(client, context, services, place=place, pod=form.name.strip())
        ack()
    else:
        _close(ack, client, place, outcome)


def on_save_hours(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Save a calendar."""
    view = body["view"]
    place = _read(view)
    outcome = save_hours(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        revision=place.revision,
        form=read_hours_form(view),
        calendar=place.subject,
    )
    if isinstance(outcome, Refused):
        errors = {f"team.hours.{field}": text for field, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        _close(ack, client, place, outcome)


def on_save_time_off(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Enter time off."""
    view = body["view"]
    typed = by_field(view)
    outcome = add_time_off(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        person=text_of(typed.get(Input.TEAM_AWAY_PERSON)) or None,
        first=text_of(typed.get(Input.TEAM_AWAY_FROM)) or None,
        last=text_of(typed.get(Input.TEAM_AWAY_TO)) or None,
    )
    if isinstance(outcome, Refused):
        errors = {f"team.time_off.{field}": text for field, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        _close(ack, client, _read(view), outcome)


def on_leadership(
    ack: Ack, body: dict[str, Any], context: BoltContext, services: Services
) -> None:
    """Offer people and user groups whose name fits what was typed."""
    found = leadership_options(
        query=body.get("value") or "", directory=_team(services, context).directory
    )
    ack(options=[kit.option(choice.label, choice.value) for choice in found])


def _back_to_form(
    client: WebClient, context: BoltContext, services: Services, *, place: TeamPlace, pod: str
) -> None:
    """Pick the new pod in the form that lies under the editor."""
    form = add_pod(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        draft=str(place.draft),
        pod=pod,
    )
    if isinstance(form, Form):
        update_parent(client, view_id=str(place.parent), view=form_view(form, is_fresh=True))


def _close(
    ack: Ack, client: WebClient, place: TeamPlace, outcome: Team | ChangedMeanwhile
) -> None:
    """Close the editor and show the team under it as it is now."""
    if isinstance(outcome, ChangedMeanwhile):
        lines = [_CHANGED]
        ack(response_action="update", view=message_view(title="Team", lines=lines))
        return
    if place.parent is not None:
        update_parent(client, view_id=place.parent, view=overview(outcome, notice="Saved."))
    ack()


def _team(services: Services, context: BoltContext) -> Team:
    return view_team(
        database=services.database, workspace=str(context.team_id), by=str(context.user_id)
    )


def _place(team: Team, body: dict[str, Any], subject: str | None = None) -> TeamPlace:
    """Return where an editor stands that is pushed on the overview."""
    return TeamPlace(revision=team.revision, subject=subject, parent=body["view"]["id"])


def _read(view: dict[str, Any]) -> TeamPlace:
    place = read_team_place(view["private_metadata"])
    assert place is not None, "the app itself wrote the metadata, and Slack signs it"
    return place
