"""Touch events: outside facts that a first touch happened."""

from sqlalchemy import Connection, select

from handoff.model import Instant, Value
from storage.tables import touch_table as touches
from storage.upsert import for_each_database

_RECORD = for_each_database(lambda into: into(touches).on_conflict_do_nothing())
_t = touches.c


class Touch(Value):
    """A human's outbound call, email, message or meeting.

    Attributes:
        external_id: Its name at its source; the same twice is one touch.
        actor: Slack id or email of who touched, or None if the source does not say.
        occurred_at: Its own time.
        received_at: When we learned of it.
    """

    workspace: str
    lead: str
    source: str
    external_id: str
    kind: str
    actor: str | None = None
    occurred_at: Instant
    received_at: Instant


def record(connection: Connection, *, touch: Touch) -> bool:
    """Store a touch; False if it is known already."""
    statement = _RECORD[connection.dialect.name]
    return connection.execute(statement, touch.model_dump()).rowcount == 1


def of_lead(connection: Connection, *, workspace: str, lead: str) -> list[Touch]:
    """Return a lead's touches, the earliest first."""
    found = select(touches).where(_t.workspace == workspace, _t.lead == lead)
    rows = connection.execute(found.order_by(_t.occurred_at, _t.external_id)).mappings()
    return [Touch(**row) for row in rows]
