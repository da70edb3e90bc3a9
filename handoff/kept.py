"""What was made of a value, kept as long as the value is likely to come along again."""

from collections.abc import Callable
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")


class Kept(Generic[_Key, _Made]):
    """Makes something of a value once, for as long as the very same value is asked for.

    For values that cannot be hashed, such as a directory. The same object is the same value, for
    values are frozen; an equal one is made anew.

    Args:
        make: What is made of a value; the same every time.
        most: When so many are kept, all are forgotten.
    """

    def __init__(self, make: Callable[[_Key], _Made], *, most: int = 64) -> None:
        self._make = make
        self._most = most
        # While an entry is kept, so is its value, and nothing else has its id.
        self._kept: dict[int, tuple[_Key, _Made]] = {}

    def __call__(self, value: _Key) -> _Made:
        """Return what was made of a value."""
        found = self._kept.get(id(value))
        if found is not None:
            return found[1]
        if len(self._kept) >= self._most:
            self._kept.clear()
        made = self._make(value)
        self._kept[id(value)] = (value, made)
        return made
