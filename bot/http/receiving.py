"""The way every machine's request goes: read it within bounds, know its sender, do its work."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request
from starlette.requests import ClientDisconnect

from bot.flows.context import Services, StorageBusy
from bot.flows.keep.sources import Caller
from bot.flows.lead.gathering import Gathering
from bot.flows.lead.receive import KeyTrouble, RequestKey
from bot.http.callers import Secrets, authenticate
from bot.http.problems import Problem

_T = TypeVar("_T")

#: The largest body that is read, in bytes.
LARGEST_BODY = 256 * 1024

#: Requests at work at a time, in threads of their own, so that Slack's answers never wait. Most
#: of them are leads that wait for one of them, which stores them all.
_AT_WORK = 16

#: Further requests wait; more than this many are sent away for a moment.
_MOST_WAITING = 200

_KEY = re.compile(r'"([\x21\x23-\x7e]{1,200})"|([\x21\x23-\x7e]{1,200})')


@dataclass(frozen=True)
class Received:
    """A request that was read, and whose sender is known.

    Attributes:
        body: The JSON of its body.
        key: Names it over its retries, or None.
    """

    caller: Caller
    body: Any
    key: RequestKey | None


class Desk:
    """Takes the requests of machines in; one for all routes.

    Args:
        services: For the database and the clocks.
        secrets: From the settings.

    Attributes:
        gathering: Receives leads that come one by one.
    """

    def __init__(self, services: Services, secrets: Secrets) -> None:
        self.services = services
        self.gathering = Gathering(services.database, now=services.now, wall=services.wall)
        self._secrets = secrets
        self._limiter = CapacityLimiter(_AT_WORK)

    async def take(self, request: Request, work: Callable[[Received], _T]) -> _T:
        """Read a request and do its work in a thread.

        Raises:
            Problem: if the request is refused, or nothing can be stored now.
        """
        if self._limiter.statistics().tasks_waiting >= _MOST_WAITING:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many requests at once. Nothing was stored; please send it again.",
                headers={"Retry-After": "2"},
            )
        raw = await _read(request)
        return await anyio.to_thread.run_sync(
            self._work, request, raw, work, limiter=self._limiter
        )

    def _work(self, request: Request, raw: bytes, work: Callable[[Received], _T]) -> _T:
        try:
            caller = authenticate(
                headers=request.headers,
                query=request.query_params,
                raw=raw,
                services=self.services,
                secrets=self._secrets,
            )
            _check_type(request)
            key = _request_key(request, raw)
            return work(Received(caller=caller, body=_parsed(raw), key=key))
        except KeyTrouble as exc:
            raise _key_problem(exc) from exc
        except StorageBusy as exc:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, str(exc), headers={"Retry-After": "1"}
            ) from exc


async def _read(request: Request) -> bytes:
    """Read the body as far as it may go."""
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Problem(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"The body may have {LARGEST_BODY // 1024} KiB. Send fewer leads at a time.",
                )
            chunks.append(chunk)
    except ClientDisconnect as exc:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body did not arrive whole.") from exc
    return b"".join(chunks)


def _check_type(request: Request) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Send JSON, with the header `Content-Type: application/json`.",
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Send the body as it is, without `Content-Encoding`: do not compress it.",
        )


def _request_key(request: Request, raw: bytes) -> RequestKey | None:
    """Return the request's key: `webhook-id` of a signed one, else `Idempotency-Key`."""
    name = "webhook-id" if _is_signed(request) else "idempotency-key"
    told = request.headers.get(name)
    if told is None:
        return None
    found = _KEY.fullmatch(told.strip())
    if found is None:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            f"`{name}` must be 1 to 200 visible characters, best in quotes.",
        )
    key = f"{request.url.path} {found[1] or found[2]}"
    return RequestKey(key=key, body_hash=hashlib.sha256(raw).hexdigest())


def _is_signed(request: Request) -> bool:
    return "authorization" not in request.headers  # as `authenticate` decides


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        place = f"line {exc.lineno}, column {exc.colno}"
        raise Problem(
            HTTPStatus.BAD_REQUEST, f"The body is not valid JSON: {exc.msg}, {place}."
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is not valid JSON.") from exc


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _key_problem(trouble: KeyTrouble) -> Problem:
    if trouble.is_running:
        return Problem(
            HTTPStatus.CONFLICT,
            "A request with this key is still at work. Send it again in a moment.",
            headers={"Retry-After": "1"},
        )
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "This key was used for another body. Use a new key for every new request.",
    )
