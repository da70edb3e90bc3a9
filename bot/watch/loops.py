"""Two ways to keep work going: wake when something is due, and look once a second anyway."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TypeVar

_LOG = logging.getLogger(__name__)

_Result = TypeVar("_Result")

#: A round that takes longer than this, in real seconds, is taken for one that stands still.
STALLED_SECONDS = 15.0

#: How long a pacer sleeps at most, in real seconds, when nothing is known to be due.
_LONGEST_SLEEP = 1.0


class Loop:
    """One kind of work, done by whichever thread comes first.

    Args:
        name: For the log and `/readyz`.
        work: Does one batch, and returns how much it did; 0 means that nothing is left.
        monotonic: The waiting clock.
        sleep: Real seconds until something is due, or None if nothing is known to be.
        patience: Real seconds that a round may take before the loop counts as stalled.
    """

    def __init__(
        self,
        *,
        name: str,
        work: Callable[[], int],
        monotonic: Callable[[], float],
        sleep: Callable[[], float | None] = lambda: None,
        patience: float = STALLED_SECONDS,
    ) -> None:
        self.name = name
        self._patience = patience
        self._work = work
        self._sleep = sleep
        self._monotonic = monotonic
        self._turn = Lock()
        self._wake = Event()
        self._stopping = False
        self._again = False
        self._drained_at = monotonic()

    @property
    def idle_seconds(self) -> float:
        """Real seconds since a batch was last done, or known not to be there."""
        return self._monotonic() - self._drained_at

    @property
    def is_stalled(self) -> bool:
        """True if the work has not been seen through for longer than it may take."""
        return self.idle_seconds > self._patience

    def wake(self) -> None:
        """Look at once; something may be due."""
        self._wake.set()

    def drain(self) -> int:
        """Work until nothing is left.

        Returns:
            How much was done; 0 at once if another thread is at it, which then looks once more.
        """
        done = 0
        self._again = True
        while self._again and self._turn.acquire(blocking=False):
            try:
                self._again = False
                while not self._stopping and (batch := self._work()):
                    done += batch
                    self._drained_at = self._monotonic()  # much to do is not standing still
                self._drained_at = self._monotonic()
            finally:
                self._turn.release()
        return done

    def guarded_drain(self) -> None:
        """Drain, and log what goes wrong instead of ending the thread that drains."""
        self._guarded(self.drain)

    def pace(self) -> None:
        """Drain at each due instant until `stop()`; run this in a thread of its own."""
        while not self._stopping:
            self._wake.clear()
            self.guarded_drain()
            self._wake.wait(self._pause())

    def start(self) -> Thread:
        """Pace in a new thread."""
        thread = Thread(target=self.pace, name=f"handoff-{self.name}", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End `pace()` after the batch that is under way."""
        self._stopping = True
        self._wake.set()

    def seconds_until_due(self) -> float | None:
        """Return the real seconds until something is due, or None if nothing is known to be."""
        return self._sleep()

    def _pause(self) -> float:
        seconds = self._guarded(self._sleep)
        return _LONGEST_SLEEP if seconds is None else min(max(seconds, 0.0), _LONGEST_SLEEP)

    def _guarded(self, job: Callable[[], _Result]) -> _Result | None:
        """Run a job; its failure is logged and must not end the thread."""
        try:
            return job()
        except Exception:  # noqa: BLE001 - the job wrapper: a job must not end its thread
            _LOG.exception("The %s failed; it goes on in a moment", self.name)
            return None
