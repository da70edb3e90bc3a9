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
    store = partial(_store, caller=caller, items=items, now=now, terms=terms or Terms())
    doing = partial(once, database=database, caller=caller, key=key, wall=wall)
    try:
        return doing(work=partial(store, one_by_one=False))
    except NotTogether:
        return doing(work=partial(store, one_by_one=True))


@dataclass(frozen=True, kw_only=True)
class LeadRequest:
    """A request with one lead.

    Attributes:
        item: The lead as it came.
        key: Names the request; None if the sender gave no key.
    """

    item: Any
    key: RequestKey | None


def receive_together(
    *,
    database: Database,
    caller: Caller,
    requests: Sequence[LeadRequest],
    now: datetime,
    wall: datetime,
) -> tuple[Result, ...]:
    """Store the leads of several requests of one source in one transaction.

    Args:
        database: Where leads are.
        caller: Whose requests they are.
        requests: At most 500, in the order in which they came; no key twice.
        now: The durable receipt of all, UTC-aware.
        wall: The real clock, for how long keys are kept.

    Returns:
        One result a request, each as `receive_leads()` gives it.

    Raises:
        NotTogether: if one of them is a repeat, or they cannot be written together. Nothing was
            stored; receive each by itself.
        StorageBusy: if the database is busy; nothing was stored.
    """
    # In one order for everybody, so that no two replicas wait for each other's keys.
    keyed = sorted(
        ((number, one.key) for number, one in enumerate(requests) if one.key is not None),
        key=lambda pair: pair[1].key,
    )

    def work(connection: Connection) -> tuple[Result, ...]:
        for _, key in keyed:
            if _begin(connection, caller, key, wall) is not None:
                raise NotTogether
        items = [one.item for one in requests]
        results = _store(
            connection, caller=caller, items=items, now=now, terms=Terms(), one_by_one=False
        )
        for number, key in keyed:
            _answer(connection, caller, key, results[number : number + 1])
        return results

    return database.run(work)


def _store(
    connection: Connection,
    *,
    caller: Caller,
    items: Sequence[Any],
    now: datetime,
    terms: Terms,
    one_by_one: bool,
) -> tuple[Result, ...]:
    """Store leads in an open transaction.

    Raises:
        NotTogether: if that can only be done one by one, in another transaction.
    """
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
        earlier = _begin(connection, caller, key, wall)
        if earlier is not None:
            return _again(earlier, key)
        results = work(connection)
        if not keeps(results):
            raise _NotKept(results)
        _answer(connection, caller, key, results)
        return results

    try:
        return database.run(keyed)
    except _NotKept as exc:
        return exc.results


def _begin(
    connection: Connection, caller: Caller, key: RequestKey, wall: datetime
) -> intake.EarlierRequest | None:
    """Remember a request's key; return the request that had it before, if one did."""
    return intake.begin(
        connection,
        workspace=caller.workspace,
        source=caller.source,
        key=key.key,
        body_hash=key.body_hash,
        wall=wall,
        expires_at=wall + KEYS_KEPT,
    )


def _answer(
    connection: Connection, caller: Caller, key: RequestKey, results: Sequence[Result]
) -> None:
    """Remember what a request was answered."""
    told = [result.model_dump(mode="json") for result in results]
    intake.answer(
        connection,
        workspace=caller.workspace,
        source=caller.source,
        key=key.key,
        answer={"results": told},
    )


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
