"""The messages of an escalation: which cards a change puts into the outbox."""

from datetime import timedelta

from bot.flows.escalate.case import Case, load
from storage import escalations, outbox
from storage.escalations import TOLD, EscalationCall, EscalationKind
from storage.outbox import NewMessage, Priority

#: Calls of one recipient for one step of one design share a message for so long.
SHARE_WITHIN = timedelta(minutes=5)

OWNER = "owner"
CHANNEL = "channel"


def call(
    case: Case, *, step: int, repeat: int, recipient: str, role: str, is_substitute: bool = False
) -> bool:
    """Call somebody, on a message of their own or one that they got for another lead just now.

    Returns:
        False if this very call was made before.
    """
    reopens = case.escalation.position.reopens if case.escalation.position else 0
    shared = escalations.shared_card(
        case.connection,
        climb=case.escalation,
        step=step,
        recipient=recipient,
        now=case.now,
        within=SHARE_WITHIN,
    )
    made = EscalationCall(
        escalation=case.escalation.id,
        reopen=reopens,
        step=step,
        repeat=repeat,
        recipient=recipient,
        role=role,
        is_substitute=is_substitute,
        card=shared or f"escalation:{case.escalation.id}:{reopens}:{step}:{repeat}",
        at=case.now,
    )
    return escalations.call(case.connection, workspace=case.workspace, call=made)


def tell(case: Case) -> None:
    """Tell the owner and the design's channel, before the first step."""
    told = ((case.owner, OWNER), (case.rules.channel, CHANNEL))
    for recipient, role in told:
        if recipient is not None:
            call(case, step=TOLD, repeat=0, recipient=recipient, role=role)


def show(case: Case) -> None:
    """Post or update every message of the climb, so that all of them say who has it.

    Leadership's packet tells of each incident's climb, so it is updated with it.
    """
    _show(case)
    incident = case.incident() if case.escalation.kind is EscalationKind.LEAD else None
    if incident is not None and incident.guardrail is not None:
        packet = load(
            case.connection,
            workspace=case.workspace,
            escalation_id=incident.guardrail,
            now=case.now,
        )
        assert packet is not None, "its incidents name it"
        _show(packet)


def _show(case: Case) -> None:
    cards = dict.fromkeys(
        (one.card, one.recipient) for one in case.calls() if one.card is not None
    )
    messages = [
        NewMessage(
            workspace=case.workspace,
            kind=case.escalation.kind.card,
            subject=case.escalation.id,
            recipient=recipient,
            priority=Priority.ESCALATION,
            card=card,
        )
        for card, recipient in cards
        if (card, recipient) not in case.undelivered
    ]
    outbox.enqueue(case.connection, *messages, now=case.now)
