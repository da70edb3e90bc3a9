"""Faults on demand, as a client meets them."""

import http.client
from collections.abc import Callable
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.bot.sandbox.conftest import World


def post(world: World, *, timeout: int = 30) -> Callable[[], object]:
    """Return a call that posts a message."""
    client = WebClient(
        token=world.client.token,
        base_url=world.sandbox.api_url,
        retry_handlers=[],
        timeout=timeout,
    )
    return lambda: client.chat_postMessage(channel="C0REVOPS01", text="x")


def posted(world: World) -> int:
    """Return how many messages there are."""
    return len(world.sandbox.messages("#revops"))


def test_rate_limit(world: World) -> None:
    """A 429 names the seconds to wait, hits only its method, and is over after its count."""
    world.sandbox.faults.add("chat.postMessage", "429", count=2, retry_after=7)
    world.client.auth_test()
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            post(world)()
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "7"
    assert posted(world) == 0

    post(world)()
    assert posted(world) == 1
    assert [e.status for e in world.sandbox.journal.calls("chat.postMessage")] == [429, 429, 200]


def test_rate_limit_without_a_time(world: World) -> None:
    """A 429 may come without Retry-After."""
    world.sandbox.faults.add("*", "429", retry_after=None)
    with pytest.raises(SlackApiError) as caught:
        post(world)()
    assert "Retry-After" not in caught.value.response.headers


@pytest.mark.parametrize(("kind", "count"), [("500", 0), ("500-after", 1), ("html", 1)])
def test_answers_that_make_no_sense(world: World, kind: str, count: int) -> None:
    """A 500 may come before or after the work, and a web page instead of JSON."""
    world.sandbox.faults.add("chat.postMessage", kind)  # type: ignore[arg-type]
    with pytest.raises(SlackApiError):
        post(world)()
    assert posted(world) == count


def test_any_error(world: World) -> None:
    """Any of Slack's error codes can be asked for."""
    world.sandbox.faults.add("chat.postMessage", "error", code="token_revoked")
    with pytest.raises(SlackApiError) as caught:
        post(world)()
    assert caught.value.response["error"] == "token_revoked"
    assert posted(world) == 0


def test_hang_up(world: World) -> None:
    """The message is there, but the connection closes without a word."""
    world.sandbox.faults.add("chat.postMessage", "drop")
    with pytest.raises((URLError, ConnectionError, http.client.RemoteDisconnected)):
        post(world)()
    assert posted(world) == 1


def test_answer_breaks_off(world: World) -> None:
    """The message is there, but the answer is cut short."""
    world.sandbox.faults.add("chat.postMessage", "truncated")
    with pytest.raises(http.client.IncompleteRead):
        post(world)()
    assert posted(world) == 1


@pytest.mark.parametrize(("kind", "count"), [("timeout", 0), ("timeout-after", 1)])
def test_stall(world: World, kind: str, count: int) -> None:
    """The call stalls, before or after the work."""
    world.sandbox.faults.add("chat.postMessage", kind, seconds=1.5)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        post(world, timeout=1)()
    assert posted(world) == count


def test_clear(world: World) -> None:
    """Faults can be called off."""
    world.sandbox.faults.add("*", "500", count=100)
    world.sandbox.faults.clear()
    post(world)()
    assert posted(world) == 1
