"""Speak HTTP to an ASGI app in the same process, from any thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp


class AsgiClient:
    """A client whose calls block; the app runs on one event loop in a thread of its own."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://app.test")
        self._portal = portal

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send one request; see `httpx.request` for the arguments."""
        return self._portal.call(partial(self._client.request, method, path, **arguments))

    def get(self, path: str) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", path)

    def post(self, path: str, **arguments: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send a POST."""
        return self.request("POST", path, **arguments)


@contextmanager
def asgi_client(app: ASGIApp) -> Iterator[AsgiClient]:
    """Return a client for `app`; its lifespan is not run."""
    with start_blocking_portal() as portal:
        yield AsgiClient(app, portal)
