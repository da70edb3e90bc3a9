"""Other systems that send leads and touches to the app."""

from itertools import count
from typing import Any

import httpx

from tests.support.house import House
from tests.support.webhooks import as_json, signed

LEAD: dict[str, Any] = {
    "external_id": "web-1",
    "email": "Jane@Acme.example",
    "first_name": "Jane",
    "last_name": "Doe",
    "title": "VP Operations",
    "company": "Acme Ltd",
    "employees": "5,000",
    "country": "United States",
    "score": 90,
}
_numbers = count(1)


def send(
    house: House,
    body: Any,  # noqa: ANN401 - whatever JSON a test thinks of
    *,
    path: str = "/v1/leads",
    message: str | None = None,
    **changes: str,
) -> httpx.Response:
    """Send a signed request of the source `default`; `changes` replace headers.

    Each is a request of its own unless `message` names it.
    """
    raw = body if isinstance(body, bytes) else as_json(body)
    name = message or f"msg_{next(_numbers)}"
    headers = signed(raw, at=house.clocks.wall(), message=name) | changes
    return house.client.post(path, content=raw, headers=headers)
