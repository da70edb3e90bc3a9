"""What all tests of a process need only once: statements, answers of the full models, prints."""

import gc
from collections.abc import Hashable
from datetime import timedelta
from functools import lru_cache, wraps
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.gateways import press
from handoff.sla import prediction

_Key = tuple[Hashable, ...]


class _Statements(dict[_Key, Any]):
    """Compiled statements of all databases of a kind; SQLAlchemy keeps them for each apart.

    The kind of database comes first in each key, as an object that is each database's own.
    """

    def get(self, key: _Key, default: Any = None) -> Any:  # noqa: ANN401 - SQLAlchemy's
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: _Key, compiled: Any) -> None:  # noqa: ANN401
        super().__setitem__(_of_kind(key), compiled)


def compile_statements_once() -> None:
    """Let every database of a test know the statements that another one's test compiled."""
    statements = _Statements()

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", share)


def keep_all_predictions() -> None:
    """Never forget what the full models answered; the product remembers the last ones, too."""
    prediction._in_full = lru_cache(maxsize=None)(prediction._in_full.__wrapped__)


def press_once() -> None:
    """Let a child process press the same values once only; the press's own tests press anew.

    The same values give the same bytes, as those tests prove. A failure is not remembered.
    """
    run = press._run
    pressed: dict[tuple[str, bytes], bytes] = {}

    @wraps(run)
    def run_once(what: str, given: bytes, *, message: str, time: timedelta) -> bytes:
        if (what, given) not in pressed:
            pressed[what, given] = run(what, given, message=message, time=time)
        return pressed[what, given]

    press._run = run_once


def let_garbage_lie() -> None:
    """Look for cycles seldom, and not at all among what is there before the first test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _of_kind(key: _Key) -> _Key:
    return (type(key[0]), *key[1:])
