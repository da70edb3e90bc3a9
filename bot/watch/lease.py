"""How long a claimed message is still ours, by the clock that never steps back."""

from collections.abc import Callable
from dataclasses import dataclass

#: Seconds that one call to Slack may take, its timeout included, before the lease must end.
_ONE_CALL = 15.0


@dataclass(frozen=True)
class Lease:
    """A lease as its holder sees it.

    A process may be stopped for minutes between its claim and its call. Whoever holds a lease
    looks at it right before each call, so that two senders overlap as rarely as can be.

    Attributes:
        until: When it ends, on the monotonic clock.
        monotonic: That clock.
    """

    until: float
    monotonic: Callable[[], float]

    @property
    def allows_a_call(self) -> bool:
        """True if there is time for one more call."""
        return self.until - self.monotonic() > _ONE_CALL
