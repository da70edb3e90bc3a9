"""The outbox: outgoing messages as intents, saved with the decision that caused them.

A **card** is one living message for each (card, recipient), rendered from current state when it
is delivered; updates that still wait collapse into one. A **notice** says what happened, from
frozen facts. Messages with one order key leave in the order in which they came; between order
keys the priority decides.

    pending → sending → sent | failed | cancelled | unknown | pending (a retry)
    unknown → sent | pending | failed | held
    failed | held → pending | unknown (an operator has it sent again)

Whoever claims a message holds a lease on the real clock; every outcome is saved only with the
lease's token, so a sender that was paused too long changes nothing (it gets False).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from handoff.model import Instant, Value, made
from storage.canonical import from_json, to_json
from storage.concern import goes_on
from storage.leases import lease_time, new_token, set_back
from storage.prepared import Fresh, Prepared
from storage.tables import message_table as messages
from storage.tables import outbox_table as outbox
from storage.transaction import notes_of
from storage.upsert import for_each_database


class Priority(IntEnum):
    """Which conversation goes first when several wait; smaller is sooner."""

    ESCALATION = 1
    REP = 2
    SIGN_OFF = 3
    DIGEST = 4


class MessageState(StrEnum):
    """Where a message is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    HELD = "held"


@made
class NewMessage:
    """A message to send.

    Attributes:
        kind: What it is (`packet`, `clock.warning`, …); decides how it is rendered.
        subject: Id of what it is about; `cancel()` finds it by this.
        recipient: Slack id of a person, or of a channel.
        dedupe_key: Names this very message for ever, e.g. `lead:cycle:step:person`. The same
            key twice is one message. May be None for a card, whose updates collapse instead.
        card: Id of the living message that it creates or updates; None for a notice.
        thread: Id of the card (of the same recipient) in whose thread it belongs, or None.
        facts: What it says, frozen, as JSON values. A card's facts should be ids only.
        order_key: Messages of one key leave in order; None: the recipient and its card or
            thread, so that a thread follows its root.
    """

    workspace: str
    kind: str
    subject: str
    recipient: str
    priority: Priority
    dedupe_key: str | None = None
    card: str | None = None
    thread: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    order_key: str | None = None


class Intent(Value):
    """A claimed message, with the lease's token.

    Attributes:
        attempts: How often it was claimed, this time included.
        channel: The conversation to post to, once known.
        is_possible_repeat: It may have arrived before, and says so.
        progress: What was saved by `save_progress()` (steps of a file set; a card posted anew).
        enqueued_at: When it was enqueued, or an operator had it sent again.
    """

    seq: int
    workspace: str
    dedupe_key: str
    kind: str
    subject: str
    recipient: str
    card: str | None
    thread: str | None
    order_key: str
    priority: Priority
    facts: dict[str, Any]
    state: MessageState
    channel: str | None
    ts: str | None
    is_possible_repeat: bool
    progress: dict[str, Any] | None
    attempts: int
    lease_token: str | None
    error: str | None
    enqueued_at: Instant

    @property
    def first_enqueued_at(self) -> datetime:
        """Return when it was enqueued at first: no copy of it is older."""
        since = (self.progress or {}).get(_SINCE)
        return self.enqueued_at if since is None else datetime.fromisoformat(since)


class CardMessage(Value):
    """The one living message of a card for a recipient.

    Attributes:
        channel: The conversation's id (a DM's own id, not the person's).
        ts: Slack's name of the message; opaque.
        shown_revision: The revision of the subject that it shows.
        sent_at: When it was first posted, on the domain's clock.
    """

    card: str
    recipient: str
    channel: str
    ts: str
    shown_revision: int
    sent_at: Instant


#: Messages that Slack would not take; an operator decides about them.
PARKED = frozenset({MessageState.HELD, MessageState.FAILED})

_NEWER_WAITS = "a newer update waits"

#: Saved in the progress of a message that is sent again: since when it may have been posted.
_SINCE = "since"

