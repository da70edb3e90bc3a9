"""Leads that are taken in together leave behind what each of them would have left by itself."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.flows.lead import take_in
from bot.flows.lead import taking as module
from bot.flows.lead.entrance import open_entrance
from bot.flows.lead.receive import receive_leads
from bot.flows.lead.take_in import Old
from bot.flows.lead.taking import NotTogether, Result, Status, Taking, Terms
from storage import audit, leads
from storage.tables import lead_table, metadata
from tests.benchmarks.world import NOW, WORKSPACE, World, lead, open_world

_ULID = re.compile(r"\b([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}\b")
_TOKEN = re.compile(r"\b[0-9a-f]{16}\b")
#: What chance decides: a row's number, and hashes over ids.
_BY_CHANCE = {"hash", "previous"}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class _Undo(Exception):
    """Rolls a transaction back."""


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """A team of three and an active design, on each database."""
    with open_world(url, reps=3) as opened:
        yield opened


def usual() -> list[dict[str, Any]]:
    """Leads that nobody knows, each with an owner in the end."""
    return [lead(number) for number in range(7)]


def unusual() -> list[Any]:
    """Leads of every kind: known, nurtured, held, without an owner, touched, refused, broken."""
    fresh = [lead(number) for number in range(30)]
    return [
        fresh[0],
        {**fresh[0], "title": "CFO"},  # the same again, with news
        fresh[1],
        {**fresh[2], "email": fresh[1]["email"]},  # the same person by another name
        {**fresh[2], "email": None},  # that other name alone
        {**fresh[3], "score": 5},
        {**fresh[4], "country": "Germany", "employees": "3"},
        {**fresh[5], "employees": None, "country": None},
        {**fresh[6], "domain": "company0.example", "email": "boss@company0.example"},
        {**fresh[7], "domain": "company7.example", "email": "a@company7.example"},
        {**fresh[8], "domain": "company7.example", "email": "b@company7.example"},
        {**fresh[9], "account_owner_email": "uivo@example.com"},
        {**fresh[10], "first_touch_at": (NOW - timedelta(hours=1)).isoformat()},
        {**fresh[11], "email": "no address"},
        ["not", "an", "object"],
        {**fresh[12], "test": True},
        {**fresh[13], "design": "NOPE-1"},
        {**fresh[14], "external_id": None},
        {**fresh[15], "submitted_at": (NOW - timedelta(days=3)).isoformat()},
        {**fresh[16], "source": "somebody else"},
        *fresh[17:],
    ]


def taken(
    world: World, items: Sequence[Any], *, together: bool, terms: Terms
) -> tuple[list[Result], Rows]:
    """Take leads in, and return what was told and stored; then undo it."""
    found: list[Any] = []

    def work(connection: Connection) -> None:
        taking = Taking(
            connection,
            caller=world.caller,
            entrance=open_entrance(connection, workspace=WORKSPACE),
            now=NOW,
            terms=terms,
        )
        results = taking.together(items) if together else taking.one_by_one(items)
        audit.seal(connection)
        found.extend((results, stored(connection)))
        raise _Undo

    with pytest.raises(_Undo):
        world.database.run(work)
    names = {f"{r.id}": f"<lead of item {n}>" for n, r in reversed(list(enumerate(found[0])))}
    results, rows = _readable((list(found[0]), found[1]), names)
    return results, rows


def stored(connection: Connection) -> Rows:
    """Return all rows of all tables."""
    return {
        name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for name, table in metadata.tables.items()
    }


def _readable(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any rows
    """Replace what chance decides, so that two dumps can be compared."""
    if isinstance(value, str):
        known = _ULID.sub(lambda m: names.get(m[0], f"<{m[1]}>"), value)
        return _TOKEN.sub("<token>", known)
    if isinstance(value, Result):
        return _readable(value.model_dump(mode="json"), names)
    if isinstance(value, Mapping):
        seq = {"seq"} if "kind" in value and "actor" not in value else set()
        return {k: _readable(v, names) for k, v in value.items() if k not in _BY_CHANCE | seq}
    if isinstance(value, list | tuple):
        rows = [_readable(one, names) for one in value]
        return sorted(rows, key=repr) if rows and "workspace" in rows[0] else rows
    return value


@pytest.mark.parametrize("kind", [usual, unusual])
@pytest.mark.parametrize("old", [Old.TAKE, Old.ASK, Old.RECORD])
def test_together_is_as_one_by_one(world: World, kind: Any, old: Old) -> None:  # noqa: ANN401
    """The same answers and the same rows in every table, audit facts in the same order."""
    terms = Terms(old=old)

    told, rows = taken(world, kind(), together=True, terms=terms)
    expected, expected_rows = taken(world, kind(), together=False, terms=terms)

    assert told == expected
    for table, found in expected_rows.items():
        assert rows[table] == found, table
    assert len(rows["lead"]) >= 7


def test_usual_leads_need_nothing_by_themselves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written in sets; otherwise an import would be slow, and nobody would notice."""

    def by_itself(_self: Taking, item: object) -> Result:
        raise AssertionError(item)

    monkeypatch.setattr(Taking, "_take_one", by_itself)

    results, rows = taken(world, usual(), together=True, terms=Terms())

    assert {result["status"] for result in results} == {"accepted"}
    assert {row["state"] for row in rows["lead"]} == {"assigned"}
    assert len(rows["timer"]) == 4 * len(usual())


