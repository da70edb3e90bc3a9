"""What a listener asks Slack about a conversation while the person waits; best effort."""

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

_LOG = logging.getLogger(__name__)

#: Enough for a first proposal of a team; a larger channel is not one team.
_MOST_MEMBERS = 200

_UNSEEN = {"channel_not_found", "not_in_channel", "missing_scope", "is_archived"}


def members_of(client: WebClient, *, channel: str) -> tuple[str, ...]:
    """Return the Slack ids of a conversation's members; empty if Slack does not tell."""
    try:
        answer = client.conversations_members(channel=channel, limit=_MOST_MEMBERS)
    except (SlackClientError, OSError) as exc:
        _LOG.info("The members of a conversation are not known: %s", exc)
        return ()
    return tuple(answer.get("members") or ())


def is_member(client: WebClient, *, channel: str) -> bool | None:
    """Return True if the app is a member of a conversation; None if Slack does not answer.

    A private channel without the app does not exist for it, which is a no as well.
    """
    try:
        answer = client.conversations_info(channel=channel)
    except SlackApiError as exc:
        return False if exc.response.get("error") in _UNSEEN else None
    except (SlackClientError, OSError):
        return None
    found = answer.get("channel") or {}
    return bool(found.get("is_member")) and not found.get("is_archived")
