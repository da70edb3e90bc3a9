"""`make bench` itself: its table, its JSON, and one goal at a time. No goal is measured here."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.benchmarks import __main__ as bench
from tests.benchmarks.goals import Effort, Goal, Sides, in_turns, limit


def _quick(effort: Effort) -> Iterator[Goal]:
    yield limit(goal="P1", what="a tick", ours=effort.choose(4, 2), most=8, unit="ms")
    sides = Sides([1.0, 2.0, 4.0], [2.0, 2.0, 2.0])
    yield sides.goal(goal="P1", what="a claim", peer_name="bare", least=2)


def _broken(_effort: Effort) -> Iterator[Goal]:
    raise ValueError("no peer")
    yield


@pytest.fixture(autouse=True)
def _two_goals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let `make bench` know two made-up goals, in a folder of its own."""
    module = ModuleType("tests.benchmarks.made_up")
    module.GOALS = {"P1": _quick, "P2": _broken}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(bench, "MODULES", {"made_up": ("P1", "P2")})
    monkeypatch.setattr(bench.logging, "disable", lambda _level: None)
    monkeypatch.chdir(tmp_path)


def _written() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(Path("build/bench.json").read_text())
    return found


def test_table_and_json_tell_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows of one goal: a limit that is kept and a ratio that is missed."""
    assert bench.main(["--goal", "p1"]) == 1

    kept, missed = _written()
    assert {"goal", "what", "ours", "peer", "unit", "ratio", "met"} <= set(kept)
    assert (kept["goal"], kept["ours"], kept["peer"], kept["ratio"]) == ("P1", 4, 8, 0.5)
    assert (missed["ours"], missed["ratio"], missed["met"]) == (2000.0, 1.0, False)
    assert missed["spread"] == [0.75, 1.5]
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 3
    assert "yes (goal ≤ 1x)" in table[1]
    assert "NO (goal ≥ 2x)" in table[2]


def test_a_goal_that_fails_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """It is told as missed, and why is told beside the table."""
    assert bench.main(["--quick"]) == 1

    *first, failed = _written()
    assert [row["goal"] for row in first] == ["P1", "P1"]
    assert first[0]["ours"] == 2
    assert (failed["goal"], failed["met"]) == ("P2", False)
    assert "ValueError: no peer" in capsys.readouterr().err


def test_an_unknown_goal_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer says which goals there are."""
    with pytest.raises(SystemExit):
        bench.main(["--goal", "P99"])

    assert "there are P1, P2" in capsys.readouterr().err


def test_the_last_run_goes_into_readme() -> None:
    """One Markdown row a figure, a missed one marked; what stood there is replaced."""
    readme = Path("README.md")
    readme.write_text("Before.\n<!-- bench -->\nold\n<!-- end of bench -->\nAfter.\n")
    bench.main(["--goal", "P1"])

    assert bench.main(["--readme"]) == 0

    lines = readme.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("Before.", "<!-- bench -->", "After.")
    assert lines[2].startswith("Measured on ")
    assert "| P1 | a tick | 4 ms | 8 ms limit | 0.5x | ≤ 1x |" in lines
    assert lines[-3].endswith("| ≥ 2x **missed** |")
    assert "old" not in lines


def test_a_readme_without_the_marks_stays_as_it_is() -> None:
    """Nothing is written where nothing was asked for."""
    readme = Path("README.md")
    readme.write_text("Alone.\n")
    bench.main(["--goal", "P1"])

    assert bench.main(["--readme"]) == 2
    assert readme.read_text() == "Alone.\n"


def test_sides_take_turns_after_a_warm_up() -> None:
    """Ours, what lies between, and the peer, in every round; the first is not timed."""
    calls: list[str] = []

    sides = in_turns(
        lambda: calls.append("ours"),
        lambda: calls.append("peer"),
        rounds=2,
        between=lambda: calls.append("between"),
    )

    assert calls == ["ours", "between", "peer"] * 3
    assert len(sides.ours) == len(sides.peer) == 2
