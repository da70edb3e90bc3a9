"""`/handoff me`: a rep's own caps and time off."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.kit import View
from bot.blocks.me import me_view
from bot.flows.context import Services
from bot.flows.people.me import Me, MeForm, come_back, me, save_me
from bot.flows.people.team import Refused
from bot.ids import Action, Callback, Field
from bot.listeners.form_state import typed_values
from bot.listeners.modals import update_modal

_FIELDS = {
    "daily_cap": Field.ME_DAILY_CAP,
    "open_cap": Field.ME_OPEN_CAP,
    "first": Field.ME_AWAY_FROM,
    "last": Field.ME_AWAY_TO,
}


def register(bolt: App, services: Services) -> None:
    """Connect the form of one's own settings."""
    bolt.view(Callback.ME_SAVE)(partial(_save, services=services))
    bolt.action(Action.ME_REMOVE_TIME_OFF)(partial(_remove, services=services))


def my_view(*, services: Services, context: BoltContext) -> View:
    """Return the form as the person's settings are now."""
    return _view(
        me(
            database=services.database,
            workspace=str(context.team_id),
            now=services.now(),
            by=str(context.user_id),
        )
    )


def _save(ack: Ack, body: dict[str, Any], context: BoltContext, services: Services) -> None:
    typed = typed_values(body["view"])
    form = MeForm(
        daily_cap=str(typed.get(Field.ME_DAILY_CAP) or ""),
        open_cap=str(typed.get(Field.ME_OPEN_CAP) or ""),
        first=_date(typed.get(Field.ME_AWAY_FROM)),
        last=_date(typed.get(Field.ME_AWAY_TO)),
    )
    outcome = save_me(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        form=form,
    )
    if isinstance(outcome, Refused):
        errors = {_FIELDS[name].value: text for name, text in outcome.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        ack()


def _remove(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    ack()
    shown = come_back(
        database=services.database,
        workspace=str(context.team_id),
        now=services.now(),
        by=str(context.user_id),
        absence=str(body["actions"][0]["value"]),
    )
    update_modal(client, shown=body["view"], view=_view(shown))


def _view(shown: Me) -> View:
    return me_view(
        daily_cap=shown.caps.daily_cap,
        open_cap=shown.caps.open_cap,
        absences=[(one.id, one.time_off) for one in shown.absences],
    )


def _date(value: object) -> str | None:
    return str(value) if value else None
