"""`POST /slack/events`: slash commands, buttons, forms and events, answered within 3 seconds."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from slack_bolt import App as BoltApp
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.http.payloads import JunkPayload, check_payload

_LOG = logging.getLogger(__name__)

#: A view is at most 250 kB of JSON; form encoding can triple it, and it comes with its state.
_MAX_BODY = 2 * 1024 * 1024

#: Answers at a time. Intake has threads of its own, so that it never delays an answer.
_ANSWERS = 16

_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class _WallClock(Clock):
    """Lets Slack's verifier judge the age of a request by our clock."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall

    def now(self) -> float:
        return self._wall().timestamp()


class SlackEndpoint:
    """A plain ASGI endpoint in front of Bolt.

    It verifies the signature itself, because Bolt answers a junk timestamp with a 500 and logs
    the whole body of a badly signed request.

    Args:
        bolt: The app; `process_before_response` is on and request verification off.
        signing_secret: Slack's; None (Socket Mode) refuses everything.
        wall: Real time, by which requests older than five minutes are refused.
    """

    def __init__(
        self, *, bolt: BoltApp, signing_secret: str | None, wall: Callable[[], datetime]
    ) -> None:
        self._bolt = bolt
        self._verifier = (
            SignatureVerifier(signing_secret, clock=_WallClock(wall)) if signing_secret else None
        )
        # Not anyio's threads: they wait a turn of the event loop, twice, for every answer.
        self._threads = ThreadPoolExecutor(_ANSWERS, thread_name_prefix="handoff-answer")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        raw = await _read(request)
        if raw is None:
            return Response("The request is too large.", status_code=413)
        body = self._verified(raw, request)
        if body is None:
            return Response("The signature does not match.", status_code=401)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            check_payload(body, content_type=content_type)
            bolt_request = _bolt_request(request, body, content_type)
        except JunkPayload as exc:
            return Response(str(exc), status_code=400)
        answer = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._bolt.dispatch, bolt_request
        )
        return _response(answer)

    def _verified(self, raw: bytes, request: Request) -> str | None:
        """Return the body if Slack signed it within the last five minutes, else None."""
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not (
            self._verifier and _TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)
        ):
            return None
        try:
            body = raw.decode()
        except UnicodeDecodeError:
            return None
        return body if self._verifier.is_valid(body, timestamp, signature) else None


def _bolt_request(request: Request, body: str, content_type: str) -> BoltRequest:
    """Let Bolt read the request, with the headers that it looks at.

    Raises:
        JunkPayload: if it stumbles over the ids in the payload.
    """
    headers: dict[str, str | Sequence[str]] = {
        name: value for name, value in request.headers.items() if name.startswith("x-slack-retry-")
    }
    headers["content-type"] = content_type  # which Bolt compares to the letter
    try:
        return BoltRequest(body=body, headers=headers)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise JunkPayload from exc


async def _read(request: Request) -> bytes | None:
    """Read the body, or None if it is too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _response(answer: BoltResponse) -> Response:
    """Turn Bolt's answer into Starlette's."""
    response = Response(content=answer.body, status_code=answer.status)
    for name, values in answer.headers.items():
        for value in values:
            if name.lower() != "content-length":
                response.headers.append(name, value)
    return response
