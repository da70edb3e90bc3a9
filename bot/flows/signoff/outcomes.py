"""What the sign-off use cases answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Denied:
    """Nothing changed.

    Attributes:
        message: Why, and what to do next, in plain words for the person alone.
        people: Slack ids of those who can help.
    """

    message: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """It happened, or it had happened already."""

    message: str = ""
