from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from storage import outbox, timers, workspaces
from storage.database import Database, StorageBusy

#: A timer may be this late before somebody should be told, a message this old.
_LATE = timedelta(seconds=60)
_OLD = timedelta(minutes=5)

_PATIENCE = timedelta(seconds=2)

_NAME = "looked"


def database_problems(
    *, database: Database, now: datetime, workspace: str | None = None
) -> Sequence[str]:
    """Return one sentence for each thing in the database that keeps the app from its work.

    Writes when it looked: a database that only reads is not ready, nor is one on a full disk,
    which gives out the lock for writing as ever.

    Args:
        database: Where everything is kept.
        now: The domain's instant, UTC-aware.
        workspace: Whose messages this process sends; those of another workspace that is known
            wait for its own process. None: all count.

    Returns:
        Nothing when all is well.

    Source:
        reliability.md, invariant 16 (honest health).
    """
    try:
        with database.write(timeout=_PATIENCE) as connection:
            workspaces.reach(connection, workspace=workspaces.INSTALLATION, name=_NAME, at=now)
            due = timers.next_due(connection).due_at
            others = {one.workspace for one in workspaces.everyone(connection)} - {workspace}
            oldest = outbox.oldest_waiting(connection, besides=others if workspace else ())
    except (StorageBusy, SQLAlchemyError) as exc:
        return (f"The database cannot be written to ({type(exc).__name__}).",)
    problems = []
    if due is not None and now - due > _LATE:
        problems.append(f"A timer has been due for {(now - due).total_seconds():.0f} s.")
    if oldest is not None and now - oldest > _OLD:
        waited = (now - oldest).total_seconds() / 60
        problems.append(f"A message has been waiting for {waited:.0f} min.")
    return problems
