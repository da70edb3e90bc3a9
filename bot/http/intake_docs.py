"""What `/docs` says about intake: the shapes that are read, examples, and every answer."""

from typing import Any

from bot.http.problems import MEDIA_TYPE
from handoff.intake.arriving import LONGEST_NAME
from handoff.lead import Outcome

LEAD = {
    "external_id": "web-8841",
    "submitted_at": "2026-03-02T14:00:00Z",
    "email": "jane@acme.example",
    "first_name": "Jane",
    "last_name": "Doe",
    "title": "VP Operations",
    "company": "Acme Ltd",
    "phone": "+442079460958",
    "country": "GB",
    "employees": 1200,
    "lead_source": "paid_search",
    "utm": {"source": "google", "campaign": "q4"},
    "score": 82,
    "hand_raise": False,
    "consent": {"basis": "consent", "at": "2026-03-02T14:00:00Z"},
}
TOUCH = {
    "lead": {"source": "website", "external_id": "web-8841"},
    "type": "call",
    "direction": "outbound",
    "occurred_at": "2026-03-02T14:12:00Z",
    "actor_email": "dana@example.com",
    "external_id": "call-5512",
}

_TEXT = {"type": "string", "maxLength": 2000}
_NAME = {"type": "string", "maxLength": LONGEST_NAME}
_LEAD_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": (
        "One person. `external_id` or `email` must be there. Further fields are kept, and rules "
        "can use them under their own name."
    ),
    "additionalProperties": True,
    "anyOf": [{"required": ["external_id"]}, {"required": ["email"]}],
    "properties": {
        "external_id": _NAME | {"description": "Your name for the lead; the same twice is one."},
        "source": _TEXT | {"description": "Only if it is not the source of the key."},
        "submitted_at": {"type": "string", "format": "date-time"},
        "email": {"type": "string", "format": "email"},
        **{
            name: _TEXT
            for name in ("first_name", "last_name", "title", "company", "domain", "phone")
        },
        "country": _TEXT | {"description": "ISO 3166 code, or the English name."},
        **{name: _TEXT for name in ("state", "industry", "lead_source", "stage")},
        "employees": {"type": ["integer", "string"], "description": "A number or a band."},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "hand_raise": {"type": "boolean", "description": "Asked for a demo, a price, a call."},
        "account_owner_email": {"type": "string", "format": "email"},
        "design": _TEXT | {"description": "Key of the design that shall take it, like ENT-3."},
        "first_touch_at": {"type": "string", "format": "date-time"},
        "test": {"type": "boolean", "description": "Count it nowhere."},
    },
}
_TOUCH_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["lead", "type"],
    "properties": {
        "lead": {
            "type": "object",
            "description": "`id` as we answered it, or `external_id` (and `source`), or `email`.",
            "properties": {name: _NAME for name in ("id", "source", "external_id", "email")},
        },
        "type": {
            "type": "string",
            "examples": ["call", "email", "message", "meeting", "booking"],
        },
        "direction": {"enum": ["outbound", "inbound"], "default": "outbound"},
        "automated": {"type": "boolean", "description": "True for sequences and robots."},
        "occurred_at": {
            "type": "string",
            "format": "date-time",
            "description": "With a zone; needed unless `type` is `outcome`.",
        },
        "actor_email": {"type": "string", "format": "email"},
        "external_id": _NAME | {"description": "Your name for the touch; the same twice is one."},
        "outcome": {
            "enum": [one.value for one in Outcome],
            "description": "What became of the lead; closes it. Alone with `type: outcome`.",
        },
    },
}
_TAKEN: dict[str, Any] = {
    "id": {"type": "string"},
    "status": {"enum": ["accepted"]},
    "duplicate": {"type": "boolean", "description": "It was known already."},
}
_NURTURED = {"type": "boolean", "description": "Kept, but below the design's gates."}
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "kept_as": {"type": "string", "description": "For `handoff leads retry`."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
LEAD_TAKEN = {"type": "object", "properties": {**_TAKEN, "nurtured": _NURTURED}}
TOUCH_TAKEN = {
    "type": "object",
    "properties": {**_TAKEN, "outcome": {"type": "string", "description": "What it changed."}},
}
BATCH_TAKEN = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **_TAKEN,
                    "index": {"type": "integer", "description": "Its place in the batch."},
                    "external_id": {"type": ["string", "null"]},
                    "status": {"enum": ["accepted", "refused", "failed"]},
                    "nurtured": _NURTURED,
                    "problem": {"anyOf": [_PROBLEM, {"type": "null"}]},
                },
            },
        }
    },
}
_PROBLEMS = {
    400: "The body or a header cannot be read.",
    401: "Not signed with a live secret within 5 minutes, and no live bearer key.",
    403: "The source is switched off.",
    409: "A request with the same key is still at work.",
    413: "The body is larger than 256 KiB.",
    415: "The body is not JSON, or it is compressed.",
    429: "Too many requests at once; see `Retry-After`.",
    500: "Something went wrong on our side; send it again later.",
    503: "Nothing was stored; see `Retry-After`.",
}
_AUTH = """

**Who you are.** Sign as [Standard Webhooks](https://www.standardwebhooks.com) does (`webhook-id`,
`webhook-timestamp`, `webhook-signature`; add `?source=NAME` unless it is `default`), or send
`Authorization: Bearer hfk_…`. `handoff sources` makes the keys.

**Once.** `webhook-id`, or `Idempotency-Key`, names a request over its retries for 72 hours; a
repeat gets the first answer. Without it the same `external_id` is still one lead.
"""


def described(about: str) -> str:
    """Return the description of a route, with what holds for all of them."""
    return about + _AUTH


def lead_body() -> dict[str, Any]:
    """Return the request body of a single lead."""
    return _body(
        _LEAD_SCHEMA,
        form={"summary": "From a web form", "value": LEAD},
        raised={
            "summary": "Asks for a demo",
            "value": {"external_id": "web-8842", "email": "li@acme.example", "hand_raise": True},
        },
    )


def batch_body() -> dict[str, Any]:
    """Return the request body of a batch."""
    schema = {
        "type": "object",
        "required": ["leads"],
        "properties": {
            "leads": {"type": "array", "minItems": 1, "maxItems": 100, "items": _LEAD_SCHEMA}
        },
    }
    two = {"leads": [LEAD, {"external_id": "web-8843", "email": "not an address"}]}
    return _body(schema, mixed={"summary": "One good, one bad", "value": two})


def touch_body() -> dict[str, Any]:
    """Return the request body of a touch."""
    return _body(_TOUCH_SCHEMA, call={"summary": "A call", "value": TOUCH})


def answers(
    good: int, about: str, *, schema: dict[str, Any], example: dict[str, Any], refused: str
) -> dict[int | str, dict[str, Any]]:
    """Return the documented answers of a route: the good one and every problem.

    Args:
        good: The status of the good one.
        about: What the good one means.
        schema: Of its body.
        example: One such body.
        refused: What a 422 means here, and what becomes of what was sent.
    """
    content = {"application/json": {"schema": schema, "example": example}}
    problems: dict[int | str, dict[str, Any]] = {
        status: {"description": text, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
        for status, text in sorted({**_PROBLEMS, 422: refused}.items())
    }
    return {good: {"description": about, "content": content}, **problems}


def _body(schema: dict[str, Any], **examples: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"requestBody": {"required": True, "content": content}}
