"""Serves an ASGI app on loopback from a thread, for tests and demos."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

_STOP_SECONDS = 10.0


@contextmanager
def hosted(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve `app` on 127.0.0.1 while the block runs; yield its base URL."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        config = uvicorn.Config(
            app, log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        # The socket listens already, so that clients may connect at once and wait their turn.
        thread = Thread(target=server.run, args=([listening],), name="sandbox-server", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=_STOP_SECONDS)