_o = outbox.c
_INTENT = tuple(outbox.c[name] for name in Intent.model_fields)
_NOTICE = Prepared(
    for_each_database(
        lambda into: into(outbox).on_conflict_do_nothing(
            index_elements=["workspace", "dedupe_key"]
        )
    )
)
# The waiting row is updated, not merely left alone: its lock keeps delivery from rendering the
# card before this transaction has committed what the card must show.
_CARD = Prepared(
    for_each_database(
        lambda into: (new := into(outbox)).on_conflict_do_update(
            index_elements=["workspace", "card", "recipient"],
            index_where=text("card IS NOT NULL AND state = 'pending'"),
            set_={
                "facts": new.excluded.facts,
                "priority": case(
                    (_o.priority <= new.excluded.priority, _o.priority),
                    else_=new.excluded.priority,
                ),
            },
        )
    )
)
_FRESH = Fresh(outbox)
_SAVE_CARD = for_each_database(
    lambda into: (new := into(messages)).on_conflict_do_update(
        index_elements=["workspace", "card", "recipient"],
        set_={
            "channel": new.excluded.channel,
            "ts": new.excluded.ts,
            "shown_revision": new.excluded.shown_revision,
        },
    )
)

#: Of the workspace that is asked for, or of any.
_IS_OF_WORKSPACE = _o.workspace == func.coalesce(
    bindparam("of_workspace", type_=String), _o.workspace
)
_earlier = outbox.alias("earlier")
#: No message of the same order key is still on its way before this one.
_IS_HEAD = ~(
    select(1)
    .where(
        _earlier.c.workspace == _o.workspace,
        _earlier.c.order_key == _o.order_key,
        _earlier.c.settled_at.is_(None),
        _earlier.c.seq < _o.seq,
    )
    .exists()
)


