"""A workspace whose app can be killed at any point, and started again on the same database.

Slack is the sandbox, called in the same process and thread instead of over HTTP: what it has done
stays done when the app dies. A failpoint is before and after every commit and every call to Slack;
they are put around the database and the client from outside.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt import BoltRequest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.app import App
from bot.gateways.outcomes import Done
from bot.sandbox import Sandbox, load_seed
from bot.sandbox.faults import Fault
from bot.sandbox.outward.link import Answer, Deliver, Outgoing
from bot.sandbox.person import Person
from bot.settings import Settings
from tests.support.clocks import MONDAY, StillClocks
from tests.support.house import BOT_TOKEN, SIGNING_SECRET, manifest
from tests.support.leads import store_design
from tests.support.team import set_up_team

#: What a failpoint is told: where it is. It may raise `Crash`.
Point = Callable[[str], None]


class Crash(BaseException):
    """The app dies here. No `except Exception` may catch it."""


class DirectClient(WebClient):
    """Slack's client without a network: the sandbox answers, or fails as it was told to."""

    def __init__(self, sandbox: Sandbox, point: Point) -> None:
        super().__init__(token=BOT_TOKEN, retry_handlers=[])
        self._sandbox = sandbox
        self._point = point

    def api_call(self, api_method: str, **how: Any) -> SlackResponse:  # noqa: ANN401 - the SDK's
        """Answer one call."""
        args = dict(how.get("json") or how.get("params") or {})
        self._point(f"before {api_method}")
        fault = self._sandbox.faults.take(api_method)
        answer: dict[str, Any] = {}
        if fault is None or fault.works_first:
            answer = self._sandbox._api.answer(api_method, args, BOT_TOKEN)
        self._sandbox.journal.write("from_app", api_method, args, answer, 200)
        self._point(f"after {api_method}")
        if fault is None:
            return self._response(answer, 200)
        return self._faulty(fault)

    def _faulty(self, fault: Fault) -> SlackResponse:
        if fault.kind == "429":
            return self._response({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"})
        if fault.kind == "error":
            return self._response({"ok": False, "error": fault.code}, 200)
        raise ConnectionResetError(fault.kind)

    def _response(
        self, data: dict[str, Any], status: int, headers: dict[str, str] | None = None
    ) -> SlackResponse:
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url="",
            req_args={},
            data=data,
            headers=headers or {},
            status_code=status,
        ).validate()


class World:
    """A workspace, and the app that lives and dies in it.

    Args:
        folder: For the database.
        template: A database to begin with, from `prepare()`; None for an empty one.
        point: What happens at every failpoint.
        clocks: Others than those that stand still until they are moved on.
        url: Of a migrated database; None for a SQLite file in the folder.
        sandbox: Slack if it is there already, or what stands for it in this process.
        app: The first one if it is built already, and not open.

    Attributes:
        app: The one that lives now.
        sandbox: Slack, which never dies.
        clocks: Move only by `step()` and by hand.
        deaths: How often the app died.
    """

    def __init__(
        self,
        folder: Path,
        *,
        template: Path | None = None,
        point: Point = lambda _: None,
        clocks: StillClocks | None = None,
        url: str | None = None,
        sandbox: Any = None,  # noqa: ANN401 - or what stands for it in another process
        app: App | None = None,
    ) -> None:
        self.url = url
        self.path = folder / "handoff.db"
        if template is not None:
            shutil.copy(template, self.path)
        self.point = point
        self.deaths = 0
        self.clocks = clocks or StillClocks(MONDAY)
        self.sandbox = sandbox or make_sandbox(self.clocks, deliver=self._deliver)
        self.app = self.start(app)

    @property
    def workspace(self) -> str:
        """The Slack team's id."""
        return self.sandbox.workspace.team_id

    def person(self, name: str) -> Person:
        """Return somebody of the seed to act as."""
        return self.sandbox.person(name)

    def start(self, app: App | None = None) -> App:
        """Start an app on the database as it is: a new one, or one that is built already."""
        app = app or build_app(self.url or f"sqlite:///{self.path}", clocks=self.clocks)
        self.app = app
        app.slack._client = DirectClient(self.sandbox, lambda where: self.point(where))
        app.slack.upload_bytes = self._upload  # type: ignore[method-assign]
        dialect = app.database._writers.dialect
        commit = dialect.do_commit

        def committed(connection: Any) -> None:  # noqa: ANN401 - the driver's
            self.point("before a commit")
            commit(connection)
            self.point("after a commit")

        dialect.do_commit = committed  # type: ignore[method-assign]
        app.open()
        return app

    def die(self) -> None:
        """Throw the app away, with all that it had in memory, and start another one."""
        self.abandon()
        self.deaths += 1
        point, self.point = self.point, lambda _: None  # it starts in peace
        self.start()
        self.point = point

    def abandon(self) -> None:
        """Let go of the files, as the operating system does for a dead process."""
        self.app._engine_lock.release()
        self.app.database.close()

    def survive(self, work: Callable[[], object]) -> None:
        """Do something during which the app may die at a failpoint; then start it again."""
        try:
            work()
        except Crash:
            self.die()

    def step(self, until: datetime | None = None, **by: float) -> None:
        """Live on until an instant, or for `timedelta(**by)`."""
        self.app.step(until or self.clocks.now() + timedelta(**by))

    def _upload(self, *, url: str, content: bytes) -> Done:
        """Take a file's bytes, which go to an address and not to a method."""
        self.sandbox.workspace.files[url.rpartition("/")[2]].content = content
        return Done()

    def _deliver(self, outgoing: Outgoing) -> Answer:
        """Bring a click to the app; one that dies meanwhile gives no answer."""
        request = BoltRequest(body=outgoing.body.decode(), headers=outgoing.headers)
        with suppress(Crash):
            answer = self.app.bolt.dispatch(request)
            headers = {name: value[0] for name, value in answer.headers.items()}
            return Answer(answer.status, headers, answer.body.encode())
        return Answer(503, {}, b"")


def build_app(url: str, *, clocks: StillClocks) -> App:
    """Build an app for a world; it has touched nothing yet."""
    settings = Settings(
        _env_file=None,
        slack_bot_token=BOT_TOKEN,
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url="http://slack.test/api/",
        handoff_database_url=url,
    )
    return App(settings, clocks=clocks)


def make_sandbox(clocks: StillClocks, *, deliver: Deliver) -> Sandbox:
    """Make a Slack that is called in this process, and brings clicks by `deliver`."""
    return Sandbox(
        manifest=manifest(),
        seed=load_seed(),
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        app_url="http://app.test/slack/events",
        clock=clocks,
        wall=clocks.wall,
        deliver=deliver,
        base_url="http://slack.test",
        answer_limit=60.0,
    )


def prepare(folder: Path, *, url: str | None = None) -> Path:
    """Make a database with a team and an active design, and return its path.

    With `url` it is made there, in a migrated database.

    Band A is due after half an hour, B and C after two; two incidents in 48 hours call leadership.
    """
    world = World(folder, url=url)
    world.step()
    store_design(world, set_up_team(world))  # type: ignore[arg-type] # as far as they look
    world.step()
    world.abandon()
    return world.path
