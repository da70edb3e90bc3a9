"""P4 and P5: one durable lead, and an import of many, against the bare driver."""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from shutil import copy

from bot.flows.lead.gathering import Gathering
from bot.flows.lead.import_rows import PART, Became, Old, import_leads
from bot.flows.lead.receive import LeadRequest
from bot.flows.lead.taking import Status
from storage import audit
from storage.database import Database
from tests.benchmarks.goals import Effort, Goal, Sides, in_turns, timed
from tests.benchmarks.raw import TABLES, UPSERTS, RawSqlite, Rows
from tests.benchmarks.world import NOW, SOURCE, WORKSPACE, World, folder, lead, open_world

#: Who send at the same time: as many as the HTTP interface has at work.
_SENDERS = 16


def durable_leads(effort: Effort) -> Iterator[Goal]:
    """Measure leads that are each sent and acknowledged by themselves: by one sender, by many."""
    yield from _of_senders(
        effort, senders=1, what="one durable lead: routed, clock, timers, outbox, audit"
    )
    yield from _of_senders(
        effort, senders=_SENDERS, what=f"the same while {_SENDERS} send one lead after the other"
    )


def _of_senders(effort: Effort, *, senders: int, what: str) -> Iterator[Goal]:
    """Measure days of leads.

    Every round is a day of its own: its leads find eight reps who have none, for caps and first
    touches keep what a rep has open at some tens.
    """
    each = effort.choose(192, 48)
    sides = Sides()
    with folder() as path:
        morning = path / "morning.db"
        with open_world(f"sqlite:///{morning}") as world:
            design, reps = world.design, world.reps
        for day in range(effort.choose(12, 6)):
            (place := path / str(day)).mkdir()
            copy(morning, place / "ours.db")
            with closing(Database(f"sqlite:///{place}/ours.db")) as database:
                mine, theirs = _one_day(World(database, design, reps), place, each, senders)
            if day:  # the first only warms up
                sides.ours.append(mine)
                sides.peer.append(theirs)
    yield sides.goal(goal="P4", what=what, peer_name="raw sqlite3", least=0.5, each=each)


def _one_day(world: World, place: Path, each: int, senders: int) -> tuple[float, float]:
    """Return the seconds of both sides for some leads."""
    _send(world, range(1), senders=1)
    _check_one(world)
    with closing(RawSqlite(world.path, place)) as raw:
        mine = timed(lambda: _send(world, range(1, each + 1), senders=senders))
        rows = raw.new_rows(each=1)
        theirs = timed(lambda: raw.store(rows))
        assert len(rows) == each, "the raw side stores the same leads, a commit for each"
        _check_twins(world, raw)
    return mine, theirs


def many_leads(effort: Effort) -> Iterator[Goal]:
    """Measure the import of a file, part by part, against `executemany`."""
    leads, rounds = effort.choose(5_000, 1_000), effort.choose(5, 3)
    numbers = count()
    with (
        folder() as path,
        open_world(f"sqlite:///{path}/ours.db") as world,
        closing(RawSqlite(world.path, path)) as raw,
    ):
        rows: list[Rows] = []
        texts = [file_of(numbers, leads) for _ in range(rounds + 1)]
        sides = in_turns(
            lambda: import_file(world, texts.pop(), leads),
            lambda: raw.store(rows),
            rounds=rounds,
            between=lambda: rows.__setitem__(slice(None), raw.new_rows(each=PART)),
        )
        _check_twins(world, raw)
    yield sides.goal(
        goal="P5",
        what=f"import of {leads * rounds:,} leads with all effects, one of them",
        peer_name="raw executemany",
        least=0.4,
        each=leads,
        unit="µs",
    )


def _send(world: World, numbers: range, *, senders: int) -> None:
    """Send leads as the HTTP interface receives them, each sender one after the other."""
    gathering = Gathering(world.database, now=lambda: NOW, wall=lambda: NOW)

    def send(some: range) -> None:
        for number in some:
            result = gathering.receive(world.caller, LeadRequest(item=lead(number), key=None))
            assert result.status is Status.ACCEPTED, result
            assert not result.duplicate, result

    shares = [numbers[first::senders] for first in range(senders)]
    if senders == 1:
        send(numbers)
    else:
        with ThreadPoolExecutor(senders) as pool:
            list(pool.map(send, shares))


def import_file(world: World, text: str, leads: int) -> None:
    """Import a CSV file whose rows are all new leads."""
    told = import_leads(
        database=world.database,
        text=text,
        source=SOURCE,
        design=None,
        old=Old.TAKE,
        now=lambda: NOW,
        wall=lambda: NOW,
        workspace=WORKSPACE,
    )
    taken = sum(row.became is Became.TAKEN for row in told)
    assert taken == leads, f"{taken} of {leads} were taken"


def file_of(numbers: Iterator[int], leads: int) -> str:
    """Return a CSV file of the next so many leads."""
    text = io.StringIO()
    rows = [lead(next(numbers)) for _ in range(leads)]
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _check_one(world: World) -> None:
    """Look at what one lead left behind: an owner, a clock, its timers, a card, its facts."""
    with world.database.read() as connection:
        for table in TABLES:
            found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            assert found == {"timer": 4, "audit_fact": 3}.get(table, 1), (table, found)
        state = connection.exec_driver_sql("SELECT state, owner FROM lead").one()
    assert state.state == "assigned"
    assert state.owner in world.reps


def _check_twins(world: World, raw: RawSqlite) -> None:
    """Both files have the same rows, and ours has a whole audit chain."""
    with world.database.read() as connection:
        for table in TABLES:
            ours = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            assert ours == raw.count(table), table
        for table in UPSERTS:
            found = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert sorted(map(tuple, found)) == sorted(raw.rows(table)), table
        assert audit.verify(connection, workspace=WORKSPACE).is_whole


GOALS = {"P4": durable_leads, "P5": many_leads}
