"""State machines as tables: which state may follow which, and nothing else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)


class NotAllowed(Exception):
    """There is no step from this state to that one."""

    def __init__(self, subject: str, before: StrEnum, after: StrEnum) -> None:
        super().__init__(f"{subject} that is {before.value} cannot become {after.value}")
        self.subject = subject
        self.before = before
        self.after = after


def step(
    *, subject: str, table: Mapping[State, frozenset[State]], before: State, after: State
) -> State:
    """Return `after` when the table allows it to follow `before`.

    Args:
        subject: What changes, for the message: `a lead`.
        table: The allowed successors of every state.
        before: The state now.
        after: The state wanted.

    Raises:
        NotAllowed: if the table has no such step.
    """
    if after not in table[before]:
        raise NotAllowed(subject, before, after)
    return after
