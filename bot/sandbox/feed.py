"""What changed, told to the pages that are open."""

import asyncio
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Any

_KEPT = 5000


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        audience: The people whose pages it concerns; None for everybody.
        facts: `{"type": ..., ...}`; the page API fills in what depends on the viewer.
    """

    cursor: int
    audience: frozenset[str] | None
    facts: dict[str, Any]


# Changes that are shown as the state of now, so that only the last of several counts.
_STATES = ("channels", "views", "home", "clock", "scene")


def latest(changes: list[Change]) -> list[Change]:
    """Return the changes without those that a later one of the same state makes idle."""
    last = {change.facts["type"]: change for change in changes}
    return [
        change
        for change in changes
        if change.facts["type"] not in _STATES or last[change.facts["type"]] is change
    ]


class Feed:
    """A log of the latest changes that pages follow from a cursor, safe under threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._changes: deque[Change] = deque(maxlen=_KEPT)
        self._cursor = 0
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def cursor(self) -> int:
        """The number of the last change."""
        return self._cursor

    def tell(self, audience: list[str] | None, **facts: object) -> None:
        """Append a change and wake the pages that wait."""
        people = None if audience is None else frozenset(audience)
        with self._lock:
            self._cursor += 1
            self._changes.append(Change(self._cursor, people, dict(facts)))
            for loop, event in self._waiting:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    def after(self, cursor: int, user: str) -> tuple[list[Change], int]:
        """Return the changes after `cursor` that concern `user`, and the newest cursor of all."""
        with self._lock:
            found = [
                change
                for change in self._changes
                if change.cursor > cursor and (change.audience is None or user in change.audience)
            ]
            return found, self._cursor

    async def wait(self, cursor: int, *, seconds: float) -> None:
        """Return once there is a change after `cursor`, or when `seconds` have passed."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self._cursor > cursor:
                return
            self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter[1].wait(), timeout=seconds)
        except TimeoutError:
            return
        finally:
            with self._lock:
                self._waiting.discard(waiter)
