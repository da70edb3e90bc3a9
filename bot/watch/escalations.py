"""The messages of escalations and guardrails, rendered from what is stored."""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.blocks.escalation import escalation_blocks, escalation_text
from bot.blocks.guardrail import guardrail_blocks, guardrail_text, join_text
from bot.flows.escalate.case import Case, load
from bot.flows.escalate.shown import (
    climb_shown,
    climbs_on_card,
    guardrail_shown,
    incidents_shown,
    is_owners,
)
from bot.watch.rendered import Rendered, Renderer
from storage import outbox
from storage.outbox import Intent


def _climbs(connection: Connection, intent: Intent) -> Rendered | None:
    if intent.card is None:
        return None
    reader = intent.recipient
    cases = climbs_on_card(
        connection, workspace=intent.workspace, card=intent.card, recipient=reader
    )
    if not any(case.is_open for case in cases) and not _was_sent(connection, intent):
        return None  # somebody took it, or it ended, before the call went out
    climbs = [climb_shown(case) for case in cases]
    return Rendered(
        text=escalation_text(climbs),
        blocks=escalation_blocks(
            climbs,
            card=intent.card,
            is_owner=is_owners(cases[0], recipient=reader, card=intent.card),
            has_handed_on=all(case.owner != reader or case.has_ended for case in cases),
        ),
        revision=sum(case.escalation.revision for case in cases),
    )


def _guardrail(connection: Connection, intent: Intent) -> Rendered | None:
    case = load(
        connection,
        workspace=intent.workspace,
        escalation_id=intent.subject,
        now=intent.enqueued_at,
    )
    if case is None or (case.has_ended and not _was_sent(connection, intent)):
        return None
    packet = guardrail_shown(case)
    return Rendered(
        text=guardrail_text(packet),
        blocks=guardrail_blocks(packet),
        revision=case.escalation.revision,
    )


def _joined(connection: Connection, intent: Intent) -> Rendered | None:
    case = load(
        connection,
        workspace=intent.workspace,
        escalation_id=intent.subject,
        now=intent.enqueued_at,
    )
    if case is None or case.has_ended:
        return None
    joined = incidents_shown(case, ids=intent.facts["incidents"])
    return Rendered(text=join_text(guardrail_shown(case), joined=joined))


def _case(connection: Connection, intent: Intent) -> Case | None:
    return load(
        connection,
        workspace=intent.workspace,
        escalation_id=intent.subject,
        now=intent.enqueued_at,
    )


def _was_sent(connection: Connection, intent: Intent) -> bool:
    """Tell whether this message is on the recipient's screen already."""
    living = intent.card and outbox.card_message(
        connection, workspace=intent.workspace, card=intent.card, recipient=intent.recipient
    )
    return living is not None


ESCALATION_RENDERERS: Mapping[str, Renderer] = {
    "escalation": _climbs,
    "guardrail": _guardrail,
    "guardrail.join": _joined,
}
