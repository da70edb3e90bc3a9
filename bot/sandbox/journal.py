"""What happened between the app and the workspace, in order; tests read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Literal

Direction = Literal["from_app", "to_app"]


@dataclass(frozen=True)
class Entry:
    """One exchange.

    Attributes:
        direction: `from_app` for Web API calls and response_url posts, `to_app` for commands,
            interactions and events.
        name: The API method, or the payload's kind (`/command`, `view_submission`, event type).
        request: What was sent, decoded.
        response: What came back, decoded; `{}` when nothing did.
        status: The HTTP status; 0 when there was no answer.
        at: Real time, aware UTC.
    """

    direction: Direction
    name: str
    request: dict[str, Any]
    response: dict[str, Any]
    status: int
    at: datetime

    @property
    def is_refused(self) -> bool:
        """True for a call that the workspace refused."""
        return self.response.get("ok") is False


class Journal:
    """An append-only list of exchanges, safe under threads."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._entries: list[Entry] = []
        self._lock = Lock()

    def write(
        self,
        direction: Direction,
        name: str,
        request: dict[str, Any],
        response: dict[str, Any],
        status: int,
    ) -> None:
        """Append one exchange."""
        entry = Entry(direction, name, request, response, status, self._wall())
        with self._lock:
            self._entries.append(entry)

    @property
    def entries(self) -> list[Entry]:
        """Everything so far, oldest first."""
        with self._lock:
            return list(self._entries)

    def calls(self, method: str | None = None) -> list[Entry]:
        """Return the Web API calls, of one method or of all."""
        return [e for e in self.entries if e.direction == "from_app" and method in (None, e.name)]

    def sent(self, name: str | None = None) -> list[Entry]:
        """Return what went to the app, of one kind or all."""
        return [e for e in self.entries if e.direction == "to_app" and name in (None, e.name)]

    def refusals(self) -> list[Entry]:
        """Return the calls that the workspace refused."""
        return [e for e in self.calls() if e.is_refused]
