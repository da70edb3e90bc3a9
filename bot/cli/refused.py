"""`handoff leads refused`, `retry` and `dismiss`: leads that could not be taken."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.blocks.kit import count
from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.input_file import read_text
from bot.cli.opening import Workspace, open_database_or_fail
from bot.cli.repair_file import RepairFile

if TYPE_CHECKING:
    from bot.flows.context import Database
    from bot.flows.lead.repair import Mended, WaitingLead

_MOST_SHOWN = 50


class Format(StrEnum):
    """How refused leads are listed; a CSV file is mended and retried."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def refused(
    source: Annotated[str | None, typer.Option(help="Only those of this source.")] = None,
    form: Annotated[
        Format, typer.Option("--format", help="`csv` makes a file to mend and to retry.")
    ] = Format.TEXT,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a file instead of printing.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """List leads that came by HTTP and could not be taken, the newest first, with what is wrong.

    To mend many at once: `--format csv --out refused.csv`, correct the cells, and
    `handoff leads retry refused.csv`.
    """
    from bot.flows.lead.repair import all_waiting_leads

    with _at_work() as database:
        found = list(all_waiting_leads(database=database, workspace=workspace, source=source))
    text = _LISTS[form](found)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8-sig" if form is Format.CSV else "utf-8", newline="")
    except OSError as exc:
        fail([f"{out}: It cannot be written: {exc.strerror}."])
    typer.echo(f"Written to {out}: {count(len(found), 'refused lead')}.")


