"""Whose turn it is: exact, weighted, and never more than one lead away from the fair share.

Each rep has a credit: what the rep is owed, in leads. Before a pick every eligible rep's credit
grows by its share; the picked one pays 1. Credits sum to zero, and while everybody is eligible
each stays above -1 and below 1, which is the promise "differs from its weighted share by less
than one lead".

Source: R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32 (1980) 323-330;
rules.md "Routing".
"""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from handoff.brief import PersonKey

Credits = Mapping[PersonKey, Fraction]


class NobodyEligible(ValueError):
    """A turn needs at least one eligible rep."""


def take_turn(
    *, credits: Credits, weights: Mapping[PersonKey, int]
) -> tuple[PersonKey, dict[PersonKey, Fraction]]:
    """Pick the next rep and return the credits after the pick.

    Args:
        credits: Credits so far by rep, in leads; a rep without one has 0. Reps who are not
            eligible keep theirs unchanged: absence is not caught up.
        weights: Weights, above 0, of the reps who are eligible now.

    Returns:
        The picked rep and everybody's credit afterwards, exact.

    Raises:
        NobodyEligible: if `weights` is empty.
    """
    if not weights:
        raise NobodyEligible("nobody is eligible for this turn")
    total = sum(weights.values())
    shares = {rep: Fraction(weight, total) for rep, weight in weights.items()}
    grown = {rep: credits.get(rep, Fraction(0)) + share for rep, share in shares.items()}
    picked = _picked(grown, shares)
    return picked, {**credits, **grown, picked: grown[picked] - 1}


def next_turn(
    *, credits: Mapping[PersonKey, str], weights: Mapping[PersonKey, int]
) -> tuple[PersonKey, dict[PersonKey, str]]:
    """Return what `take_turn` does, with credits as they are stored.

    While the same reps are eligible a rotation comes back to where it was, so turns are
    remembered.
    """
    picked, after = _turn(tuple(sorted(credits.items())), tuple(sorted(weights.items())))
    return picked, dict(after)


def turn_key(*, weights: Mapping[PersonKey, int]) -> str:
    """Return a key of a pod's membership and weights; when it changes, credits start anew."""
    return _key(tuple(sorted(weights.items())))


def write_credit(credit: Fraction) -> str:
    """Write a credit exactly: `-3/7`."""
    return f"{credit.numerator}/{credit.denominator}"


def read_credit(text: str) -> Fraction:
    """Read what `write_credit` wrote."""
    return Fraction(text)


@lru_cache(maxsize=4096)
def _turn(
    credits: tuple[tuple[PersonKey, str], ...], weights: tuple[tuple[PersonKey, int], ...]
) -> tuple[PersonKey, tuple[tuple[PersonKey, str], ...]]:
    known = {rep: read_credit(text) for rep, text in credits}
    picked, after = take_turn(credits=known, weights=dict(weights))
    return picked, tuple((rep, write_credit(credit)) for rep, credit in after.items())


@lru_cache(maxsize=256)
def _key(weights: tuple[tuple[PersonKey, int], ...]) -> str:
    members = json.dumps(weights, separators=(",", ":"))
    return hashlib.sha256(members.encode()).hexdigest()


def _picked(
    grown: Mapping[PersonKey, Fraction], shares: Mapping[PersonKey, Fraction]
) -> PersonKey:
    if len(grown) == 1:
        return next(iter(grown))
    floor = Fraction(1, 2 * len(grown) - 2)
    due = [rep for rep, credit in grown.items() if credit >= floor]
    if not due:
        return min(grown, key=lambda rep: (-grown[rep], rep))
    # The deadline: how many more picks a rep can be passed over before its credit is too high.
    return min(due, key=lambda rep: ((1 - floor - grown[rep]) / shares[rep], rep))
