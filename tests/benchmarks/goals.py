"""One line of the benchmark table: ours, the peer or limit of the same run, and the ratio."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from time import perf_counter


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A measured goal; `ours` and `peer` are in `unit`, the ratio is theirs as `wanted` says."""

    name: str
    work: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    ratio: float
    wanted: str
    is_met: bool


def seconds(work: Callable[[], object], *, least: float = 0.2) -> float:
    """Return the best seconds of one call, repeated for at least `least` seconds in all."""
    best, spent = float("inf"), 0.0
    while spent < least:
        start = perf_counter()
        work()
        taken = perf_counter() - start
        best, spent = min(best, taken), spent + taken
    return best


def as_table(goals: Iterable[Goal]) -> str:
    """Return the goals as a table that a person can read."""
    lines = [f"{'goal':4}  {'work':52}  {'ours':>12}  {'peer or limit':>26}  {'ratio':>9}  met"]
    for goal in goals:
        peer = f"{goal.peer:,.4g} {goal.peer_name}"
        lines.append(
            f"{goal.name:4}  {goal.work:52}  {goal.ours:>8,.4g} {goal.unit:3}  {peer:>26}  "
            f"{goal.ratio:>8,.3g}x  {'yes' if goal.is_met else 'NO'} (goal {goal.wanted})"
        )
    return "\n".join(lines) + "\n"


def as_json(goals: Iterable[Goal]) -> str:
    """Return the goals as JSON."""
    return json.dumps([asdict(goal) for goal in goals], indent=2) + "\n"
