"""What to do with one message of the outbox, decided from what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from bot.watch.rendered import FileSet, Rendered, Renderer
from storage import outbox
from storage.outbox import Intent

#: Saved in a message's progress: the card's message is gone, and this one takes its place.
IN_ITS_PLACE = "in_its_place"

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


Plan = Post | Update | Whisper | Share | Skip


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
    if intent.kind not in renderers:
        raise NoRenderer(intent.kind)
    rendered = renderers[intent.kind](connection, intent)
    if rendered is None:
        return Skip()
    if isinstance(rendered, FileSet):
        return Share(rendered, _thread(connection, intent))
    if intent.is_possible_repeat:
        rendered = _marked(rendered)
    if rendered.only_for is not None:
        return Whisper(rendered, rendered.only_for)
    living = _living(connection, intent, intent.card)
    if living is not None and not (intent.progress or {}).get(IN_ITS_PLACE):
        return Update(rendered, living.channel, living.ts)
    return Post(rendered, _thread(connection, intent))


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