def _claimable(state: MessageState) -> Select[int]:
    """Select messages of one state that are due on the real clock and that nobody holds."""
    return (
        select(_o.seq)
        .where(
            _o.settled_at.is_(None),
            _o.state == state.value,
            or_(
                _o.retry_at.is_(None),
                _o.retry_at <= bindparam("wall"),
                _o.retry_at > bindparam("set_back", type_=_o.retry_at.type),
            ),
            or_(_o.lease_until.is_(None), _o.lease_until <= bindparam("wall")),
            _IS_OF_WORKSPACE,
        )
        .order_by(_o.priority, _o.seq)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


_HEADS = _claimable(MessageState.PENDING).where(_IS_HEAD).cte("heads")
_CLAIM = (
    update_rows(outbox)
    .where(_o.seq.in_(select(_HEADS.c.seq)))
    .values(
        state=MessageState.SENDING.value,
        lease_token=bindparam("token"),
        lease_until=bindparam("until"),
        retry_at=None,
        attempts=_o.attempts + 1,
    )
    .returning(*_INTENT)
)
_LOST = _claimable(MessageState.UNKNOWN).cte("lost")
_CLAIM_UNKNOWN = (
    update_rows(outbox)
    .where(_o.seq.in_(select(_LOST.c.seq)))
    .values(lease_token=bindparam("token"), lease_until=bindparam("until"))
    .returning(*_INTENT)
)
_WITH_LEASE = update_rows(outbox).where(
    _o.seq == bindparam("row"),
    _o.lease_token == bindparam("token"),
    _o.settled_at.is_(None),
)
_RECOVER = (
    update_rows(outbox)
    .where(
        _o.settled_at.is_(None),
        _o.state == MessageState.SENDING.value,
        _o.lease_until <= bindparam("wall"),
    )
    .values(
        state=MessageState.UNKNOWN.value,
        retry_at=bindparam("look_at"),
        lease_token=None,
        lease_until=None,
        error="the sender stopped before it knew the outcome",
    )
)
_NEXT_AT = select(func.min(func.coalesce(_o.lease_until, _o.retry_at))).where(
    _o.settled_at.is_(None), _IS_OF_WORKSPACE
)
_OLDEST = select(func.min(_o.enqueued_at)).where(
    _o.settled_at.is_(None), _o.workspace.not_in(bindparam("besides", expanding=True))
)


def enqueue(connection: Connection, *new: NewMessage, now: datetime) -> None:
    """Save messages to send, and wake this process's delivery after the commit.

    A notice whose dedupe key is known is left out. A card update joins one that still waits.

    Args:
        connection: The connection of `Database.write()`, the one that saves the decision.
        new: The messages, in the order in which they must leave.
        now: The domain's instant, UTC-aware.
    """
    for is_card, group in groupby(new, key=lambda message: message.card is not None):
        statement = _CARD if is_card else _NOTICE
        statement.run(connection, [_row(message, now) for message in group])
    if new:
        notes_of(connection).wake = True


def enqueue_first(connection: Connection, *new: NewMessage, now: datetime) -> None:
    """Save the first messages about subjects that have none yet; else as `enqueue()`.

    Raises:
        sqlalchemy.exc.IntegrityError: if one is there already, after all; nothing of the
            transaction can be kept then.
    """
    if new:
        _FRESH.add(connection, new, lambda message: _row(message, now))
        notes_of(connection).wake = True


def claim(
    connection: Connection,
    *,
    wall: datetime,
    lease: timedelta,
    limit: int = 10,
    workspace: str | None = None,
) -> list[Intent]:
    """Claim the messages that may leave now: the first of each order key, urgent ones first.

    Commit before sending. Check the lease against a monotonic clock right before the call.

    Args:
        connection: The connection of `Database.write()`.
        wall: The real clock, UTC-aware.
        lease: How long the sender may take, in real time.
        limit: At most this many.
        workspace: The Slack team that the sender speaks to; None for all.

    Returns:
        Messages in state `sending`, each to be completed with exactly one of `sent()`,
        `retry()`, `unknown()`, `fail()`, `drop()`.
    """
    return _claim(connection, _CLAIM, wall=wall, lease=lease, limit=limit, workspace=workspace)


def claim_unknown(
    connection: Connection,
    *,
    wall: datetime,
    lease: timedelta,
    limit: int = 50,
    workspace: str | None = None,
) -> list[Intent]:
    """Claim messages of unknown outcome whose quiet period is over, to look them up.

    One look-up for each `channel` serves all of its messages. Each is completed with `sent()`
    (found), `retry()` (absent, or urgent and not to be looked up) or `hold()`.
    """
    return _claim(
        connection, _CLAIM_UNKNOWN, wall=wall, lease=lease, limit=limit, workspace=workspace
    )


def recover(connection: Connection, *, wall: datetime, look_at: datetime) -> int:
    """Turn messages whose sender's lease ran out into messages of unknown outcome.

    Args:
        connection: The connection of `Database.write()`.
        wall: The real clock, UTC-aware.
        look_at: End of their quiet period, on the real clock.

    Returns:
        How many there were.
    """
    wall = lease_time(connection, wall=wall)
    return connection.execute(_RECOVER, {"wall": wall, "look_at": look_at}).rowcount


def sent(
    connection: Connection,
    intent: Intent,
    *,
    channel: str,
    ts: str,
    now: datetime,
    shown_revision: int = 0,
) -> bool:
    """Save that a message arrived; for a card, remember which message it now is.

    Args:
        connection: The connection of `Database.write()`.
        intent: As it was claimed.
        channel: The conversation that has it.
        ts: Slack's name of the message; opaque. Empty where Slack gives none.
        now: The domain's instant, UTC-aware.
        shown_revision: The revision of the subject that a card shows.

    Returns:
        False if the lease was lost. Then somebody else looks after the message, and the
        caller should delete its own copy if it posted one.
    """
    if not _settle(connection, intent, MessageState.SENT, now=now, channel=channel, ts=ts):
        return False
    if intent.card is not None:
        shown = {
            "workspace": intent.workspace,
            "card": intent.card,
            "recipient": intent.recipient,
            "channel": channel,
            "ts": ts,
            "shown_revision": shown_revision,
            "sent_at": now,
        }
        connection.execute(_SAVE_CARD[connection.dialect.name], shown)
    return True


def retry(
    connection: Connection,
    intent: Intent,
    *,
    retry_at: datetime,
    now: datetime,
    error: str | None = None,
    is_possible_repeat: bool = False,
) -> bool:
    """Send a claimed message again later; it keeps its place in the order.

    A card update for which a newer one waits is cancelled instead: that one shows it all.

    Args:
        connection: The connection of `Database.write()`.
        intent: As it was claimed.
        retry_at: Not before this instant of the real clock.
        now: The domain's instant, UTC-aware.
        error: What went wrong, for the operator; no secrets.
        is_possible_repeat: Whether it must say that it may have arrived before.

    Returns:
        False if the lease was lost.
    """
    back = _WITH_LEASE.values(
        state=MessageState.PENDING.value,
        retry_at=retry_at,
        lease_token=None,
        lease_until=None,
        error=error,
        is_possible_repeat=is_possible_repeat or intent.is_possible_repeat,
    )
    notes_of(connection).wake = True
    try:
        with connection.begin_nested():
            return connection.execute(back, _held_by(intent)).rowcount == 1
    except IntegrityError:  # the unique index on waiting updates of one card
        return _settle(connection, intent, MessageState.CANCELLED, now=now, error=_NEWER_WAITS)


def unknown(connection: Connection, intent: Intent, *, look_at: datetime, error: str) -> bool:
    """Save that nobody knows whether a message arrived, e.g. after a timeout.

    Args:
        connection: The connection of `Database.write()`.
        intent: As it was claimed.
        look_at: End of the quiet period, on the real clock; later than Slack may take to show
            the message in its history.
        error: What happened, for the operator; no secrets.

    Returns:
        False if the lease was lost.
    """
    lost = _WITH_LEASE.values(
        state=MessageState.UNKNOWN.value,
        retry_at=look_at,
        lease_token=None,
        lease_until=None,
        error=error,
    )
    notes_of(connection).wake = True
    return connection.execute(lost, _held_by(intent)).rowcount == 1


def fail(
    connection: Connection,
    intent: Intent,
    *,
    now: datetime,
    error: str,
    may_have_arrived: bool = False,
) -> bool:
    """Save that a message can never arrive (an archived channel, say). False: lease lost.

    Args:
        connection: The connection of `Database.write()`.
        intent: As it was claimed.
        now: The domain's instant, UTC-aware.
        error: What went wrong, for the operator; no secrets.
        may_have_arrived: Nobody can tell whether it did, so it must not be repeated blindly.
    """
    unclear = may_have_arrived or intent.is_possible_repeat
    return _settle(
        connection,
        intent,
        MessageState.FAILED,
        now=now,
        error=error,
        is_possible_repeat=unclear,
    )


def drop(connection: Connection, intent: Intent, *, now: datetime, reason: str) -> bool:
    """Cancel a claimed message that is no longer wanted. False: lease lost."""
    return _settle(connection, intent, MessageState.CANCELLED, now=now, error=reason)


def hold(connection: Connection, intent: Intent, *, now: datetime, error: str) -> bool:
    """Set a message of unknown outcome aside for a person to decide. False: lease lost."""
    return _settle(connection, intent, MessageState.HELD, now=now, error=error)


def opened(connection: Connection, intent: Intent, *, channel: str) -> bool:
    """Save which conversation a claimed message goes to, before posting. False: lease lost."""
    known = _WITH_LEASE.values(channel=channel)
    return connection.execute(known, _held_by(intent)).rowcount == 1


def save_progress(connection: Connection, intent: Intent, *, progress: Mapping[str, Any]) -> bool:
    """Save how far a claimed message of several steps has come. False: lease lost."""
    further = _WITH_LEASE.values(progress=to_json(progress))
    return connection.execute(further, _held_by(intent)).rowcount == 1


def cancel(
    connection: Connection,
    *,
    workspace: str,
    subject: str,
    now: datetime,
    kinds: Collection[str] | None = None,
) -> int:
    """Cancel a subject's messages that nobody has claimed; return how many.

    A message that is being sent may still arrive.
    """
    mine = [
        _o.workspace == workspace,
        _o.subject == subject,
        _o.settled_at.is_(None),
        _o.state == MessageState.PENDING.value,
    ]
    if kinds is not None:
        mine.append(_o.kind.in_(sorted(kinds)))
    gone = {"state": MessageState.CANCELLED.value, "settled_at": now}
    return connection.execute(update_rows(outbox).where(*mine).values(gone)).rowcount


def send_again(connection: Connection, *, workspace: str, seq: int, now: datetime) -> bool:
    """Send a held or failed message once more.

    What may have arrived becomes a message of unknown outcome: it is looked up first, and sent
    only if it is not there. A card update for which a newer one waits is cancelled instead.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        seq: The message.
        now: The domain's instant, UTC-aware.

    Returns:
        False if the message is in any other state.
    """
    known = message(connection, workspace=workspace, seq=seq)
    if known is None or known.state not in PARKED:
        return False
    is_unclear = known.state is MessageState.HELD or known.is_possible_repeat
    since = {_SINCE: known.first_enqueued_at.isoformat()}
    again = {
        "state": (MessageState.UNKNOWN if is_unclear else MessageState.PENDING).value,
        "settled_at": None,
        "retry_at": None,
        "attempts": 0,
        "enqueued_at": now,
        "progress": to_json((known.progress or {}) | since),
    }
    mine = (_o.workspace == workspace, _o.seq == seq, _o.state == known.state.value)
    notes_of(connection).wake = True
    try:
        with connection.begin_nested():
            statement = update_rows(outbox).where(*mine).values(again)
            return connection.execute(statement).rowcount == 1
    except IntegrityError:  # the unique index on waiting updates of one card
        over = {"state": MessageState.CANCELLED.value, "error": _NEWER_WAITS}
        return connection.execute(update_rows(outbox).where(*mine).values(over)).rowcount == 1


def card_message(
    connection: Connection, *, workspace: str, card: str, recipient: str
) -> CardMessage | None:
    """Return the living message of a card for a recipient, or None before its first arrival."""
    mine = _living(workspace).where(messages.c.card == card, messages.c.recipient == recipient)
    row = connection.execute(mine).mappings().one_or_none()
    return None if row is None else CardMessage(**row)


def card_messages(connection: Connection, *, workspace: str, card: str) -> list[CardMessage]:
    """Return the living messages of a card, one for each recipient that has it."""
    mine = _living(workspace).where(messages.c.card == card).order_by(messages.c.recipient)
    return [CardMessage(**row) for row in connection.execute(mine).mappings()]


def forget_card(connection: Connection, *, workspace: str, card: str, recipient: str) -> None:
    """Forget the living message of a card: it is gone, or nobody reads it where it is."""
    mine = (messages.c.workspace == workspace, messages.c.card == card)
    connection.execute(delete(messages).where(*mine, messages.c.recipient == recipient))


def card_at(
    connection: Connection, *, workspace: str, channel: str, ts: str
) -> CardMessage | None:
    """Return the card that a Slack message shows (to make sense of a reaction), or None."""
    mine = _living(workspace).where(messages.c.channel == channel, messages.c.ts == ts)
    row = connection.execute(mine).mappings().one_or_none()
    return None if row is None else CardMessage(**row)


def in_state(
    connection: Connection, *, workspace: str, states: Collection[MessageState], limit: int = 100
) -> list[Intent]:
    """Return messages in any of `states`, oldest first (held and failed ones for the operator)."""
    found = select(*_INTENT).where(_o.workspace == workspace, _o.state.in_(sorted(states)))
    return _intents(connection.execute(found.order_by(_o.seq).limit(limit)).all())


def message(connection: Connection, *, workspace: str, seq: int) -> Intent | None:
    """Return one message, whatever became of it, or None if it was swept."""
    found = select(*_INTENT).where(_o.workspace == workspace, _o.seq == seq)
    return next(iter(_intents(connection.execute(found).all())), None)


def about(connection: Connection, *, workspace: str, subject: str) -> list[Intent]:
    """Return all messages about one subject, oldest first, whatever became of them."""
    found = select(*_INTENT).where(_o.workspace == workspace, _o.subject == subject)
    return _intents(connection.execute(found.order_by(_o.seq)).all())


def undelivered(
    connection: Connection, *, workspace: str, cards: Collection[str], subjects: Collection[str]
) -> frozenset[tuple[str, str]]:
    """Return which of some cards failed before they ever arrived.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        cards: Ids of the cards.
        subjects: Ids of all that they are about.

    Returns:
        Card and recipient of each. One that an operator sends again is on its way once more.
    """
    living = select(1).where(
        messages.c.workspace == _o.workspace,
        messages.c.card == _o.card,
        messages.c.recipient == _o.recipient,
    )
    found = select(_o.card, _o.recipient).where(
        _o.workspace == workspace,
        _o.subject.in_(sorted(subjects)),
        _o.card.in_(sorted(cards)),
        _o.state == MessageState.FAILED,
        ~living.exists(),
    )
    return frozenset((card, recipient) for card, recipient in connection.execute(found))


def next_at(connection: Connection, *, workspace: str | None = None) -> datetime | None:
    """Return when the next retry, look-up or end of a lease is, on the real clock, or None."""
    given = {"of_workspace": workspace}
    instant: datetime | None = connection.execute(_NEXT_AT, given).scalar_one()
    return instant


def oldest_waiting(connection: Connection, *, besides: Collection[str] = ()) -> datetime | None:
    """Return since when the oldest unsettled message waits, on the domain's clock, or None.

    Args:
        connection: Any connection.
        besides: Slack teams whose messages do not count.
    """
    given = {"besides": sorted(besides)}
    instant: datetime | None = connection.execute(_OLDEST, given).scalar_one()
    return instant


def over(
    connection: Connection,
    *,
    workspace: str,
    before: datetime,
    unsent_before: datetime,
    kept: Collection[str],
    after: int,
    limit: int,
) -> list[int]:
    """Return the next messages that nothing comes back to any more, by their `seq`.

    Messages about open leads and running escalations stay: their keys still tell what was said.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        before: What arrived or was cancelled before this instant.
        unsent_before: What failed or is held since before this instant.
        kept: Further subjects whose messages stay: versions that have not ended.
        after: Only those of a larger `seq`.
        limit: At most this many.
    """
    is_parked = _o.state.in_(sorted(PARKED))
    is_old = or_(_o.settled_at < unsent_before, and_(_o.settled_at < before, ~is_parked))
    found = select(_o.seq).where(
        _o.workspace == workspace,
        _o.seq > after,
        is_old,
        _o.subject.not_in(sorted(kept)),
        ~goes_on(_o.workspace, _o.subject),
    )
    return list(connection.execute(found.order_by(_o.seq).limit(limit)).scalars())


def sweep(connection: Connection, *, seqs: Collection[int]) -> int:
    """Delete messages, but none that is sent again meanwhile; return how many."""
    mine = (_o.seq.in_(seqs), _o.settled_at.is_not(None))
    return connection.execute(delete(outbox).where(*mine)).rowcount


def _row(message: NewMessage, now: datetime) -> dict[str, Any]:
    """Return what is stored of a new message."""
    place = message.card or message.thread or message.kind
    return vars(message) | {
        "dedupe_key": message.dedupe_key or f"{place}:{message.recipient}:{new_token()}",
        "order_key": message.order_key or f"{message.recipient}:{place}",
        "facts": to_json(message.facts),
        "state": MessageState.PENDING.value,
        "is_possible_repeat": False,
        "attempts": 0,
        "enqueued_at": now,
    }


def _claim(
    connection: Connection,
    statement: ReturningUpdate[tuple[Any, ...]],
    *,
    wall: datetime,
    lease: timedelta,
    limit: int,
    workspace: str | None,
) -> list[Intent]:
    """Run one of the two claims."""
    wall = lease_time(connection, wall=wall)
    given = {
        "wall": wall,
        "set_back": set_back(connection, wall=wall),
        "until": wall + lease,
        "token": new_token(),
        "most": limit,
        "of_workspace": workspace,
    }
    claimed = _intents(connection.execute(statement, given).all())
    return sorted(claimed, key=lambda intent: (intent.priority, intent.seq))


def _settle(
    connection: Connection,
    intent: Intent,
    state: MessageState,
    *,
    now: datetime,
    **values: str | bool | None,
) -> bool:
    """End a claimed message's way, if its lease still holds."""
    end = _WITH_LEASE.values(
        state=state.value, settled_at=now, lease_token=None, lease_until=None, **values
    )
    notes_of(connection).wake = True  # the next message of its order key may leave
    return connection.execute(end, _held_by(intent)).rowcount == 1


def _held_by(intent: Intent) -> dict[str, Any]:
    """Return the arguments of `_WITH_LEASE`."""
    return {"row": intent.seq, "token": intent.lease_token}


def _living(workspace: str) -> Select[tuple[Any, ...]]:
    """Select the living messages of a workspace."""
    columns = [messages.c[name] for name in CardMessage.model_fields]
    return select(*columns).where(messages.c.workspace == workspace)


def _intents(rows: Sequence[Row[Any]]) -> list[Intent]:
    """Read rows back into intents."""
    return [
        Intent(
            **dict(row._mapping)
            | {
                "facts": from_json(row.facts),
                "progress": None if row.progress is None else from_json(row.progress),
            }
        )
        for row in rows
    ]
