"""Every way in which a call can end is told apart."""

from datetime import timedelta
from http.client import IncompleteRead, RemoteDisconnected
from socket import gaierror
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.gateways.outcomes import (
    Outcome,
    RateLimited,
    Refused,
    Unknown,
    Unreachable,
    read_api_error,
    read_connection_error,
)
from bot.watch.delivery import LEASE
from bot.watch.tick import SLOW_LEASE
from storage.leases import FURTHEST


def api_error(status: int, data: dict[str, Any], **headers: str) -> SlackApiError:
    """Return what Slack's SDK raises for an answer."""
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/x",
        req_args={},
        data={"ok": False, **data},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return SlackApiError("no", response)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (api_error(200, {"error": "channel_not_found"}), Refused("channel_not_found")),
        (
            api_error(200, {"error": "missing_scope", "needed": "im:write"}),
            Refused("missing_scope", "needs im:write"),
        ),
        (
            api_error(
                200,
                {"error": "invalid_blocks", "response_metadata": {"messages": ["too long"]}},
            ),
            Refused("invalid_blocks", "too long"),
        ),
        (api_error(429, {}, Retry_After="7"), RateLimited("m", timedelta(seconds=7))),
        (api_error(429, {}, Retry_After="3600"), RateLimited("m", timedelta(hours=1))),
        (api_error(429, {}, retry_after="0"), RateLimited("m", timedelta(0))),
        (api_error(429, {}), RateLimited("m", timedelta(seconds=30))),
        (api_error(429, {}, Retry_After="soon"), RateLimited("m", timedelta(seconds=30))),
        (api_error(429, {}, Retry_After="inf"), RateLimited("m", timedelta(days=1))),
        (api_error(429, {}, Retry_After="1e300"), RateLimited("m", timedelta(days=1))),
        (api_error(429, {}, Retry_After="nan"), RateLimited("m", timedelta(0))),
        (api_error(429, {}, Retry_After="-5"), RateLimited("m", timedelta(0))),
        (api_error(200, {"error": "no_text", "response_metadata": ["x"]}), Refused("no_text")),
        (
            api_error(200, {"error": "no_text", "response_metadata": {"messages": "too long"}}),
            Refused("no_text", "too long"),
        ),
        (api_error(200, {"error": "ratelimited"}), RateLimited("m", timedelta(seconds=30))),
        (api_error(503, {"error": ""}), Unknown("HTTP 503")),
        (api_error(200, {"error": "fatal_error"}), Unknown("HTTP 200 fatal_error")),
        (api_error(200, {"error": "internal_error"}), Unknown("HTTP 200 internal_error")),
    ],
)
def test_what_slack_answers(error: SlackApiError, outcome: Outcome) -> None:
    """Refused for good, at rest, or unclear."""
    assert read_api_error(error, method="m") == outcome


def test_an_answer_that_is_no_json_is_unclear() -> None:
    """The SDK puts such a page's text into the error."""
    error = api_error(200, {"error": "Received a response in a non-JSON format: <html>"})

    assert isinstance(read_api_error(error, method="m"), Unknown)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (URLError(ConnectionRefusedError()), Unreachable),
        (URLError(gaierror()), Unreachable),
        (ConnectionRefusedError(), Unreachable),
        (URLError(TimeoutError()), Unknown),
        (TimeoutError(), Unknown),
        (ConnectionResetError(), Unknown),
        (RemoteDisconnected(), Unknown),
        (IncompleteRead(b""), Unknown),
    ],
)
def test_what_becomes_of_connections(error: Exception, kind: type[Outcome]) -> None:
    """Only a connection that was never made is sure to have carried nothing."""
    assert isinstance(read_connection_error(error), kind)


def test_being_shut_out_is_more_than_a_refusal() -> None:
    """No other call would fare better."""
    assert Refused("token_revoked").is_shut_out
    assert not Refused("channel_not_found").is_shut_out


def test_no_lease_is_longer_than_what_tells_that_the_clock_was_set_back() -> None:
    """Else it would be taken for one of before, and be cut short; gates know their own clock."""
    assert max(LEASE, SLOW_LEASE) <= FURTHEST
