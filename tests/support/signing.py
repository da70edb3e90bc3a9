"""Requests signed as Slack signs them."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.support.house import SIGNING_SECRET

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def signed(
    body: bytes, *, at: datetime, content_type: str = FORM, secret: str = SIGNING_SECRET
) -> dict[str, str]:
    """Return the headers with which Slack would send `body` at an instant."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def command(text: str = "help", **fields: str) -> bytes:
    """Return the body of a slash command."""
    known = {
        "command": "/handoff",
        "text": text,
        "user_id": "U0RIA00001",
        "team_id": "T0NORTHWND",
        "channel_id": "C0REVOPS01",
        "trigger_id": "1.2.x",
    }
    return urlencode({**known, **fields}).encode()


def interaction(payload: Any) -> bytes:  # noqa: ANN401 - whatever JSON a test thinks of
    """Return the body of an interaction."""
    return urlencode({"payload": json.dumps(payload)}).encode()
