"""The Home tab, published whenever a person opens it or changes something on it."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.blocks import kit
from bot.blocks.home import DesignSummary, WaitingLine, home_view
from bot.flows.context import Services
from bot.flows.look.home import KnownDesign, home
from bot.flows.people.sync import meet
from bot.ids import Action
from bot.listeners.define.command import discard_draft, draft_lines
from bot.listeners.define.render import gone_view
from bot.listeners.modals import update_modal

_LOG = logging.getLogger(__name__)


def register(bolt: App, services: Services) -> None:
    """Connect the Home tab."""
    bolt.event("app_home_opened")(partial(on_home_opened, services=services))
    bolt.action(Action.DEFINE_DISCARD.value)(partial(on_discard, services=services))


def on_home_opened(
    event: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Show the person their Home tab; the messages tab of the app needs nothing."""
    if event.get("tab") == "home":
        publish_home(client, context, services)
        meet(
            database=services.database,
            workspace=str(context.team_id),
            person=str(context.user_id),
            now=services.now(),
        )


def on_discard(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Discard a draft, from the Home tab or from the chooser."""
    ack()
    discard_draft(body=body, context=context, services=services)
    if body["view"]["type"] == "modal":
        update_modal(client, shown=body["view"], view=gone_view())
    else:
        publish_home(client, context, services)


def design_lines(designs: Sequence[KnownDesign]) -> list[DesignSummary]:
    """Return designs as the Home tab and `/handoff designs` show them."""
    return [
        DesignSummary(
            design=line.design,
            title=line.title,
            state=line.state,
            latest_version=line.latest_version,
            running=line.running,
        )
        for line in designs
    ]


def redraw_home(
    client: WebClient, body: Mapping[str, Any], context: BoltContext, services: Services
) -> None:
    """Show the person their Home tab as it is now, if that is where they pressed a button."""
    if (body.get("view") or {}).get("type") == "home":
        publish_home(client, context, services)


def publish_home(client: WebClient, context: BoltContext, services: Services) -> None:
    """Show the person their Home tab as it is now; a failure shows the older one."""
    person = str(context.user_id)
    view = _view(services, workspace=str(context.team_id), person=person)
    try:
        client.views_publish(user_id=person, view=view)
    except (SlackClientError, OSError) as exc:
        _LOG.info("A Home tab was not published: %s", exc)


def _view(services: Services, *, workspace: str, person: str) -> kit.View:
    shown = home(database=services.database, workspace=workspace, by=person)
    return home_view(
        waiting=[
            WaitingLine(
                design=line.design,
                version=line.version,
                content_hash=line.content_hash,
                title=line.title,
                channel=line.channel,
                sent_at=line.sent_at,
            )
            for line in shown.waiting
        ],
        drafts=draft_lines(shown.drafts),
        designs=design_lines(shown.designs),
        has_directory=shown.has_directory,
        leads=shown.leads,
        refused=shown.refused,
        calls=shown.calls,
    )
