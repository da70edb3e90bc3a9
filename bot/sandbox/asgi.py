"""The sandbox's doors: the Web API and uploads for the app, the page and its API for people."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.doings import Doings
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.faults import Fault
from bot.sandbox.outward.events import Events
from bot.sandbox.outward.interactions import Interactions
from bot.sandbox.page_api import PageApi
from bot.sandbox.posting import answer_hook
from bot.sandbox.scene import Stage
from bot.sandbox.web.api import METHODS, WebApi
from bot.sandbox.workspace import Workspace

_TRANSPORT = "sandbox.transport"
_PAGE = Path(__file__).with_name("page")


def build_asgi(
    workspace: Workspace,
    api: WebApi,
    interactions: Interactions,
    doings: Doings,
    events: Events,
    *,
    stage: Stage | None = None,
) -> ASGIApp:
    """Return the ASGI app with everything that the sandbox serves.

    Run with its lifespan, it delivers events by itself.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        events.start()
        yield
        await run_in_threadpool(events.stop)

    doors = _AppDoors(workspace, api)
    page = PageApi(workspace, interactions, doings, events, stage)
    routes = [
        Route("/api/{method}", doors.call, methods=["GET", "POST"]),
        Route("/upload/{file_id}", doors.upload, methods=["POST"]),
        Route("/files-pri/{file_id}/{name}", doors.download),
        Route("/response/{hook_id}", doors.respond, methods=["POST"]),
        *page.routes(),
        Route("/", _index),
        Mount("/static", StaticFiles(directory=_PAGE, check_dir=False)),
    ]
    return _Outermost(Starlette(routes=routes, lifespan=lifespan), workspace)


async def _index(_: Request) -> Response:
    page = _PAGE / "index.html"
    if not page.exists():
        return PlainTextResponse("The sandbox runs; its page is not installed.", status_code=404)
    return Response(page.read_bytes(), media_type="text/html")


class _Outermost:
    """Learns the sandbox's own address from the first request, where nobody set it.

    It also keeps hold of uvicorn's connection, so that a fault can cut it: ASGI has no word for
    a server that hangs up.
    """

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
            if not self._workspace.base_url:
                self._workspace.base_url = str(Request(scope).base_url).rstrip("/")
        await self._app(scope, receive, send)


class _AppDoors:
    """What the app calls."""

    def __init__(self, workspace: Workspace, api: WebApi) -> None:
        self._workspace = workspace
        self._api = api

    async def call(self, request: Request) -> Response:
        """Answer a Web API call, or fail on purpose."""
        method = request.path_params["method"]
        args = await _arguments(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = bearer or str(args.pop("token", ""))
        args.pop("token", None)
        fault = self._workspace.faults.take(method)
        answer: dict[str, Any] = {}
        if fault is None or fault.works_first:
            answer = await run_in_threadpool(self._api.answer, method, args, token)
        status = 200 if fault is None else _STATUS.get(fault.kind, 0)
        self._workspace.journal.write("from_app", method, args, answer, status)
        if fault is not None:
            return await _faulty(fault)
        return JSONResponse(answer, headers=self._scopes(method))

    def _scopes(self, method: str) -> dict[str, str]:
        known = METHODS.get(method)
        return {
            "x-oauth-scopes": ",".join(sorted(self._workspace.manifest.scopes)),
            "x-accepted-oauth-scopes": ",".join(known.scopes if known else ()),
        }

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a reserved file, as the body or as a form's file."""
        file = self._workspace.files.get(request.path_params["file_id"])
        if file is None or file.is_complete:
            return PlainTextResponse("file_not_found", status_code=404)
        content = await _uploaded_bytes(request)
        if len(content) != file.size:
            return PlainTextResponse(
                f"length mismatch: {file.size} bytes announced, {len(content)} sent",
                status_code=400,
            )
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    async def download(self, request: Request) -> Response:
        """Return a file's bytes to whoever may read files; Slack's page to sign in to others."""
        workspace = self._workspace
        file = workspace.files.get(request.path_params["file_id"])
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if bearer != workspace.bot_token or "files:read" not in workspace.manifest.scopes:
            return HTMLResponse("<!DOCTYPE html><title>Sign in | Slack</title>")
        if file is None or file.content is None:
            return PlainTextResponse("file_not_found", status_code=404)
        return Response(file.content, media_type=file.mimetype)

    async def respond(self, request: Request) -> Response:
        """Take a post to a response URL."""
        hook_id = request.path_params["hook_id"]
        body = await _arguments(request)
        try:
            await run_in_threadpool(self._answer_hook, hook_id, body)
        except SlackRefusal as refusal:
            status = 404 if refusal.code == "used_url" else 400
            self._workspace.journal.write(
                "from_app", "response_url", body, refusal.answer(), status
            )
            return PlainTextResponse(refusal.code, status_code=status)
        self._workspace.journal.write("from_app", "response_url", body, {"ok": True}, 200)
        return PlainTextResponse("ok")

    def _answer_hook(self, hook_id: str, body: dict[str, Any]) -> None:
        with self._workspace.lock:
            answer_hook(self._workspace, hook_id, body)


_STATUS = {"429": 429, "500": 500, "500-after": 500, "html": 200, "error": 200}


async def _faulty(fault: Fault) -> Response:
    if fault.kind in ("timeout", "timeout-after"):
        await asyncio.sleep(fault.seconds)
    if fault.kind == "429":
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers=headers)
    answers: dict[str, Callable[[], Response]] = {
        "error": lambda: JSONResponse({"ok": False, "error": fault.code}),
        "html": lambda: HTMLResponse("<html><body>Slack is having a moment</body></html>"),
        "500": lambda: PlainTextResponse("Internal Server Error", status_code=500),
        "500-after": lambda: PlainTextResponse("Internal Server Error", status_code=500),
        "truncated": _Truncated,
    }
    return answers.get(fault.kind, _Hangup)()


class _Truncated(Response):
    """Breaks off in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Announce more than is sent: the server then closes the connection."""
        del scope, receive
        headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok": tr', "more_body": True})


class _Hangup(_Truncated):
    """Closes the connection without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the connection; break off instead where the server does not let us."""
        transport = scope.get(_TRANSPORT)
        if transport is None:
            await super().__call__(scope, receive, send)
            return
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _arguments(request: Request) -> dict[str, Any]:
    """Return query, form or JSON arguments as one dict."""
    args: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return args
        return args | (body if isinstance(body, dict) else {})
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            args |= {name: value for name, value in form.items() if isinstance(value, str)}
    return args


async def _uploaded_bytes(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        return await _first_file(form)


async def _first_file(form: FormData) -> bytes:
    for value in form.values():
        if not isinstance(value, str):
            return await value.read()
    return b""
