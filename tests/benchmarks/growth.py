"""How the cost of everyday work grows with open leads, rules and replicas."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from statistics import median

from bot.flows.lead.receive import receive_leads
from bot.flows.lead.taking import Status
from bot.flows.look.home import home
from bot.watch.handlers import CLOCK_HANDLERS
from bot.watch.tick import tick
from storage.database import Database
from tests.benchmarks.crowd import fill_leads
from tests.benchmarks.goals import Effort, Goal, timed
from tests.benchmarks.world import NOW, WORKSPACE, World, folder, lead, open_world, postgres

#: What is measured at every size: seconds of one piece of work.
_Work = Callable[[], object]


def goals(effort: Effort) -> Iterator[Goal]:
    """Measure intake, tick and Home tab at each size, then replicas on PostgreSQL."""
    yield from _open_leads(effort)
    yield from _replicas(effort)


def _open_leads(effort: Effort) -> Iterator[Goal]:
    sizes = (10_000, 100_000) if effort.is_quick else (10_000, 100_000, 1_000_000)
    found = {size: _at(size, effort) for size in sizes}
    first = sizes[0]
    for work in found[first]:
        for size in sizes[1:]:
            ours, least = found[size][work], found[first][work]
            yield Goal(
                goal="GROWTH",
                what=f"{work} with {size:,} open leads",
                ours=ours * 1000,
                peer=least * 1000,
                peer_name=f"with {first:,}",
                unit="ms",
                ratio=ours / least,
            )


def _at(size: int, effort: Effort) -> dict[str, float]:
    """Return the median seconds of each kind of work among so many open leads."""
    rounds = effort.choose(30, 10)
    numbers = count()
    with folder() as path, open_world(f"sqlite:///{path}/full.db") as world:
        fill_leads(world, count=size)
        works: dict[str, _Work] = {
            "intake of one lead": lambda: _take_in(world, next(numbers)),
            "Home tab of a rep": lambda: _home(world),
            "tick without anything due": lambda: _tick(world),
        }
        return {
            name: median(timed(work) for _ in range(rounds + 1)) for name, work in works.items()
        }


def _take_in(world: World, number: int) -> None:
    (result,) = receive_leads(
        database=world.database,
        caller=world.caller,
        items=[lead(number)],
        key=None,
        now=NOW,
        wall=NOW,
    )
    assert result.status is Status.ACCEPTED, result
    assert not result.duplicate, result


def _home(world: World) -> None:
    shown = home(database=world.database, workspace=WORKSPACE, by="UCROWD7")
    assert shown.leads, "a rep of the crowd sees leads"


def _tick(world: World) -> None:
    at = NOW - timedelta(days=1)
    assert not tick(database=world.database, handlers=CLOCK_HANDLERS, now=at, wall=at)


def _replicas(effort: Effort) -> Iterator[Goal]:
    """Take leads in by one replica and by four on one PostgreSQL."""
    each = effort.choose(100, 20)
    with postgres() as url, open_world(url) as world:
        numbers = count()
        _take_in(world, next(numbers))
        one = each / timed(lambda: _together(world, 1, each, numbers))
        four = 4 * each / timed(lambda: _together(world, 4, each, numbers))
    yield Goal(
        goal="GROWTH",
        what="leads a second by 4 replicas on PostgreSQL, one design",
        ours=four,
        peer=one,
        peer_name="by one",
        unit="/s",
        ratio=four / one,
    )


def _together(world: World, replicas: int, each: int, numbers: Iterator[int]) -> None:
    """Let replicas, each with connections of its own, take in leads at the same time."""
    failed: list[Exception] = []
    mine = [[next(numbers) for _ in range(each)] for _ in range(replicas)]

    def work(wanted: list[int]) -> None:
        database = Database(world.database.url.render_as_string(hide_password=False))
        try:
            for number in wanted:
                _take_in(replace(world, database=database), number)
        except Exception as exc:  # noqa: BLE001 - raised again where it is seen
            failed.append(exc)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(wanted,)) for wanted in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


GOALS = {"GROWTH": goals}
