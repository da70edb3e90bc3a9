"""A Slack that fails often, and what is looked at when all is over."""

from dataclasses import dataclass
from random import Random
from threading import Lock

from bot.app import App
from bot.sandbox import Sandbox, load_seed
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.person import Person
from tests.support.clocks import StillClocks
from tests.support.house import BOT_TOKEN, SIGNING_SECRET, manifest

#: Asked before there is anything to lose.
_NEVER_FAILS = ("auth.test",)


class OftenFaulty(Faults):
    """Slack fails in a tenth of the calls, mostly after it did what it was asked for."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = Random(seed)
        self._turn = Lock()
        self.is_over = False

    def take(self, method: str) -> Fault | None:
        """Return a fault for this call, or None."""
        with self._turn:
            if self.is_over or method in _NEVER_FAILS or self._random.random() > 0.1:
                return None
            kind = self._random.choice(("drop", "500-after", "truncated", "500", "429"))
            return Fault(method, kind)


@dataclass
class After:
    """What is left when all is over, as the checker looks at it."""

    app: App
    sandbox: Sandbox
    clocks: StillClocks

    @property
    def workspace(self) -> str:
        """The Slack team's id."""
        return self.sandbox.workspace.team_id

    def live_on(self) -> None:
        """Live through the last half-hour with a healthy Slack."""
        faults = self.sandbox.workspace.faults
        assert isinstance(faults, OftenFaulty)
        faults.is_over = True
        self.app.open()
        self.app.drain()
        for _ in range(2):
            self.clocks.advance(minutes=6)  # longer than any retry waits
            self.app.drain()

    def person(self, name: str) -> Person:
        """Return somebody of the seed."""
        return self.sandbox.person(name)


def faulty_slack(clocks: StillClocks, *, seed: int) -> Sandbox:
    """Return a Slack that often fails; it serves while `running()`."""
    sandbox = Sandbox(
        manifest=manifest(),
        seed=load_seed(),
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        app_url="http://app.test/slack/events",
        clock=clocks,
        wall=clocks.wall,
    )
    sandbox.workspace.faults = OftenFaulty(seed)
    return sandbox
