"""`make bench`: measure the goals, print one table, and write it as JSON."""

import argparse
import logging
import os
import platform
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import distributions, version
from pathlib import Path
from time import perf_counter

from bot.cli.loading import collect_seldom
from tests.benchmarks.goals import Effort, Goal, as_json, as_markdown, as_table, from_json

JSON = Path("build/bench.json")
README = Path("README.md")
_BEGIN, _END = "<!-- bench -->", "<!-- end of bench -->"

#: Which module of this package measures which goals. Loaded only when asked for: a goal of
#: memory or of start looks at processes of its own, and peers cost seconds to import.
MODULES = {
    "ticks": ("P1", "P2", "P3"),
    "rules": ("P6",),
    "calendars": ("P7",),
    "intake": ("P4", "P5"),
    "copying": ("P5",),
    "queues": ("P8", "P9", "P10"),
    "backtest": ("P12",),
    "answers": ("P11",),
    "processes": ("P13", "P14"),
    "growth": ("GROWTH",),
}

_PEERS = (
    "APScheduler",
    "businesstimedelta",
    "Ciw",
    "datalogic-py",
    "pyworkforce",
    "rule-engine",
    "simpy",
    "slack_bolt",
)

#: Measures one goal.
Measure = Callable[[Effort], Iterator[Goal]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; the exit code tells whether every goal is met."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--goal", default="", help="P1 to P14, or GROWTH; all if left out")
    parser.add_argument("--quick", action="store_true", help="smaller work, fewer rounds")
    parser.add_argument("--readme", action="store_true", help="put the last run into README.md")
    asked = parser.parse_args(arguments)
    if asked.readme:
        return _put_into_readme(from_json(JSON.read_text(encoding="utf-8")))
    names = dict.fromkeys(name for names in MODULES.values() for name in names)
    if asked.goal and asked.goal.upper() not in names:
        parser.error(f"{asked.goal} is not a goal that is measured; there are {', '.join(names)}")
    return _report(list(_measure(asked.goal.upper(), Effort(is_quick=asked.quick))))


def _report(found: list[Goal]) -> int:
    sys.stdout.write(as_table(found))
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(as_json(found), encoding="utf-8")
    return 0 if all(goal.met for goal in found) else 1


def _put_into_readme(found: list[Goal]) -> int:
    """Replace what stands between the two marks of README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        sys.stderr.write(f"{README} lacks the marks {_BEGIN} and {_END}; nothing was changed.\n")
        return 2
    table = f"{_BEGIN}\n{_where()}\n\n{as_markdown(found)}{end}"
    README.write_text(before + table + after, encoding="utf-8")
    return 0


def _where() -> str:
    """Say when, with what and on what kind of machine the goals were measured."""
    day = datetime.fromtimestamp(JSON.stat().st_mtime, UTC).date()
    cores, system = os.cpu_count(), f"{platform.system()} on {platform.machine()}"
    # The tests of this very line run without the peers.
    there = {found.name for found in distributions()}
    peers = ", ".join(f"{name} {version(name)}" for name in _PEERS if name in there)
    return (
        f"Measured on {day} with Python {platform.python_version()} and SQLite "
        f"{sqlite3.sqlite_version}, {cores} cores, {system}; the peers are {peers}."
    )


def _measure(wanted: str, effort: Effort) -> Iterator[Goal]:
    """Measure goal after goal; one that fails is told as missed and stops no other."""
    logging.disable(logging.ERROR)  # what the app says about its work is not what is asked here
    for module, names in MODULES.items():
        for name in names:
            if wanted in ("", name):
                start = perf_counter()
                yield from _one(module, name, effort)
                sys.stderr.write(f"{name} took {perf_counter() - start:.0f} s\n")


def _one(module: str, name: str, effort: Effort) -> Iterator[Goal]:
    try:
        goals: dict[str, Measure] = import_module(f"tests.benchmarks.{module}").GOALS
        collect_seldom()  # as `handoff run` and `handoff leads import` do once all is loaded
        yield from goals[name](effort)
    except Exception as exc:  # noqa: BLE001 - told in the table, with the whole story beside it
        traceback.print_exc()
        yield Goal(
            goal=name,
            what=f"could not be measured: {type(exc).__name__}",
            ours=float("nan"),
            peer=float("nan"),
            peer_name="",
            unit="",
            ratio=float("nan"),
            wanted="a figure",
            met=False,
        )


if __name__ == "__main__":
    sys.exit(main())
