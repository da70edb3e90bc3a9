"""What to do with one message of the outbox, decided from what is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.blocks.kit import TEXT_LIMIT, context, cut, fit
from bot.watch.rendered import FileSet, Rendered, Renderer
from storage import outbox
from storage.outbox import CardMessage, Intent, MessageState

#: Saved in a message's progress: the card's message is gone, and this one takes its place.
IN_ITS_PLACE = "in_its_place"

#: The kind of the word that another message may have copies; see `copies.py`.
COPIES = "copies.withdraw"

_REPEAT = "Possible repeat: Slack did not confirm whether this arrived before."
_ELSEWHERE = (
    "This is for <#{channel}>, where Handoff cannot post: the channel is archived or closed, or "
    "Handoff is not in it any more. Type `/invite @handoff` there, or choose another channel with "
    "*Edit* in `/handoff designs`."
)

#: Slack ids of people start so; everything else is a conversation.
_PERSON = ("U", "W")


@dataclass(frozen=True)
class Post:
    """Post a new message, in the thread of `root` if that is where it goes."""

    rendered: Rendered
    root: CardMessage | None = None


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
    """Share a set of files, in the thread of `root` if that is where they go."""

    files: FileSet
    root: CardMessage | None = None


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
    root = _living(connection, intent, intent.thread)
    living = _living(connection, intent, intent.card)
    place = intent.channel or (living or root or intent).channel
    for note, ahead in _notes(intent, place=place, root=root):
        rendered = _noted(rendered, note, ahead=ahead)
    if isinstance(rendered, FileSet):
        return Share(rendered, root)
    # Whatever people and sources wrote: Slack refuses what is longer, and nobody would be told.
    blocks = fit([dict(block) for block in rendered.blocks])
    rendered = replace(rendered, text=cut(rendered.text, TEXT_LIMIT), blocks=blocks)
    if rendered.only_for is not None:
        return Whisper(rendered, rendered.only_for)
    if living is not None and not (intent.progress or {}).get(IN_ITS_PLACE):
        return Update(rendered, living.channel, living.ts)
    return Post(rendered, root)


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
        since=of.first_enqueued_at,
        thread_ts=thread_in(intent.recipient, _living(connection, of, of.thread)),
        keep=of.ts if of.state is MessageState.SENT else None,
    )


def is_person(recipient: str) -> bool:
    """Tell a person's id from a conversation's."""
    return recipient.startswith(_PERSON)


def thread_in(channel: str, root: CardMessage | None) -> str | None:
    """Return the thread to say something in, if its root is in that conversation.

    If that message never arrived, it is better to say it outside the thread than not at all.
    """
    return root.ts if root is not None and root.channel == channel else None


def _living(connection: Connection, intent: Intent, card: str | None) -> CardMessage | None:
    if card is None:
        return None
    return outbox.card_message(
        connection, workspace=intent.workspace, card=card, recipient=intent.recipient
    )


def stands_in(intent: Intent, place: str) -> bool:
    """Tell whether a conversation is that of somebody who stands in for a channel."""
    return place != intent.recipient and not is_person(intent.recipient)


def _notes(
    intent: Intent, *, place: str | None, root: CardMessage | None
) -> Iterator[tuple[str, str]]:
    """Yield what is said above a message, and what is said where only its text is shown."""
    if place is not None and stands_in(intent, place) and thread_in(place, root) is None:
        note = _ELSEWHERE.format(channel=intent.recipient)
        yield note, note
    if intent.is_possible_repeat:
        yield _REPEAT, "(Possible repeat)"


def _noted(rendered: Rendered | FileSet, note: str, *, ahead: str) -> Rendered | FileSet:
    """Put a note above a message."""
    if isinstance(rendered, FileSet):
        words = f"{ahead} {rendered.words}" if rendered.words else ""
        return replace(rendered, comment=f"{ahead} {rendered.comment}", words=words)
    blocks = [context(note), *rendered.blocks] if rendered.blocks else ()
    return replace(rendered, text=f"{ahead} {rendered.text}", blocks=blocks)
