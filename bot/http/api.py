"""The ASGI application: Slack's endpoint, health, and whatever else is reached by HTTP."""

import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from bot.http.health import Problems, health_routes
from bot.http.leads import lead_routes
from bot.http.problems import Problem, answer_problem, answer_wrong_address
from bot.http.receiving import Desk
from bot.http.slack import SlackEndpoint
from bot.http.touches import touch_routes

_LOG = logging.getLogger(__name__)


def build_api(
    *,
    slack: SlackEndpoint,
    desk: Desk,
    problems: Problems,
    start: Callable[[], None],
    stop: Callable[[], None],
) -> FastAPI:
    """Put the routes together.

    Args:
        slack: Answers `POST /slack/events`.
        desk: Takes in what other machines send.
        problems: What keeps the process from its work, for `/readyz`.
        start: Called before the first request, in a thread.
        stop: Called after the last request, in a thread.
    """

    @asynccontextmanager
    async def lifespan(_api: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(start)
        yield
        await run_in_threadpool(stop)

    api = FastAPI(
        title="Handoff",
        docs_url="/docs",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    api.router.routes.insert(0, Route("/slack/events", slack, methods=["POST"]))
    api.include_router(lead_routes(desk))
    api.include_router(touch_routes(desk))
    api.include_router(health_routes(problems=problems))
    api.add_exception_handler(Problem, answer_problem)
    api.add_exception_handler(HTTPException, answer_wrong_address)
    api.add_exception_handler(Exception, _answer_error)
    return api


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    """Log what nobody expected with a reference, and answer with the reference alone."""
    reference = secrets.token_hex(3).upper()
    _LOG.error(
        "A request failed (reference %s)",
        reference,
        exc_info=error,
        extra={"path": request.url.path},
    )
    return JSONResponse(
        {
            "title": "Something went wrong on our side.",
            "status": 500,
            "detail": f"Nothing was saved. Please try again. Reference: {reference}.",
        },
        status_code=500,
        media_type="application/problem+json",
    )
