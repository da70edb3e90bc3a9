"""Import leads from a CSV file, in parts that are each committed once."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import Connection

from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import RequestKey, receive_leads
from bot.flows.lead.take_in import Old as Old
from bot.flows.lead.taking import Result, Status, Terms
from bot.flows.workspace import workspace_meant
from handoff.intake.columns import crm_columns
from handoff.intake.csv_rows import CsvRow, read_csv
from storage import designs, versions
from storage.database import Database

#: Rows in one transaction; while it runs, other writers wait, people's clicks among them.
PART = 500

#: So many leads are found soon, however they are looked for.
_FEW_PARTS = 4


class UnknownDesign(LookupError):
    """No design at work has this key."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"No design “{key}” is at work. At work: {', '.join(known) or 'none yet'}."
        )


class Became(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    KNOWN = "known"
    NURTURED = "nurtured"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedRow:
    """One row after its import.

    Attributes:
        problems: What is wrong with it, for the repair file; empty if it was taken.
    """

    row: CsvRow
    became: Became
    problems: tuple[str, ...] = ()


def import_leads(
    *,
    database: Database,
    text: str,
    source: str,
    design: str | None,
    old: Old,
    now: Callable[[], datetime],
    wall: Callable[[], datetime],
    workspace: str | None = None,
) -> Iterator[ImportedRow]:
    """Take in the leads of a CSV file, and tell of each row as its part is committed.

    The same file again, within 72 hours and with the same choices, is taken up where it stopped:
    parts that are done answer from memory, refused rows included. Later, or after rows were
    changed, leads that are known stay one lead.

    Args:
        database: Where leads are.
        text: The file.
        source: What the leads' source is called.
        design: Key of the design that takes them all, or None to let the rules choose.
        old: What to do with rows that are older than the response SLA.
        now: The domain's clock, read for every part.
        wall: The real clock.
        workspace: The Slack team; None for the only one.

    Raises:
        BadCsv: if the file cannot be read; what was told by then is stored.
        UnknownDesign: if no active design has this key.
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        _check_design(connection, team, design)
    caller = Caller(team, source, is_on=True)
    terms = Terms(design=design, old=old, is_kept=False)
    chosen = f"{text}\n{design}\n{old}"
    digest = hashlib.sha256(chosen.encode("utf-8", "surrogatepass")).hexdigest()
    header, rows = read_csv(text)
    names = crm_columns(header)
    number = 0
    while part := list(islice(rows, PART)):
        good = [row for row in part if row.problem is None]
        results = receive_leads(
            database=database,
            caller=caller,
            items=[_fields(row, names) for row in good],
            key=RequestKey(key=f"import {digest} {number}", body_hash=digest),
            now=now(),
            wall=wall(),
            terms=terms,
        )
        yield from _told(part, iter(results))
        number += 1
        if number >= _FEW_PARTS and number.bit_count() == 1:  # each time it has doubled
            database.count_rows()


def _fields(row: CsvRow, names: Mapping[str, str]) -> dict[str, str]:
    """Return a row's fields; without a name or an address it is named by what it says."""
    fields = row.fields
    if names:
        fields = {names.get(column, column): value for column, value in fields.items()}
    told = {name.casefold() for name in fields}
    if "external_id" in told or "email" in told:
        return fields
    digest = hashlib.sha256("\n".join(row.cells).encode("utf-8", "surrogatepass")).hexdigest()
    return {**fields, "external_id": f"row {digest[:24]}"}


def _told(part: list[CsvRow], results: Iterator[Result]) -> Iterator[ImportedRow]:
    for row in part:
        if row.problem is not None:
            yield ImportedRow(row, Became.REFUSED, (row.problem,))
            continue
        result = next(results)
        problems = tuple(f"{e.pointer.lstrip('/')} {e.detail}".strip() for e in result.errors)
        yield ImportedRow(row, _became(result), problems)


def _became(result: Result) -> Became:
    if result.status is not Status.ACCEPTED:
        return Became.REFUSED
    if result.duplicate:
        return Became.KNOWN
    return Became.NURTURED if result.nurtured else Became.TAKEN


def _check_design(connection: Connection, workspace: str, design: str | None) -> None:
    running = tuple(head.design for head in versions.running(connection, workspace=workspace))
    if design is not None and design not in running:
        raise UnknownDesign(design, tuple(key for key in running if key != designs.UNMATCHED))
