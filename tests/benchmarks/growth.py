"""How the cost of everyday work grows with open leads, rules and replicas."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from statistics import median

from bot.flows.lead.receive import receive_leads
from bot.flows.lead.taking import Status
from bot.flows.look.home import home
from bot.watch.handlers import CLOCK_HANDLERS
from bot.watch.tick import tick
from handoff.lead_card import MOST_SHOWN
from storage.database import Database
from tests.benchmarks.crowd import fill_leads
from tests.benchmarks.goals import Effort, Goal, timed
from tests.benchmarks.world import NOW, WORKSPACE, World, folder, lead, open_world, postgres

#: Kinds of work by name, at one size.
_Works = Mapping[str, Callable[[], object]]

#: How many open leads each owner of a crowd has, however large it is.
_EACH = 50


def goals(effort: Effort) -> Iterator[Goal]:
    """Measure everyday work at each number of leads and of rules, then replicas on PostgreSQL."""
    leads = (10_000, 100_000) if effort.is_quick else (10_000, 100_000, 1_000_000)
    yield from _grown(_among_leads, leads, of="open leads", rounds=effort.choose(30, 10))
    yield from _grown(_by_rules, (5, 50, 500), of="rules", rounds=effort.choose(30, 10))
    yield from _replicas(effort)


def _grown(
    works_at: Callable[[World, int], _Works], sizes: Sequence[int], *, of: str, rounds: int
) -> Iterator[Goal]:
    """Time all work at all sizes in turns, and compare the larger sizes with the first."""
    taken: dict[tuple[str, int], list[float]] = defaultdict(list)
    with folder() as path, ExitStack() as stack:
        at = {}
        for size in sizes:
            rows = size if of == "rules" else 2
            world = stack.enter_context(open_world(f"sqlite:///{path}/{size}.db", rows=rows))
            at[size] = works_at(world, size)
        for _ in range(rounds + 1):
            for size, works in at.items():
                for name, work in works.items():
                    taken[name, size].append(timed(work))
    first, *larger = sizes
    for name in at[first]:
        for size in larger:
            ours, least = (median(taken[name, one][1:]) for one in (size, first))
            yield Goal(
                goal="GROWTH",
                what=f"{name} with {size:,} {of}",
                ours=ours * 1000,
                peer=least * 1000,
                peer_name=f"with {first:,}",
                unit="ms",
                ratio=ours / least,
            )


def _among_leads(world: World, size: int) -> _Works:
    fill_leads(world, count=size, owners=size // _EACH)
    numbers = count()
    return {
        "intake of one lead": lambda: _take_in(world, next(numbers)),
        "Home tab of a rep": lambda: _home(world, "UCROWD7"),
        "tick without anything due": lambda: _tick(world),
    }


def _by_rules(world: World, _size: int) -> _Works:
    numbers = count()
    for _ in range(len(world.reps) * _EACH):
        _take_in(world, next(numbers))
    return {
        "intake of one lead": lambda: _take_in(world, next(numbers)),
        "Home tab of a rep": lambda: _home(world, world.reps[0]),
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


def _home(world: World, rep: str) -> None:
    shown = home(database=world.database, workspace=WORKSPACE, by=rep)
    assert len(shown.leads) == MOST_SHOWN + 1, "a rep sees the next leads, and that there are more"


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
