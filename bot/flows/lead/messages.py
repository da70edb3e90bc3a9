"""The messages about a lead: which cards and notices a change puts into the outbox."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.flows.lead.case import LeadCase
from bot.flows.lead.outcomes import Denied
from storage import outbox
from storage.database import Database
from storage.outbox import NewMessage, Priority

CARD = "lead:"


def lead_card(lead_id: str, attempt: int) -> str:
    """Return the id of the card of one assignment: whoever gets a lead again is told again."""
    return f"{CARD}{lead_id}/{attempt}"


def assignment_of(card: str) -> tuple[str, int]:
    """Return the lead and the attempt of a card's id."""
    lead_id, _, attempt = card.removeprefix(CARD).rpartition("/")
    return lead_id, int(attempt)


def show_lead(case: LeadCase) -> None:
    """Post or update the lead's card: for its owner once they are to be told, for those before.

    Who had the lead before sees on their message what became of it.
    """
    for one in case.assignments():
        card = lead_card(case.lead.id, one.attempt)
        is_due = one.ended_at is None and one.notify_at <= case.now
        if is_due or case.records.is_shown(card):
            _send(case, kind="lead", recipient=one.rep, card=card)


def tell_owner(case: LeadCase, *, kind: str, event: str, facts: Mapping[str, Any]) -> None:
    """Tell the (last) owner something in the thread of their card; `event` names it for ever."""
    last = next(reversed(case.assignments()), None)
    if last is None or last.rep != case.lead.owner:
        return
    card = lead_card(case.lead.id, last.attempt)
    _send(
        case,
        kind=kind,
        recipient=last.rep,
        thread=card,
        dedupe_key=f"{kind}:{case.lead.id}:{event}:{last.rep}",
        facts=facts,
        order_key=f"{last.rep}:{card}",
    )


def tell_channel(case: LeadCase, *, kind: str, event: str, facts: Mapping[str, Any]) -> None:
    """Tell the design's channel; nobody when no design took the lead."""
    if case.work is None:
        return
    channel = case.work.design.brief.people.channel
    _send(
        case,
        kind=kind,
        recipient=channel,
        dedupe_key=f"{kind}:{case.lead.id}:{event}:{channel}",
        facts=facts,
        priority=Priority.ESCALATION,
    )


def tell_people(
    case: LeadCase, *, people: Iterable[str], kind: str, event: str, facts: Mapping[str, Any]
) -> None:
    """Send each of `people` a direct message about the lead, once per event and person."""
    for person in dict.fromkeys(people):
        _send(
            case,
            kind=kind,
            recipient=person,
            dedupe_key=f"{kind}:{case.lead.id}:{event}:{person}",
            facts=facts,
        )


def whisper(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    person: str,
    channel: str,
    denied: Denied,
    key: str,
) -> None:
    """Tell one person privately, where they acted, that nothing changed and why.

    Args:
        database: Where the outbox is.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        person: Slack id of who acted.
        channel: Where they did.
        denied: What they are told.
        key: Names the click, so that its next delivery says nothing again.
    """
    message = NewMessage(
        workspace=workspace,
        kind="lead.refused",
        subject=person,
        recipient=channel,
        priority=Priority.REP,
        dedupe_key=f"lead.refused:{person}:{key}",
        order_key=f"whisper:{channel}:{person}",
        facts={"message": denied.message, "person": person},
    )
    database.run(lambda connection: outbox.enqueue(connection, message, now=now))


def _send(
    case: LeadCase,
    *,
    kind: str,
    recipient: str,
    facts: Mapping[str, Any] | None = None,
    card: str | None = None,
    thread: str | None = None,
    dedupe_key: str | None = None,
    order_key: str | None = None,
    priority: Priority = Priority.REP,
) -> None:
    message = NewMessage(
        workspace=case.workspace,
        kind=kind,
        subject=case.lead.id,
        recipient=recipient,
        priority=priority,
        card=card,
        thread=thread,
        dedupe_key=dedupe_key,
        order_key=order_key,
        facts=facts or {},
    )
    case.records.enqueue(message)
