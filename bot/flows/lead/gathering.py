"""Leads that come one by one, but many at once, are stored in one transaction.

Whoever comes first stores what is waiting. Those who come meanwhile wait, and then one of them
stores all of theirs. So a lead that comes alone waits for nobody, and in a rush the questions, the
locks and the commit are shared: each lead costs little more than one of a batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from sqlalchemy.exc import DBAPIError

from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import LeadRequest, receive_leads, receive_together
from bot.flows.lead.taking import NotTogether, Result
from storage.database import Database, StorageBusy

#: Requests in one transaction.
_MOST = 100


@dataclass(eq=False)
class _Waiting:
    """A request, and what became of it; `called` is set once it is done, or has its turn."""

    request: LeadRequest
    called: Event = field(default_factory=Event)
    result: Result | None = None
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.result is not None or self.error is not None

    def told(self) -> Result:
        """Return the result.

        Raises:
            KeyTrouble: as `receive_leads()`.
            StorageBusy: as `receive_leads()`.
        """
        if self.error is not None:
            raise self.error
        assert self.result is not None, "whoever has had a turn is done"
        return self.result


@dataclass(eq=False)
class _Queue:
    """The requests of one source; while it is busy, one of them is storing."""

    waiting: list[_Waiting] = field(default_factory=list)
    is_busy: bool = False


@dataclass(frozen=True)
class Gathering:
    """Receives requests with one lead each; one for all threads of the process.

    Attributes:
        database: Where leads are.
        now: The domain's clock; the durable receipt is read when a request has its turn.
        wall: The real clock.
    """

    database: Database
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    _queues: dict[Caller, _Queue] = field(default_factory=dict, init=False)
    _change: Lock = field(default_factory=Lock, init=False)

    def receive(self, caller: Caller, request: LeadRequest) -> Result:
        """Store a lead, together with those of the same source that are waiting.

        Raises:
            KeyTrouble: if the request's key was used for another body, or is in use.
            StorageBusy: if the database is busy; nothing was stored.
        """
        mine = _Waiting(request)
        with self._change:
            queue = self._queues.setdefault(caller, _Queue())
            queue.waiting.append(mine)
            has_turn, queue.is_busy = not queue.is_busy, True
        if not has_turn:
            mine.called.wait()
        if not mine.is_done:
            self._take_turn(caller, queue)
        return mine.told()

    def _take_turn(self, caller: Caller, queue: _Queue) -> None:
        """Store what is waiting, give the turn on, and then tell those who were stored."""
        group = self._group(queue)
        try:
            self._store(caller, group)
        except BaseException as exc:
            for one in group:
                if not one.is_done:
                    one.error = exc
            raise
        finally:
            with self._change:
                queue.is_busy = bool(queue.waiting)
                if queue.is_busy:
                    queue.waiting[0].called.set()
            for one in group:
                one.called.set()

    def _group(self, queue: _Queue) -> list[_Waiting]:
        """Take those that wait, no key twice; whoever has the turn is the first of them."""
        with self._change:
            group: list[_Waiting] = []
            keys = set()
            for one in queue.waiting:
                key = one.request.key and one.request.key.key
                if len(group) < _MOST and (key is None or key not in keys):
                    group.append(one)
                    keys.add(key)
            queue.waiting = [one for one in queue.waiting if one not in group]
        return group

    def _store(self, caller: Caller, group: Sequence[_Waiting]) -> None:
        """Store requests together, or one by one where that does not work."""
        if len(group) > 1 and self._store_together(caller, group):
            return
        for one in group:
            self._store_one(caller, one)

    def _store_together(self, caller: Caller, group: Sequence[_Waiting]) -> bool:
        """Store requests in one transaction; False if each is to be stored by itself."""
        try:
            results = receive_together(
                database=self.database,
                caller=caller,
                requests=[one.request for one in group],
                now=self.now(),
                wall=self.wall(),
            )
        except (NotTogether, DBAPIError):
            return False
        except StorageBusy as exc:  # as busy for each of them
            for one in group:
                one.error = exc
            return True
        for one, result in zip(group, results, strict=True):
            one.result = result
        return True

    def _store_one(self, caller: Caller, one: _Waiting) -> None:
        try:
            (one.result,) = receive_leads(
                database=self.database,
                caller=caller,
                items=[one.request.item],
                key=one.request.key,
                now=self.now(),
                wall=self.wall(),
            )
        except Exception as exc:  # noqa: BLE001 - raised again in the thread that waits for it
            one.error = exc
