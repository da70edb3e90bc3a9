"""Which Slack methods must rest, and until when."""

from datetime import datetime
from threading import Lock

#: Stands for every method: the app is shut out of the workspace.
ALL_METHODS = "*"


class Gates:
    """Methods that answered 429, by workspace. Each process learns it with one call."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def close(self, *, workspace: str, method: str, until: datetime) -> None:
        """Let `method` rest until an instant of the real clock; never shortens a rest."""
        with self._lock:
            known = self._until.get((workspace, method), until)
            self._until[workspace, method] = max(known, until)

    def closed_until(self, *, workspace: str, method: str, wall: datetime) -> datetime | None:
        """Return until when `method` rests, or None if it may be called."""
        with self._lock:
            closed = [
                until
                for name in (method, ALL_METHODS)
                if (until := self._until.get((workspace, name), wall)) > wall
            ]
        return max(closed, default=None)
