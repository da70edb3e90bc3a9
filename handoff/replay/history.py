"""A file of past leads, row by row: read as live leads are, and kept by column."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.intake.arriving import (
    LONGEST_NAME,
    IncomingLead,
    NotUnderstood,
    Problem,
    read_lead,
)
from handoff.intake.columns import ARRIVED_AT, map_columns
from handoff.intake.csv_rows import PROBLEM, BadCsv, CsvRow, Record, row_of
from handoff.replay.past import PastLeads, micros
from handoff.replay.reading import Codes, QuickReading
from handoff.routing.lead_fields import lead_fields

_NEEDED_FOR = {
    "work_email": ("email",),
    "domain": ("email",),
    "region": ("country",),
    "email or phone": ("email", "phone"),
    "account_owner": ("account_owner_email", "domain", "email"),
    "named_rep": ("named_rep_email",),
}
_AT_ONCE = 1_000
_SECONDS, _MILLISECONDS = re.compile(r"\d{10}"), re.compile(r"\d{13}")


@dataclass(frozen=True)
class _Past:
    """A lead that was read with care."""

    name: str
    arrived_at: datetime
    codes: tuple[Codes, ...]


class BadTime(ValueError):
    """This cannot be read as an instant."""


class History:
    """Past leads of a file.

    Attributes:
        columns: What the columns are.
        leads: Those that were understood so far.
    """

    def __init__(
        self,
        *,
        header: Sequence[str],
        asked: Mapping[str, str],
        fields: Collection[str],
        zone: ZoneInfo,
        directory: Directory,
        owner_of: Callable[[str], PersonKey | None],
        now: datetime,
    ) -> None:
        """Look at the header.

        Args:
            header: Names of the columns.
            asked: Columns by field, as the person says.
            fields: That decide what becomes of a lead, see `fields_read`.
            zone: Of times without a zone.
            directory: For owners, who are written as Slack ids or addresses.
            owner_of: From a company's domain to the owner of its account.
            now: A lead that came later is refused.

        Raises:
            BadColumns: if the columns cannot be used.
        """
        self.columns = map_columns(header=header, asked=asked, wanted=fields)
        self.leads = PastLeads(fields=fields)
        self._zone, self._now = zone, now
        self._directory, self._owner_of = directory, owner_of
        needed = {one for name in fields for one in _NEEDED_FOR.get(name, ())}
        kept = needed.union(fields, ("external_id", ARRIVED_AT))
        self._header = tuple(header)
        self._fields = {
            column: field for column, field in self.columns.fields.items() if field in kept
        }
        places = {
            field: self._header.index(column)
            for column, field in self._fields.items()
            if column != PROBLEM
        }
        self._arrived_place = places.pop(ARRIVED_AT, None)
        self._id_place = places.pop("external_id", None)
        self._quick = QuickReading(
            leads=self.leads, places=places, read=self._understood, owner_of=owner_of
        )

    def notes(self) -> tuple[str, ...]:
        """Return sentences on columns that are no field, and on fields that no column holds."""
        notes = []
        if self.columns.unknown:
            names = ", ".join(self.columns.unknown)
            notes.append(f"Columns that no rule reads: {names}.")
        if self.columns.missing:
            names = ", ".join(self.columns.missing)
            notes.append(
                f"Fields that the rules read and no column holds: {names}. Leads are replayed as "
                "if they had none, and are not held up for it. If a column has another name, map "
                "it: FIELD=COLUMN."
            )
        return tuple(notes)

    def take(self, records: Iterable[Record]) -> Iterator[tuple[Record, tuple[str, ...]]]:
        """Add the leads of all records; yield those that cannot be read, each with what is wrong.

        Leads are added as the records are gone through; what is wrong is `field: what to do`.
        """
        for some in _some(records):
            yield from self._take(some)

    def _take(self, records: Sequence[Record]) -> Iterator[tuple[Record, tuple[str, ...]]]:
        known = [self._known(cells) for _, cells in records]
        plain = [cells for (_, cells), one in zip(records, known, strict=True) if one]
        read = iter(self._quick.codes(plain))
        taken = []
        for record, one in zip(records, known, strict=True):
            codes = next(read) if one else None
            if one is None or codes is None:
                found = self._read_with_care(row_of(record=record, header=self._header))
                if not isinstance(found, _Past):
                    yield record, found
                    continue
                name, arrived_at, codes = found.name, found.arrived_at, found.codes
            else:
                name, arrived_at = one
            self.leads.ids.append(name or f"line {record[0]}")
            self.leads.arrived.append(micros(arrived_at))
            taken.append(codes)
        self._quick.append(taken)

    def _known(self, cells: Sequence[str]) -> tuple[str, datetime] | None:
        """Return a lead's name and arrival; None if something about its row is unusual."""
        if len(cells) != len(self._header) or self._arrived_place is None:
            return None
        name = "" if self._id_place is None else cells[self._id_place].strip()
        try:
            arrived_at = self._arrival(cells[self._arrived_place])
        except BadTime:
            return None
        return (name, arrived_at) if len(name) <= LONGEST_NAME else None

    def _read_with_care(self, row: CsvRow) -> "_Past | tuple[str, ...]":
        """Return the lead of a row, read as a whole, or what is wrong with it."""
        if row.problem is not None:
            return (row.problem,)
        body = {
            field: row.fields[column]
            for column, field in self._fields.items()
            if column in row.fields
        }
        text = body.pop(ARRIVED_AT, "")
        try:
            arrived_at = self._arrival(text)
        except BadTime as exc:
            return (f"{ARRIVED_AT}: {exc}",)
        body.setdefault("external_id", f"line {row.line}")
        try:
            lead = read_lead(body=body, now=self._now)
        except NotUnderstood as exc:
            return tuple(map(_in_words, exc.problems))
        return _Past(str(lead.external_id), arrived_at, self._quick.codes_of(self._seen(lead)))

    def _understood(self, body: Mapping[str, str]) -> dict[str, object] | None:
        """Return the fields that rules see of some cells; None if something is wrong."""
        try:
            return self._seen(read_lead(body={**body, "external_id": "any"}, now=self._now))
        except NotUnderstood:
            return None

    def _seen(self, lead: IncomingLead) -> dict[str, object]:
        return lead_fields(
            source=lead.source or "csv",
            attributes=lead.attributes,
            score=lead.score,
            domain=lead.domain,
            directory=self._directory,
            owner_of=self._owner_of,
        )

    def _arrival(self, text: str) -> datetime:
        if not text.strip():
            raise BadTime("is empty; say when the lead came in, like 2026-08-03 14:00")
        arrived_at = read_time(text, zone=self._zone)
        if arrived_at > self._now:
            raise BadTime(f"{text} is in the future; only leads that came in can be replayed")
        return arrived_at


def read_time(text: str, *, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, that a cell names.

    Args:
        text: ISO 8601 with or without a zone, or seconds or milliseconds of the epoch.
        zone: Of a time that has none.

    Raises:
        BadTime: if it is anything else; days and months in another order could be mistaken.
    """
    plain = text.strip()
    if _SECONDS.fullmatch(plain) or _MILLISECONDS.fullmatch(plain):
        return datetime.fromtimestamp(int(plain) / (1 if len(plain) == 10 else 1000), UTC)
    try:
        found = datetime.fromisoformat(plain)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise BadTime(
            f"“{plain[:40]}” is no time; write it like 2026-08-03 14:00 or 2026-08-03T14:00:00Z"
        ) from exc


def _some(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield records some at a time; those before a broken one are taken all the same."""
    some: list[Record] = []
    try:
        for record in records:
            some.append(record)
            if len(some) == _AT_ONCE:
                yield some
                some = []
    except BadCsv:
        yield some
        raise
    yield some


def _in_words(problem: Problem) -> str:
    field = problem.pointer.lstrip("/")
    return f"{field}: {problem.detail}" if field else problem.detail
