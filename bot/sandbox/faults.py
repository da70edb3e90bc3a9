"""Faults on demand: how a real Slack misbehaves now and then."""

from dataclasses import dataclass
from threading import Lock
from typing import Literal, get_args

Kind = Literal[
    "429", "500", "500-after", "timeout", "timeout-after", "drop", "truncated", "html", "error"
]
KINDS: tuple[str, ...] = get_args(Kind)
ANY_METHOD = "*"


@dataclass
class Fault:
    """A fault for the next `count` calls.

    Attributes:
        method: A Web API method, or `*` for any.
        kind: `429`, `500` and `error` (with `code`) refuse before anything happens; `timeout`
            stalls before anything happens; the `-after` forms, `drop` (the connection closes
            without an answer), `truncated` (the answer breaks off) and `html` (a web page as the
            answer) do the work first, so the caller cannot know.
        code: Slack's error code for `error`, for example `token_revoked`.
        retry_after: Seconds, for the header of a 429; None leaves the header out.
        seconds: How long a stall lasts.
    """

    method: str
    kind: Kind
    count: int = 1
    retry_after: int | None = 1
    seconds: float = 35.0
    code: str = "fatal_error"

    @property
    def works_first(self) -> bool:
        """True if the call takes effect although the caller is not told."""
        return self.kind in ("500-after", "timeout-after", "drop", "truncated", "html")


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(
        self,
        method: str,
        kind: Kind,
        *,
        count: int = 1,
        retry_after: int | None = 1,
        seconds: float = 35.0,
        code: str = "fatal_error",
    ) -> None:
        """Let the next `count` calls of `method` go wrong."""
        with self._lock:
            self._faults.append(Fault(method, kind, count, retry_after, seconds, code))

    def take(self, method: str) -> Fault | None:
        """Use up and return the fault that hits this call, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.method in (method, ANY_METHOD):
                    fault.count -= 1
                    if fault.count <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._faults.clear()
