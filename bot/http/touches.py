"""`POST /v1/touches`: other systems report that sales was in contact, or what became of a lead."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.flows.lead.receive_touch import receive_touch
from bot.flows.lead.taking import Status
from bot.http.intake_docs import TOUCH_TAKEN, answers, described, touch_body
from bot.http.problems import Problem
from bot.http.receiving import Desk, Received

_EXAMPLE = {
    "id": "ld_01JD3Z6Y8Q4W2R5T7V9X1B3C5D",
    "status": "accepted",
    "duplicate": False,
    "outcome": "met",
}


def touch_routes(desk: Desk) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/v1", tags=["intake"])

    @router.post(
        "/touches",
        status_code=HTTPStatus.ACCEPTED,
        summary="Report a first touch, or an outcome",
        description=described(
            "A call, e-mail, message or meeting of sales' own closes the lead's clock with its "
            "own time; a touch that proves to be before the due instant reverses a breach. What "
            "is inbound or automated changes nothing. `outcome` closes a touched lead; with "
            "`type: outcome` it comes without a touch."
        ),
        responses=answers(
            202,
            "Recorded.",
            schema=TOUCH_TAKEN,
            example=_EXAMPLE,
            refused="It cannot be taken; `errors` says why. Nothing was stored.",
        ),
        openapi_extra=touch_body(),
    )
    async def one_touch(request: Request) -> JSONResponse:
        return await desk.take(request, lambda received: _one(desk, received))

    return router


def _one(desk: Desk, received: Received) -> JSONResponse:
    if not isinstance(received.body, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "The body must be one JSON object, the touch.")
    result = receive_touch(
        database=desk.services.database,
        caller=received.caller,
        item=received.body,
        key=received.key,
        now=desk.services.now(),
        wall=desk.services.wall(),
    )
    if result.status is not Status.ACCEPTED:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "The touch cannot be taken as it is; see `errors`. Nothing was stored.",
            errors=[error.model_dump() for error in result.errors],
        )
    return JSONResponse(
        {
            "id": result.id,
            "status": result.status.value,
            "duplicate": result.duplicate,
            "outcome": result.outcome,
        },
        status_code=HTTPStatus.ACCEPTED,
    )
