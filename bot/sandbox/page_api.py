"""The page's API under /sandbox/: what it shows, and what the person on it does."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox import page_shapes
from bot.sandbox.doings import Doings
from bot.sandbox.errors import AppFailed, SlackRefusal
from bot.sandbox.faults import KINDS
from bot.sandbox.feed import latest
from bot.sandbox.outward.events import Events
from bot.sandbox.outward.interactions import Container, Interactions, Use
from bot.sandbox.scene import Stage
from bot.sandbox.webhooks import send_webhook
from bot.sandbox.workspace import Workspace

_Body = dict[str, Any]
_KEEP_ALIVE_SECONDS = 15.0
_UPLOAD_BYTES = 10_000_000
_SAFE_INLINE = ("image/png", "image/jpeg", "image/gif", "application/pdf", "text/plain")


class PageApi:
    """Reads and does for the page; each POST body names the `user` it acts as."""

    def __init__(
        self,
        workspace: Workspace,
        interactions: Interactions,
        doings: Doings,
        events: Events,
        stage: Stage | None,
    ) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self._doings = doings
        self._events = events
        self._stage = stage

    def routes(self) -> list[Route]:
        """Return the routes under /sandbox/."""
        doings: dict[str, Callable[[_Body], _Body]] = {
            "post": self._post,
            "react": self._react,
            "action": self._action,
            "options": self._options,
            "view/submit": self._submit,
            "view/close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "read": self._read,
            "join": self._join,
            "clock": self._clock,
            "faults": self._faults,
            "webhook": self._webhook,
            "scene": self._scene,
        }
        return [
            Route("/sandbox/state", self._answers(self._state)),
            Route("/sandbox/messages", self._answers(self._messages)),
            Route("/sandbox/events", self.follow),
            Route("/sandbox/upload", self.upload, methods=["POST"]),
            Route("/sandbox/files/{file_id}/{name}", self.file),
            *(
                Route(f"/sandbox/{path}", self._answers(doing), methods=["POST"])
                for path, doing in doings.items()
            ),
        ]

    def _answers(
        self, doing: Callable[[_Body], _Body]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint: body in, JSON out, refusals as 4xx with a sentence for a toast."""

        async def endpoint(request: Request) -> Response:
            try:
                body = dict(request.query_params)
                if request.method == "POST":
                    body = await request.json()
                return JSONResponse(await run_in_threadpool(self._do, doing, body))
            except AppFailed as failure:
                return _error(424, failure.reason, str(failure))
            except SlackRefusal as refusal:
                return _error(400, refusal.code, str(refusal))
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                return _error(400, "invalid_request", f"{type(error).__name__}: {error}")

        return endpoint

    def _do(self, doing: Callable[[_Body], _Body], body: _Body) -> _Body:
        user = body.get("user")
        if user is not None:
            with self._workspace.lock:
                self._workspace.user(user)
        return doing(body)

    # Reading

    def _state(self, body: _Body) -> _Body:
        with self._workspace.lock:
            user = body.get("user") or page_shapes.first_person(self._workspace)
            return page_shapes.state(self._workspace, user)

    def _messages(self, body: _Body) -> _Body:
        workspace, user = self._workspace, body["user"]
        with workspace.lock:
            channel = workspace.channel_seen_by(user, body["channel"])
            thread_ts = body.get("thread_ts")
            found = [
                page_shapes.message(workspace, message)
                for message in workspace.messages.in_channel(channel.id)
                if message.only_for in (None, user)
                and (thread_ts is None or thread_ts in (message.ts, message.thread_ts))
            ]
        return {"messages": found}

    async def follow(self, request: Request) -> Response:
        """Stream what changes, as Server-Sent Events."""
        user = request.query_params.get("user", "")
        after = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        cursor = int(after) if after.isdigit() else 0
        return StreamingResponse(
            self._stream(request, user, cursor),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def _stream(self, request: Request, user: str, cursor: int) -> AsyncIterator[str]:
        yield ": hello\n\n"
        while not await request.is_disconnected():
            events, cursor = await run_in_threadpool(self._changes, user, cursor)
            for event in events:
                yield f"id: {event['cursor']}\ndata: {json.dumps(event)}\n\n"
            await self._workspace.feed.wait(cursor, seconds=_KEEP_ALIVE_SECONDS)
            yield ": still here\n\n"

    def _changes(self, user: str, cursor: int) -> tuple[list[_Body], int]:
        workspace = self._workspace
        with workspace.lock:
            changes, newest = workspace.feed.after(cursor, user)
            found = [page_shapes.change(workspace, user, one) for one in latest(changes)]
        return [event for event in found if event is not None], newest

    async def file(self, request: Request) -> Response:
        """Return a file's bytes; only harmless types are shown by the browser itself."""
        file = self._workspace.files.get(request.path_params["file_id"])
        if file is None or file.content is None:
            return _error(404, "file_not_found", "This file is not here.")
        is_safe = file.mimetype in _SAFE_INLINE
        headers = {
            "Content-Disposition": "inline" if is_safe else "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return Response(file.content, media_type=file.mimetype, headers=headers)

    # Doing

    def _post(self, body: _Body) -> _Body:
        text = body["text"]
        name = text.strip().split(" ")[0]
        if self._workspace.manifest.command(name) and not body.get("thread_ts"):
            self._interactions.command(body["user"], body["channel"], text)
            return {"ok": True}
        thread_ts = body.get("thread_ts") or None
        message = self._doings.post(body["user"], body["channel"], text, thread_ts)
        return {"ok": True, "ts": message.ts}

    def _react(self, body: _Body) -> _Body:
        self._doings.react(
            body["user"], body["channel"], body["ts"], body["name"], add=bool(body["add"])
        )
        return {"ok": True}

    def _action(self, body: _Body) -> _Body:
        self._interactions.action(body["user"], self._use(body))
        return {"ok": True}

    def _options(self, body: _Body) -> _Body:
        return self._interactions.options(body["user"], self._use(body), body.get("query", ""))

    def _use(self, body: _Body) -> Use:
        return Use(
            self._container(body),
            body["block_id"],
            body["action_id"],
            body.get("value") or {},
            (body.get("state") or {}).get("values"),
        )

    def _container(self, body: _Body) -> Container:
        where = body["container"]
        if where["type"] == "message":
            return Container(channel=where["channel"], ts=where["ts"])
        if where["type"] == "home":
            home = self._workspace.views.homes.get(body["user"])
            if home is None:
                raise SlackRefusal("view_not_found")
            return Container(view_id=home.id)
        return Container(view_id=where["view_id"])

    def _submit(self, body: _Body) -> _Body:
        values = (body.get("state") or {}).get("values") or {}
        errors = self._interactions.submit(body["user"], body["view_id"], values)
        with self._workspace.lock:
            views = page_shapes.views(self._workspace, body["user"])
        return {"errors": errors, "views": views} if errors else {"ok": True, "views": views}

    def _close(self, body: _Body) -> _Body:
        self._interactions.close(body["user"], body["view_id"], is_cleared=bool(body.get("all")))
        with self._workspace.lock:
            return {"ok": True, "views": page_shapes.views(self._workspace, body["user"])}

    def _shortcut(self, body: _Body) -> _Body:
        self._interactions.shortcut(
            body["user"], body["callback_id"], body.get("channel") or "", body.get("ts") or ""
        )
        return {"ok": True}

    def _home(self, body: _Body) -> _Body:
        self._doings.open_home(body["user"], body.get("tab", "home"))
        return {"ok": True}

    def _read(self, body: _Body) -> _Body:
        self._doings.read(body["user"], body["channel"], body["ts"])
        return {"ok": True}

    def _join(self, body: _Body) -> _Body:
        self._workspace.channel_seen_by(body["user"], body["channel"])
        self._doings.join(body["user"], body["channel"])
        return {"ok": True}

    def _clock(self, body: _Body) -> _Body:
        self._workspace.clock.set_speed(float(body["speed"]))
        self._workspace.feed.tell(None, type="clock")
        return {"clock": page_shapes.clock(self._workspace)}

    def _faults(self, body: _Body) -> _Body:
        if body["kind"] not in KINDS:
            raise SlackRefusal("invalid_kind")
        self._workspace.faults.add(
            body["method"],
            body["kind"],
            count=int(body.get("count", 1)),
            retry_after=int(body.get("retry_after", 1)),
        )
        return {"ok": True}

    def _webhook(self, body: _Body) -> _Body:
        return send_webhook(
            self._workspace, body["name"], body["template"], int(body.get("count", 1))
        )

    def _scene(self, body: _Body) -> _Body:
        if self._stage is None:
            raise SlackRefusal("invalid_scene")
        self._stage.do(body["do"])
        return {"ok": True}

    async def upload(self, request: Request) -> Response:
        """Take a file that the person picked for a form."""
        async with request.form(max_part_size=_UPLOAD_BYTES) as form:
            user, file = form.get("user"), form.get("file")
            if not isinstance(user, str) or file is None or isinstance(file, str):
                return _error(400, "invalid_request", "Send `user` and `file`.")
            content = await file.read()
            name = file.filename or "file"
        if len(content) > _UPLOAD_BYTES:
            return _error(413, "file_size_too_large", "A file may have 10 MB at most.")
        stored = await run_in_threadpool(self._doings.upload, user, name, content)
        return JSONResponse({"file": {"id": stored.id, "name": stored.name, "size": stored.size}})


def _error(status: int, code: str, detail: str) -> Response:
    return JSONResponse({"error": code, "detail": detail}, status_code=status)
