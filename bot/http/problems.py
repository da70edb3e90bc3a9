"""What a machine is told when its request was not carried out: RFC 9457 problems."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

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
