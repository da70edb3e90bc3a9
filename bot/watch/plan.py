"""What to do with one message of the outbox, decided from what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.blocks.kit import TEXT_LIMIT, cut, fit
from bot.watch.rendered import FileSet, Rendered, Renderer
from storage import outbox
from storage.outbox import Intent, MessageState

#: Saved in a message's progress: the card's message is gone, and this one takes its place.
IN_ITS_PLACE = "in_its_place"

#: The kind of the word that another message may have copies; see `copies.py`.
COPIES = "copies.withdraw"

#: Slack ids of people start so; everything else is a conversation.
_PERSON = ("U", "W")


@dataclass(frozen=True)
class Post:
    """Post a new message, in a thread if `thread_ts` is given."""

    rendered: Rendered
    thread_ts: str | None


@dataclass(frozen=True)
class Update:
    """Replace the living message of a card. Safe to repeat."""

    rendered: Rendered
    channel: str
    ts: str


@dataclass(frozen=True)
class Whisper:
    """Show one person an ephemeral message; at most once, for nobody can look it up."""

    rendered: Rendered
    only_for: str


@dataclass(frozen=True)
class Share:
    """Share a set of files, in a thread if `thread_ts` is given."""

    files: FileSet
    thread_ts: str | None


@dataclass(frozen=True)
class Skip:
    """Nobody wants it any more."""


@dataclass(frozen=True)
class Withdraw:
    """Delete the copies of another message, all but the one that counts. Safe to repeat.

    Attributes:
        key: Names that message in the metadata of its copies.
        since: When it was enqueued.
        keep: Slack's name of the one that stays; None: nobody wants it any more.
    """

    channel: str
    key: str
    since: datetime
    thread_ts: str | None
    keep: str | None


@dataclass(frozen=True)
class Wait:
    """It is too early to say; look again after the quiet period."""


Plan = Post | Update | Whisper | Share | Skip | Withdraw | Wait


class NoRenderer(LookupError):
    """Nothing knows how to show this kind of message; was the app downgraded?"""

    def __init__(self, kind: str) -> None:
        super().__init__(f"{self.__doc__} ({kind})")
        self.kind = kind


def plan(connection: Connection, intent: Intent, *, renderers: Mapping[str, Renderer]) -> Plan:
    """Decide what to do with a claimed message.

    Args:
        connection: For reading.
        intent: The message.
        renderers: How each kind is shown.

    Raises:
        NoRenderer: if its kind is not among them.
    """
    if intent.kind == COPIES:
        return _copies(connection, intent)
    if intent.kind not in renderers:
        raise NoRenderer(intent.kind)
    rendered = renderers[intent.kind](connection, intent)
    if rendered is None:
        return Skip()
    if isinstance(rendered, FileSet):
        return Share(rendered, _thread(connection, intent))
    if intent.is_possible_repeat:
        rendered = _marked(rendered)
    # Whatever people and sources wrote: Slack refuses what is longer, and nobody would be told.
    blocks = fit([dict(block) for block in rendered.blocks])
    rendered = replace(rendered, text=cut(rendered.text, TEXT_LIMIT), blocks=blocks)
    if rendered.only_for is not None:
        return Whisper(rendered, rendered.only_for)
    living = _living(connection, intent, intent.card)
    if living is not None and not (intent.progress or {}).get(IN_ITS_PLACE):
        return Update(rendered, living.channel, living.ts)
    return Post(rendered, _thread(connection, intent))


def _copies(connection: Connection, intent: Intent) -> Plan:
    """Decide which copies of a message go, once Slack shows them all and it is known what counts.

    What is held or failed stays as it is: a late copy may be the only one.
    """
    of = outbox.message(connection, workspace=intent.workspace, seq=intent.facts["of"])
    if of is None or of.state in (MessageState.HELD, MessageState.FAILED):
        return Skip()
    is_settled = of.state in (MessageState.SENT, MessageState.CANCELLED)
    if intent.attempts == 1 or not is_settled:
        return Wait()
    return Withdraw(
        channel=intent.recipient,
        key=of.dedupe_key,
        since=of.enqueued_at,
        thread_ts=_thread(connection, of),
        keep=of.ts if of.state is MessageState.SENT else None,
    )


def is_person(recipient: str) -> bool:
    """Tell a person's id from a conversation's."""
    return recipient.startswith(_PERSON)


def _thread(connection: Connection, intent: Intent) -> str | None:
    """Return the message whose thread it belongs in.

    If that message never arrived, it is better to say it outside the thread than not at all.
    """
    root = _living(connection, intent, intent.thread)
    return root.ts if root is not None else None


def _living(connection: Connection, intent: Intent, card: str | None) -> outbox.CardMessage | None:
    if card is None:
        return None
    return outbox.card_message(
        connection, workspace=intent.workspace, card=card, recipient=intent.recipient
    )


def _marked(rendered: Rendered) -> Rendered:
    """Say that the message may have arrived before."""
    note = "Possible repeat: Slack did not confirm whether this arrived before."
    mark: Mapping[str, Any] = {
        "type": "context",
        "elements": [{"type": "plain_text", "text": note}],
    }
    blocks: Sequence[Mapping[str, Any]] = [mark, *rendered.blocks] if rendered.blocks else ()
    return replace(rendered, text=f"(Possible repeat) {rendered.text}", blocks=blocks)
