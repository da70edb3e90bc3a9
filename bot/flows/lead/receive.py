"""Receive a request with leads: each is stored or kept for repair, and a repeat adds nothing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.flows.keep.sources import Caller
from bot.flows.lead.entrance import Entrance, open_entrance
from bot.flows.lead.take_in import Arrival, Old, Refused, Taken, names_of, take_in
from bot.flows.rows import attempt
from handoff.intake.arriving import Problem
from handoff.model import Value
from storage import designs, intake, leads
from storage.database import Database

#: How long the key of a request is remembered, on the real clock.
KEYS_KEPT = timedelta(hours=72)

_NOT_AN_OBJECT = Problem(pointer="", detail="must be a JSON object with the lead's fields")
_OUR_FAULT = Problem(pointer="", detail="something went wrong on our side; it is kept for repair")


class Status(StrEnum):
    """What became of one item of a request.

    FAILED: it is kept for repair, and the fault is ours.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


class Result(Value):
    """What became of one item.

    Attributes:
        external_id: As it was sent, so that the sender finds it again.
        id: Of the lead, or of what is kept for repair.
        duplicate: We had this lead already.
        nurtured: It is kept, but not handed over.
        outcome: Of a touch: what it meant for the lead's clock.
    """

    status: Status
    id: str | None = None
    external_id: str | None = None
    duplicate: bool = False
    nurtured: bool = False
    outcome: str | None = None
    errors: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """Names a request over all of its retries.

    Attributes:
        key: `webhook-id` or `Idempotency-Key`, with what was called.
        body_hash: SHA-256 of the body, in hex.
    """

    key: str
    body_hash: str


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On which terms leads are taken.

    Attributes:
        design: Key of the design that takes them all, None to let the rules choose.
        old: What to do with those that are older than the response SLA.
        is_kept: Keep those that are refused, for repair.
    """

    design: str | None = None
    old: Old = Old.TAKE
    is_kept: bool = True


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
        items: The leads as they came, at most 100.
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

    def work(connection: Connection) -> tuple[Result, ...]:
        names = [n for item in items if isinstance(item, Mapping) for n in _names(caller, item)]
        leads.hold_names(connection, workspace=caller.workspace, names=names)
        entrance = open_entrance(connection, workspace=caller.workspace)
        if len(items) > 1:
            _lock_designs(connection, caller, entrance)
        batch = _Batch(caller=caller, entrance=entrance, now=now, terms=terms or Terms())
        taking = partial(_take_one, connection, batch)
        return tuple(taking(item) for item in items)

    return once(database=database, caller=caller, key=key, wall=wall, work=work)


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


def _lock_designs(connection: Connection, caller: Caller, entrance: Entrance) -> None:
    """Lock every design that leads of a batch may go to, in one order for everybody."""
    for key in sorted({*entrance.designs, designs.UNMATCHED}):
        designs.lock(connection, workspace=caller.workspace, key=key)


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


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """What the leads of one request have in common."""

    caller: Caller
    entrance: Entrance
    now: datetime
    terms: Terms

    def arrival(self, fields: Mapping[str, Any]) -> Arrival:
        return Arrival(
            source=self.caller.source,
            fields=fields,
            design=self.terms.design,
            old=self.terms.old,
            is_kept=self.terms.is_kept,
        )

    def keep(self, connection: Connection, item: object, problem: Problem) -> str | None:
        """Keep an item for repair, and return under which id."""
        if not self.terms.is_kept:
            return None
        return intake.refuse(
            connection,
            workspace=self.caller.workspace,
            source=self.caller.source,
            external_id=None,
            body=json.dumps(item),
            problems=[problem.model_dump()],
            now=self.now,
        )


def _take_one(connection: Connection, batch: _Batch, item: object) -> Result:
    """Store one lead in a savepoint of its own; what goes wrong with it stays with it."""
    if not isinstance(item, Mapping):
        kept = batch.keep(connection, item, _NOT_AN_OBJECT)
        return Result(status=Status.REFUSED, id=kept, errors=(_NOT_AN_OBJECT,))
    found: list[Taken | Refused] = []
    caller = batch.caller

    def work() -> None:
        with connection.begin_nested():
            taken = take_in(
                connection,
                workspace=caller.workspace,
                now=batch.now,
                arrival=batch.arrival(item),
                entrance=batch.entrance,
            )
            found[:] = [taken]

    told = item.get("external_id")
    external_id = told if isinstance(told, str) and told.isprintable() else None
    if attempt(work, what="lead", workspace=caller.workspace, source=caller.source) is not None:
        kept = batch.keep(connection, item, _OUR_FAULT)
        return Result(status=Status.FAILED, id=kept, external_id=external_id, errors=(_OUR_FAULT,))
    return _result(found[0], external_id)


def _result(found: Taken | Refused, external_id: str | None) -> Result:
    if isinstance(found, Refused):
        return Result(
            status=Status.REFUSED,
            id=found.refused_id,
            external_id=external_id,
            errors=found.errors,
        )
    return Result(
        status=Status.ACCEPTED,
        id=found.lead_id,
        external_id=external_id,
        duplicate=found.duplicate,
        nurtured=found.is_nurtured,
    )


def _names(caller: Caller, item: Mapping[str, Any]) -> tuple[str, ...]:
    return names_of(source=caller.source, fields=item)