def retry(
    target: Annotated[str, typer.Argument(help="The id of a refused lead, or a mended CSV file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A corrected field, like `email=jane@acme.com`; may repeat."),
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Take refused leads in after all, as they are or corrected; their clocks start now.

    Rows that are still wrong go to FILE.repair.csv: mend and retry that file. The same file
    again does nothing twice.
    """
    file = Path(target)
    if target.endswith(".csv") or file.exists():
        if changes:
            fail(["--set corrects one lead; in a file, correct its cells."], code=BAD_INPUT)
        _retry_file(file, workspace)
    else:
        _retry_one(target, _pairs(changes or ()), workspace)


def dismiss(
    refused_id: Annotated[str, typer.Argument(help="The id of a refused lead.")],
    reason: Annotated[str, typer.Option(help="Why it is no lead; kept in the audit log.")],
    workspace: Workspace = None,
) -> None:
    """Take a refused lead that is none, such as spam, off the list; it stays kept."""
    from bot.clocks import RunningClocks
    from bot.flows.lead.repair import dismiss as take_off
    from bot.flows.signoff.outcomes import Denied

    with _at_work() as database:
        outcome = take_off(
            database=database,
            now=RunningClocks().now(),
            refused_id=refused_id,
            reason=reason,
            workspace=workspace,
        )
    if isinstance(outcome, Denied):
        fail([outcome.message])
    typer.echo(f"{refused_id} is dismissed.")


def _retry_one(refused_id: str, changes: dict[str, str], workspace: str | None) -> None:
    from bot.flows.signoff.outcomes import Denied

    with _at_work() as database:
        outcome = _mend(database, refused_id, changes, workspace)
    if isinstance(outcome, Denied):
        fail([outcome.message])
    problems = _problems(outcome)
    if problems:
        fail([f"{refused_id} {problem}" for problem in problems])
    typer.echo(f"{refused_id}: {_became(outcome)}.")


def _retry_file(file: Path, workspace: str | None) -> None:
    from handoff.intake.csv_rows import BadCsv, read_csv
    from handoff.intake.mending import REFUSED_ID

    text = read_text(file)
    counts: Counter[str] = Counter()
    try:
        header, rows = read_csv(text)
    except BadCsv as exc:
        fail([f"{file}: {exc}"], code=BAD_INPUT)
    if REFUSED_ID not in (name.casefold() for name in header):
        told = f"{file}: The first line must name `{REFUSED_ID}`; see `handoff leads refused`."
        fail([told], code=BAD_INPUT)
    repair = RepairFile(file, header, then="mend it and retry it")
    with _at_work() as database, failing_on(BadCsv), repair:
        for row in rows:
            became, problem = _retry_row(database, header, row.cells, workspace)
            counts[became] += 1
            if row.problem or problem:
                repair.add(row.cells, row.problem or problem)
    for became, number in sorted(counts.items()):
        if became:
            typer.echo(f"{number:,} {became}.")
    repair.report()


def _retry_row(
    database: "Database", header: tuple[str, ...], cells: tuple[str, ...], workspace: str | None
) -> tuple[str, str]:
    """Retry one row; return what became of it, or else what is wrong."""
    from bot.flows.lead.repair import Settled
    from bot.flows.signoff.outcomes import Denied
    from handoff.intake.csv_rows import unguarded
    from handoff.intake.mending import REFUSED_ID

    if len(cells) > len(header):
        return "", f"has {len(cells)} cells where {len(header)} are named"
    fields = {
        name: unguarded(cell) for name, cell in zip(header, cells, strict=False) if name != ""
    }
    names = {name.casefold(): name for name in fields}
    refused_id = fields.pop(names[REFUSED_ID], "")
    outcome = _mend(database, refused_id, fields, workspace)
    if isinstance(outcome, Settled):  # the last run of this file took it in
        return "settled already", ""
    if isinstance(outcome, Denied):
        return "", outcome.message
    problems = _problems(outcome)
    return ("", "; ".join(problems)) if problems else (_became(outcome), "")


def _mend(
    database: "Database", refused_id: str, changes: dict[str, str], workspace: str | None
) -> "Mended":
    from bot.clocks import RunningClocks
    from bot.flows.lead.repair import mend

    return mend(
        database=database,
        now=RunningClocks().now(),
        refused_id=refused_id,
        changes=changes,
        workspace=workspace,
    )


def _pairs(changes: Iterable[str]) -> dict[str, str]:
    """Return what --set said; end the command at one that says nothing."""
    pairs = [change.partition("=") for change in changes]
    bad = [name for name, equals, _ in pairs if not (name.strip() and equals)]
    if bad:
        fail([f"--set {bad[0]}: write it as `field=value`."], code=BAD_INPUT)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _problems(outcome: "Mended") -> list[str]:
    """Return what is still wrong, field by field."""
    return [
        f"{error.pointer.lstrip('/')} {error.detail}".strip()
        for error in getattr(outcome, "errors", ())
    ]


def _became(outcome: "Mended") -> str:
    if getattr(outcome, "is_known", False):
        return "known already"
    is_nurtured = getattr(outcome, "is_nurtured", False)
    return "kept for later (below the design's gates)" if is_nurtured else "taken in"


def _as_text(found: list["WaitingLead"]) -> str:
    if not found:
        return "No refused lead waits for repair.\n"
    lines = []
    for one in found[:_MOST_SHOWN]:
        lines.append(f"{one.id}  {one.source}  {one.received_at:%Y-%m-%d %H:%M} UTC")
        lines += [f"  {p.pointer.lstrip('/') or 'the lead'} {p.detail}" for p in one.problems]
    if len(found) > _MOST_SHOWN:
        lines.append(f"and {len(found) - _MOST_SHOWN:,} more; --format csv lists them all.")
    return "\n".join(lines) + "\n"


def _as_json(found: list["WaitingLead"]) -> str:
    return json.dumps([one.model_dump(mode="json") for one in found], indent=2) + "\n"


def _as_csv(found: list["WaitingLead"]) -> str:
    """Return the leads as a table: every field that any of them has, and what is wrong."""
    from handoff.intake.csv_rows import PROBLEM, guarded, write_csv_row
    from handoff.intake.mending import REFUSED_ID, asked_fields

    rows = [
        asked_fields(body=one.body, pointers=[problem.pointer for problem in one.problems])
        for one in found
    ]
    columns: dict[str, str] = {}
    for row in rows:
        for name in row:
            columns.setdefault(name.casefold(), name)
    lines = [write_csv_row([REFUSED_ID, *columns.values(), PROBLEM])]
    for one, row in zip(found, rows, strict=True):
        spelled = {name.casefold(): text for name, text in row.items()}
        cells = [guarded(spelled.get(name, "")) for name in columns]
        told = "; ".join(f"{p.pointer.lstrip('/')} {p.detail}".strip() for p in one.problems)
        lines.append(write_csv_row([one.id, *cells, told]))
    return "".join(lines)


_LISTS = {Format.TEXT: _as_text, Format.JSON: _as_json, Format.CSV: _as_csv}


@contextmanager
def _at_work() -> "Iterator[Database]":
    """Open the database; what an operator can do something about becomes a sentence."""
    from bot.flows.workspace import WorkspaceUnclear

    with open_database_or_fail() as database, failing_on(WorkspaceUnclear):
        yield database
