"""*Contacted*: the first touch by button or by ✅, at the time of its receipt."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead.messages import CARD, assignment_of
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.touch import Touched, touch_lead
from storage import events, outbox
from storage.database import Database

CONTACTED = "white_check_mark"
_VIA = "slack"


def contacted(
    *, database: Database, workspace: str, now: datetime, by: str, lead_id: str
) -> Done | Denied:
    """Record that a person contacted a lead, now.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload; anybody in sales, not the owner alone.
        lead_id: The cycle.
    """
    touched = database.run(
        lambda connection: _touch(
            connection, workspace=workspace, now=now, by=by, lead_id=lead_id
        ),
    )
    match touched:
        case Touched.UNKNOWN_LEAD:
            return Denied("I do not know this lead any more.")
        case Touched.KNOWN | Touched.NOT_OPEN:
            return Done("The first contact was recorded already.")
        case _:
            return Done("Recorded. Thank you.")


def reacted(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    event_id: str,
    by: str,
    name: str,
    channel: str,
    ts: str,
) -> None:
    """Take a ✅ on a lead's message as contacted; on any other message it means nothing here.

    Args:
        database: Where the lead is.
        workspace: The Slack team of the verified event.
        now: When it was received, UTC-aware.
        event_id: Slack's id of the event, the same at every delivery.
        by: Slack id of who reacted.
        name: Of the emoji, without colons and skin tone.
        channel: The conversation of the message.
        ts: Slack's name of the message.
    """

    def work(connection: Connection) -> None:
        shown = outbox.card_at(connection, workspace=workspace, channel=channel, ts=ts)
        if shown is None or not shown.card.startswith(CARD):
            return
        if not events.first_sight(connection, workspace=workspace, event_id=event_id, now=now):
            return
        lead_id, _ = assignment_of(shown.card)
        _touch(connection, workspace=workspace, now=now, by=by, lead_id=lead_id)

    if name == CONTACTED:
        database.run(work)


def _touch(
    connection: Connection, *, workspace: str, now: datetime, by: str, lead_id: str
) -> Touched:
    return touch_lead(
        connection,
        workspace=workspace,
        now=now,
        lead_id=lead_id,
        occurred_at=now,
        by=by,
        via=_VIA,
        external_id=f"contacted:{lead_id}",
    )
