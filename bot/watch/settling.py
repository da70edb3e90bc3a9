"""What an outcome means for a message: sent, again later, unknown, or never."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.flows.context import Clocks
from bot.flows.escalate.climb import go_past
from bot.flows.escalate.failure import record_failure
from bot.flows.escalate.guardrail import call_another
from bot.gateways.outcomes import Done, Outcome, RateLimited, Refused, Unknown
from bot.watch.arrivals import ARRIVALS
from bot.watch.plan import Plan, Post, Update, Whisper, stands_in
from handoff.audit import AuditFact
from storage import audit, gates, outbox
from storage.escalations import EscalationKind
from storage.outbox import Intent

_LOG = logging.getLogger(__name__)

#: Its owner never hears of a lead whose card cannot arrive.
LEAD_CARD = "lead"

#: Who is called never hears of it, so somebody else is.
_INSTEAD: Mapping[str, Callable[..., None]] = {
    EscalationKind.LEAD.card: go_past,
    EscalationKind.GUARDRAIL.card: call_another,
}

#: Stands for every method: the app is shut out of the workspace.
ALL_METHODS = "*"

#: Saves what became of a message, in a transaction; False if its lease was lost.
Settle = Callable[[Connection], bool]

_FIRST_RETRY = timedelta(seconds=1)
_LONGEST_RETRY = timedelta(minutes=5)

#: Then a message is looked at again, even if its method rests for longer.
_LONGEST_SLEEP = timedelta(minutes=10)

#: How long everything rests when the app has lost its access.
_SHUT_OUT_REST = timedelta(minutes=5)

#: Refusals that an administrator can undo, so that the message keeps waiting for a day.
_MENDABLE = {
    "ekm_access_denied",
    "messages_tab_disabled",
    "missing_scope",
    "org_login_required",
}

#: Refusals that pass by themselves: Slack moves the channel or the workspace elsewhere just now.
_PASSING = {"external_channel_migrating", "team_added_to_org"}

#: After so many tries in no less than a day an operator has to look at it. In a busy conversation
#: that Slack lets speak once a second, so many tries are a matter of minutes.
_MOST_ATTEMPTS = 300
_LONGEST_WAY = timedelta(days=1)

#: A method that must rest rests so long at least, whatever Slack says.
_SHORTEST_REST = timedelta(seconds=1)


@dataclass(frozen=True)
class Settling:
    """Turns outcomes into what is saved.

    Attributes:
        clocks: All three.
        quiet: How long Slack may take to show a message in its history.
    """

    clocks: Clocks
    quiet: timedelta

    def settle(
        self, intent: Intent, what: Plan, outcome: Outcome, *, channel: str, may_repeat: bool
    ) -> Settle:
        """Return how to save what became of a message.

        Args:
            intent: The message.
            what: What was tried.
            outcome: What came of it.
            channel: The conversation it was tried in.
            may_repeat: Doing it twice would do no harm.
        """
        match outcome:
            case Done(data):
                revision = what.rendered.revision if isinstance(what, Post | Update) else 0
                ts = str(data.get("ts") or "")
                return self.arrived(intent, channel=channel, ts=ts, revision=revision)
            case Refused():
                return self._refused(intent, outcome)
            case RateLimited(method, wait):
                return self._resting(intent, method, error="ratelimited", wait=wait)
            case Unknown(reason) if isinstance(what, Whisper):
                return self.never(
                    intent, error=f"shown at most once; unclear: {reason}", may_have_arrived=True
                )
            case Unknown(reason) if not may_repeat:
                return self.unknown(intent, error=reason)
            case _:
                return self.again(intent, error=outcome.reason)

    def again(
        self,
        intent: Intent,
        *,
        error: str,
        wait: timedelta | None = None,
        is_possible_repeat: bool = False,
    ) -> Settle:
        """Return how to save that it is tried again, ever more slowly, and not for ever."""
        is_old = self.clocks.now() - intent.enqueued_at >= _LONGEST_WAY
        if is_old and intent.attempts >= _MOST_ATTEMPTS:
            return self.never(intent, error=f"given up after {intent.attempts} tries: {error}")
        if wait is None:
            wait = min(_FIRST_RETRY * 2 ** min(intent.attempts - 1, 10), _LONGEST_RETRY)
        retry_at = self.clocks.wall() + min(wait, _LONGEST_SLEEP)
        return lambda connection: outbox.retry(
            connection,
            intent,
            retry_at=retry_at,
            now=self.clocks.now(),
            error=error,
            is_possible_repeat=is_possible_repeat,
        )

    def anew(self, intent: Intent, *, card: str | None, error: str) -> Settle:
        """Return how to save that a card's message is gone: what is about it is planned anew."""
        again = self.again(intent, error=error, wait=timedelta(0))

        def work(connection: Connection) -> bool:
            is_ours = again(connection)
            if is_ours and card is not None:
                outbox.forget_card(
                    connection,
                    workspace=intent.workspace,
                    card=card,
                    recipient=intent.recipient,
                )
            return is_ours

        return work

    def elsewhere(self, intent: Intent, *, channel: str, error: str) -> Settle:
        """Return how to save that it goes to another conversation than it should.

        Args:
            intent: The message.
            channel: Direct messages: new ones with its recipient, or with whoever stands in for
                a channel where Slack lets nobody post.
            error: What Slack said.
        """
        again = self.again(intent, error=error, wait=timedelta(0))
        is_diverted = stands_in(intent, channel)
        if is_diverted:
            _LOG.error(
                "Handoff cannot post in %s (%s): what is for it goes to %s",
                intent.recipient,
                error,
                channel,
                extra={"kind": intent.kind, "subject": intent.subject, "seq": intent.seq},
            )

        def work(connection: Connection) -> bool:
            is_ours = outbox.opened(connection, intent, channel=channel) and again(connection)
            if is_ours and is_diverted:
                self._record(connection, intent, AuditFact.MESSAGE_DIVERTED, error, to=channel)
            return is_ours

        return work

    def never(self, intent: Intent, *, error: str, may_have_arrived: bool = False) -> Settle:
        """Return how to save that it cannot arrive; an operator is told."""
        _LOG.critical(
            "A message cannot be delivered (%s); see `handoff messages list`",
            error,
            extra={"kind": intent.kind, "subject": intent.subject, "seq": intent.seq},
        )
        now = self.clocks.now()

        def work(connection: Connection) -> bool:
            is_ours = outbox.fail(
                connection, intent, now=now, error=error, may_have_arrived=may_have_arrived
            )
            if is_ours:
                self._record(connection, intent, AuditFact.MESSAGE_FAILED, error)
            if is_ours and intent.kind == LEAD_CARD:
                record_failure(
                    connection,
                    workspace=intent.workspace,
                    now=now,
                    lead_id=intent.subject,
                    owner=intent.recipient,
                    integration="Slack",
                    error=error.strip(),
                )
            # One that an operator sent again has had its climb gone past already.
            is_first = intent.enqueued_at == intent.first_enqueued_at
            if is_ours and is_first and intent.card and intent.kind in _INSTEAD:
                _INSTEAD[intent.kind](
                    connection,
                    workspace=intent.workspace,
                    now=now,
                    card=intent.card,
                    person=intent.recipient,
                )
            return is_ours

        return work

    def unknown(self, intent: Intent, *, error: str, wait: timedelta | None = None) -> Settle:
        """Return how to save that nobody knows; it is looked up after the quiet period."""
        look_at = self.clocks.wall() + min(wait or self.quiet, _LONGEST_SLEEP)
        return lambda connection: outbox.unknown(connection, intent, look_at=look_at, error=error)

    def look_later(self, intent: Intent, method: str, *, wait: timedelta) -> Settle:
        """Return how to save that it is looked up when the method for it may be called again."""
        wait = max(wait, _SHORTEST_REST)
        wall = self.clocks.wall()
        unknown = self.unknown(intent, error="look-up must wait", wait=wait)

        def work(connection: Connection) -> bool:
            gates.close(
                connection, workspace=intent.workspace, method=method, rest=wait, wall=wall
            )
            return unknown(connection)

        return work

    def arrived(self, intent: Intent, *, channel: str, ts: str, revision: int = 0) -> Settle:
        """Return how to save that it is in Slack, by its answer or by a look-up.

        Args:
            intent: The message.
            channel: The conversation that has it.
            ts: Slack's name of it; opaque. Empty where Slack gives none.
            revision: The revision of the subject that a card shows; 0: not known.
        """

        def work(connection: Connection) -> bool:
            now = self.clocks.now()
            is_saved = outbox.sent(
                connection, intent, channel=channel, ts=ts, now=now, shown_revision=revision
            )
            if is_saved and intent.kind in ARRIVALS:
                ARRIVALS[intent.kind](connection, intent, now)
            return is_saved

        return work

    def held(self, intent: Intent, *, error: str) -> Settle:
        """Return how to save that a person must decide; an operator is told."""
        _LOG.critical(
            "A message may or may not have arrived and is held; see `handoff messages list`",
            extra={"kind": intent.kind, "subject": intent.subject, "seq": intent.seq},
        )

        def work(connection: Connection) -> bool:
            is_ours = outbox.hold(connection, intent, now=self.clocks.now(), error=error)
            if is_ours:
                self._record(connection, intent, AuditFact.MESSAGE_HELD, error)
            return is_ours

        return work

    def unwanted(self, intent: Intent) -> Settle:
        """Return how to save that nobody wants it any more."""
        return lambda connection: outbox.drop(
            connection, intent, now=self.clocks.now(), reason="no longer wanted"
        )

    def _record(
        self,
        connection: Connection,
        intent: Intent,
        kind: AuditFact,
        error: str,
        **more: str,
    ) -> None:
        """Remember in the audit log what became of a message that Slack would not take."""
        facts = {"message": intent.seq, "kind": intent.kind, "recipient": intent.recipient}
        audit.record(
            connection,
            workspace=intent.workspace,
            kind=kind,
            actor="handoff",
            subject=intent.subject,
            now=self.clocks.now(),
            data=facts | {"error": error} | more,
        )

    def _refused(self, intent: Intent, outcome: Refused) -> Settle:
        """Give up, or wait: a little, or for an administrator who can let us in again."""
        if outcome.error in _PASSING:
            return self.again(intent, error=outcome.error)
        if not outcome.is_shut_out and outcome.error not in _MENDABLE:
            return self.never(intent, error=f"{outcome.error} {outcome.detail}".strip())
        _LOG.critical(
            "Slack does not let Handoff in (%s %s); see `handoff doctor`",
            outcome.error,
            outcome.detail,
            extra={"workspace": intent.workspace},
        )
        if outcome.is_shut_out:
            return self._resting(intent, ALL_METHODS, error=outcome.error, wait=_SHUT_OUT_REST)
        return self.again(intent, error=outcome.error, wait=_SHUT_OUT_REST)

    def _resting(self, intent: Intent, method: str, *, error: str, wait: timedelta) -> Settle:
        """Return how to save that it is tried again when its method may be called again."""
        wait = max(wait, _SHORTEST_REST)
        wall = self.clocks.wall()
        again = self.again(intent, error=error, wait=wait)

        def work(connection: Connection) -> bool:
            gates.close(
                connection, workspace=intent.workspace, method=method, rest=wait, wall=wall
            )
            return again(connection)

        return work
