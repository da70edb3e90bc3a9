"""A guided scene: people act by themselves, and captions tell the visitor where to look.

The script is the app's own; the sandbox gives it a stage and shows its captions on the page.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic
from typing import Any, TypeVar

from bot.sandbox.errors import AppFailed, SlackRefusal
from bot.sandbox.messages import Message
from bot.sandbox.person import Person
from bot.sandbox.webhooks import send_webhook
from bot.sandbox.workspace import Workspace

_LOG = logging.getLogger(__name__)
_Found = TypeVar("_Found")

_POLL_SECONDS = 0.1
_SHORTEST_SECONDS = 3.0
_SECONDS_A_WORD = 0.3


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is played, once, when the visitor asks for it.

    Attributes:
        title: Of the offer.
        about: What the visitor will see, a sentence or two.
        script: Plays it on the stage it is given.
        pace: How long captions stand, as a multiple of the usual reading time.
    """

    title: str
    about: str
    script: "Callable[[Stage], None]"
    pace: float = 1


@dataclass(frozen=True, kw_only=True)
class Caption:
    """What to look at.

    Attributes:
        text: In plain words.
        user: Id of the person to look as; None leaves the visitor where they are.
        place: Id of a conversation, or `home`.
        ts: Of the message to look at, if there is one.
    """

    text: str
    user: str | None = None
    place: str | None = None
    ts: str | None = None


class SceneEnded(Exception):
    """The visitor ended the scene."""


class SceneStuck(Exception):
    """What the script waits for did not come."""


class Stage:
    """What a script works with; everything in it ends at once when the visitor ends the scene.

    Args:
        workspace: Where the scene plays.
        person: Finds somebody of the seed to act as.
        scene: What is played.
    """

    def __init__(
        self, workspace: Workspace, person: Callable[[str], Person], scene: Scene
    ) -> None:
        self.workspace = workspace
        self.person = person
        self._scene = scene
        self._state = "offered"
        self._speed: float = 1
        self._captions: list[Caption] = []
        self._changed = Condition()

    # For the page

    def shown(self) -> dict[str, Any]:
        """Return the scene as the page shows it."""
        return {
            "title": self._scene.title,
            "about": self._scene.about,
            "state": self._state,
            "captions": [vars(caption) for caption in self._captions],
        }

    def do(self, wish: str) -> None:
        """Play, pause, go on with or end the scene.

        Raises:
            SlackRefusal: `invalid_scene` for anything else, or out of turn.
        """
        before, after = _WISHES.get(wish, ((), ""))
        with self._changed:
            if self._state not in before:
                raise SlackRefusal("invalid_scene")
            is_start = self._state == "offered" and wish == "play"
            self._become(after)
        if is_start:
            Thread(target=self._play, name="sandbox-scene", daemon=True).start()
        elif wish in ("pause", "end"):
            self._run_clock(0 if wish == "pause" else 1)

    # For the script

    def say(
        self, text: str, *, person: str = "", place: str = "", message: Message | None = None
    ) -> None:
        """Show a caption, and leave time to read it; the clock runs at real time meanwhile.

        Args:
            text: What happens, and what to look at.
            person: Short name of whom to look as.
            place: A channel (`#name`), or `home`.
            message: The message to look at; it is a place, too.
        """
        self._wait(0)
        user = self.workspace.user_named(person).id if person else None
        where = message.channel if message else place
        if where not in ("", "home"):
            where = self.workspace.channel_named(where).id
        caption = Caption(
            text=text, user=user, place=where or None, ts=message.ts if message else None
        )
        with self._changed:
            self._captions.append(caption)
        self._tell()
        self._wait(max(_SHORTEST_SECONDS, _SECONDS_A_WORD * len(text.split())) * self._scene.pace)

    def wait_for(
        self, found: Callable[[], _Found | None], *, speed: float = 1, seconds: float = 60
    ) -> _Found:
        """Let time go by until something is there, and return it.

        Args:
            found: Looks for it; None: not yet.
            speed: Of the clock meanwhile.
            seconds: Of real time, at most.

        Raises:
            SceneStuck: if it did not come.
        """
        self.set_speed(speed)
        end = monotonic() + seconds
        while (thing := found()) is None:
            end += self._wait(_POLL_SECONDS)
            if monotonic() > end:
                raise SceneStuck(getattr(found, "__name__", "something"))
        self.set_speed(1)
        return thing

    def send(self, webhook: str, template: str) -> dict[str, Any]:
        """Send a lead as an outside system does; return the answer."""
        answers: list[dict[str, Any]] = send_webhook(self.workspace, webhook, template, 1)[
            "results"
        ]
        return answers[0]

    def set_speed(self, speed: float) -> None:
        """Set the clock's speed, on all pages."""
        self._speed = speed
        self._run_clock(speed)

    # How it is done

    def _play(self) -> None:
        """Run the script to its end; whatever goes wrong, the demo goes on."""
        try:
            self._scene.script(self)
        except SceneEnded:
            return
        except (SceneStuck, SlackRefusal, AppFailed, LookupError):
            # The visitor may have changed anything under the script's feet.
            _LOG.exception("The scene stopped")
            self._finish("stopped")
        else:
            self._finish("ended")

    def _finish(self, state: str) -> None:
        with self._changed:
            if self._state in ("playing", "paused"):
                self._become(state)
        self.set_speed(1)

    def _become(self, state: str) -> None:
        self._state = state
        self._changed.notify_all()
        self._tell()

    def _wait(self, seconds: float) -> float:
        """Wait while the scene plays, and as long as it is paused; return how long that was.

        Raises:
            SceneEnded: if the visitor ended it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._state != "playing", timeout=seconds)
            paused_at = monotonic()
            was_paused = self._state == "paused"
            self._changed.wait_for(lambda: self._state != "paused")
            if self._state != "playing":
                raise SceneEnded
        if was_paused:
            self._run_clock(self._speed)
        return monotonic() - paused_at

    def _run_clock(self, speed: float) -> None:
        self.workspace.clock.set_speed(speed)
        self.workspace.feed.tell(None, type="clock")

    def _tell(self) -> None:
        self.workspace.feed.tell(None, type="scene")


_WISHES = {
    "play": (("offered", "paused"), "playing"),
    "pause": (("playing",), "paused"),
    "end": (("playing", "paused"), "ended"),
}
