"""The messages about leads, rendered from what is stored."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.blocks.kit import escape, section
from bot.blocks.lead import (
    again_text,
    away_text,
    incomplete_text,
    lead_blocks,
    lead_text,
    warning_text,
)
from bot.flows.lead.case import LeadCase, load
from bot.flows.lead.messages import assignment_of
from bot.flows.lead.view import card_of
from bot.watch.rendered import Rendered, Renderer
from handoff.lead import is_open
from handoff.lead_card import LeadCard
from handoff.sla.clock import ClockState
from storage import outbox
from storage.outbox import Intent


def _lead(connection: Connection, intent: Intent) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    _, attempt = assignment_of(str(intent.card))
    card = card_of(case, reader=intent.recipient, attempt=attempt)
    if not card.is_mine and not _was_told(connection, intent):
        return None
    return Rendered(text=lead_text(card), blocks=lead_blocks(card), revision=case.lead.revision)


def _was_told(connection: Connection, intent: Intent) -> bool:
    """Tell whether somebody who does not own the lead has a message that must be put right."""
    shown = outbox.card_message(
        connection,
        workspace=intent.workspace,
        card=str(intent.card),
        recipient=intent.recipient,
    )
    return shown is not None


def _notice(
    connection: Connection,
    intent: Intent,
    *,
    text: Callable[[LeadCard, Mapping[str, Any]], str],
    is_wanted: Callable[[LeadCard], bool],
) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    card = card_of(case, reader=intent.recipient)
    if not is_wanted(card):
        return None
    words = text(card, intent.facts)
    return Rendered(text=words, blocks=[section(words)])


def _still_waits(card: LeadCard) -> bool:
    """Tell whether this owner still has to act; a breach speaks for itself."""
    return card.is_mine and is_open(card.state) and card.clock is ClockState.RUNNING


def _away(_connection: Connection, intent: Intent) -> Rendered:
    text = away_text(intent.facts)
    return Rendered(text=text, blocks=[section(text)])


def _refused(_connection: Connection, intent: Intent) -> Rendered:
    return Rendered(text=escape(intent.facts["message"]), only_for=intent.facts["person"])


def _case(connection: Connection, intent: Intent) -> LeadCase | None:
    return load(
        connection, workspace=intent.workspace, lead_id=intent.subject, now=intent.enqueued_at
    )


LEAD_RENDERERS: Mapping[str, Renderer] = {
    "lead": _lead,
    "lead.refused": _refused,
    "lead.incomplete": partial(
        _notice, text=incomplete_text, is_wanted=lambda card: is_open(card.state)
    ),
    "lead.again": partial(_notice, text=again_text, is_wanted=lambda card: card.is_mine),
    "away.list": _away,
    "clock.warning": partial(_notice, text=warning_text, is_wanted=_still_waits),
}
