"""Messages that Slack would not take: shown to the operator, and sent again."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from storage import audit, outbox
from storage.database import Database
from storage.outbox import PARKED, Intent, MessageState

#: More are not listed at a time.
MOST_LISTED = 1000

_ACTOR = "cli"
_OTHER = "or choose another with Edit in /handoff designs."
_INVITE = f"Type `/invite @handoff` in the channel, {_OTHER}"
_UNARCHIVE = f"Unarchive the channel, {_OTHER}"

#: What an operator does about Slack's answers before a message is sent again.
_ADVICE: Mapping[str, str] = {
    "not_in_channel": _INVITE,
    "channel_not_found": f"The channel was deleted, or is private without Handoff. {_INVITE}",
    "is_archived": _UNARCHIVE,
    "is_inactive": _UNARCHIVE,
    "missing_scope": "Add the scope that `handoff doctor` names, and reinstall the app.",
    "messages_tab_disabled": "Switch the Messages Tab on under App Home in the app's settings.",
    "user_disabled": "The person left Slack: change who does what with /handoff team.",
    "user_not_found": "The person left Slack: change who does what with /handoff team.",
}
_HELD = "It may have arrived, and Slack did not let Handoff look. {advice}"
_NO_ADVICE = "Search the log for the message's number."


class Answer(StrEnum):
    """What became of the wish to have a message sent again."""

    UNDER_WAY = "is on its way again"
    LOOKED_UP = "is looked up first, and sent if it is not there"
    NOT_PARKED = "needs nothing: it is {state}"
    UNKNOWN = "is unknown; see `handoff messages list`"


def parked_messages(*, database: Database, workspace: str | None = None) -> tuple[Intent, ...]:
    """Return the messages that failed or are held, oldest first, at most `MOST_LISTED`.

    Args:
        database: Where messages are.
        workspace: The Slack team; None for the only one.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        return tuple(outbox.in_state(connection, workspace=team, states=PARKED, limit=MOST_LISTED))


def advice_on(message: Intent) -> str:
    """Say what to do about a message before it is sent again."""
    code = (message.error or "").split(" ")[0].rstrip(":")
    advice = _ADVICE.get(code, _NO_ADVICE)
    return _HELD.format(advice=advice) if message.state is MessageState.HELD else advice


def send_again(
    *,
    database: Database,
    now: datetime,
    ids: tuple[int, ...],
    by: str,
    workspace: str | None = None,
) -> Mapping[int, str]:
    """Have messages that failed or are held sent again; whatever else they are, they stay so.

    Args:
        database: Where messages are.
        now: The domain's instant, UTC-aware.
        ids: The messages' numbers.
        by: Who wants it, for the audit log: the user of this machine.
        workspace: The Slack team; None for the only one.

    Returns:
        For each number what becomes of it, in words of `Answer`.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """

    def work(connection: Connection) -> dict[int, str]:
        team = workspace_meant(connection, workspace)
        return {one: _send_again(connection, team, one, by=by, now=now) for one in ids}

    return database.run(work)


def _send_again(connection: Connection, team: str, seq: int, *, by: str, now: datetime) -> str:
    before = outbox.message(connection, workspace=team, seq=seq)
    if before is None:
        return Answer.UNKNOWN
    if not outbox.send_again(connection, workspace=team, seq=seq, now=now):
        return Answer.NOT_PARKED.format(state=before.state.value)
    audit.record(
        connection,
        workspace=team,
        kind=AuditFact.MESSAGE_SENT_AGAIN,
        actor=_ACTOR,
        subject=before.subject,
        now=now,
        data={"message": seq, "kind": before.kind, "recipient": before.recipient, "by": by},
    )
    after = outbox.message(connection, workspace=team, seq=seq)
    is_looked_up = after is not None and after.state is MessageState.UNKNOWN
    return Answer.LOOKED_UP if is_looked_up else Answer.UNDER_WAY
