"""Ids are ULIDs that say what they name."""

from storage.ids import new_id
from tests.storage.conftest import NOW


def test_an_id_is_a_ulid_of_its_instant() -> None:
    """Read back by the specification's alphabet it is the milliseconds, then chance."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    _, written = new_id("ld", now=NOW).split("_")
    number = sum(alphabet.index(sign) << 5 * place for place, sign in enumerate(written[::-1]))

    assert len(written) == 26
    assert number < 1 << 128
    assert number >> 80 == int(NOW.timestamp() * 1000)
