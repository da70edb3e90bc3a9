"""Backtest in Slack: `/handoff backtest`, the button of the review, and the form."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.backtest import ask_view, running_view
from bot.blocks.kit import View
from bot.flows.backtest.ask import (
    MOST_BYTES,
    Asked,
    NotAsked,
    ask,
    chosen_version,
    versions_to_test,
)
from bot.flows.context import Services
from bot.ids import Action, Callback, Field
from bot.listeners.define.editors import put_over_form
from bot.listeners.form_state import by_field, text_of
from bot.listeners.packet_payloads import workspace_of

_FIELDS = {
    "design": Field.BACKTEST_DESIGN,
    "file": Field.BACKTEST_FILE,
    "days": Field.BACKTEST_DAYS,
    "mapping": Field.BACKTEST_MAPPING,
}
_NO_DESIGNS = "There is no design yet. Start with /define-handoff; its last step has a backtest."


def register(bolt: App, services: Services) -> None:
    """Connect the button and the form."""

    def on_button(ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        ack()
        put_over_form(body, context, client, services, top=lambda form: ask_view(draft=form.draft))

    def on_form(ack: Ack, body: dict[str, Any]) -> None:
        _ask(ack, body, services)

    bolt.action(Action.DEFINE_BACKTEST.value)(on_button)
    bolt.view(Callback.BACKTEST_ASK.value)(on_form)


def backtest_form(*, services: Services, workspace: str, typed: str) -> View | str:
    """Return the form for a stored version, or what to say when there is none.

    Args:
        services: For the versions.
        workspace: The Slack team.
        typed: A design's key, maybe with a version, as it was typed; empty for any.
    """
    known = versions_to_test(database=services.database, workspace=workspace)
    if not known:
        return _NO_DESIGNS
    chosen = chosen_version(known, typed=typed)
    is_strange = bool(typed.strip()) and chosen is None
    notice = f"“{typed.strip()}” is no design; choose one here." if is_strange else None
    return ask_view(versions=known, chosen=chosen, notice=notice)


def _ask(ack: Ack, body: Mapping[str, Any], services: Services) -> None:
    view = body["view"]
    typed = by_field(view)
    file, wrong = _file(view)
    if wrong:
        ack(response_action="errors", errors={Field.BACKTEST_FILE.value: wrong})
        return
    draft = str(view.get("private_metadata") or "") or None
    found = ask(
        database=services.database,
        workspace=workspace_of(body),
        now=services.now(),
        by=str(body["user"]["id"]),
        asked=Asked(
            design=None if draft else text_of(typed.get(Field.BACKTEST_DESIGN)),
            draft=draft,
            file=file,
            days=text_of(typed.get(Field.BACKTEST_DAYS)),
            mapping=text_of(typed.get(Field.BACKTEST_MAPPING)),
        ),
    )
    if isinstance(found, NotAsked):
        errors = {_FIELDS[name].value: text for name, text in found.errors.items()}
        ack(response_action="errors", errors=errors)
    else:
        ack(response_action="update", view=running_view(external_id=found.id))


def _file(view: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the id of the file that was added, and what is wrong with it."""
    values = view["state"]["values"].get(Field.BACKTEST_FILE) or {}
    files = (values.get(Field.BACKTEST_FILE) or {}).get("files") or []
    if not files:
        return None, None
    file = files[0]
    name = str(file.get("name") or "")
    if not name.lower().endswith(".csv"):
        return None, f"“{name}” is no CSV file. Save the leads as CSV in UTF-8."
    if int(file.get("size") or 0) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        return None, f"The file is larger than {most} MB. Send a part of it."
    return str(file["id"]), None
