"""Whose turn it is, quickly: the rotation of `handoff.routing.fairness` in whole numbers.

Credits are numerators over one denominator, which grows when a new number of shares appears.
While the same reps are eligible a rotation comes back to where it was, so every state remembers
what the next pick leads to.

Source: R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32 (1980) 323-330;
rules.md "Routing".
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

_MOST_STATES = 50_000


class _State:
    """Credits between two picks, and where each pick that was made from here led."""

    __slots__ = ("after", "credits")

    def __init__(self, credits: tuple[int, ...]) -> None:
        self.credits = credits
        self.after: dict[tuple[int, ...], tuple[int, _State]] = {}


class Rotation:
    """The turns of one group of reps, who are numbered in the order of their keys."""

    def __init__(self, *, weights: Sequence[int]) -> None:
        """Start with everybody's credit at zero.

        Args:
            weights: By number, each above 0.
        """
        self._weights = tuple(weights)
        self._common = lcm(*self._weights) if weights else 1
        self._scale = 1
        self._state = _State((0,) * len(self._weights))
        self._states = {self._state.credits: self._state}

    @property
    def credits(self) -> tuple[Fraction, ...]:
        """Return what each rep is owed, in leads."""
        return tuple(Fraction(credit, self._scale) for credit in self._state.credits)

    def pick(self, eligible: tuple[int, ...]) -> int:
        """Return the number of the rep whose turn it is, and book it.

        Args:
            eligible: Numbers of the reps who may be picked, ascending, at least one.
        """
        known = self._state.after.get(eligible)
        if known is None:
            known = self._decide(eligible)
        picked, self._state = known
        return picked

    def _decide(self, eligible: tuple[int, ...]) -> tuple[int, _State]:
        total = sum(self._weights[rep] for rep in eligible)
        if self._scale % total:
            self._rescale(lcm(self._scale, total))
        credits = list(self._state.credits)
        for rep in eligible:
            credits[rep] += self._weights[rep] * (self._scale // total)
        picked = self._next_of(eligible, credits)
        credits[picked] -= self._scale
        self._state.after[eligible] = found = picked, self._known(tuple(credits))
        return found

    def _next_of(self, eligible: tuple[int, ...], credits: Sequence[int]) -> int:
        if len(eligible) == 1:
            return eligible[0]
        double = 2 * len(eligible) - 2  # of the reps: 1 / double is the least credit of a turn
        due = [rep for rep in eligible if credits[rep] * double >= self._scale]
        if not due:
            return max(eligible, key=lambda rep: (credits[rep], -rep))
        limit = self._scale * (double - 1)
        return min(
            due,
            key=lambda rep: (
                (limit - credits[rep] * double) * (self._common // self._weights[rep]),
                rep,
            ),
        )

    def _rescale(self, scale: int) -> None:
        """Write the credits over a larger denominator; what was remembered had another."""
        factor = scale // self._scale
        self._scale = scale
        self._forget(tuple(credit * factor for credit in self._state.credits))

    def _known(self, credits: tuple[int, ...]) -> _State:
        state = self._states.get(credits)
        if state is None:
            if len(self._states) >= _MOST_STATES:
                self._states.clear()
            state = self._states[credits] = _State(credits)
        return state

    def _forget(self, credits: tuple[int, ...]) -> None:
        self._state = _State(credits)
        self._states = {credits: self._state}
