"""A guided scene: offered, played, paused, left, and what the page is told."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox import (
    Answer,
    Sandbox,
    Scene,
    SceneStuck,
    SlackRefusal,
    Stage,
    StillClock,
    load_seed,
)
from tests.bot.sandbox.tiny_app import MANIFEST

START = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)
_PATIENCE = 20.0


def sandbox_with(script: Callable[[Stage], None], *, pace: float = 0) -> tuple[Sandbox, Stage]:
    """Return a workspace that offers a scene."""
    sandbox = Sandbox(
        manifest=MANIFEST,
        seed=load_seed(),
        signing_secret="s",
        bot_token="xoxb-1",
        app_url="http://app.test/slack/events",
        deliver=lambda _: Answer(200, {}, b""),
        clock=StillClock(START),
        scene=Scene(title="T", about="A", script=script, pace=pace),
    )
    assert sandbox.stage is not None
    return sandbox, sandbox.stage


def played(stage: Stage) -> dict[str, Any]:
    """Wait until the script is over; return what the page shows then."""
    for thread in threading.enumerate():
        if thread.name == "sandbox-scene":
            thread.join(_PATIENCE)
            assert not thread.is_alive(), stage.shown()
    return stage.shown()


def test_captions_say_where_to_look() -> None:
    """Each names the person, the place and the message, by ids that the page knows."""

    def script(stage: Stage) -> None:
        posted = stage.person("ria").post("#revops", "Look here")
        stage.say("At the message.", person="ben", message=posted)
        stage.say("At a place.", person="sam", place="#revops")
        stage.say("At Home.", person="sam", place="home")
        stage.say("Anywhere.")

    sandbox, stage = sandbox_with(script)
    assert stage.shown() == {"title": "T", "about": "A", "state": "offered", "captions": []}

    stage.do("play")

    shown = played(stage)
    assert shown["state"] == "ended"
    (message,) = sandbox.messages("#revops")
    assert [tuple(caption.values()) for caption in shown["captions"]] == [
        ("At the message.", "U0BEN00001", "C0REVOPS01", message.ts),
        ("At a place.", "U0SAM00001", "C0REVOPS01", None),
        ("At Home.", "U0SAM00001", "home", None),
        ("Anywhere.", None, None, None),
    ]


def test_the_clock_is_the_scenes_and_then_the_visitors() -> None:
    """It runs fast while the scene waits, stands while it is paused, and is real afterwards."""
    ready = threading.Event()
    there: list[str] = []

    def look() -> str | None:
        ready.set()
        return there[0] if there else None

    found: list[str] = []
    sandbox, stage = sandbox_with(lambda stage: found.append(stage.wait_for(look, speed=60)))
    clock = sandbox.workspace.clock

    stage.do("play")
    assert ready.wait(_PATIENCE)
    assert clock.speed == 60
    stage.do("pause")
    assert clock.speed == 0
    there.append("it")
    stage.do("play")

    assert played(stage)["state"] == "ended"
    assert (found, clock.speed) == (["it"], 1)


def test_the_visitor_ends_it_at_any_time() -> None:
    """While it waits and while it is paused; the script does nothing more."""
    done: list[str] = []

    def script(stage: Stage) -> None:
        stage.say("A caption that stands for long.")
        done.append("went on")

    for wishes in (("play", "end"), ("play", "pause", "end")):
        sandbox, stage = sandbox_with(script, pace=1000)
        for wish in wishes:
            stage.do(wish)

        assert played(stage)["state"] == "ended"
        assert sandbox.workspace.clock.speed == 1
    assert done == []


@pytest.mark.parametrize(
    "trouble", [SceneStuck("no"), SlackRefusal("not_in_channel"), LookupError("nobody")]
)
def test_what_does_not_come_stops_the_scene_and_not_the_demo(trouble: Exception) -> None:
    """The visitor may have changed anything; the page says that it cannot go on."""

    def script(stage: Stage) -> None:
        stage.set_speed(600)
        raise trouble

    sandbox, stage = sandbox_with(script)

    stage.do("play")

    assert played(stage)["state"] == "stopped"
    assert sandbox.workspace.clock.speed == 1


def test_nothing_comes_within_the_time() -> None:
    """A script does not wait for ever."""
    _, stage = sandbox_with(lambda stage: stage.wait_for(lambda: None, seconds=0.05))

    stage.do("play")

    assert played(stage)["state"] == "stopped"


@pytest.mark.parametrize("wish", ["pause", "end", "dance"])
def test_wishes_out_of_turn_are_refused(wish: str) -> None:
    """What is only offered can be played, and nothing else."""
    _, stage = sandbox_with(lambda _: None)

    with pytest.raises(SlackRefusal, match="invalid_scene"):
        stage.do(wish)
