"""Loops and the engine: nothing is missed, and standing still is noticed."""

import threading
from collections.abc import Iterator

import pytest

from bot.watch.engine import Engine
from bot.watch.loops import Loop


class Ticking:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Work:
    """Work that does what is left; `left` may grow meanwhile."""

    def __init__(self, left: int = 0) -> None:
        self.left = left
        self.done = 0
        self.happened = threading.Event()

    def __call__(self) -> int:
        batch = min(self.left, 2)
        self.left -= batch
        self.done += batch
        self.happened.set()
        return batch


def test_a_drain_works_until_nothing_is_left() -> None:
    """Batch after batch; the sum is returned."""
    work = Work(left=5)
    loop = Loop(name="work", work=work, monotonic=Ticking())

    assert loop.drain() == 5
    assert loop.drain() == 0


def test_work_that_comes_while_another_thread_drains_is_not_missed() -> None:
    """Whoever drains looks once more when somebody else wanted to drain meanwhile."""
    rounds: list[int] = []

    def work() -> int:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            assert loop.drain() == 0, "busy: returns at once"
        return 0

    loop = Loop(name="work", work=work, monotonic=Ticking())
    loop.drain()

    assert rounds == [0, 1]


def test_a_failing_job_does_not_end_its_thread(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged; the pacer goes on and looks again."""
    again = threading.Event()
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("no")
        again.set()
        return 0

    loop = Loop(name="work", work=work, monotonic=Ticking(), sleep=lambda: 0.0)
    thread = loop.start()
    assert again.wait(5)
    loop.stop()
    thread.join(5)

    assert not thread.is_alive()
    assert "The work failed" in caplog.text


def test_waking_cuts_a_sleep_short() -> None:
    """Whoever commits something due does not wait for the pacer's next look."""
    work = Work()
    loop = Loop(name="work", work=work, monotonic=Ticking(), sleep=lambda: 3600.0)
    thread = loop.start()
    assert work.happened.wait(5)
    work.happened.clear()

    work.left = 1
    loop.wake()

    assert work.happened.wait(0.9)
    loop.stop()
    thread.join(5)
    assert work.done == 1


@pytest.fixture
def monotonic() -> Ticking:
    """Return a clock that stands still."""
    return Ticking()


@pytest.fixture
def engine(monotonic: Ticking) -> Iterator[Engine]:
    """Return an engine with one loop, and stop it afterwards."""
    made = Engine(
        loops=[Loop(name="tick", work=lambda: 0, monotonic=monotonic)], monotonic=monotonic
    )
    yield made
    made.stop()


def test_a_loop_that_stands_still_is_a_problem(engine: Engine, monotonic: Ticking) -> None:
    """Fifteen seconds without a finished round are too long."""
    monotonic.seconds = 15
    assert engine.problems() == ()

    monotonic.seconds = 16

    assert engine.problems() == ("The tick has not finished a round for 16 s.",)


def test_a_loop_with_much_to_do_does_not_stand_still(monotonic: Ticking) -> None:
    """A backlog is worked off batch by batch, and each of them counts."""
    left = [1, 1, 1, 0]
    told = []

    def work() -> int:
        monotonic.seconds += 10
        told.append(loop.is_stalled)
        return left.pop(0)

    loop = Loop(name="delivery", work=work, monotonic=monotonic)

    assert loop.drain() == 3
    assert told == [False] * 4


def test_a_loop_may_be_given_more_time(monotonic: Ticking) -> None:
    """The auditor reads every open lead; that it takes its time is no problem."""
    slow = Loop(name="auditor", work=lambda: 0, monotonic=monotonic, patience=300)
    engine = Engine(loops=[slow], monotonic=monotonic)
    monotonic.seconds = 300
    assert engine.problems() == ()

    monotonic.seconds = 301

    assert engine.problems() == ("The auditor has not finished a round for 301 s.",)


def test_a_silent_scheduler_is_noticed_and_started_anew(
    engine: Engine, monotonic: Ticking, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a wall clock that stepped back: the watchdog waits on the monotonic one."""
    engine.start()
    first = engine._scheduler
    assert first is not None
    first.pause()
    for loop in engine._loops:
        loop.stop()
    engine._watchdog.stop()
    monotonic.seconds += 20
    assert any("scheduler has been silent" in problem for problem in engine.problems())

    engine._watch()

    assert engine._scheduler is not first
    assert not any("scheduler" in problem for problem in engine.problems())
    assert "started anew" in caplog.text
