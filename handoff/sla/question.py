"""A team, leads and a goal, and what is asked of the model that answers."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from handoff.brief import HandoffBrief
from handoff.sla.prediction import Predict
from handoff.sla.queue import QueueOutcome
from handoff.sla.staffing import Staffing, bands_under

_LONGEST_SLA = 30 * 24 * 60


@dataclass(frozen=True, slots=True)
class Question:
    """A staffing, the share of leads it must keep, and the model that answers."""

    staffed: Staffing
    goal: float
    predict: Predict

    def outcome(self) -> QueueOutcome:
        """Return what the model says of it as it is."""
        return self.predict(self.staffed)

    def attained_by(self, size: int) -> float:
        """Return the attainment of a team of another size."""
        same = size == self.staffed.team_size
        return self.predict(self.staffed if same else self.staffed.with_team(size)).attainment

    def attained_at(self, factor: float) -> float:
        """Return the attainment at another volume."""
        return self.predict(self.staffed.with_volume(factor)).attainment


def fewest(keeps: Callable[[int], bool], low: int, high: int) -> int | None:
    """Return the smallest number in [low, high] that keeps, None if none does."""
    if not keeps(high):
        return None
    step = 1
    while high - step >= low and keeps(high - step):  # gallop down, then halve
        high, step = high - step, step * 2
    low = max(low, high - step + 1)
    while low < high:
        middle = (low + high) // 2
        if keeps(middle):
            high = middle
        else:
            low = middle + 1
    return high


def tightest_sla(question: Question, brief: HandoffBrief, outcome: QueueOutcome) -> int | None:
    """Return the shortest response SLA, whole minutes, that keeps the goal; None if none does.

    Read from the curve of waits, then asked of the model at that very target: the curve is
    known at a few points only.
    """
    if not outcome.is_stable or outcome.attainment_at(minutes=_LONGEST_SLA) < question.goal:
        return None

    def on_curve(minutes: int) -> bool:
        return (
            sum(
                band.share * outcome.attainment_at(minutes=band.target_minutes)
                for band in bands_under(brief=brief, response_sla=minutes)
            )
            >= question.goal
        )

    minutes = fewest(on_curve, 1, _LONGEST_SLA)
    for _ in range(6):
        if minutes is None or minutes > _LONGEST_SLA:
            return None
        bands = bands_under(brief=brief, response_sla=minutes)
        if question.predict(question.staffed.with_targets(bands)).attainment >= question.goal:
            return minutes
        minutes = ceil(minutes * 1.08)
    return None


def friendly(minutes: int) -> int:
    """Return a response SLA that people would write: rounded up, never sharper."""
    step = 5 if minutes <= 60 else 15 if minutes <= 480 else 60
    return ceil(minutes / step) * step
