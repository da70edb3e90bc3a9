"""What every use case, listener and job is given: the database and the clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.database import Database, StorageBusy, explained

__all__ = ["Clocks", "Database", "Services", "StorageBusy", "explained"]


class Clocks(Protocol):
    """The three clocks of the app. Only `bot/clocks.py` reads the computer's."""

    def now(self) -> datetime:
        """Return the domain's instant, aware UTC: facts and due times. May run faster."""
        ...

    def wall(self) -> datetime:
        """Return real time, aware UTC: leases, retries, signatures."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never step back: waits and the watchdog."""
        ...

    def seconds_until(self, instant: datetime) -> float:
        """Return how many real seconds are left until `now()` reaches `instant`; may be < 0."""
        ...


@dataclass(frozen=True)
class Services:
    """What `bot/app.py` hands to listeners, HTTP routes and jobs.

    Attributes:
        database: The one door to what is remembered. A commit that makes something due wakes
            the engine by itself.
        clocks: `now`, `wall` and `monotonic`.
        public_url: Where people reach this server from outside, without a trailing slash.
    """

    database: Database
    clocks: Clocks
    public_url: str | None = None

    def now(self) -> datetime:
        """Return the domain's instant, aware UTC."""
        return self.clocks.now()

    def wall(self) -> datetime:
        """Return real time, aware UTC."""
        return self.clocks.wall()
