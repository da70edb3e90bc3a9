"""Requests signed as Standard Webhooks signs them."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"a webhook secret of the tests...").decode()


def signed(
    body: bytes, *, at: datetime, message: str = "msg_1", secret: str = SECRET
) -> dict[str, str]:
    """Return the headers with which a source would send `body` at an instant."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def as_json(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON a test thinks of
    """Return a body."""
    return json.dumps(value).encode()
