"""Readable ids: a prefix that says what it is, then a ULID.

Ids are for display and look-up. For order, every table that needs one has a `seq`.
"""

import secrets
from datetime import datetime
from itertools import product

#: Crockford's alphabet: no I, L, O, U to misread.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Every ten bits as two characters, for thirteen steps to an id instead of twenty-six.
_PAIRS = tuple(map("".join, product(_ALPHABET, repeat=2)))
_SHIFTS = range(120, -1, -10)


def new_id(prefix: str, *, now: datetime) -> str:
    """Make an id such as `lead_01JD3Z6Y8Q4W2R5T7V9X1B3C5D`.

    Args:
        prefix: What the id names, for people who meet it in a log.
        now: The instant in its first ten characters, UTC-aware, in milliseconds.

    Source:
        https://github.com/ulid/spec (48 bits of time, 80 bits of chance, 26 characters of 5 bits).
    """
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"
