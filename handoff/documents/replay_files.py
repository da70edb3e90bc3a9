"""What a backtest found, lead by lead and day by day, as the lines of CSV files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from handoff.backtest import Backtest
from handoff.brief import Band, PersonKey
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.intake.csv_rows import guarded, quoted, write_csv_row
from handoff.people import display_name
from handoff.replay.fates import Fate
from handoff.replay.past import MICROSECONDS
from handoff.replay.result import NONE
from handoff.routing.conditions import format_rule

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_AT_ONCE = 10_000
_FATES, _BANDS = tuple(Fate), tuple(Band)
_COLUMNS = (
    "lead",
    "arrived_at",
    "fate",
    "because",
    "row",
    "rule",
    "owner",
    "owner_name",
    "band",
    "due_at",
    "touched_at",
    "wait_minutes",
    "on_time",
)


def assignment_lines(
    *,
    backtest: Backtest,
    design: HandoffDesign,
    directory: Directory,
    before: Backtest | None = None,
) -> Iterator[str]:
    """Yield the lines of a CSV file with every lead: who would have got it, and by which rule.

    Args:
        backtest: The replay.
        design: The version that was replayed.
        directory: For the names of people.
        before: The replay of the same leads through another design, for its owners.
    """
    more = () if before is None else ("owner_before", "changes")
    yield write_csv_row([*_COLUMNS, *more])
    is_on_time = backtest.is_on_time
    middles = _Middles(backtest, design, directory)
    owners = _Names(directory)
    for start in range(0, len(backtest.ids), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        columns = [
            [quoted(guarded(id)) for id in backtest.ids[some]],
            _stamps(backtest.arrived[some]),
            middles.of(some),
            _stamps(backtest.due[some]),
            _stamps(backtest.touched[some]),
            _waits(backtest.wait[some]),
            _punctual(backtest.owner[some], is_on_time[some]),
        ]
        if before is not None:
            now, then = backtest.owners(some), before.owners(some)
            columns.append([owners[key] for key in then])
            columns.append([_yes(a != b) for a, b in zip(now, then, strict=True)])
        for cells in zip(*columns, strict=True):
            yield ",".join(cells) + "\r\n"


def load_lines(*, backtest: Backtest, directory: Directory) -> Iterator[str]:
    """Yield the lines of a CSV file with the leads of each rep by day (UTC)."""
    yield write_csv_row(["rep", "name", "day", "leads"])
    for person, days in backtest.load().items():
        name = display_name(directory=directory, key=person)
        for day, count in days.items():
            cells = (person, name, day.isoformat(), str(count))
            yield write_csv_row([guarded(cell) for cell in cells])


# Private functions


class _Middles(dict[tuple[int, ...], str]):
    """The cells from fate to band, which few leads do not share with others."""

    def __init__(self, backtest: Backtest, design: HandoffDesign, directory: Directory) -> None:
        super().__init__()
        self._of = backtest
        self._names = _Names(directory)
        self._rules = {row.id: format_rule(row.when) for row in design.binding.routing.rows}

    def of(self, some: slice) -> list[str]:
        of = self._of
        codes: tuple[npt.NDArray[Any], ...] = (of.fate, of.because, of.row, of.owner, of.band)
        return [self[key] for key in zip(*(one[some].tolist() for one in codes), strict=True)]

    def __missing__(self, key: tuple[int, ...]) -> str:
        """Write the cells of these codes for the first time."""
        fate, because, row, owner, band = key
        name = "" if row < 0 else self._of.rows[row]
        person = None if owner < 0 else self._of.people[owner]
        cells = (
            _FATES[fate].value,
            self._of.reasons[because],
            name,
            self._rules.get(name, ""),
            person or "",
        )
        told = [quoted(guarded(cell)) for cell in cells]
        told += [self._names[person], quoted("" if band < 0 else _BANDS[band])]
        self[key] = ",".join(told)
        return self[key]


class _Names(dict[PersonKey | None, str]):
    """What people are called, as a cell."""

    def __init__(self, directory: Directory) -> None:
        super().__init__({None: quoted("")})
        self._directory = directory

    def __missing__(self, key: PersonKey | None) -> str:
        """Look a person up for the first time."""
        assert key is not None
        self[key] = quoted(guarded(display_name(directory=self._directory, key=key)))
        return self[key]


def _stamps(at: "npt.NDArray[np.int64]") -> list[str]:
    """Return instants as cells, ISO 8601 in UTC; empty where there is none."""
    import numpy as np

    is_there = at != NONE
    times = np.where(is_there, at, 0).astype("datetime64[us]")
    texts = np.datetime_as_string(times, unit="s").astype("U26")
    is_odd = times.astype(np.int64) % MICROSECONDS != 0
    texts[is_odd] = np.datetime_as_string(times[is_odd], unit="us")
    known = zip(texts.tolist(), is_there.tolist(), strict=True)
    return [f'"{text}+00:00"' if there else '""' for text, there in known]


def _waits(minutes: "npt.NDArray[np.float64]") -> list[str]:
    return ['""' if one != one else f'"{one:.2f}"' for one in minutes.tolist()]  # noqa: PLR0124 - NaN


def _punctual(owner: "npt.NDArray[np.int32]", is_on_time: "npt.NDArray[np.bool_]") -> list[str]:
    found = zip((owner >= 0).tolist(), is_on_time.tolist(), strict=True)
    return [_yes(is_so) if has_owner else '""' for has_owner, is_so in found]


def _yes(is_so: bool) -> str:
    return '"yes"' if is_so else '"no"'
