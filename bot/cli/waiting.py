"""What a command says while a person waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import typer

PROVING = "Proving whether the team can keep the SLA; for a large team that takes up to a minute …"
_SECONDS = 3.0


@contextmanager
def telling_if_long(told: str, *, seconds: float = _SECONDS) -> Iterator[None]:
    """Say `told` on standard error, once, if what is done here takes longer than that."""
    timer = Timer(seconds, typer.echo, [told], {"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
