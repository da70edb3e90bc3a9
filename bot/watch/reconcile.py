"""Reconciliation: find out what became of messages whose answer was lost."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from bot.flows.rows import attempt
from bot.gateways.outcomes import Failure, RateLimited, Refused
from bot.watch.delivery import LEASE, Delivery, rest
from bot.watch.files import is_in_words, is_shared
from bot.watch.plan import Plan, Post, Share, Skip, Whisper, plan, thread_in
from bot.watch.settling import Settle
from storage import gates, outbox
from storage.outbox import Intent, Priority

_LOG = logging.getLogger(__name__)

#: Messages that a person must not miss, even if they come twice.
_URGENT = {Priority.ESCALATION, Priority.REP}

_INFO = "files.info"


class _Place(NamedTuple):
    """A conversation, or a thread in it."""

    workspace: str
    channel: str
    thread_ts: str | None


@dataclass(frozen=True)
class Reconciliation:
    """Looks messages up by the key in their metadata, one look-up for each conversation."""

    delivery: Delivery

    def reconcile(self) -> int:
        """Look up the messages of unknown outcome whose quiet period is over.

        Returns:
            How many were looked at.
        """
        clocks, database = self.delivery.clocks, self.delivery.database
        wall = clocks.wall()
        look_at = wall + self.delivery.settling.quiet
        workspace = self.delivery.workspace

        def claim(connection: Connection) -> list[Intent]:
            outbox.recover(connection, wall=wall, look_at=look_at)
            gates.sweep(connection, wall=wall)
            return outbox.claim_unknown(connection, wall=wall, lease=LEASE, workspace=workspace)

        claimed = database.run(claim)
        posts: dict[_Place, list[Intent]] = defaultdict(list)
        for intent in claimed:
            self._guarded(intent, partial(self._sort, intent, posts))
        for place, intents in posts.items():
            self._look_up(place, intents)
        return len(claimed)

    def _sort(self, intent: Intent, posts: Mapping[_Place, list[Intent]]) -> None:
        """Settle what needs no look-up in a conversation; gather the rest."""
        with self.delivery.database.read() as connection:
            what = plan(connection, intent, renderers=self.delivery.renderers)
        was_posted = isinstance(what, Post) or is_in_words(intent.progress or {})
        if isinstance(what, Post | Share) and was_posted and intent.channel:
            thread_ts = thread_in(intent.channel, what.root)
            posts[_Place(intent.workspace, intent.channel, thread_ts)].append(intent)
        else:
            self._save(intent, self._without_history(intent, what))

    def _without_history(self, intent: Intent, what: Plan) -> Settle:
        """Decide about a message that a conversation's history says nothing about."""
        settling = self.delivery.settling
        match what:
            case Skip():
                return settling.unwanted(intent)
            case Whisper():
                lost = "shown at most once; the answer was lost"
                return settling.never(intent, error=lost, may_have_arrived=True)
            case Share():
                return self._after_sharing(intent)
            case _:  # an update, or the conversation was not even open: safe to repeat
                return settling.again(intent, error="the answer was lost", wait=timedelta(0))

    def _after_sharing(self, intent: Intent) -> Settle:
        settling, channel = self.delivery.settling, intent.channel or ""
        shared = self._resting(intent.workspace, _INFO) or is_shared(
            slack=self.delivery.slack, progress=intent.progress or {}, channel=channel
        )
        if shared is True:
            return self._arrived(intent, ts="")
        if shared is False:
            return settling.again(intent, error="not there", wait=timedelta(0))
        return self._cannot_tell(intent, shared)

    def _look_up(self, place: _Place, intents: Sequence[Intent]) -> None:
        """Look for all unclear messages of one conversation or thread at once."""
        method = "conversations.replies" if place.thread_ts else "conversations.history"
        found = self._resting(place.workspace, method) or self.delivery.slack.find(
            channel=place.channel,
            keys=frozenset(intent.dedupe_key for intent in intents),
            since=min(intent.first_enqueued_at for intent in intents),
            thread_ts=place.thread_ts,
        )
        for intent in intents:
            if not isinstance(found, dict):
                settle = self._cannot_tell(intent, found)
            elif intent.dedupe_key in found:
                settle = self._arrived(intent, ts=found[intent.dedupe_key][0])
            else:
                settle = self.delivery.settling.again(intent, error="not there", wait=timedelta(0))
            self._guarded(intent, partial(self._save, intent, settle))

    def _resting(self, workspace: str, method: str) -> RateLimited | None:
        """Return that a method must not be called yet, or None if it may be."""
        wall = self.delivery.clocks.wall()
        with self.delivery.database.read() as connection:
            wait = rest(gates.closed(connection, wall=wall), workspace, method)
        return None if wait is None else RateLimited(method, wait)

    def _cannot_tell(self, intent: Intent, failure: Failure) -> Settle:
        """Look again if that may help; else repeat what is urgent, and hold the rest."""
        settling = self.delivery.settling
        if isinstance(failure, RateLimited):
            return settling.look_later(intent, failure.method, wait=failure.wait)
        if not isinstance(failure, Refused) or failure.is_shut_out:
            return settling.unknown(intent, error="look-up failed")
        if intent.priority in _URGENT and not intent.is_possible_repeat:
            return settling.again(
                intent,
                error=f"look-up refused: {failure.error}",
                wait=timedelta(0),
                is_possible_repeat=True,
            )
        return settling.held(intent, error=failure.error)

    def _arrived(self, intent: Intent, *, ts: str) -> Settle:
        channel = intent.channel or intent.recipient
        return self.delivery.settling.arrived(intent, channel=channel, ts=ts)

    def _save(self, intent: Intent, settle: Settle) -> None:
        if not self.delivery.database.run(settle):
            _LOG.warning("A message was taken over by another sender", extra={"seq": intent.seq})

    def _guarded(self, intent: Intent, work: Callable[[], None]) -> None:
        """Do one message's work; if it fails, look at the message again later."""
        error = attempt(work, what="unclear message", kind=intent.kind, seq=intent.seq)
        if error is not None:
            later = self.delivery.settling.unknown(intent, error=type(error).__name__)
            self._save(intent, later)
