from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox import Sandbox, StillClock, load_seed
from bot.sandbox.clock import wall_now
from tests.bot.sandbox.tiny_app import MANIFEST, SECRET, TOKEN, build_app, in_process

START = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


class Wall:
    """Real time, moved forward at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return wall_now() + self.ahead

    def advance(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class World:
    """A running sandbox with the tiny app installed in the same process."""

    sandbox: Sandbox
    wall: Wall
    clock: StillClock
    client: WebClient
    seen: list[dict[str, Any]]


@pytest.fixture
def world() -> Iterator[World]:
    wall, clock = Wall(), StillClock(START)
    delivered: list[Any] = []
    sandbox = Sandbox(
        manifest=deepcopy(MANIFEST),
        seed=load_seed(),
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_url="http://127.0.0.1/slack/events",
        clock=clock,
        wall=wall,
        deliver=lambda outgoing: delivered[0](outgoing),
    )
    with sandbox.running():
        app, seen = build_app(sandbox.api_url)
        delivered.append(in_process(app))
        client = WebClient(token=TOKEN, base_url=sandbox.api_url, retry_handlers=[])
        yield World(sandbox, wall, clock, client, seen)
