"""Socket Mode: Slack's requests come in over a web socket that the app opens."""

from typing import TYPE_CHECKING

from slack_bolt import App
from slack_sdk import WebClient

from bot.gateways.slack import TIMEOUT

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode import SocketModeHandler


def open_socket(bolt: App, *, token: str, base_url: str) -> "SocketModeHandler":
    """Connect to Slack and let `bolt` take what comes in, until the handler is closed.

    Args:
        bolt: Takes commands, interactions and events; a request that it does not answer with
            200 is not acknowledged, so that Slack sends an event again.
        token: The app-level token (`xapp-…`, scope `connections:write`).
        base_url: Slack's Web API.
    """
    # Imported only when it is used: with HTTP nobody pays for it.
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    web_client = WebClient(base_url=base_url, timeout=TIMEOUT)
    handler = SocketModeHandler(bolt, token, web_client=web_client)
    handler.connect()  # type: ignore[no-untyped-call]  # untyped in Bolt
    return handler
