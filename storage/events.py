"""What was seen before: events, form submissions and reactions change something only once.

Each check belongs into the transaction of the flow that it protects, so that a flow which is
rolled back has seen nothing, and the next delivery finds the door open.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.tables import reaction_table as reactions
from storage.tables import seen_event_table as seen_events
from storage.tables import submission_table as submissions
from storage.upsert import for_each_database

_SEE = for_each_database(lambda into: into(seen_events).on_conflict_do_nothing())
_SUBMIT = for_each_database(lambda into: into(submissions).on_conflict_do_nothing())
_REACT = for_each_database(
    lambda into: (new := into(reactions)).on_conflict_do_update(
        index_elements=["workspace", "channel", "ts", "person"],
        set_={
            "name": new.excluded.name,
            "is_added": new.excluded.is_added,
            "event_at": new.excluded.event_at,
        },
        where=reactions.c.event_at < new.excluded.event_at,
    )
)


def first_sight(connection: Connection, *, workspace: str, event_id: str, now: datetime) -> bool:
    """Take an event; False if it was handled before.

    On PostgreSQL a delivery at the same moment waits here until the first one has ended.
    """
    row = {"workspace": workspace, "event_id": event_id, "at": now}
    return connection.execute(_SEE[connection.dialect.name], row).rowcount == 1


def take_submission(
    connection: Connection,
    *,
    workspace: str,
    view_id: str,
    step: str,
    revision: int,
    now: datetime,
) -> bool:
    """Take an accepted submission of a form step; False if it was taken before.

    Only an accepted submission may take the key: a corrected one is not a repeat.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        view_id: Slack's id of the modal.
        step: The form's step.
        revision: The draft's revision that the form showed.
        now: The domain's instant, UTC-aware.
    """
    row = {
        "workspace": workspace,
        "view_id": view_id,
        "step": step,
        "revision": revision,
        "at": now,
    }
    return connection.execute(_SUBMIT[connection.dialect.name], row).rowcount == 1


def newest_reaction(
    connection: Connection,
    *,
    workspace: str,
    channel: str,
    ts: str,
    person: str,
    name: str,
    is_added: bool,
    event_at: datetime,
) -> bool:
    """Take a reaction event, if it is the newest of this person on this message.

    Slack does not promise order: a removal may come before the reaction that it removes.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        channel: The conversation of the message.
        ts: Slack's name of the message.
        person: Who reacted.
        name: Name of the emoji, without colons.
        is_added: False when the reaction was removed.
        event_at: Slack's `event_ts`, as an aware instant.

    Returns:
        False if the event is older than, or the same as, one taken before.
    """
    row = {
        "workspace": workspace,
        "channel": channel,
        "ts": ts,
        "person": person,
        "name": name,
        "is_added": is_added,
        "event_at": event_at,
    }
    return connection.execute(_REACT[connection.dialect.name], row).rowcount == 1


def last_reaction(
    connection: Connection, *, workspace: str, channel: str, ts: str, person: str
) -> tuple[str, bool] | None:
    """Return the newest reaction that was heard of a person on a message: name, and if added.

    None if nothing was heard.
    """
    found = select(reactions.c.name, reactions.c.is_added).where(
        reactions.c.workspace == workspace,
        reactions.c.channel == channel,
        reactions.c.ts == ts,
        reactions.c.person == person,
    )
    row = connection.execute(found).one_or_none()
    return None if row is None else (row.name, row.is_added)


def sweep(connection: Connection, *, workspace: str, before: datetime) -> int:
    """Forget events and submissions older than an instant; return how many."""
    old = (
        delete(table).where(table.c.workspace == workspace, table.c.at < before)
        for table in (seen_events, submissions)
    )
    return sum(connection.execute(one).rowcount for one in old)
