"""The auditor: every five minutes it looks for contradictions and rebuilds lost times."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.flows.audit.check import check
from bot.flows.audit.mend import mend
from bot.flows.context import Clocks
from storage import checks
from storage.checks import Check, Finding
from storage.database import Database

_LOG = logging.getLogger(__name__)

_EVERY = timedelta(minutes=5)

#: Real seconds that a look may take: it reads every open lead, and a million take a while.
AUDIT_PATIENCE = _EVERY.total_seconds()

#: More findings than these are one sentence.
_MOST_SAID = 20


class Auditor:
    """Checks the invariants in production, as the tests do after every step.

    Args:
        database: Where everything is kept.
        clocks: All three; the monotonic one tells when to look again.
        workspace: Tells whose messages this process sends.
        beat: Called after each check that found nothing: an outside dead-man switch.
    """

    def __init__(
        self,
        *,
        database: Database,
        clocks: Clocks,
        workspace: Callable[[], str],
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._workspace = workspace
        self._database = database
        self._clocks = clocks
        self._beat = beat
        self._next = clocks.monotonic()
        self._findings: Sequence[Finding] = ()

    def audit(self) -> int:
        """Check if it is time to, mend what can be mended, and log the rest.

        Returns:
            How many times were set again, which may be due at once.
        """
        if self._clocks.monotonic() < self._next:
            return 0
        self._next = self._clocks.monotonic() + _EVERY.total_seconds()
        before = self._findings
        self._findings = self._check()
        if not self._findings:
            self._beat()
            return 0
        for finding in self._findings[:_MOST_SAID]:
            _LOG.critical(
                "A check found that %s (%s)",
                finding.check,
                finding.subject,
                extra={"workspace": finding.workspace},
            )
        mended = mend(database=self._database, findings=self._findings, now=self._clocks.now())
        _LOG.critical("The check found %d things, %d are mended", len(self._findings), mended)
        if mended >= checks.MOST and self._findings != before:
            self._next = self._clocks.monotonic()  # there are more, and none should wait
        return mended

    def _check(self) -> Sequence[Finding]:
        """Look everywhere; but what waits for another workspace's process is its own affair."""
        found = check(database=self._database, now=self._clocks.now())
        mine = self._workspace()
        return tuple(
            one for one in found if one.check is not Check.MESSAGE_STUCK or one.workspace == mine
        )

    def problems(self) -> tuple[str, ...]:
        """Return what the last check found, a sentence each kind; for `/readyz`."""
        kinds = dict.fromkeys(finding.check for finding in self._findings)
        return tuple(f"The last check found that {kind}; the log tells where." for kind in kinds)
