"""JSON in one canonical spelling, so that equal values have equal bytes and equal hashes."""

import json
from collections.abc import Mapping
from typing import Any

#: Made once: `json.dumps` with options makes a writer for every call.
_WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def to_json(value: Mapping[str, Any]) -> str:
    """Write `value` with sorted keys, no spaces, and no escapes that JSON does not need."""
    return _WRITER.encode(value)


def from_json(body: str) -> dict[str, Any]:
    """Read an object that `to_json` wrote."""
    value: dict[str, Any] = json.loads(body)
    return value
