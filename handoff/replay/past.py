"""Past leads, kept by column: a million of them fit into little memory.

Rules look at few fields, and most fields have few values; each distinct value is kept once.
"""

from array import array
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from handoff.model import Instant, Value
from handoff.open_table import EPOCH
from handoff.routing.rules import RoutingMatrix

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MICROSECONDS = 1_000_000
_OWN_KEYS = frozenset({str, int, type(None)})
"""Kinds of which no value is equal to one of another kind."""
_ALWAYS_READ = ("score", "hand_raise", "account_owner", "named_rep")


class PastLead(Value):
    """A lead as it came in; `fields` are named as rules name them."""

    id: str
    arrived_at: Instant
    fields: dict[str, object] = Field(default_factory=dict)


class Column:
    """The values of one field, each once, and a code per lead; code 0 is a missing value.

    Attributes:
        codes: One per lead, an index into `values`.
        values: Distinct values; 1, 1.0, "1" and True are four.
    """

    def __init__(self) -> None:
        self.codes = array("i")
        self.values: list[object] = [None]
        self._known: dict[object, int] = {None: 0}

    def add(self, value: object) -> None:
        """Append the next lead's value."""
        self.codes.append(self.code(value))

    def code(self, value: object) -> int:
        """Return the code of a value, also of one that no lead has yet."""
        kind = value.__class__
        key = value if kind in _OWN_KEYS else (kind, repr(value))
        code = self._known.get(key)
        if code is None:
            code = self._known[key] = len(self.values)
            self.values.append(value)
        return code


class PastLeads:
    """Past leads in the order in which they were added.

    Attributes:
        ids: What each lead is called.
        arrived: Instants of arrival, microseconds since the epoch.
        columns: The fields that are kept.
    """

    def __init__(self, *, fields: Iterable[str]) -> None:
        """Start without leads.

        Args:
            fields: Names of the fields to keep, see `fields_read`.
        """
        self.ids: list[str] = []
        self.arrived = array("q")
        self.columns = {name: Column() for name in sorted(set(fields))}
        self._adders = [(name, column.add) for name, column in self.columns.items()]

    def __len__(self) -> int:
        """Return how many leads there are."""
        return len(self.ids)

    def add(self, *, id: str, arrived_at: datetime, fields: Mapping[str, object]) -> None:
        """Append a lead; `arrived_at` is aware."""
        self.ids.append(id)
        self.arrived.append(micros(arrived_at))
        get = fields.get
        for name, add in self._adders:
            add(get(name))

    def fields(self, index: int) -> dict[str, object]:
        """Return the fields of a lead that are kept and not missing."""
        found = ((n, c.values[c.codes[index]]) for n, c in self.columns.items())
        return {name: value for name, value in found if value is not None}

    def has(self, name: str) -> bool:
        """Return True when at least one lead has a value in a field."""
        column = self.columns.get(name)
        return column is not None and any(column.codes)

    def order(self) -> "npt.NDArray[np.int64]":
        """Return the indexes of the leads by arrival, those of one instant by id."""
        import numpy as np

        arrived = np.frombuffer(self.arrived, dtype=np.int64)
        order = np.argsort(arrived, kind="stable")
        is_same = np.flatnonzero(np.diff(arrived[order]) == 0)
        runs = np.split(is_same, np.flatnonzero(np.diff(is_same) != 1) + 1) if len(is_same) else []
        for run in runs:
            part = slice(int(run[0]), int(run[-1]) + 2)
            order[part] = sorted(order[part].tolist(), key=self.ids.__getitem__)
        return order


def fields_read(matrix: RoutingMatrix) -> frozenset[str]:
    """Return the fields that decide what becomes of a lead."""
    rules = (matrix.entry, *matrix.gates, *(row.when for row in matrix.rows))
    asked = (c.field for rule in rules for group in rule.any_of for c in group)
    required = (name for row in matrix.rows for name in row.required_fields)
    return frozenset((*asked, *required, *_ALWAYS_READ))


def micros(at: datetime) -> int:
    """Return an aware instant as microseconds since the epoch."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def instant(at: int) -> datetime:
    """Return the UTC instant of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=at)


def codes_of(column: Column) -> "npt.NDArray[Any]":
    """Return the codes of a column as an array that shares its memory."""
    import numpy as np

    return np.frombuffer(column.codes, dtype=np.int32)
