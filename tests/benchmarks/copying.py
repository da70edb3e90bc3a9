"""P5 on PostgreSQL: an import of many leads against COPY of the same rows."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import LiteralString, cast

import psycopg

from bot.flows.lead.import_rows import PART
from tests.benchmarks.goals import Effort, Goal, in_turns
from tests.benchmarks.intake import file_of, import_file
from tests.benchmarks.raw import TABLES, UPSERTS, Rows
from tests.benchmarks.world import open_world, postgres


def many_leads(effort: Effort) -> Iterator[Goal]:
    """Measure the import of a file, part by part, against COPY into a twin."""
    leads, rounds = effort.choose(5_000, 500), effort.choose(5, 2)
    numbers = count()
    with postgres() as url, open_world(url) as world:
        import_file(world, file_of(numbers, 1), 1)  # so that the twin has a rotation, too
        world.database.close()
        with closing(_Twin(url)) as twin:
            rows: list[Rows] = []
            texts = [file_of(numbers, leads) for _ in range(rounds + 1)]
            sides = in_turns(
                lambda: import_file(world, texts.pop(), leads),
                lambda: twin.copy(rows),
                rounds=rounds,
                between=lambda: rows.__setitem__(slice(None), twin.new_rows(each=PART)),
            )
            twin.check()
    yield sides.goal(
        goal="P5",
        what=f"the same of {leads * rounds:,} leads on PostgreSQL, one of them",
        peer_name="COPY",
        least=0.4,
        each=leads,
        unit="µs",
    )


class _Twin:
    """A copy of a PostgreSQL database, kept up by COPY alone.

    Args:
        url: Of the original, which nobody may use meanwhile.
    """

    def __init__(self, url: str) -> None:
        with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
            server.execute("CREATE DATABASE raw TEMPLATE bench")
        self._original = psycopg.connect(url, autocommit=True)
        self._raw = psycopg.connect(url, dbname="raw")
        self._known = {subject for subject, *_ in self._rows("lead")}

    def new_rows(self, *, each: int) -> list[Rows]:
        """Return what was stored in the original since the last call, `each` leads a commit."""
        place: dict[str, int] = {}
        commits: list[dict[str, list[tuple[object, ...]]]] = []
        for table in TABLES:
            for subject, *row in self._rows(table):
                if subject in self._known:
                    continue
                number = place.setdefault(subject, len(place)) // each
                while number >= len(commits):
                    commits.append({name: [] for name in TABLES})
                commits[number][table].append(tuple(row))
        self._known |= place.keys()
        credits = self._original.execute(
            "SELECT workspace, pods, key, rep, credit, count FROM pod_turn"
        ).fetchall()
        for rows in commits:
            rows["pod_turn"] = list(credits)
            workspace, seq, *_, hashed = rows["audit_fact"][-1]
            rows["audit_head"] = [(workspace, seq, hashed)]
        return cast(list[Rows], commits)

    def copy(self, commits: Iterable[Rows]) -> None:
        """Put rows in: a COPY for each table, one durable commit for each group."""
        with self._raw.cursor() as cursor:
            for rows in commits:
                for table in TABLES:
                    with cursor.copy(_text(f"COPY {table} FROM STDIN")) as sink:
                        for row in rows[table]:
                            sink.write_row(row)
                for table, statement in UPSERTS.items():
                    cursor.executemany(_text(statement.replace("?", "%s")), rows[table])
                self._raw.commit()

    def check(self) -> None:
        """Compare the twins."""
        for table in (*TABLES, *UPSERTS):
            query = _text(f"SELECT * FROM {table}")
            ours, copied = (side.execute(query).fetchall() for side in (self._original, self._raw))
            assert sorted(map(str, ours)) == sorted(map(str, copied)), table

    def close(self) -> None:
        """Close both ends."""
        self._original.close()
        self._raw.close()

    def _rows(self, table: str) -> list[tuple[str, ...]]:
        """Return all rows of a table as they came, each after the id of its lead."""
        query = f"SELECT {TABLES[table]}, {table}.* FROM {table} ORDER BY {table}.ctid"
        return self._original.execute(_text(query)).fetchall()


def _text(statement: str) -> LiteralString:
    """Vouch for a statement: its names are those of this package."""
    return cast(LiteralString, statement)


GOALS = {"P5": many_leads}
