"""One line of the benchmark table: ours, the peer or limit of the same run, and the ratio."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A measured figure of a goal.

    Attributes:
        goal: Its number in the list of goals, `P1` and so on.
        what: The work.
        ours: In `unit`.
        peer: The peer's figure or the limit, in `unit`.
        peer_name: What that is.
        ratio: Of the two, as `wanted` says.
        wanted: What the ratio must be; empty where the figure is only told.
        spread: Lower and upper quartile of the ratio over the rounds, if there were several.
    """

    goal: str
    what: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    ratio: float
    wanted: str = ""
    met: bool = True
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured.

    Attributes:
        is_quick: Look only; smaller work and fewer rounds.
    """

    is_quick: bool = False

    def choose(self, whole: int, quick: int) -> int:
        """Return one of two sizes."""
        return quick if self.is_quick else whole


@dataclass(frozen=True)
class Sides:
    """Seconds of two sides that were measured in turns."""

    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    def goal(
        self,
        *,
        goal: str,
        what: str,
        peer_name: str,
        least: float | None = None,
        most: float | None = None,
        each: int = 1,
        unit: str = "ms",
    ) -> Goal:
        """Return what was measured, in `unit` for one of `each` pieces of work.

        Args:
            goal: Number of the goal.
            what: The work.
            peer_name: Who the other side is.
            least: The ratio is the peer's time by ours, and must be at least this.
            most: The ratio is our time by the peer's, and must be at most this.
            each: Pieces of work that one round did.
            unit: `ms` or `µs`.
        """
        scale = {"ms": 1e3, "µs": 1e6}[unit] / each
        is_speed = most is None
        pairs = zip(self.ours, self.peer, strict=True)
        ratios = [theirs / ours if is_speed else ours / theirs for ours, theirs in pairs]
        ratio = median(ratios)
        wanted = f"≥ {least:g}x" if least is not None else f"≤ {most:g}x" if most else ""
        return Goal(
            goal=goal,
            what=what,
            ours=median(self.ours) * scale,
            peer=median(self.peer) * scale,
            peer_name=peer_name,
            unit=unit,
            ratio=ratio,
            wanted=wanted,
            met=(least is None or ratio >= least) and (most is None or ratio <= most),
            spread=_quartiles(ratios),
        )


def in_turns(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int,
    between: Callable[[], object] = lambda: None,
) -> Sides:
    """Time two sides in turns, after a round that only warms up.

    Args:
        ours: Our side's work.
        peer: The other side's.
        rounds: How many rounds are timed.
        between: Called after ours and before the peer, untimed.
    """
    sides = Sides()
    for number in range(rounds + 1):
        mine = timed(ours)
        between()
        theirs = timed(peer)
        if number:
            sides.ours.append(mine)
            sides.peer.append(theirs)
    return sides


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    start = perf_counter()
    work()
    return perf_counter() - start


def seconds(work: Callable[[], object], *, least: float = 0.2) -> float:
    """Return the best seconds of one call, repeated for at least `least` seconds in all."""
    best, spent = float("inf"), 0.0
    while spent < least:
        taken = timed(work)
        best, spent = min(best, taken), spent + taken
    return best


def limit(
    *, goal: str, what: str, ours: float, most: float, unit: str, peer_name: str = "limit"
) -> Goal:
    """Return a figure that must not exceed a limit."""
    return Goal(
        goal=goal,
        what=what,
        ours=ours,
        peer=most,
        peer_name=peer_name,
        unit=unit,
        ratio=ours / most,
        wanted="≤ 1x",
        met=ours <= most,
    )


def as_table(goals: Iterable[Goal]) -> str:
    """Return the goals as a table that a person can read."""
    head = f"{'goal':4}  {'work':58}  {'ours':>14}  {'peer or limit':>34}  {'ratio':>9}"
    lines = [f"{head}  {'spread':>15}  met"]
    for goal in goals:
        peer = " ".join(f"{goal.peer:,.4g} {goal.unit} {goal.peer_name}".split())
        spread = "{:,.3g} – {:,.3g}".format(*goal.spread) if goal.spread else ""
        lines.append(
            f"{goal.goal:4}  {goal.what:58}  {goal.ours:>10,.4g} {goal.unit:3}  {peer:>34}  "
            f"{goal.ratio:>8,.3g}x  {spread:>15}  {_verdict(goal)}"
        )
    return "\n".join(lines) + "\n"


def as_markdown(goals: Iterable[Goal]) -> str:
    """Return the goals as the table of README."""
    lines = [
        "| goal | work | ours | peer or limit | ratio | wanted |",
        "|---|---|---|---|---|---|",
    ]
    for goal in goals:
        ours = f"{goal.ours:,.3g} {goal.unit}".strip()
        peer = " ".join(f"{goal.peer:,.3g} {goal.unit} {goal.peer_name}".split())
        missed = "" if goal.met else " **missed**"
        lines.append(
            f"| {goal.goal} | {goal.what} | {ours} | {peer} | {goal.ratio:,.3g}x "
            f"| {goal.wanted}{missed} |"
        )
    return "\n".join(lines) + "\n"


def as_json(goals: Iterable[Goal]) -> str:
    """Return the goals as JSON."""
    return json.dumps([asdict(goal) for goal in goals], indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> list[Goal]:
    """Read goals that `as_json()` wrote."""
    return [Goal(**found) for found in json.loads(text)]


def _verdict(goal: Goal) -> str:
    if not goal.wanted:
        return "–"
    return f"{'yes' if goal.met else 'NO'} (goal {goal.wanted})"


def _quartiles(ratios: list[float]) -> tuple[float, float] | None:
    """Return the lower and the upper quartile; of two rounds none can be told."""
    if len(ratios) < 3:
        return None
    lower, _, upper = quantiles(ratios, n=4, method="inclusive")
    return lower, upper
