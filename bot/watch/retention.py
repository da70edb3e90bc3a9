"""The nightly sweep: what stays is looked up outside of any transaction, most goes in parts."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.flows.keep.retain import forget, named_proofs, sweep_done
from bot.watch.tick import Save
from storage.database import Database
from storage.timers import Timer


def sweep(
    timer: Timer, now: datetime, *, database: Database, wall: Callable[[], datetime]
) -> Save:
    """Find out what is still named; return how to forget the rest."""
    named = named_proofs(database=database, workspace=timer.workspace, now=now)
    swept = sweep_done(database=database, workspace=timer.workspace, now=now)
    return partial(
        forget, workspace=timer.workspace, named=named, now=now, wall=wall(), swept=swept
    )
