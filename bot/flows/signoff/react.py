"""Reactions on a packet: ✅ signs, ❌ brings a button, taking ✅ back withdraws."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet, whisper
from bot.flows.signoff.approve import sign
from bot.flows.signoff.case import Case, lock
from bot.flows.signoff.outcomes import Denied
from bot.flows.signoff.request_changes import refuse_changes
from handoff.approval import ReasonNeeded, Via, may_withdraw
from handoff.audit import AuditFact
from storage import events, outbox, sign_offs
from storage.database import Database

APPROVE = "white_check_mark"
REQUEST_CHANGES = "x"
_CARD = "packet:"


@dataclass(frozen=True)
class Reaction:
    """A reaction event.

    Attributes:
        person: Slack id.
        name: Of the emoji, without colons and skin tone.
        channel: The conversation of the message.
        ts: Slack's name of the message.
        event_ts: When Slack saw it, as Slack writes it.
        is_added: False when it was removed.
    """

    person: str
    name: str
    channel: str
    ts: str
    event_ts: str
    is_added: bool


def reacted(
    *, database: Database, workspace: str, now: datetime, event_id: str, reaction: Reaction
) -> None:
    """Take one reaction event, once; those on other messages mean nothing here.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified event.
        now: When it was received, UTC-aware.
        event_id: Slack's id of the event, the same at every delivery.
        reaction: What happened.
    """

    def work(connection: Connection) -> None:
        subject = _packet_at(connection, workspace, reaction)
        if subject is None:
            return
        if not events.first_sight(connection, workspace=workspace, event_id=event_id, now=now):
            return
        case = lock(connection, workspace=workspace, subject=subject, now=now)
        if case is not None and _is_newest(case, reaction):
            _take(case, reaction)

    if reaction.name in {APPROVE, REQUEST_CHANGES}:
        database.run(work)


def reconcile(
    case: Case, *, channel: str, ts: str, present: Mapping[str, Collection[str]]
) -> None:
    """Bring a version into line with the reactions that its packet carries now.

    Events may be lost; what Slack shows is the truth. What was heard of already is not answered
    a second time. A packet whose message was deleted is posted anew, without the reactions that
    the old message had: whoever signed there has not withdrawn.

    Args:
        case: The version, its design locked.
        channel: The conversation of the packet.
        ts: Slack's name of the packet's message.
        present: For each name of a reaction, Slack ids of those who put it there.
    """
    checks, crosses = (set(present.get(name, ())) for name in (APPROVE, REQUEST_CHANGES))
    by_reaction = {s.person for s in case.sign_offs if s.via is Via.REACTION}
    for person in sorted(by_reaction - checks):
        if _was_here(case, channel=channel, ts=ts, person=person):
            _withdraw(case, person)
    signed = {sign_off.person for sign_off in case.sign_offs}
    approvers = {key for keys in case.approvers().values() for key in keys}
    missed = [(person, APPROVE) for person in sorted((checks & approvers) - signed)]
    missed += [(person, REQUEST_CHANGES) for person in sorted(crosses & approvers)]
    for person, name in missed:
        fresh = lock(case.connection, workspace=case.workspace, subject=case.subject, now=case.now)
        event_ts = f"{case.now.timestamp():.6f}"
        found = Reaction(person, name, channel, ts, event_ts, is_added=True)
        if fresh is not None and not _was_heard(fresh, found, present):
            _is_newest(fresh, found)  # remembered, so that it is answered once
            _take(fresh, found)


def _was_here(case: Case, *, channel: str, ts: str, person: str) -> bool:
    """Tell whether a reaction of this person was ever heard of or found on this message."""
    heard = events.last_reaction(
        case.connection, workspace=case.workspace, channel=channel, ts=ts, person=person
    )
    return heard is not None


def _was_heard(case: Case, reaction: Reaction, present: Mapping[str, Collection[str]]) -> bool:
    """Tell whether the newest reaction that was heard of this person is still there."""
    heard = events.last_reaction(
        case.connection,
        workspace=case.workspace,
        channel=reaction.channel,
        ts=reaction.ts,
        person=reaction.person,
    )
    return heard is not None and heard[1] and reaction.person in present.get(heard[0], ())


def _packet_at(connection: Connection, workspace: str, reaction: Reaction) -> str | None:
    """Return the version whose packet the message is, or None."""
    card = outbox.card_at(
        connection, workspace=workspace, channel=reaction.channel, ts=reaction.ts
    )
    return card.card.removeprefix(_CARD) if card and card.card.startswith(_CARD) else None


def _is_newest(case: Case, reaction: Reaction) -> bool:
    return events.newest_reaction(
        case.connection,
        workspace=case.workspace,
        channel=reaction.channel,
        ts=reaction.ts,
        person=reaction.person,
        name=reaction.name,
        is_added=reaction.is_added,
        event_at=_instant(reaction.event_ts),
    )


def _take(case: Case, reaction: Reaction) -> None:
    if reaction.name == REQUEST_CHANGES:
        if reaction.is_added:
            _offer_changes(case, reaction)
    elif reaction.is_added:
        _sign(case, reaction)
    else:
        _withdraw(case, reaction.person)


def _sign(case: Case, reaction: Reaction) -> None:
    outcome = sign(case, by=reaction.person, reference=case.reference, via=Via.REACTION)
    if isinstance(outcome, ReasonNeeded):
        message = (
            "Thank you. This design has open doubts, so your sign-off needs a written reason: "
            + "; ".join(outcome.doubts)
        )
        _answer(case, reaction, Denied(message), button="reason")
    elif isinstance(outcome, Denied):
        _answer(case, reaction, outcome)


def _offer_changes(case: Case, reaction: Reaction) -> None:
    denied = refuse_changes(case, by=reaction.person, reference=case.reference, via=Via.REACTION)
    if denied is not None:
        _answer(case, reaction, denied)
        return
    wanted = Denied("A reaction carries no words. Please say what should change:")
    _answer(case, reaction, wanted, button="changes")


def _withdraw(case: Case, person: str) -> None:
    sign_off = may_withdraw(standing=case.standing(with_proofs=False), person=person)
    if sign_off is None:
        return
    sign_offs.withdraw(
        case.connection,
        workspace=case.workspace,
        design=case.version.design,
        version=case.version.number,
        side=sign_off.side,
    )
    case.record(AuditFact.SIGN_OFF_WITHDRAWN, by=person, data={"side": sign_off.side.value})
    show_packet(case)


def _answer(case: Case, reaction: Reaction, denied: Denied, *, button: str | None = None) -> None:
    """Answer privately; `button` is `reason`, `changes` or None."""
    whisper(
        case.connection,
        workspace=case.workspace,
        channel=reaction.channel,
        person=reaction.person,
        denied=denied,
        key=f"reaction:{reaction.ts}:{reaction.event_ts}",
        now=case.now,
        facts={"button": button, "reference": str(case.reference)},
    )


def _instant(event_ts: str) -> datetime:
    """Read Slack's `seconds.microseconds` without the rounding of a float."""
    seconds, _, fraction = event_ts.partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC)
    return at + timedelta(microseconds=int((fraction + "000000")[:6]))
