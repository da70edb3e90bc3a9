"""Readable ids: a prefix that says what it is, then a ULID.

Ids are for display and look-up. For order, every table that needs one has a `seq`.
"""

import secrets
from base64 import b32encode
from datetime import datetime

#: From the alphabet of RFC 4648 to Crockford's: no I, L, O, U to misread.
_CROCKFORD = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)
#: A ULID has 128 bits, and is written as 26 characters: as if two zero bits went before it.
_FILLED = 160 - 130


def new_id(prefix: str, *, now: datetime) -> str:
    """Make an id such as `lead_01JD3Z6Y8Q4W2R5T7V9X1B3C5D`.

    Args:
        prefix: What the id names, for people who meet it in a log.
        now: The instant in its first ten characters, UTC-aware, in milliseconds.

    Source:
        https://github.com/ulid/spec (48 bits of time, 80 bits of chance).
    """
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    written = b32encode((number << _FILLED).to_bytes(20)).translate(_CROCKFORD)
    return f"{prefix}_{written[:26].decode()}"
