"""Which leads a design takes, and by which row: decided by column, for all leads at once.

Each condition looks at one field, so it is decided once for each distinct value by the very
function that explains live routing (`holds`), and then looked up for every lead.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.brief import Band, OnMissing, OwnerModel, PersonKey
from handoff.directory import Directory
from handoff.people import find_person
from handoff.replay.past import PastLeads, codes_of
from handoff.routing.entry import Nurtured, qualify
from handoff.routing.evaluation import holds
from handoff.routing.fields import as_flag, as_number, is_missing, missing_fields
from handoff.routing.rules import STRATEGIES, Condition, RoutingMatrix, RoutingRow, Rule
from handoff.sla.model import SlaModel
from handoff.sla.table import band_of

BANDS = tuple(Band)
OUTSIDE, NURTURED, UNMATCHED = -1, -2, -3
"""Instead of the number of a row."""
UNNAMED, NOBODY = 0, -1
"""Instead of the number of a person."""

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """What the rules say of each lead, in the order of `PastLeads`.

    Attributes:
        row: The number of the row that takes it, or OUTSIDE, NURTURED, UNMATCHED.
        is_lacking: It goes to the row's fallback for what it lacks.
        band: An index into BANDS, -1 without one.
        note: An index into `notes`: why it is nurtured, or what it lacks; 0 is nothing.
        person: An index into `people`: who takes it by name, if the row goes by name.
    """

    row: npt.NDArray[np.int32]
    is_lacking: Flags
    band: npt.NDArray[np.int8]
    note: npt.NDArray[np.int32]
    notes: tuple[str, ...]
    person: npt.NDArray[np.int32]
    people: tuple[PersonKey, ...]

    def in_order(self, order: npt.NDArray[np.int64]) -> "Sorted":
        """Return the same of the leads in another order."""
        return replace(
            self,
            row=self.row[order],
            is_lacking=self.is_lacking[order],
            band=self.band[order],
            note=self.note[order],
            person=self.person[order],
        )


def sort_out(
    *, leads: PastLeads, matrix: RoutingMatrix, table: SlaModel, directory: Directory
) -> Sorted:
    """Decide for every lead whether the design takes it, its band, and the row.

    Args:
        leads: Have at least the fields that `fields_read` of the matrix names.
        matrix: Entry rule, gates and rows.
        table: Score thresholds of the bands.
        directory: Who can be named by a lead or a row at all.
    """
    return _Sorter(leads, matrix, table, directory).sort()


class _Sorter:
    def __init__(
        self, leads: PastLeads, matrix: RoutingMatrix, table: SlaModel, directory: Directory
    ) -> None:
        self._leads = leads
        self._matrix = matrix
        self._table = table
        self._directory = directory
        self._notes: dict[str, int] = {"": 0}
        self._people: dict[PersonKey, int] = {"": UNNAMED}
        self._row = np.full(len(leads), UNMATCHED, dtype=np.int32)
        self._is_lacking = np.zeros(len(leads), dtype=np.bool_)
        self._note = np.zeros(len(leads), dtype=np.int32)
        self._person = np.zeros(len(leads), dtype=np.int32)

    def sort(self) -> Sorted:
        inside = self._rule(self._matrix.entry)
        gates = [self._rule(gate) for gate in self._matrix.gates]
        band = self._bands()
        fits = np.logical_and.reduce([band >= 0, *gates])
        self._row[~inside] = OUTSIDE
        self._nurture(inside & ~fits, gates, band)
        self._choose_rows(inside & fits)
        return Sorted(
            row=self._row,
            is_lacking=self._is_lacking,
            band=band,
            note=self._note,
            notes=tuple(self._notes),
            person=self._person,
            people=tuple(self._people),
        )

    def _bands(self) -> npt.NDArray[np.int8]:
        """Return the band of every lead, whatever the gates say."""
        of_score = self._look_up("score", self._band_of_score, np.int8)
        is_raised = self._look_up("hand_raise", lambda value: as_flag(value) is True, np.bool_)
        return np.where(is_raised, np.int8(BANDS.index(Band.A)), of_score)

    def _band_of_score(self, value: object) -> int:
        band = band_of(score=as_number(value), is_hand_raise=False, table=self._table)
        return -1 if band is None else BANDS.index(band)

    def _nurture(self, kept: Flags, gates: Sequence[Flags], band: Codes) -> None:
        self._row[kept] = NURTURED
        parts = [*gates, band < 0, codes_of(self._leads.columns["score"])]
        for first, those in alike(kept, parts):
            passed = qualify(
                lead=self._leads.fields(first), matrix=self._matrix, table=self._table
            )
            assert isinstance(passed, Nurtured)
            self._note[those] = self._noted("; ".join(passed.reasons))

    def _choose_rows(self, open_: Flags) -> None:
        """Give each lead to the first row that matches and has somebody to give it to.

        What a lead lacks is asked of the first row that matches, as live routing does.
        """
        unseen, left = open_.copy(), open_
        for number, row in enumerate(self._matrix.rows):
            matches = self._rule(row.when)
            lacking = self._lacking(row, unseen & matches)
            self._is_lacking |= lacking
            person = self._people_of(row)
            taken = left & matches & (lacking | (person != NOBODY))
            self._row[taken] = number
            self._person[taken] = person[taken]
            unseen &= ~matches
            left = left & ~taken

    def _lacking(self, row: RoutingRow, asked: Flags) -> Flags:
        """Return which of the asked leads go to the fallback for what they lack; note why."""
        if row.on_missing is OnMissing.ROUTE_ANYWAY or not row.required_fields:
            return np.zeros(len(self._leads), dtype=np.bool_)
        gone = [self._look_up(name, is_missing, np.bool_) for name in row.required_fields]
        lacking = np.asarray(asked & np.logical_or.reduce(gone))
        for first, those in alike(lacking, gone):
            lead = self._leads.fields(first)
            names = missing_fields(required=row.required_fields, lead=lead)
            self._note[those] = self._noted(still_missing(names))
        return lacking

    def _people_of(self, row: RoutingRow) -> Codes:
        """Return whom a row hands each lead to by name; NOBODY where the next row is tried.

        A strategy names no person, and takes every lead.
        """
        own = row.named_rep if row.owner_model is OwnerModel.NAMED_REP else None
        if row.owner_model in STRATEGIES or own:
            person = self._person_named(own) if own else UNNAMED
            return np.full(len(self._leads), person, dtype=np.int32)
        return self._look_up(row.owner_model.value, self._person_named, np.int32)

    def _person_named(self, value: object) -> int:
        """Return the number of a person who can be named, NOBODY for everything else."""
        if not isinstance(value, str) or _names_nobody(self._directory, value):
            return NOBODY
        return self._people.setdefault(value, len(self._people))

    def _rule(self, rule: Rule) -> Flags:
        if rule.is_always:
            return np.ones(len(self._leads), dtype=np.bool_)
        groups = [
            np.logical_and.reduce(
                [self._look_up(one.field, partial(_holds, one), np.bool_) for one in group]
            )
            for group in rule.any_of
        ]
        return np.asarray(np.logical_or.reduce(groups), dtype=np.bool_)

    def _look_up(
        self, name: str, decide: Callable[[object], Any], dtype: npt.DTypeLike
    ) -> npt.NDArray[Any]:
        """Decide once for each value of a field; return the answer for every lead."""
        column = self._leads.columns[name]
        answers = np.fromiter(map(decide, column.values), dtype, len(column.values))
        return np.asarray(answers[codes_of(column)])

    def _noted(self, text: str) -> int:
        return self._notes.setdefault(text, len(self._notes))


def still_missing(names: Sequence[str]) -> str:
    """Return why a lead went to the fallback without being asked for longer."""
    return f"still missing: {', '.join(names)}"


def _holds(condition: Condition, value: object) -> bool:
    return holds(condition=condition, value=value)


def _names_nobody(directory: Directory, person: PersonKey) -> bool:
    """Return True for somebody who is no match, so that the next row is tried."""
    known = find_person(directory=directory, key=person)
    return known is None or known.is_bot or not known.is_active


def alike(chosen: Flags, parts: Sequence[Codes]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield, for the chosen leads that are alike in all parts, the first one and all of them."""
    indexes = np.flatnonzero(chosen)
    if not len(indexes):
        return
    key = np.zeros(len(indexes), dtype=np.int64)
    for part in parts:
        _, codes = np.unique(part[indexes], return_inverse=True)
        _, key = np.unique(key * (int(codes.max()) + 1) + codes, return_inverse=True)
    by_key = np.argsort(key, kind="stable")
    for those in np.split(indexes[by_key], np.flatnonzero(np.diff(key[by_key])) + 1):
        yield int(those[0]), those
