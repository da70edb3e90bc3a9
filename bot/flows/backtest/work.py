"""Answer a backtest outside any transaction, and save the answer with its message."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO, TextIOWrapper

from sqlalchemy import Connection

from bot.flows.backtest.replay import (
    NoDraft,
    Subject,
    UnknownVersion,
    find_subject,
    run_backtest,
    stored_leads,
    subject_of_draft,
)
from handoff.backtest import PastLeads
from handoff.documents.replay import ReplayFigures
from handoff.documents.replay_files import assignment_lines
from handoff.intake.columns import BadColumns, parse_mapping
from handoff.intake.csv_rows import (
    PROBLEM,
    BadCsv,
    Record,
    guarded,
    read_csv_records,
    write_csv_row,
)
from storage import backtests, outbox
from storage.backtests import StoredBacktest
from storage.database import Database
from storage.outbox import NewMessage, Priority

MOST_ROWS = 200_000
"""In Slack; larger files go by the command line."""

DONE, FAILED = "backtest.done", "backtest.failed"
_MARK = "\ufeff".encode()


class CannotReplay(ValueError):
    """This cannot be replayed; the message says what to do."""


@dataclass(frozen=True)
class Answer:
    """What came out: figures and files, or a problem."""

    figures: ReplayFigures | None = None
    assignments: bytes | None = None
    refused: bytes | None = None
    problem: str | None = None


@dataclass(frozen=True)
class _Read:
    leads: PastLeads
    notes: tuple[str, ...] = ()
    header: str = ""
    refused: tuple[str, ...] = ()
    first_problem: str = ""


def answer(
    *, database: Database, asked: StoredBacktest, content: bytes | None, now: datetime
) -> Answer:
    """Replay what was asked for; takes up to some minutes.

    Args:
        database: Designs, team, accounts and stored leads.
        asked: The question.
        content: Of the file, if one was asked for.
        now: The domain's instant, UTC-aware.

    Returns:
        The answer; what is wrong with the file is one, too.
    """
    try:
        subject = _subject(database, asked, now)
        read = _some(asked, _read(database, asked, subject, content, now))
    except (UnknownVersion, NoDraft, BadColumns, BadCsv, CannotReplay) as exc:
        return Answer(problem=str(exc))
    tested = run_backtest(
        subject=subject,
        leads=read.leads,
        now=now,
        notes=read.notes,
        refused_rows=len(read.refused),
    )
    lines = assignment_lines(
        backtest=tested.backtest,
        design=subject.design,
        directory=subject.directory,
        before=tested.before,
    )
    return Answer(
        figures=tested.figures,
        assignments=_encoded(lines),
        refused=_encoded([read.header, *read.refused]) if read.refused else None,
    )


def save(connection: Connection, *, asked: StoredBacktest, found: Answer, now: datetime) -> None:
    """Store an answer, and send it to whoever asked; the same again changes nothing."""
    backtests.settle(
        connection,
        workspace=asked.workspace,
        id=asked.id,
        problem=found.problem,
        figures=None if found.figures is None else found.figures.model_dump_json(),
        assignments=found.assignments,
        refused=found.refused,
    )
    message = NewMessage(
        workspace=asked.workspace,
        kind=DONE if found.problem is None else FAILED,
        subject=asked.id,
        recipient=asked.by,
        priority=Priority.DIGEST,
        dedupe_key=f"backtest:{asked.id}",
    )
    outbox.enqueue(connection, message, now=now)


def _subject(database: Database, asked: StoredBacktest, now: datetime) -> Subject:
    if asked.draft is None:
        return find_subject(database=database, workspace=asked.workspace, asked=asked.design or "")
    return subject_of_draft(
        database=database, workspace=asked.workspace, draft=asked.draft, by=asked.by, now=now
    )


def _read(
    database: Database,
    asked: StoredBacktest,
    subject: Subject,
    content: bytes | None,
    now: datetime,
) -> _Read:
    if asked.days is not None:
        since = now - timedelta(days=asked.days)
        return _Read(
            stored_leads(
                database=database, workspace=asked.workspace, subject=subject, since=since
            )
        )
    if content is None:
        raise CannotReplay("The file is not there any more. Add it again.")
    try:
        return _read_file(asked, subject, content, now)
    except UnicodeDecodeError as exc:
        raise CannotReplay("The file is not a text in UTF-8. Save it as CSV in UTF-8.") from exc


def _read_file(asked: StoredBacktest, subject: Subject, content: bytes, now: datetime) -> _Read:
    lines = TextIOWrapper(BytesIO(content), encoding="utf-8-sig", newline="")
    header, records = read_csv_records(lines)
    history = subject.history(header=header, asked=parse_mapping(asked.mapping), now=now)
    refused, first_problem = [], ""
    for (line, cells), wrong in history.take(_not_too_many(records)):
        told = f"line {line}: {'; '.join(wrong)}"
        first_problem = first_problem or told
        filled = [*cells, *[""] * (len(header) - len(cells))][: len(header)]
        refused.append(write_csv_row([*map(guarded, filled), guarded(told)]))
    return _Read(
        leads=history.leads,
        notes=history.notes(),
        header=write_csv_row([*header, PROBLEM]),
        refused=tuple(refused),
        first_problem=first_problem,
    )


def _not_too_many(records: Iterable[Record]) -> Iterator[Record]:
    for number, record in enumerate(records, start=1):
        if number > MOST_ROWS:
            raise CannotReplay(
                f"The file has more than {MOST_ROWS:,} rows. Send a part of it, or use "
                "`handoff backtest` on the host."
            )
        yield record


def _some(asked: StoredBacktest, read: _Read) -> _Read:
    """Return what was read; refuse nothing at all, and say why it is nothing."""
    if len(read.leads):
        return read
    if asked.days is not None:
        raise CannotReplay(
            f"No lead arrived in the last {_days(asked.days)}. Take more days, or a file."
        )
    if not read.refused:
        raise CannotReplay("There are no rows in the file.")
    raise CannotReplay(f"No row of the file can be read; {read.first_problem}.")


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _encoded(lines: Iterable[str]) -> bytes:
    return _MARK + "".join(lines).encode()
