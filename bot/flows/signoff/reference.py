"""What a packet's button carries: which version, and which content, the person was shown."""

from dataclasses import dataclass
from typing import Self

_PARTS = 3


@dataclass(frozen=True)
class Reference:
    """A design version as shown.

    Attributes:
        design: Human key, `ENT-3`.
        version: Number of the version.
        content_hash: The full hash that the message showed.
    """

    design: str
    version: int
    content_hash: str

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read `ENT-3|2|<hash>`; anything else becomes a reference that matches nothing."""
        parts = value.split("|")
        if len(parts) == _PARTS and parts[1].isdecimal() and parts[1].isascii():
            return cls(parts[0], int(parts[1][:9]), parts[2])
        return cls("", 0, "")

    def __str__(self) -> str:
        """Return what a button carries."""
        return f"{self.design}|{self.version}|{self.content_hash}"
