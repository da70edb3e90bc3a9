"""The one call to Slack that a listener makes: to show the person the modal they asked for."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.blocks.kit import View

_LOG = logging.getLogger(__name__)

#: The click was too long ago, or Slack wants a rest: nobody's mistake.
_TOO_LATE = {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "ratelimited"}

#: The person closed the modal or it was changed since; what they see is newer than ours.
_MOVED_ON = {"hash_conflict", "not_found", "view_not_found", "push_limit_reached"}


def open_modal(client: WebClient, *, trigger_id: str, view: View) -> str | None:
    """Open a modal; returns what to tell the person if Slack did not, else None.

    Nothing is lost by then: what the modal shows is stored.
    """
    try:
        client.views_open(trigger_id=trigger_id, view=view)
    except SlackApiError as exc:
        if exc.response.get("error") not in _TOO_LATE:
            raise
        _LOG.warning("A modal could not be opened: %s", exc.response.get("error"))
        return "That took too long, so Slack gave up. Please try again; nothing was lost."
    except (SlackClientError, OSError) as exc:
        _LOG.warning("A modal could not be opened: %s", exc)
        return "Slack did not answer. Please try again in a moment; nothing was lost."
    return None


def push_modal(client: WebClient, *, trigger_id: str, view: View) -> None:
    """Put a modal on top of the open ones; on failure the person still has those."""
    _best_effort(lambda: client.views_push(trigger_id=trigger_id, view=view))


def update_modal(client: WebClient, *, shown: Mapping[str, Any], view: View) -> None:
    """Replace a modal by a newer one, unless it has changed since the person clicked.

    A full proof may have come into it meanwhile, which leaves its external id as it was: what
    the person asked for is newer than that.
    """

    def replace() -> None:
        try:
            client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
        except SlackApiError as exc:
            if exc.response.get("error") != "hash_conflict" or not shown.get("external_id"):
                raise
            client.views_update(external_id=shown["external_id"], view=view)

    _best_effort(replace)


def update_parent(client: WebClient, *, view_id: str, view: View) -> None:
    """Replace the modal under a pushed one."""
    _best_effort(lambda: client.views_update(view_id=view_id, view=view))


def _best_effort(call: Any) -> None:  # noqa: ANN401 - any of the three calls above
    try:
        call()
    except SlackApiError as exc:
        if exc.response.get("error") not in _TOO_LATE | _MOVED_ON:
            raise
        _LOG.info("A modal was not changed: %s", exc.response.get("error"))
    except (SlackClientError, OSError) as exc:
        _LOG.info("A modal was not changed: %s", exc)
