"""What a machine is told when its request was not carried out: RFC 9457 problems."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that is refused as a whole.

    Args:
        status: The HTTP status.
        detail: What happened and what to do next.
        errors: What is wrong field by field: `pointer` and `detail`.
        headers: Sent along, such as `Retry-After`.
        more: Further members of the problem.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self) -> dict[str, Any]:
        """Return the problem as JSON."""
        found: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            **self.more,
        }
        return found | ({"errors": [dict(one) for one in self.errors]} if self.errors else {})


async def answer_problem(request: Request, problem: Exception) -> JSONResponse:
    """Answer a request that is refused."""
    assert isinstance(problem, Problem)
    body = {**problem.body(), "instance": request.url.path}
    return JSONResponse(
        body, status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


async def answer_wrong_address(request: Request, error: Exception) -> JSONResponse:
    """Answer a request to an address or with a method that there is not.

    Nobody is redirected: who follows would carry a key to wherever a proxy's name leads, and who
    does not follow would take the answer for a success.
    """
    assert isinstance(error, HTTPException)
    status, path, headers = HTTPStatus(error.status_code), request.url.path, error.headers or {}
    told = {
        HTTPStatus.NOT_FOUND: (
            f"There is nothing at {path}. `/docs` names every address; none ends with a slash."
        ),
        HTTPStatus.METHOD_NOT_ALLOWED: (
            f"{path} takes {headers.get('Allow')}, not {request.method}."
        ),
    }
    problem = Problem(status, told.get(status, error.detail), headers=headers)
    return await answer_problem(request, problem)
