"""The messages of escalations and guardrails, rendered from what is stored."""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.watch.rendered import Rendered, Renderer
from storage import escalations
from storage.outbox import Intent


def _climbs(connection: Connection, intent: Intent) -> Rendered | None:
    if intent.card is None:
        return None
    shown = escalations.on_card(connection, workspace=intent.workspace, card=intent.card)
    return Rendered(text=f"{len(shown)} leads were not answered in time")


def _guardrail(_connection: Connection, intent: Intent) -> Rendered | None:
    return Rendered(text=f"Leadership: {intent.subject} fired")


ESCALATION_RENDERERS: Mapping[str, Renderer] = {
    "escalation": _climbs,
    "guardrail": _guardrail,
    "guardrail.join": _guardrail,
}
