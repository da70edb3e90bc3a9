"""The sandbox: a local workspace that speaks Slack's protocol to one app.

sandbox = Sandbox(manifest=..., seed=load_seed(), signing_secret="s", bot_token="xoxb-1",
                  app_url="http://127.0.0.1:3000/slack/events", clock=clock)
uvicorn.run(sandbox.asgi)                     # page, /sandbox/*, /api/*
sandbox.person("ria").command("#revops", "/define-handoff")
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.types import ASGIApp

from bot.sandbox.asgi import build_asgi
from bot.sandbox.clock import SandboxClock, wall_now
from bot.sandbox.doings import Doings
from bot.sandbox.faults import Faults
from bot.sandbox.hosting import hosted
from bot.sandbox.journal import Journal
from bot.sandbox.manifest import Manifest
from bot.sandbox.messages import Message
from bot.sandbox.outward.events import Events
from bot.sandbox.outward.interactions import Interactions
from bot.sandbox.outward.link import ANSWER_LIMIT_SECONDS, Deliver, Link
from bot.sandbox.person import Person
from bot.sandbox.scene import Scene, Stage
from bot.sandbox.seed import plant
from bot.sandbox.web.api import WebApi
from bot.sandbox.workspace import Workspace


class Sandbox:
    """A workspace with one app installed in it.

    Args:
        manifest: The app's manifest; its scopes, events, commands and shortcuts are enforced.
        seed: People and places, see seed.yaml.
        signing_secret: Signs what goes to the app.
        bot_token: The token that the Web API accepts.
        app_url: Where the app takes commands, interactions and events.
        clock: The time people see; the app shares it.
        wall: Real time: signatures, triggers, response URLs and retries.
        deliver: Takes the place of HTTP towards the app, for tests in one process.
        base_url: Where the sandbox itself is reached; `running()` sets it.
        answer_limit: Seconds that the app has for an answer.
        scene: What the page offers to play, or None.
    """

    def __init__(
        self,
        *,
        manifest: dict[str, Any],
        seed: dict[str, Any],
        signing_secret: str,
        bot_token: str,
        app_url: str,
        clock: SandboxClock,
        wall: Callable[[], datetime] = wall_now,
        deliver: Deliver | None = None,
        base_url: str = "",
        answer_limit: float = ANSWER_LIMIT_SECONDS,
        scene: Scene | None = None,
    ) -> None:
        self.workspace = Workspace(
            manifest=Manifest(manifest), clock=clock, wall=wall, bot_token=bot_token
        )
        self.workspace.base_url = base_url
        plant(seed, self.workspace)
        link = Link(
            app_url=app_url,
            signing_secret=signing_secret,
            wall=wall,
            deliver=deliver,
            limit_seconds=answer_limit,
        )
        self.events = Events(self.workspace, link)
        self.interactions = Interactions(self.workspace, link)
        self.doings = Doings(self.workspace, self.events)
        self._api = WebApi(self.workspace, self.events)
        self.stage = Stage(self.workspace, self.person, scene) if scene else None
        self.workspace.shown_scene = self.stage.shown if self.stage else None
        self.asgi: ASGIApp = build_asgi(
            self.workspace,
            self._api,
            self.interactions,
            self.doings,
            self.events,
            stage=self.stage,
        )

    @property
    def base_url(self) -> str:
        """Where the sandbox is reached, without a slash at the end."""
        return self.workspace.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.workspace.base_url = url.rstrip("/")

    @property
    def api_url(self) -> str:
        """The base URL for Slack clients."""
        return f"{self.base_url}/api/"

    @property
    def journal(self) -> Journal:
        """Every exchange with the app."""
        return self.workspace.journal

    @property
    def faults(self) -> Faults:
        """Faults on demand."""
        return self.workspace.faults

    def person(self, name: str) -> Person:
        """Return somebody of the seed, by short name or id, to act as.

        Raises:
            LookupError: if there is nobody of that name.
        """
        user = self.workspace.user_named(name)
        return Person(self.workspace, self.interactions, self.doings, self.events, user)

    def messages(self, channel: str) -> list[Message]:
        """Return the lasting messages of a channel (`#name` or id), replies included."""
        with self.workspace.lock:
            found = self.workspace.messages.in_channel(self.workspace.channel_named(channel).id)
            return [message for message in found if not message.only_for]

    def settle(self) -> int:
        """Deliver all events that are due; return how many deliveries were tried."""
        return self.events.drain()

    @contextmanager
    def running(self, *, port: int = 0, with_pump: bool = False) -> Iterator[str]:
        """Serve on loopback until the block ends; yield the base URL.

        Args:
            port: 0 takes a free one.
            with_pump: Deliver events by themselves; else when a `Person` acts or on `settle()`.
        """
        with hosted(self.asgi, port=port) as url:
            self.base_url = url
            if with_pump:
                self.events.start()
            try:
                yield url
            finally:
                self.events.stop()
