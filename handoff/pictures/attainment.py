"""Attainment against the length of the response SLA, and against the size of the team."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from handoff.brief import ClockBasis, HandoffBrief
from handoff.durations import format_minutes
from handoff.pictures.shapes import Curve, Mark
from handoff.sla.model import Feasibility
from handoff.sla.staffing import bands_under
from handoff.words import percent_beside

_MOST_TICKS = 7
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 7200, 14400)
_WHOLE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_NEARLY_ALL = 99.5


def attainment_by_sla(*, proof: Feasibility, brief: HandoffBrief) -> Curve | None:
    """Answer: how long must the response SLA be? None without a prediction.

    Each point is the attainment under that SLA: band A keeps its faster target, a slower C its
    own. The far end, where nothing changes any more, is left out.

    Args:
        proof: The proof, of any depth.
        brief: The brief that it proves, for its targets.
    """
    if not proof.attainment_curve or proof.attainment_percent is None:
        return None
    sla, target = brief.targets.response_sla_minutes, proof.target_percent
    points = [(at, _attainment(proof, brief, at)) for at in _minutes(proof, sla)]
    attained = percent_beside(proof.attainment_percent, target)
    finding = f"{attained} on time at {format_minutes(sla)}"
    tightest = proof.tightest_sla_minutes
    keeps = (
        f"The shortest SLA that keeps {target:g}% is {format_minutes(tightest)}."
        if tightest
        else f"No SLA was found that keeps {target:g}%."
    )
    marks = [
        Mark(label=f"target {target:g}%", y=target),
        Mark(label=f"SLA {format_minutes(sla)}", x=sla, y=proof.attainment_percent),
    ]
    if tightest and tightest != sla:
        reached = _attainment(proof, brief, tightest)
        marks.append(Mark(label=f"enough: {format_minutes(tightest)}", x=tightest, y=reached))
    clock = "business hours" if brief.targets.clock is ClockBasis.BUSINESS_HOURS else "elapsed"
    return Curve(
        name="attainment-by-sla",
        title=f"{finding}; the target is {target:g}%",
        subtitle=f"Leads answered on time, by response SLA. {keeps}",
        alt=f"Curve of leads answered on time by response SLA. {finding}; the target is "
        f"{target:g}%. {keeps} The curve runs {_ends(points, format_minutes)}.",
        x_label=f"Response SLA ({clock})",
        y_label="Leads on time (%)",
        points=tuple(points),
        x_ticks=_ticks(points[-1][0]),
        marks=tuple(marks),
    )


def attainment_by_team(*, proof: Feasibility) -> Curve | None:
    """Answer: how many reps does it take? None without at least two team sizes."""
    if len(proof.team_curve) < 2 or proof.attainment_percent is None:
        return None
    points = tuple((float(size), percent) for size, percent in proof.team_curve)
    size, target = proof.team_size, proof.target_percent
    title = _team_finding(proof)
    marks = [
        Mark(label=f"target {target:g}%", y=target),
        Mark(label=f"today: {_reps(size)}", x=size, y=proof.attainment_percent),
    ]
    known = dict(proof.team_curve)
    smallest = proof.smallest_team
    if smallest in known and smallest != size:
        marks.append(Mark(label=f"enough: {_reps(smallest)}", x=smallest, y=known[smallest]))
    return Curve(
        name="attainment-by-team",
        title=title,
        subtitle="Leads answered on time, by number of reps",
        alt=f"Curve of leads answered on time by number of reps. {title}. "
        f"The curve runs {_ends(points, lambda reps: _reps(int(reps)))}.",
        x_label="Reps",
        y_label="Leads on time (%)",
        points=points,
        x_ticks=_whole_ticks(int(points[0][0]), int(points[-1][0])),
        marks=tuple(marks),
        is_counted=True,
    )


# Private functions


def _minutes(proof: Feasibility, sla: int) -> list[float]:
    """Return the lengths of SLA to draw: those of the proof, as far as they are of interest."""
    curve = proof.attainment_curve
    flat = next((at for at, share in curve if share >= _NEARLY_ALL), curve[-1][0])
    end = max(1.5 * sla, min(flat, 3.0 * sla), 1.2 * (proof.tightest_sla_minutes or 0))
    inside = {at for at, _ in curve if 1 <= at < end}
    return sorted({1.0, *inside, float(sla), end})


def _attainment(proof: Feasibility, brief: HandoffBrief, sla: float) -> float:
    shares = (
        band.share * _at(proof.attainment_curve, band.target_minutes)
        for band in bands_under(brief=brief, response_sla=sla)
    )
    return round(sum(shares), 2)


def _at(curve: Sequence[tuple[float, float]], minutes: float) -> float:
    """Return the percent at some minutes, on the straight line between the points beside it."""
    for (left, low), (right, high) in pairwise(curve):
        if minutes <= right:
            part = max(0.0, (minutes - left) / (right - left))
            return low + part * (high - low)
    return curve[-1][1]


def _team_finding(proof: Feasibility) -> str:
    size, smallest, target = proof.team_size, proof.smallest_team, f"{proof.target_percent:g}%"
    verb = "reaches" if size == 1 else "reach"
    attained = percent_beside(proof.attainment_percent or 0, proof.target_percent)
    today = f"{_reps(size)} {verb} {attained} on time"
    if smallest is None:
        return f"{today}; more reps alone do not reach {target}"
    if smallest != size:
        return f"{today}; {target} takes {smallest}"
    return f"{today}; one fewer would miss {target}" if size > 1 else today


def _reps(count: int) -> str:
    return "1 rep" if count == 1 else f"{count} reps"


def _ends(points: Sequence[tuple[float, float]], said: Callable[[float], str]) -> str:
    (first, low), (last, high) = points[0], points[-1]
    return f"from {low:.0f}% at {said(first)} to {high:.0f}% at {said(last)}"


def _ticks(end: float) -> tuple[tuple[float, str], ...]:
    step = next((step for step in _STEPS if end / step <= _MOST_TICKS), _STEPS[-1])
    return tuple((at, format_minutes(at) if at else "0") for at in range(0, int(end) + 1, step))


def _whole_ticks(first: int, last: int) -> tuple[tuple[float, str], ...]:
    step = next((step for step in _WHOLE_STEPS if (last - first) / step <= 12), _WHOLE_STEPS[-1])
    return tuple((at, str(at)) for at in range(-(-first // step) * step, last + 1, step))
