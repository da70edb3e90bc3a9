"""The way to the app: signed requests over HTTP, or to a callable in the same process."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

ANSWER_LIMIT_SECONDS = 3.0


@dataclass(frozen=True)
class Outgoing:
    """A request from the workspace to the app; `path` as in the app's URL."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the app answered; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """True for a 2xx."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Return the JSON object in the body, {} if there is none."""
        try:
            decoded = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return decoded if isinstance(decoded, dict) else {}


Deliver = Callable[[Outgoing], Answer]


class NoAnswer(Exception):
    """The app did not answer.

    Attributes:
        retry_reason: Slack's word for the header `x-slack-retry-reason`.
    """

    def __init__(self, retry_reason: str) -> None:
        super().__init__(retry_reason)
        self.retry_reason = retry_reason


class Link:
    """Signs what goes to the app and waits up to three seconds for its answer.

    Args:
        app_url: Where the app takes commands, interactions and events.
        signing_secret: Shared with the app.
        wall: Real time, for the signature's timestamp.
        deliver: Takes the place of HTTP, for tests in one process.
    """

    def __init__(
        self,
        *,
        app_url: str,
        signing_secret: str,
        wall: Callable[[], datetime],
        deliver: Deliver | None = None,
        limit_seconds: float = ANSWER_LIMIT_SECONDS,
    ) -> None:
        self._app_url = app_url
        self._secret = signing_secret.encode()
        self._wall = wall
        self._deliver = deliver or self._over_http
        self._limit = limit_seconds
        # The app is a neighbour on this machine: a proxy in the environment is not for it.
        self._opener = build_opener(ProxyHandler({}))

    def send_form(self, fields: dict[str, str]) -> Answer:
        """Send a slash command or an interaction.

        Raises:
            NoAnswer: if the app is slow or away.
        """
        return self._send("application/x-www-form-urlencoded", urlencode(fields).encode(), {})

    def send_event(self, envelope: dict[str, Any], headers: dict[str, str]) -> Answer:
        """Send an event, with Slack's retry headers if it is a repeat.

        Raises:
            NoAnswer: if the app is slow or away.
        """
        body = json.dumps(envelope, separators=(",", ":")).encode()
        return self._send("application/json", body, headers)

    def _send(self, content_type: str, body: bytes, headers: dict[str, str]) -> Answer:
        timestamp = str(int(self._wall().timestamp()))
        signed = hmac.new(self._secret, f"v0:{timestamp}:".encode() + body, hashlib.sha256)
        outgoing = Outgoing(
            urlsplit(self._app_url).path or "/",
            {
                "Content-Type": content_type,
                "X-Slack-Request-Timestamp": timestamp,
                "X-Slack-Signature": f"v0={signed.hexdigest()}",
                "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                **headers,
            },
            body,
        )
        return self._in_time(outgoing)

    def _in_time(self, outgoing: Outgoing) -> Answer:
        answers: Queue[Answer | Exception] = Queue()

        def work() -> None:
            try:
                answers.put(self._deliver(outgoing))
            except Exception as error:  # noqa: BLE001  # handed over and raised by the waiting side
                answers.put(error)

        Thread(target=work, name="sandbox-delivery", daemon=True).start()
        try:
            answer = answers.get(timeout=self._limit)
        except Empty:
            raise NoAnswer("http_timeout") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _over_http(self, outgoing: Outgoing) -> Answer:
        request = Request(self._app_url, data=outgoing.body, headers=outgoing.headers)
        try:
            with self._opener.open(request, timeout=self._limit) as response:
                return Answer(response.status, _lower(response.headers), response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read())
        except TimeoutError as error:
            raise NoAnswer("http_timeout") from error
        except (OSError, HTTPException) as error:
            raise NoAnswer("connection_failed") from error


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401  # http.client's own message type
    return {name.lower(): value for name, value in headers.items()}
