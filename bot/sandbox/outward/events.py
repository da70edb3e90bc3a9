"""Events to the app: only those subscribed to, at least once, with Slack's retries."""

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

from bot.sandbox.outward.link import Link, NoAnswer
from bot.sandbox.workspace import Workspace

RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_POLL_SECONDS = 1.0


@dataclass(order=True)
class _Delivery:
    due_at: datetime
    number: int
    envelope: dict[str, Any] = field(compare=False)
    retry: int = field(compare=False, default=0)
    reason: str = field(compare=False, default="")


class Events:
    """Queues events and delivers what is due, in order."""

    def __init__(self, workspace: Workspace, link: Link) -> None:
        self._workspace = workspace
        self._link = link
        self._queue: list[_Delivery] = []
        self._numbers = count()
        self._queue_lock = Lock()
        self._drain_lock = Lock()
        self._wake = Event()
        self._stopped = Event()
        self._pump: Thread | None = None

    def emit(self, event: dict[str, Any], *, subscription: str | None = None) -> None:
        """Queue an event if the manifest subscribes to it.

        Args:
            event: The inner event, with `type`.
            subscription: The name in `bot_events` where it is not the type (`message.im`).
        """
        if (subscription or event["type"]) not in self._workspace.manifest.events:
            return
        delivery = _Delivery(self._workspace.wall(), next(self._numbers), self._envelope(event))
        self._put(delivery)

    def _envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        workspace = self._workspace
        return {
            "token": "sandbox",
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.ids.next("Ev"),
            "event_time": int(workspace.clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }

    def drain(self) -> int:
        """Deliver everything due by now; return how many deliveries were tried."""
        tried = 0
        with self._drain_lock:
            while delivery := self._take_due():
                self._deliver(delivery)
                tried += 1
        return tried

    @property
    def waiting(self) -> int:
        """How many deliveries are queued, retries included."""
        with self._queue_lock:
            return len(self._queue)

    def start(self) -> None:
        """Deliver from a thread of its own from now on."""
        if self._pump is None:
            self._stopped.clear()
            self._pump = Thread(target=self._run, name="sandbox-events", daemon=True)
            self._pump.start()

    def stop(self) -> None:
        """Stop the thread."""
        if self._pump is not None:
            self._stopped.set()
            self._wake.set()
            self._pump.join(timeout=10)
            self._pump = None

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            self.drain()
            self._wake.wait(_POLL_SECONDS)

    def _put(self, delivery: _Delivery) -> None:
        with self._queue_lock:
            heapq.heappush(self._queue, delivery)
        self._wake.set()

    def _take_due(self) -> _Delivery | None:
        with self._queue_lock:
            if self._queue and self._queue[0].due_at <= self._workspace.wall():
                return heapq.heappop(self._queue)
        return None

    def _deliver(self, delivery: _Delivery) -> None:
        name = delivery.envelope["event"]["type"]
        headers = (
            {
                "x-slack-retry-num": str(delivery.retry),
                "x-slack-retry-reason": delivery.reason,
            }
            if delivery.retry
            else {}
        )
        journal = self._workspace.journal
        try:
            answer = self._link.send_event(delivery.envelope, headers)
        except NoAnswer as silence:
            journal.write("to_app", name, delivery.envelope, {}, 0)
            self._retry(delivery, silence.retry_reason)
            return
        journal.write("to_app", name, delivery.envelope, answer.json(), answer.status)
        if not answer.is_ok and answer.headers.get("x-slack-no-retry") != "1":
            self._retry(delivery, "http_error")

    def _retry(self, delivery: _Delivery, reason: str) -> None:
        if delivery.retry < len(RETRY_AFTER):
            due_at = self._workspace.wall() + RETRY_AFTER[delivery.retry]
            retry = delivery.retry + 1
            self._put(_Delivery(due_at, next(self._numbers), delivery.envelope, retry, reason))