def test_what_cannot_be_written_together_is_taken_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody stored two of the leads meanwhile: nothing is lost, and nothing stands twice."""
    here = {"database": world.database, "caller": world.caller, "key": None}
    receive_leads(items=usual()[:2], now=NOW, wall=NOW, **here)
    monkeypatch.setattr(leads, "with_email", lambda *_, **__: set())
    monkeypatch.setattr(leads, "known", lambda *_, **__: set())

    with pytest.raises(NotTogether):
        taken(world, usual(), together=True, terms=Terms())
    results = receive_leads(items=usual(), now=NOW, wall=NOW, **here)

    assert {result.status for result in results} == {Status.ACCEPTED}
    assert [result.duplicate for result in results[:3]] == [True, True, False]
    with world.database.read() as connection:
        assert len(connection.execute(select(lead_table)).all()) == len(usual())


def test_a_lead_that_cannot_be_read_harms_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were there a lead that breaks the reading itself, it would be kept and the rest stored."""
    for place in (module, take_in):
        monkeypatch.setattr(place, "read_lead", partial(_breaks, place.read_lead))

    results, rows = taken(world, usual(), together=True, terms=Terms())

    became = [result["status"] for result in results]
    assert (became[3], became.count("accepted")) == ("failed", len(usual()) - 1)
    assert len(rows["lead"]) == len(usual()) - 1


def _breaks(read: Any, *, body: Any, now: datetime) -> Any:  # noqa: ANN401 - as `read_lead`
    if body["external_id"] == "web-3":
        raise ZeroDivisionError
    return read(body=body, now=now)


def test_a_broken_lead_harms_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a batch stumbles over is tried by itself, and its routing is tried again later."""
    route = module.route

    def stumbles(case: Any, *, tries: int) -> None:  # noqa: ANN401 - a case
        if case.lead.external_id == "web-3":
            raise ZeroDivisionError
        route(case, tries=tries)

    monkeypatch.setattr(module, "route", stumbles)

    with caplog.at_level(logging.WARNING):
        results, rows = taken(world, usual(), together=True, terms=Terms())

    assert {result["status"] for result in results} == {"accepted"}
    assert "does not fit" in caplog.text
    assert [row["state"] for row in rows["lead"]] == ["assigned"] * len(usual())


def test_a_second_batch_counts_the_first(world: World) -> None:
    """Turns go on where they were: three reps, seven and seven leads, nobody two ahead."""
    for start in (0, 7):
        receive_leads(
            database=world.database,
            caller=world.caller,
            items=[lead(start + number) for number in range(7)],
            key=None,
            now=NOW,
            wall=NOW,
        )

    with world.database.read() as connection:
        counts = leads.untouched_by_owner(connection, workspace=WORKSPACE, owners=world.reps)
    assert sorted(counts.values()) == [4, 5, 5]
