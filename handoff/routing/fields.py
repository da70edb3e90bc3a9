"""Lead fields as rules see them: how a raw value reads.

Rules compare text without regard to case and numbers as numbers, whatever form a source sent:
`"1200"` from a CSV file is the number 1200, `"Yes"` is the flag true. What a value means follows
from its text alone (`as_text`), so 1200 and `"1200"` never differ.
"""

import math
from collections.abc import Mapping

TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NOT_A_NUMBER = math.nan
_NUMBERS = (int, float)


def as_text(value: object) -> str:
    """Return a lead value as comparable text: case-folded, empty when it is missing.

    A list reads as its items joined by a comma and a blank, so that `contains` finds each.
    """
    if value.__class__ is str:  # most are, and rules ask for many
        return value.casefold()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(as_text(item) for item in value))
    return str(value).casefold()


def as_number(value: object) -> int | float:
    """Return a lead value as a number; NaN, which no comparison matches, when it is none."""
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        return value
    return _number_in(as_text(value))


def as_flag(value: object) -> bool | None:
    """Return a lead value as true or false, None when it is neither."""
    return value if isinstance(value, bool) else TRUTHS.get(as_text(value))


def is_missing(value: object) -> bool:
    """Return True when a lead has nothing under a field: null, blank text, an empty list."""
    if value.__class__ is str:  # most are
        return not value.strip()
    if value is None or isinstance(value, _NUMBERS):
        return value is None
    return not as_text(value).strip()


def missing_fields(*, required: tuple[str, ...], lead: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of `required` that `lead` does not have, in order."""
    return tuple(name for name in required if is_missing(lead.get(name)))


def _number_in(text: str) -> int | float:
    plain = text.strip().replace("_", "x")  # Python reads 1_000, no source means it
    try:
        number = float(plain)
    except ValueError:
        return NOT_A_NUMBER
    return number if math.isfinite(number) else NOT_A_NUMBER
