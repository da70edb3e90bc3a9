"""What the use cases of a lead answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """It happened, or it had happened already; the message says what stands now."""

    message: str = ""


@dataclass(frozen=True)
class Denied:
    """Nothing changed; the message says why and what to do next."""

    message: str
