"""Leads that come at the same time share a transaction, and each has the answer it had alone."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any, NoReturn

import pytest
from sqlalchemy import select

from bot.flows.lead import gathering as module
from bot.flows.lead.gathering import Gathering
from bot.flows.lead.receive import KeyTrouble, LeadRequest, RequestKey
from bot.flows.lead.taking import NotTogether, Result, Status
from storage import audit
from storage.database import StorageBusy
from storage.tables import lead_table
from tests.benchmarks.world import NOW, WORKSPACE, World, lead, open_world

_PATIENCE = 30  # seconds


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """A team of three and an active design, on each database."""
    with open_world(url, reps=3) as opened:
        yield opened


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many requests were stored in each shared transaction."""
    sizes: list[int] = []
    whole = module.receive_together

    def counted(**given: Any) -> tuple[Result, ...]:  # noqa: ANN401 - passed on
        results = whole(**given)
        sizes.append(len(given["requests"]))
        return results

    monkeypatch.setattr(module, "receive_together", counted)
    return sizes


def request(
    number: int, *, key: str | None = None, body: str = "b", **changes: object
) -> LeadRequest:
    """Return a request with a lead."""
    named = None if key is None else RequestKey(key=key, body_hash=body)
    return LeadRequest(item={**lead(number), **changes}, key=named)


def rush(world: World, requests: Sequence[LeadRequest]) -> list[Result | Exception]:
    """Send a lead, and while it is being stored all others; return what each was told."""
    has_turn, goes_on, is_first = Event(), Event(), iter([True])

    def now() -> datetime:
        if next(is_first, False):  # all others come meanwhile
            has_turn.set()
            assert goes_on.wait(_PATIENCE)
        return NOW

    gathering = Gathering(world.database, now=now, wall=lambda: NOW)

    def send(one: LeadRequest) -> Result | Exception:
        try:
            return gathering.receive(world.caller, one)
        except (KeyTrouble, StorageBusy) as exc:
            return exc

    def waiting() -> int:
        return sum(len(queue.waiting) for queue in gathering._queues.values())

    with ThreadPoolExecutor(len(requests) + 1) as pool:
        pool.submit(send, request(1000))
        assert has_turn.wait(_PATIENCE)
        told = []
        for number, one in enumerate(requests, 1):
            told.append(pool.submit(send, one))
            until(lambda number=number: waiting() == number)
        goes_on.set()
        return [one.result(_PATIENCE) for one in told]


def until(is_so: Callable[[], bool]) -> None:
    """Wait until threads have come as far."""
    ends = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.001)


def stored(world: World) -> list[str]:
    """Return the names of all leads but the first, and look at the audit chain."""
    with world.database.read() as connection:
        assert audit.verify(connection, workspace=WORKSPACE).is_whole
        found = connection.execute(select(lead_table.c.external_id)).scalars().all()
    return sorted(name for name in found if name != "web-1000")


def test_a_rush_is_stored_in_one_transaction(world: World, together: list[int]) -> None:
    """Each is told of its own lead."""
    told = rush(world, [request(number, key=f"k{number}") for number in range(9)])

    assert together == [9]
    assert stored(world) == [f"web-{number}" for number in range(9)]
    assert [one.status for one in told if isinstance(one, Result)] == [Status.ACCEPTED] * 9
    assert [one.external_id for one in told if isinstance(one, Result)] == stored(world)


def test_more_than_a_transaction_holds_is_stored_in_several(
    world: World, together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left waiting."""
    monkeypatch.setattr(module, "_MOST", 4)

    rush(world, [request(number) for number in range(9)])

    assert together == [4, 4]  # and the last one is alone
    assert len(stored(world)) == 9


def test_a_bad_lead_stays_by_itself(world: World, together: list[int]) -> None:
    """It is refused and kept; the others are stored with it."""
    told = rush(world, [request(1), request(2, email="no address"), request(3)])

    assert together == [3]
    assert [one.status for one in told if isinstance(one, Result)] == [
        Status.ACCEPTED,
        Status.REFUSED,
        Status.ACCEPTED,
    ]
    assert stored(world) == ["web-1", "web-3"]


@pytest.mark.usefixtures("together")
def test_a_repeat_in_a_rush_adds_nothing(world: World) -> None:
    """The same request at once, the same key with another body, a key that was used before."""
    known = request(1, key="k1")
    rush(world, [known])

    told = rush(world, [known, request(2, key="k2"), request(2, key="k2"), request(3)])
    other = rush(world, [request(4, key="k2", body="another"), request(5)])

    assert stored(world) == ["web-1", "web-2", "web-3", "web-5"]
    assert [one.duplicate for one in told if isinstance(one, Result)] == [True, False, True, False]
    assert isinstance(other[0], KeyTrouble)
    assert isinstance(other[1], Result)


def test_what_cannot_be_stored_together_is_stored_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else was faster with one of them, say."""

    def never(**_: object) -> NoReturn:
        raise NotTogether

    monkeypatch.setattr(module, "receive_together", never)

    rush(world, [request(number) for number in range(4)])

    assert stored(world) == [f"web-{number}" for number in range(4)]


def test_a_busy_database_is_told_to_all_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it a second time, one after the other."""
    tries: list[object] = []

    def busy(**given: object) -> NoReturn:
        tries.append(given)
        raise StorageBusy(timedelta(seconds=1))

    monkeypatch.setattr(module, "receive_together", busy)

    told = rush(world, [request(number) for number in range(4)])

    assert len(tries) == 1
    assert [type(one) for one in told] == [StorageBusy] * 4
    assert stored(world) == []


def test_whoever_stores_fails_for_all_that_are_not_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever, and the next ones have their turn."""

    def broken(**_: object) -> NoReturn:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(module, "receive_together", broken)
        with pytest.raises(RuntimeError, match="broken"):
            rush(world, [request(number) for number in range(3)])

    rush(world, [request(4), request(5)])
    assert stored(world) == ["web-4", "web-5"]
