"""`/healthz`, `/readyz` and `/metrics`: is the process alive, does it do its work, how much."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

#: Returns one sentence for each thing that keeps the process from doing its work.
Problems = Callable[[], Sequence[str]]


def health_routes(*, problems: Problems) -> APIRouter:
    """Return the three routes.

    Args:
        problems: What keeps the process from its work now; empty when it is ready.
    """
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="Is the process alive?")
    async def healthz() -> JSONResponse:
        # For any other type FastAPI would load the whole of pydantic's version 1 at the start.
        return JSONResponse({"status": "alive"})

    @router.get("/readyz", summary="Does it do its work?")
    def readyz() -> JSONResponse:
        found = list(problems())
        status = "not ready" if found else "ready"
        return JSONResponse(
            {"status": status, "problems": found}, status_code=503 if found else 200
        )

    @router.get("/metrics", summary="Figures for Prometheus")
    def metrics() -> Response:
        # Not at the start: most never ask, and it reads all of its figures when they are asked.
        from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return router
