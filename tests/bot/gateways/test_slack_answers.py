"""Answers that are none of Slack's: a proxy or a portal stands in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from bot.gateways.outcomes import Unknown
from bot.gateways.slack import SlackGateway


@contextmanager
def somebody(body: bytes, content_type: str) -> Iterator[str]:
    """Answer every request with the same; yield where."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[]", "application/json"),
        (b'"ok"', "application/json"),
        (b"5", "application/json"),
        (b"null", "application/json"),
        (b"", "application/json"),
        (b"<html></html>", "text/html"),
        (b"\xff{}", "application/json"),
        (b"\x1f\x8b", "application/gzip"),
    ],
)
def test_an_answer_that_is_none_is_unclear(body: bytes, content_type: str) -> None:
    """The request may have reached Slack all the same: only a look-up can tell."""
    with somebody(body, content_type) as address:
        slack = SlackGateway(token="xoxb-1", base_url=address, timeout=5)

        outcome = slack.post(channel="C1", text="hello", blocks=None, key="k")

    assert isinstance(outcome, Unknown)
