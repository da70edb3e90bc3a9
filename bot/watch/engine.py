"""The engine: tick, slow work and delivery, kept going by APScheduler and by pacers."""

import logging
from collections.abc import Callable, Sequence
from threading import Thread

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot.watch.loops import STALLED_SECONDS, Loop

_LOG = logging.getLogger(__name__)

#: APScheduler is set right again when it was silent for this long.
_SILENT_SECONDS = 5.0


class Engine:
    """Runs the loops; every loop has a pacer, and APScheduler looks once a second as well.

    APScheduler sleeps by the wall clock and stands still when that steps back; the pacers wait
    on the monotonic one, so they do the work then, notice its silence, and set it right.

    Args:
        loops: What to keep going.
        monotonic: The waiting clock.
    """

    def __init__(self, *, loops: Sequence[Loop], monotonic: Callable[[], float]) -> None:
        self._loops = loops
        self._monotonic = monotonic
        self._threads: list[Thread] = []
        self._scheduler: BackgroundScheduler | None = None
        self._beat_at = monotonic()
        self._watchdog = Loop(
            name="watchdog", work=self._watch, monotonic=monotonic, sleep=lambda: None
        )

    def wake(self) -> None:
        """Look at once; something may be due or waiting to be sent."""
        for loop in self._loops:
            loop.wake()

    def start(self) -> None:
        """Start the pacers, the watchdog and the scheduler."""
        self._beat_at = self._monotonic()
        self._threads = [loop.start() for loop in (*self._loops, self._watchdog)]
        self._scheduler = self._make_scheduler()
        self._scheduler.start()

    def stop(self, *, seconds: float = 15.0) -> None:
        """Stop claiming, and wait at most `seconds` for what is under way."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        for loop in (*self._loops, self._watchdog):
            loop.stop()
        until = self._monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - self._monotonic()))
        self._threads = []

    def problems(self) -> tuple[str, ...]:
        """Return one sentence for each part that stands still; empty when all is well."""
        stalled = [
            f"The {loop.name} has not finished a round for {loop.idle_seconds:.0f} s."
            for loop in self._loops
            if loop.is_stalled
        ]
        silence = self._monotonic() - self._beat_at
        if self._scheduler is not None and silence > STALLED_SECONDS:
            stalled.append(f"The scheduler has been silent for {silence:.0f} s.")
        return tuple(stalled)

    def _make_scheduler(self) -> BackgroundScheduler:
        """Make a scheduler that holds only the one-second jobs; due times are in the database."""
        scheduler = BackgroundScheduler(
            timezone="UTC",
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(self._loops) + 1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_job(self._beat, "interval", seconds=1, id="heartbeat")
        for loop in self._loops:
            scheduler.add_job(loop.guarded_drain, "interval", seconds=1, id=loop.name)
        return scheduler

    def _beat(self) -> None:
        self._beat_at = self._monotonic()

    def _watch(self) -> int:
        """Replace a scheduler that fell silent, for instance because the clock stepped back."""
        if self._scheduler is not None and self._monotonic() - self._beat_at > _SILENT_SECONDS:
            _LOG.warning("The scheduler fell silent and is started anew")
            self._scheduler.shutdown(wait=False)
            self._scheduler = self._make_scheduler()
            self._scheduler.start()
            self._beat_at = self._monotonic()
        return 0
