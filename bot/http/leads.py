"""`POST /v1/leads` and `/v1/leads/batch`: leads from anywhere, each stored before the answer."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.flows.lead.receive import LeadRequest, receive_leads
from bot.flows.lead.taking import Result, Status
from bot.http.intake_docs import (
    BATCH_TAKEN,
    LEAD_TAKEN,
    answers,
    batch_body,
    described,
    lead_body,
)
from bot.http.problems import Problem
from bot.http.receiving import Desk, Received

MOST_IN_BATCH = 100

_BAD_LEAD = "The lead cannot be taken as it is. It is kept for repair; see `errors`."
_OUR_FAULT = "Something went wrong on our side. The lead is kept for repair; send it again later."
_ONE = {"id": "ld_01JD3Z6Y8Q4W2R5T7V9X1B3C5D", "status": "accepted", "duplicate": False}
_MANY = {
    "results": [
        {"index": 0, "external_id": "web-8841", "nurtured": False, "problem": None, **_ONE},
        {
            "index": 1,
            "external_id": "web-8843",
            "status": "refused",
            "id": "refused_01JD3Z6Y8Q4W2R5T7V9X1B3C5E",
            "duplicate": False,
            "nurtured": False,
            "problem": {
                "type": "about:blank",
                "title": "Unprocessable Entity",
                "status": 422,
                "detail": _BAD_LEAD,
                "errors": [{"pointer": "/email", "detail": "is not an e-mail address"}],
            },
        },
    ]
}


def lead_routes(desk: Desk) -> APIRouter:
    """Return the two routes."""
    router = APIRouter(prefix="/v1/leads", tags=["intake"])

    @router.post(
        "",
        status_code=HTTPStatus.ACCEPTED,
        summary="Hand over one lead",
        description=described("Stored when you read the answer; routed at once."),
        responses=answers(
            202,
            "Stored.",
            schema=LEAD_TAKEN,
            example={**_ONE, "nurtured": False},
            refused="It cannot be taken; `errors` says why. It is kept for repair.",
        ),
        openapi_extra=lead_body(),
    )
    async def one_lead(request: Request) -> JSONResponse:
        return await desk.take(request, lambda received: _one(desk, received))

    @router.post(
        "/batch",
        status_code=HTTPStatus.MULTI_STATUS,
        summary="Hand over up to 100 leads",
        description=described(
            "Each lead stands for itself: read `results`, for a bad one does not stop the others."
        ),
        responses=answers(
            207,
            "One result for each lead, in order.",
            schema=BATCH_TAKEN,
            example=_MANY,
            refused="There are more leads in it than a batch may have. Nothing was stored.",
        ),
        openapi_extra=batch_body(),
    )
    async def many_leads(request: Request) -> JSONResponse:
        return await desk.take(request, lambda received: _many(desk, received))

    return router


def _one(desk: Desk, received: Received) -> JSONResponse:
    if not isinstance(received.body, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "The body must be one JSON object, the lead.")
    request = LeadRequest(item=received.body, key=received.key)
    result = desk.gathering.receive(received.caller, request)
    problem = problem_of(result)
    if problem is not None:
        raise problem
    return JSONResponse(
        {
            "id": result.id,
            "status": result.status.value,
            "duplicate": result.duplicate,
            "nurtured": result.nurtured,
        },
        status_code=HTTPStatus.ACCEPTED,
    )


def _many(desk: Desk, received: Received) -> JSONResponse:
    leads = received.body.get("leads") if isinstance(received.body, dict) else None
    if not isinstance(leads, list) or not leads:
        raise Problem(
            HTTPStatus.BAD_REQUEST, 'The body must be {"leads": […]} with at least one lead.'
        )
    if len(leads) > MOST_IN_BATCH:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"A batch may have {MOST_IN_BATCH} leads, not {len(leads)}. Send it in parts.",
        )
    results = receive_leads(
        database=desk.services.database,
        caller=received.caller,
        items=leads,
        key=received.key,
        now=desk.services.now(),
        wall=desk.services.wall(),
    )
    told = [_told(index, result) for index, result in enumerate(results)]
    return JSONResponse({"results": told}, status_code=HTTPStatus.MULTI_STATUS)


def _told(index: int, result: Result) -> dict[str, Any]:
    problem = problem_of(result)
    return {
        "index": index,
        "external_id": result.external_id,
        "status": result.status.value,
        "id": result.id,
        "duplicate": result.duplicate,
        "nurtured": result.nurtured,
        "problem": problem and problem.body(),
    }


def problem_of(result: Result) -> Problem | None:
    """Return what was wrong with an item, None when it was taken."""
    if result.status is Status.ACCEPTED:
        return None
    is_ours = result.status is Status.FAILED
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.UNPROCESSABLE_ENTITY,
        _OUR_FAULT if is_ours else _BAD_LEAD,
        errors=[error.model_dump() for error in result.errors],
        more={"kept_as": result.id},
    )
