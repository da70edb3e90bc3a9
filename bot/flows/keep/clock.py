"""The last instant of a clock that runs faster than real time, which must never step back."""

from datetime import datetime

from storage import workspaces
from storage.database import Database

_NAME = "clock"


def last_instant(*, database: Database) -> datetime | None:
    """Return the last saved instant of the domain's clock, or None if it never ran fast."""
    with database.read() as connection:
        return workspaces.reached(connection, workspace=workspaces.INSTALLATION, name=_NAME)


def save_instant(*, database: Database, now: datetime) -> None:
    """Save how far the domain's clock has come; an earlier instant changes nothing.

    Args:
        database: Where everything is kept.
        now: The domain's instant, UTC-aware.
    """
    database.run(
        lambda connection: workspaces.reach(
            connection, workspace=workspaces.INSTALLATION, name=_NAME, at=now
        )
    )
