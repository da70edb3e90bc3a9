"""What a replay found, by column, and what can be asked of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING, overload

from handoff.brief import Band, PersonKey
from handoff.replay.fates import Fate, Replayed
from handoff.replay.past import MICROSECONDS, instant, micros

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_DAY = 86_400 * MICROSECONDS
_FATES = tuple(Fate)
_BANDS = tuple(Band)
_ALL = slice(None)
NONE = -(2**62)
"""Stands for a missing instant."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Backtest:
    """A replay as a whole, leads in order of arrival; arrays are of one length.

    Attributes:
        ids: What each lead is called.
        arrived: Instants, microseconds of the epoch.
        fate: Indexes into the fates.
        owner: Indexes into `people`; -1 is nobody.
        row: Indexes into `rows`; -1 is none.
        band: Indexes into the bands; -1 is none.
        because: Indexes into `reasons`.
        due: Instants; NONE without a clock.
        touched: Instants; NONE without a touch.
        wait: Minutes of the design's clock from arrival to first touch; NaN without a touch.
    """

    ids: Sequence[str]
    arrived: "npt.NDArray[np.int64]"
    fate: "npt.NDArray[np.int8]"
    owner: "npt.NDArray[np.int32]"
    row: "npt.NDArray[np.int32]"
    band: "npt.NDArray[np.int8]"
    because: "npt.NDArray[np.int32]"
    due: "npt.NDArray[np.int64]"
    touched: "npt.NDArray[np.int64]"
    wait: "npt.NDArray[np.float64]"
    people: tuple[PersonKey, ...]
    rows: tuple[str, ...]
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, leads: Iterable[Replayed]) -> "Backtest":
        """Return the replay that these leads make up, in their order."""
        import numpy as np

        listed = list(leads)
        people, owner = _indexed(lead.owner for lead in listed)
        rows, row = _indexed(lead.row for lead in listed)
        reasons, because = _indexed(lead.because for lead in listed)

        def instants(found: Iterable[datetime | None]) -> "npt.NDArray[np.int64]":
            return np.array([NONE if at is None else micros(at) for at in found], dtype=np.int64)

        waits = [lead.wait_minutes for lead in listed]
        return cls(
            ids=[lead.id for lead in listed],
            arrived=instants(lead.arrived_at for lead in listed),
            fate=np.array([_FATES.index(lead.fate) for lead in listed], dtype=np.int8),
            owner=owner,
            row=row,
            band=np.array(
                [-1 if lead.band is None else _BANDS.index(lead.band) for lead in listed],
                dtype=np.int8,
            ),
            because=because,
            due=instants(lead.due_at for lead in listed),
            touched=instants(lead.touched_at for lead in listed),
            wait=np.array([np.nan if wait is None else wait for wait in waits], dtype=np.float64),
            people=people,
            rows=rows,
            reasons=reasons,
        )

    @property
    def leads(self) -> "Leads":
        """Return the leads one by one, in order of arrival."""
        return Leads(self)

    def owners(self, some: slice = _ALL) -> list[PersonKey | None]:
        """Return the owner of each lead, or of some."""
        names: list[PersonKey | None] = [*self.people, None]
        return [names[code] for code in self.owner[some].tolist()]

    def count(self, fate: Fate) -> int:
        """Return how many leads met this fate."""
        return int((self.fate == _FATES.index(fate)).sum())

    @property
    def is_on_time(self) -> "npt.NDArray[np.bool_]":
        """Return which leads are touched before they are due."""
        import numpy as np

        has_both = (self.touched != NONE) & (self.due != NONE)
        return np.asarray(has_both & (self.touched < self.due))

    @property
    def attainment_percent(self) -> float | None:
        """Return the percent of assigned leads on time; None without any."""
        assigned = self.count(Fate.ASSIGNED)
        return 100 * int(self.is_on_time.sum()) / assigned if assigned else None

    def wait_minutes(self, *, share: float) -> float | None:
        """Return the minutes that `share` (0 to 1) of the touched leads do not exceed."""
        import numpy as np

        waits = np.sort(self.wait[~np.isnan(self.wait)])
        return float(waits[max(0, ceil(share * len(waits)) - 1)]) if len(waits) else None

    def by_row(self) -> dict[str, int]:
        """Return the leads that each row took, rows in order of their ids."""
        return dict(sorted(_counted(self.row, self.rows).items()))

    def by_reason(self, fate: Fate) -> dict[str, int]:
        """Return how many leads met a fate for which reason, the most frequent first."""
        chosen = self.because[self.fate == _FATES.index(fate)]
        return dict(sorted(_counted(chosen, self.reasons).items(), key=lambda it: (-it[1], it[0])))

    def load(self) -> dict[PersonKey, dict[date, int]]:
        """Return the leads of each rep by day of arrival (UTC), reps and days in order."""
        import numpy as np

        has_owner = self.owner >= 0
        days = self.arrived[has_owner] // _DAY
        pairs, counts = np.unique(
            np.stack([self.owner[has_owner], days]), axis=1, return_counts=True
        )
        found: dict[PersonKey, dict[date, int]] = {}
        for (owner, day), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
            found.setdefault(self.people[owner], {})[instant(day * _DAY).date()] = count
        return dict(sorted(found.items()))


class Leads(Sequence[Replayed]):
    """The leads of a replay, each put together when it is looked at."""

    def __init__(self, backtest: Backtest) -> None:
        self._of = backtest

    def __len__(self) -> int:
        """Return how many leads there are."""
        return len(self._of.ids)

    @overload
    def __getitem__(self, index: int) -> Replayed: ...
    @overload
    def __getitem__(self, index: slice) -> list[Replayed]: ...
    def __getitem__(self, index: int | slice) -> Replayed | list[Replayed]:
        """Return a lead by its place."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        of, place = self._of, range(len(self))[index]
        owner, row, band = int(of.owner[place]), int(of.row[place]), int(of.band[place])
        wait = float(of.wait[place])
        return Replayed(
            id=of.ids[place],
            arrived_at=instant(int(of.arrived[place])),
            fate=_FATES[of.fate[place]],
            because=of.reasons[of.because[place]],
            owner=None if owner < 0 else of.people[owner],
            row=None if row < 0 else of.rows[row],
            band=None if band < 0 else _BANDS[band],
            due_at=_instant(int(of.due[place])),
            touched_at=_instant(int(of.touched[place])),
            wait_minutes=None if wait != wait else wait,  # noqa: PLR0124 - NaN is not itself
        )

    def __iter__(self) -> Iterator[Replayed]:
        """Yield the leads in order."""
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Return True when both have equal leads in the same order."""
        return isinstance(other, Leads) and list(self) == list(other)

    def __hash__(self) -> int:
        """Return a number that is equal for equal leads."""
        return hash(tuple(self._of.ids))


def _instant(at: int) -> datetime | None:
    return None if at == NONE else instant(at)


def _indexed(found: Iterable[str | None]) -> tuple[tuple[str, ...], "npt.NDArray[np.int32]"]:
    """Return distinct texts, and for each one its place there; -1 for None."""
    import numpy as np

    places: dict[str, int] = {}
    codes = [-1 if text is None else places.setdefault(text, len(places)) for text in found]
    return tuple(places), np.array(codes, dtype=np.int32)


def _counted(codes: "npt.NDArray[np.int32]", names: Sequence[str]) -> dict[str, int]:
    import numpy as np

    counts = np.bincount(codes[codes >= 0], minlength=len(names)).tolist()
    return {name: count for name, count in zip(names, counts, strict=True) if count}
