"""The one call to Slack that a listener makes: to show the person the modal they asked for."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.blocks.kit import View

_LOG = logging.getLogger(__name__)


def open_modal(client: WebClient, *, trigger_id: str, view: View) -> str | None:
    """Open a modal; returns what to tell the person if Slack did not, else None.

    Nothing is lost by then: what the modal shows is stored.
    """
    try:
        client.views_open(trigger_id=trigger_id, view=view)
    except SlackApiError as exc:
        _LOG.warning("A modal could not be opened: %s", exc.response.get("error"))
        return "Slack took too long to open the form. Please try again; nothing was lost."
    except (SlackClientError, OSError) as exc:
        _LOG.warning("A modal could not be opened: %s", exc)
        return "Slack did not answer. Please try again in a moment; nothing was lost."
    return None


def push_modal(client: WebClient, *, trigger_id: str, view: View) -> None:
    """Put a modal on top of the open ones; on failure the person still has those."""
    _best_effort(lambda: client.views_push(trigger_id=trigger_id, view=view))


def update_modal(client: WebClient, *, shown: Mapping[str, Any], view: View) -> None:
    """Replace a modal by a newer one, unless it has changed since the person clicked."""
    _best_effort(
        lambda: client.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
    )


def update_parent(client: WebClient, *, view_id: str, view: View) -> None:
    """Replace the modal under a pushed one."""
    _best_effort(lambda: client.views_update(view_id=view_id, view=view))


def _best_effort(call: Any) -> None:  # noqa: ANN401 - any of the three calls above
    try:
        call()
    except (SlackClientError, OSError) as exc:
        _LOG.info("A modal was not changed: %s", exc)
