"""Ask for a backtest: what can be asked, and the question stored for the slow lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.backtest.replay import UnknownVersion, find_subject
from handoff.intake.columns import BadColumns, parse_mapping
from storage import backtests, designs, timers, versions
from storage.backtests import StoredBacktest
from storage.database import Database
from storage.ids import new_id
from storage.timers import NewTimer, TimerKind

MOST_DAYS = 730
MOST_BYTES = 10_000_000
"""Of a file in a form. Source: Slack's limit for `file_input`."""
_MOST_VERSIONS = 100


@dataclass(frozen=True)
class Asked:
    """What somebody wants replayed, as they filled it in.

    Attributes:
        design: A version like `ENT-3@2`; None with a draft.
        draft: Id of the draft whose review is open, or None.
        file: Slack id of a file, or None.
        days: How many days of stored leads, as typed; empty for none.
        mapping: `FIELD=COLUMN` on lines of their own.
    """

    design: str | None
    draft: str | None
    file: str | None
    days: str
    mapping: str


@dataclass(frozen=True)
class NotAsked:
    """What is wrong with the question, by field: design, file, days or mapping."""

    errors: dict[str, str]


def versions_to_test(*, database: Database, workspace: str) -> tuple[tuple[str, str], ...]:
    """Return the versions that can be replayed, as (name, label), the newest of a design first."""
    found = []
    with database.read() as connection:
        for design in designs.everyone(connection, workspace=workspace):
            for head in versions.of_design(connection, workspace=workspace, design=design.key):
                state = head.state.value.replace("_", " ")
                name = f"{head.design}@{head.number}"
                found.append((name, f"{head.design} v{head.number} ({state})"))
    return tuple(found[:_MOST_VERSIONS])


def chosen_version(known: Sequence[tuple[str, str]], *, typed: str) -> str | None:
    """Return the version that somebody means, None if none.

    Args:
        known: Of `versions_to_test()`.
        typed: A design's key, which means its newest version, or a version like `ent-3@v2`.
    """
    asked = typed.strip().upper().replace("@V", "@")
    named = (name for name, _ in known if asked in (name, name.partition("@")[0]))
    return next(named, None)


def ask(
    *, database: Database, workspace: str, now: datetime, by: str, asked: Asked
) -> StoredBacktest | NotAsked:
    """Store a question; the slow lane answers it.

    Args:
        database: Where it is stored.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        by: Slack id of who asks, and gets the answer.
        asked: What was filled in.

    Returns:
        What was stored, or what is wrong with it.
    """
    errors = _errors(asked)
    if asked.draft is None and not errors:
        errors = _unknown(database, workspace, asked.design or "")
    if errors:
        return NotAsked(errors)
    stored = StoredBacktest(
        workspace=workspace,
        id=new_id("bt", now=now),
        by=by,
        design=asked.design,
        draft=asked.draft,
        file=asked.file,
        days=None if asked.file else int(asked.days),
        mapping=asked.mapping,
        at=now,
    )

    def work(connection: Connection) -> None:
        backtests.add(connection, new=stored)
        due = NewTimer(workspace, TimerKind.BACKTEST_RUN, stored.id, now)
        timers.schedule(connection, due)

    database.run(work)
    return stored


def _errors(asked: Asked) -> dict[str, str]:
    days = asked.days.strip()
    errors = {}
    if asked.file and days:
        errors["days"] = "Choose one: a file, or the stored leads of some days."
    elif not asked.file and not days:
        errors["file"] = "Add a CSV file, or say how many days of stored leads to take."
    elif days and not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        errors["days"] = f"Write a whole number of days, from 1 to {MOST_DAYS}."
    try:
        parse_mapping(asked.mapping)
    except BadColumns as exc:
        errors["mapping"] = str(exc)
    return errors


def _unknown(database: Database, workspace: str, design: str) -> dict[str, str]:
    try:
        find_subject(database=database, workspace=workspace, asked=design)
    except UnknownVersion as exc:
        return {"design": str(exc)}
    return {}
