"""Small parts: clocks, ids, manifest, seed, the feed and the world's limits."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox import ScaledClock, StillClock, load_seed
from bot.sandbox.channels import Channel
from bot.sandbox.feed import Feed, latest
from bot.sandbox.ids import Ids, Timestamps, base32
from bot.sandbox.manifest import Manifest
from tests.bot.sandbox.conftest import START, World
from tests.bot.sandbox.tiny_app import MANIFEST


def test_scaled_clock_does_not_jump() -> None:
    """A change of speed counts from now on."""
    real = datetime(2026, 1, 1, tzinfo=UTC)
    clock = ScaledClock(start=START, speed=60, wall=lambda: real)

    real += timedelta(seconds=10)
    assert clock.now() == START + timedelta(minutes=10)
    clock.set_speed(0)
    real += timedelta(seconds=10)
    assert clock.now() == START + timedelta(minutes=10)
    assert clock.speed == 0
    with pytest.raises(ValueError, match="speed -1"):
        clock.set_speed(-1)


def test_still_clock_moves_when_told() -> None:
    """It never runs back."""
    clock = StillClock(START)
    clock.advance(timedelta(hours=1))
    clock.move_to(START)
    assert clock.now() == START + timedelta(hours=1)
    clock.set_speed(5)
    assert clock.speed == 5


def test_timestamps_rise_while_the_clock_stands() -> None:
    """Every ts is new, and never behind the one before."""
    clock = StillClock(START)
    stamps = Timestamps(clock.now)
    first = [stamps.next() for _ in range(3)]
    clock.advance(timedelta(seconds=1))

    assert first == ["1793628000.000000", "1793628000.000001", "1793628000.000002"]
    assert stamps.next() == "1793628001.000000"


def test_ids() -> None:
    """Ids have a prefix and a fixed width."""
    ids = Ids()
    assert [ids.next("V"), ids.next("F"), ids.number()] == ["V0SBX000001", "F0SBX000002", 3]
    assert base32(32 * 32 - 1, 4) == "00ZZ"


def test_manifest_of_nothing() -> None:
    """An empty manifest grants and subscribes to nothing."""
    manifest = Manifest({})
    assert (manifest.name, manifest.bot_name) == ("App", "App")
    assert not (manifest.scopes)
    assert not (manifest.events)
    assert not (manifest.commands)
    assert not (manifest.shortcuts)
    assert not (manifest.has_home)
    assert not (manifest.is_interactive)
    assert Manifest(MANIFEST).command("/ask")
    assert Manifest(MANIFEST).shortcut("nope") is None


def test_shipped_team(world: World) -> None:
    """The shipped seed has everyone the demo needs; Ria is the admin, Olga the guest."""
    people = {user.name: user for user in world.sandbox.workspace.users.values()}
    wanted = {"ria", "ben", "sam", "dana", "eli", "noor", "omar", "cleo", "mia", "olga", "max"}
    assert wanted <= set(people)
    assert [name for name, user in people.items() if user.is_admin] == ["ria"]
    assert [name for name, user in people.items() if user.is_guest] == ["olga"]
    assert people["omar"].tz == "Europe/London"
    assert world.sandbox.person("ria").direct_messages() == []
    with pytest.raises(LookupError, match="no channel"):
        world.sandbox.messages("#nowhere")


def test_own_seed(tmp_path: Path) -> None:
    """A seed may come from any file."""
    path = tmp_path / "seed.yaml"
    path.write_text("users: []\n")
    assert load_seed(path) == {"users": []}


def test_partner() -> None:
    """Only direct messages have a partner."""
    assert Channel("C1", "x", members=["U1", "U2"]).partner_of("U1") is None
    assert Channel("D1", "", "dm", members=["U1", "U2"]).partner_of("U1") == "U2"


def test_feed_wakes_who_waits() -> None:
    """Waiting ends with a change, with time, or at once if there is news already."""
    feed = Feed()

    async def story() -> list[int]:
        await feed.wait(0, seconds=0.01)
        waiting = asyncio.create_task(feed.wait(0, seconds=5))
        await asyncio.sleep(0)
        feed.tell(["U1"], type="x")
        await waiting
        await feed.wait(0, seconds=5)
        return [feed.cursor]

    assert asyncio.run(story()) == [1]
    assert feed.after(0, "U2") == ([], 1)
    assert len(feed.after(0, "U1")[0]) == 1


def test_only_the_last_of_a_state_is_told() -> None:
    """What a page shows as a state of now comes once; messages come all."""
    feed = Feed()
    for kind in ("channels", "message", "channels", "views", "message", "channels"):
        feed.tell(None, type=kind)

    told = [change.facts["type"] for change in latest(feed.after(0, "U1")[0])]

    assert told == ["message", "views", "message", "channels"]
