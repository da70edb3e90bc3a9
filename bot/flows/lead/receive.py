"""Receive a request with leads: each is stored or kept for repair, and a repeat adds nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.flows.keep.sources import Caller
from bot.flows.lead.entrance import open_entrance
from bot.flows.lead.take_in import names_of
from bot.flows.lead.taking import NotTogether, Result, Status, Taking, Terms
from storage import designs, intake, leads
from storage.database import Database

#: How long the key of a request is remembered, on the real clock.
KEYS_KEPT = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """Names a request over all of its retries.

    Attributes:
        key: `webhook-id` or `Idempotency-Key`, with what was called.
        body_hash: SHA-256 of the body, in hex.
    """

    key: str
    body_hash: str


class KeyTrouble(Exception):
    """A request's key cannot be used; `is_running` tells why.

    Attributes:
        is_running: The first request with this key is still at work; else it had another body.
    """

    def __init__(self, *, is_running: bool) -> None:
        super().__init__("still at work" if is_running else "used with another body")
        self.is_running = is_running


class _NotKept(Exception):
    """The transaction is rolled back; the results are told all the same."""

    def __init__(self, results: tuple[Result, ...]) -> None:
        super().__init__()
        self.results = results


def receive_leads(
    *,
    database: Database,
    caller: Caller,
    items: Sequence[Any],
    key: RequestKey | None,
    now: datetime,
    wall: datetime,
    terms: Terms | None = None,
) -> tuple[Result, ...]:
    """Store every lead of a request in one transaction.

    Args:
        database: Where leads are.
        caller: Whose request it is.
        items: The leads as they came, at most 500.
        key: Names the request; None if the sender gave no key.
        now: The durable receipt, UTC-aware.
        wall: The real clock, for how long the key is kept.
        terms: On which terms they are taken; None for those of HTTP.

    Returns:
        One result an item, in order; those of the first request if this one repeats it.

    Raises:
        KeyTrouble: if the key was used for another body, or is in use.
        StorageBusy: if the database is busy; nothing was stored.
    """
    terms = terms or Terms()

    def work(connection: Connection, *, one_by_one: bool) -> tuple[Result, ...]:
        names = [
            name
            for item in items
            if isinstance(item, Mapping)
            for name in names_of(source=caller.source, fields=item)
        ]
        leads.hold_names(connection, workspace=caller.workspace, names=names)
        entrance = open_entrance(connection, workspace=caller.workspace)
        if len(items) > 1:
            # All that leads of a batch may go to, in one order for everybody.
            keys = {*entrance.designs, designs.UNMATCHED}
            designs.hold(connection, workspace=caller.workspace, keys=keys)
        taking = Taking(connection, caller=caller, entrance=entrance, now=now, terms=terms)
        return taking.one_by_one(items) if one_by_one else taking.together(items)

    doing = partial(once, database=database, caller=caller, key=key, wall=wall)
    try:
        return doing(work=partial(work, one_by_one=False))
    except NotTogether:
        return doing(work=partial(work, one_by_one=True))


def once(
    *,
    database: Database,
    caller: Caller,
    key: RequestKey | None,
    wall: datetime,
    work: Callable[[Connection], tuple[Result, ...]],
    keeps: Callable[[tuple[Result, ...]], bool] = lambda _: True,
) -> tuple[Result, ...]:
    """Do a request's work once, and give its repeats the same results.

    Results that `keeps` does not want kept are undone with the request's key: what the sender
    tries again is done again.

    Raises:
        KeyTrouble: if the key was used for another body, or is in use.
        StorageBusy: if the database is busy; nothing was stored.
    """

    def keyed(connection: Connection) -> tuple[Result, ...]:
        if key is None:
            results = work(connection)
            if not keeps(results):
                raise _NotKept(results)
            return results
        mine = {"workspace": caller.workspace, "source": caller.source, "key": key.key}
        earlier = intake.begin(
            connection,
            **mine,
            body_hash=key.body_hash,
            wall=wall,
            expires_at=wall + KEYS_KEPT,
        )
        if earlier is not None:
            return _again(earlier, key)
        results = work(connection)
        if not keeps(results):
            raise _NotKept(results)
        told = [result.model_dump(mode="json") for result in results]
        intake.answer(connection, **mine, answer={"results": told})
        return results

    try:
        return database.run(keyed)
    except _NotKept as exc:
        return exc.results


def _again(earlier: intake.EarlierRequest, key: RequestKey) -> tuple[Result, ...]:
    """Return what the first request was answered, each lead now a duplicate."""
    if earlier.body_hash != key.body_hash:
        raise KeyTrouble(is_running=False)
    if earlier.answer is None:
        raise KeyTrouble(is_running=True)
    results = (Result.model_validate(one) for one in earlier.answer["results"])
    return tuple(
        one.model_copy(update={"duplicate": one.status is Status.ACCEPTED}) for one in results
    )
