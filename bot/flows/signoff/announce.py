"""The messages of sign-off: which cards and notices a change puts into the outbox."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.signoff.case import Case
from bot.flows.signoff.outcomes import Denied
from storage import outbox
from storage.outbox import NewMessage, Priority

THREAD_PARTS = ("routing", "sla", "escalation", "enablement", "checklist")
PICTURES, DOCUMENTS = "pictures", "documents"


def packet_card(subject: str) -> str:
    """Return the id of a version's packet."""
    return f"packet:{subject}"


def show_packet(case: Case) -> None:
    """Post or update a version's packet; updates that still wait collapse into one."""
    _send(case, kind="packet", recipient=case.channel, card=packet_card(case.subject))


def show_readiness(case: Case) -> None:
    """Post or update the readiness card in the packet's thread."""
    _send(
        case,
        kind="item",
        recipient=case.channel,
        card=f"item:{case.subject}",
        thread=packet_card(case.subject),
        order_key=f"{case.channel}:{packet_card(case.subject)}",
    )


def show_thread(case: Case) -> None:
    """Post details, pictures and documents in the packet's thread, once per version.

    What carries the feasibility proof is posted again when the full one comes after all.
    """
    proof = case.version.proof
    if case.version.number > 1:
        _in_thread(case, kind="packet.changed", name="changes")
    for part in THREAD_PARTS:
        name = part if proof or part != "sla" else "sla:estimate"
        _in_thread(case, kind="packet.thread", name=name, facts={"part": part, "proof": proof})
    for part in (PICTURES, DOCUMENTS):
        name = part if proof else f"{part}:estimate"
        _in_thread(case, kind="files.share", name=name, facts={"part": part, "proof": proof})


def tell_channel(case: Case, *, event: str, facts: Mapping[str, Any]) -> None:
    """Say in the packet's thread what happened to a version; `event` names it for ever."""
    _in_thread(case, kind="activated", name=event, facts=facts)


def tell_people(
    case: Case, *, people: Iterable[str], event: str, facts: Mapping[str, Any]
) -> None:
    """Send a direct message about a version to each of `people`, once per event and person."""
    for person in dict.fromkeys(people):
        _send(
            case,
            kind="signoff.remind",
            recipient=person,
            dedupe_key=f"signoff:{case.subject}:{event}:{person}",
            facts=facts,
        )


def whisper(
    connection: Connection,
    *,
    workspace: str,
    channel: str | None,
    person: str,
    denied: Denied,
    key: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell one person privately, where they acted, that nothing changed and why.

    Nothing is sent without a channel: then the caller answers in the form that it has open.
    """
    if channel is None:
        return
    message = NewMessage(
        workspace=workspace,
        kind="signoff.refused",
        subject=person,
        recipient=channel,
        priority=Priority.SIGN_OFF,
        dedupe_key=f"whisper:{person}:{key}",
        order_key=f"whisper:{channel}:{person}",
        facts={
            "message": denied.message,
            "people": list(denied.people),
            "person": person,
            **(facts or {}),
        },
    )
    outbox.enqueue(connection, message, now=now)


def _in_thread(
    case: Case, *, kind: str, name: str, facts: Mapping[str, Any] | None = None
) -> None:
    _send(
        case,
        kind=kind,
        recipient=case.channel,
        thread=packet_card(case.subject),
        dedupe_key=f"{kind}:{case.subject}:{name}",
        facts={"part": name, **(facts or {})},
    )


def _send(
    case: Case,
    *,
    kind: str,
    recipient: str,
    facts: Mapping[str, Any] | None = None,
    card: str | None = None,
    thread: str | None = None,
    dedupe_key: str | None = None,
    order_key: str | None = None,
) -> None:
    message = NewMessage(
        workspace=case.workspace,
        kind=kind,
        subject=case.subject,
        recipient=recipient,
        priority=Priority.SIGN_OFF,
        card=card,
        thread=thread,
        dedupe_key=dedupe_key,
        order_key=order_key,
        facts=facts or {},
    )
    outbox.enqueue(case.connection, message, now=case.now)
