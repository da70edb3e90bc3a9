"""What else is remembered when a message of some kind has arrived. One line a kind."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from storage import leads
from storage.outbox import Intent

Arrival = Callable[[Connection, Intent, datetime], None]


def _lead(connection: Connection, intent: Intent, now: datetime) -> None:
    """The owner knows: from here on the time is theirs, before it was the system's."""
    leads.notified(
        connection,
        workspace=intent.workspace,
        lead=intent.subject,
        owner=intent.recipient,
        now=now,
    )


ARRIVALS: Mapping[str, Arrival] = {"lead": _lead}
