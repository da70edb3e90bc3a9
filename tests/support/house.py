"""The whole app against the sandbox, in one process, on clocks that stand still."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.app import App
from bot.sandbox import Sandbox, load_seed
from bot.sandbox.messages import Message
from bot.sandbox.outward.link import Answer, Deliver, Outgoing
from bot.sandbox.person import Person
from bot.settings import Settings
from tests.support.asgi import AsgiClient, asgi_client
from tests.support.clocks import MONDAY, StillClocks
from tests.support.template import sqlite_template

ROOT = Path(__file__).parents[2]
SIGNING_SECRET = "a signing secret of the tests"
BOT_TOKEN = "xoxb-of-the-tests"

#: Seconds; far above Slack's three, for a busy machine is no defect of the app.
ANSWER_LIMIT = 60.0


class _Errors(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@dataclass
class House:
    """A workspace with the app in it.

    Attributes:
        app: The app; `app.database` for looking inside.
        sandbox: The workspace; `sandbox.faults` lets Slack misbehave.
        clocks: Move only by `step()` and `advance()`.
        client: Speaks HTTP to the app.
    """

    app: App
    sandbox: Sandbox
    clocks: StillClocks
    client: AsgiClient
    _errors: _Errors = field(default_factory=_Errors)
    _taken: set[tuple[str, str]] = field(default_factory=set)
    _refusals: int = 0

    @property
    def workspace(self) -> str:
        """The Slack team's id."""
        return self.sandbox.workspace.team_id

    def person(self, name: str) -> Person:
        """Return somebody of the seed to act as."""
        return self.sandbox.person(name)

    def step(self, until: datetime | None = None, **by: float) -> None:
        """Live on until an instant, or for `timedelta(**by)`; without either do what is due."""
        self.app.step(until or self.clocks.now() + timedelta(**by))
        self.sandbox.settle()

    def take(self, channel: str | None = None) -> list[Message]:
        """Return the app's messages that no `take()` returned yet, oldest first.

        Args:
            channel: Only of this conversation (`#name` or id); None for all.
        """
        place = self.sandbox.workspace.channel_named(channel).id if channel else None
        new = [
            message
            for message in self._from_app()
            if place in (None, message.channel)
            and (message.channel, message.ts) not in self._taken
        ]
        self._taken |= {(message.channel, message.ts) for message in new}
        return sorted(new, key=lambda message: message.ts)

    def take_direct(self, name: str) -> list[Message]:
        """Return the app's new direct messages to a person."""
        workspace = self.sandbox.workspace
        user = workspace.user_named(name).id
        return self.take(workspace.direct_channel(user, workspace.bot_user).id)

    def take_errors(self) -> list[str]:
        """Return what was logged as an error and not taken yet; the test expected it."""
        lines, self._errors.lines = self._errors.lines, []
        return lines

    def take_refusals(self) -> list[str]:
        """Return the Web API errors that no call returned yet; the test expected them."""
        found = self.sandbox.journal.refusals()
        new, self._refusals = found[self._refusals :], len(found)
        return [f"{entry.name}: {entry.response.get('error')}" for entry in new]

    def check(self) -> None:
        """Fail on any message, error or refusal that the test did not take."""
        problems = [
            *(f"unexpected message: {message.text}" for message in self.take()),
            *(f"unexpected refusal: {refusal}" for refusal in self.take_refusals()),
            *(f"unexpected error: {line}" for line in self.take_errors()),
        ]
        assert not problems, "\n".join(problems)

    def _from_app(self) -> list[Message]:
        workspace = self.sandbox.workspace
        with workspace.lock:
            return [
                message
                for channel in workspace.channels.values()
                for message in workspace.messages.in_channel(channel.id)
                if message.user == workspace.bot_user
            ]


def manifest() -> dict[str, Any]:
    """Return the app's manifest."""
    return deepcopy(_manifest())


@cache
def _manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return loaded


@cache
def _seed() -> dict[str, Any]:
    return load_seed()


@contextmanager
def open_house(
    folder: Path,
    *,
    start: datetime = MONDAY,
    deliver: Deliver | None = None,
    **settings: object,
) -> Iterator[House]:
    """Let the app move in; at the end, fail on whatever the test did not expect.

    Args:
        folder: For the database.
        start: What the clocks show at first.
        deliver: Brings Slack's requests to the app; None for signed HTTP.
        settings: Other settings than the usual ones.
    """
    clocks = StillClocks(start)

    def post(outgoing: Outgoing) -> Answer:
        answer = client.post(outgoing.path, content=outgoing.body, headers=outgoing.headers)
        return Answer(answer.status_code, dict(answer.headers), answer.content)

    sandbox = Sandbox(
        manifest=manifest(),
        seed=deepcopy(_seed()),
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        app_url="http://app.test/slack/events",
        clock=clocks,
        wall=clocks.wall,
        deliver=deliver or post,
        answer_limit=ANSWER_LIMIT,
    )
    place = folder / "handoff.db"
    if not place.exists():
        place.write_bytes(sqlite_template())
    with sandbox.running():
        chosen: dict[str, Any] = {
            "slack_bot_token": BOT_TOKEN,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": sandbox.api_url,
            "handoff_database_url": f"sqlite:///{place}",
            **settings,
        }
        app = App(Settings(_env_file=None, **chosen), clocks=clocks)
        app.bolt.client.timeout = int(ANSWER_LIMIT)
        with asgi_client(app.api) as client:
            house = House(app, sandbox, clocks, client)
            logging.getLogger().addHandler(house._errors)
            try:
                app.open()
                house.step()
                yield house
                house.check()
            finally:
                logging.getLogger().removeHandler(house._errors)
                app.stop()
