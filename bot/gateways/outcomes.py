"""What can become of a call to Slack, and how a vendor error is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

#: Slack says of these that a part of the work may have been done.
_UNCLEAR = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}

#: The app is not, or no longer, allowed into the workspace; nothing will get through.
_SHUT_OUT = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "app_uninstalled",
    "team_access_not_granted",
}

_ERROR_CODE = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)?")

#: Slack did not say how long to wait after a 429.
_DEFAULT_WAIT = timedelta(seconds=30)

#: Then Slack is asked again, whatever stands in the header: no message waits for longer.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Done:
    """Slack did it.

    Attributes:
        data: The response.
    """

    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """Slack did not do it and will not, as it stands.

    Attributes:
        error: Slack's code, such as `channel_not_found`.
        detail: What Slack says beyond it, for the log.
    """

    error: str
    detail: str = ""

    @property
    def is_shut_out(self) -> bool:
        """True if the app has lost its access, so that no other call would fare better."""
        return self.error in _SHUT_OUT


@dataclass(frozen=True)
class RateLimited:
    """Slack did not do it; the method must rest in this workspace."""

    method: str
    wait: timedelta


@dataclass(frozen=True)
class Unreachable:
    """The request never left: no connection was made. Safe to repeat."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request was sent and the answer is missing or unclear: it may have been done."""

    reason: str


Outcome = Done | Refused | RateLimited | Unreachable | Unknown
Failure = Refused | RateLimited | Unreachable | Unknown


def read_api_error(error: SlackApiError, *, method: str) -> Failure:
    """Read an error that Slack answered with."""
    response = error.response
    status = getattr(response, "status_code", 0)
    said = getattr(response, "data", None)
    said = said if isinstance(said, dict) else {}
    code = str(said.get("error") or "")
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return RateLimited(method, _wait(getattr(response, "headers", {})))
    if status >= 500 or code in _UNCLEAR or not _ERROR_CODE.fullmatch(code):
        return Unknown(f"HTTP {status} {code[:80]}".strip())
    metadata = said.get("response_metadata")
    messages = (metadata.get("messages") if isinstance(metadata, dict) else None) or ()
    if not isinstance(messages, list | tuple):
        messages = (messages,)
    needed = said.get("needed")
    return Refused(
        code, "; ".join([*map(str, messages), *([f"needs {needed}"] if needed else [])])
    )


def read_connection_error(error: Exception) -> Failure:
    """Read an error of the connection: did the request leave or not?"""
    cause = error.reason if isinstance(error, URLError) else error
    reason = type(cause).__name__
    # URLError wraps what happened until the request was written; a connection that was never
    # made carried nothing. A timeout or a reset may come while the request is on its way.
    never_left = isinstance(cause, ConnectionRefusedError) or reason in {
        "gaierror",
        "SSLCertVerificationError",
    }
    return Unreachable(reason) if never_left else Unknown(reason)


def _wait(headers: Mapping[str, Any]) -> timedelta:
    """Read `Retry-After`, which is in whole seconds."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            first = value[0] if isinstance(value, list) else value
            try:
                seconds = min(float(first), _LONGEST_WAIT.total_seconds())
                return timedelta(seconds=max(0.0, seconds))
            except (TypeError, ValueError):
                break
    return _DEFAULT_WAIT
