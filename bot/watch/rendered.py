"""What a renderer makes of an intent, ready to be sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from storage.outbox import Intent


@dataclass(frozen=True)
class Rendered:
    """A message.

    Attributes:
        text: One line for notifications and screen readers; mrkdwn, at most 4,000 characters.
        blocks: Block Kit, or empty for the text alone.
        revision: The revision of the subject that a card shows.
        only_for: Slack id of the one person who sees it in that conversation (ephemeral).
    """

    text: str
    blocks: Sequence[Mapping[str, Any]] = field(default=())
    revision: int = 0
    only_for: str | None = None


@dataclass(frozen=True)
class File:
    """One file of a set.

    Attributes:
        name: With its extension, unique in its set; names the file in the saved progress.
        content: Makes the bytes; called outside any transaction, only while still needed. The
            same intent must always give the same bytes. None leaves the file out of its set.
        alt: What an image shows, for those who do not see it; Slack takes 1,000 characters.
    """

    name: str
    title: str
    content: Callable[[], bytes | None]
    alt: str = ""


@dataclass(frozen=True)
class FileSet:
    """Files that are shared together, with a line of text above them.

    Attributes:
        words: What is posted instead when none of the files could be made; empty for the comment.
    """

    files: tuple[File, ...]
    comment: str
    words: str = ""


#: Renders an intent from stored values; None means that it is no longer wanted.
Renderer = Callable[[Connection, Intent], Rendered | FileSet | None]
