"""Delivery: send what waits in the outbox, one attempt at a time, and save what became of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.flows.context import Clocks
from bot.flows.rows import attempt
from bot.gateways.outcomes import Done, Failure, Outcome, RateLimited, Refused, Unknown
from bot.gateways.slack import SlackGateway
from bot.watch.copies import withdraw, word_of_copies
from bot.watch.files import OutOfTime, is_in_words, share
from bot.watch.lease import Lease
from bot.watch.plan import (
    IN_ITS_PLACE,
    Plan,
    Post,
    Share,
    Skip,
    Update,
    Wait,
    Whisper,
    Withdraw,
    is_person,
    plan,
    thread_in,
)
from bot.watch.rendered import Rendered, Renderer
from bot.watch.settling import ALL_METHODS, Settle, Settling
from bot.watch.stand_in import stand_in
from storage import gates, outbox, people
from storage.database import Database
from storage.outbox import Intent

_LOG = logging.getLogger(__name__)

#: How long one message may take, in real time, before another sender may look after it.
LEASE = timedelta(seconds=60)

#: A message that cannot even be rendered this often will not heal by itself.
_MOST_FAILURES = 10

#: Slack did not like the blocks; the words alone are better than silence.
_BAD_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}

#: The app or the person has left the conversation, or it is closed.
_NOT_THERE = {
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "user_not_in_channel",
}

#: Nobody can post in this channel, or at least the app cannot; until somebody does something.
_CLOSED = {
    *_NOT_THERE,
    "is_inactive",
    "posting_to_general_channel_denied",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
}

#: What a message should be said in the thread of is gone.
_NO_THREAD = "thread_not_found"

#: The living message of a card is gone; a new one takes its place.
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}

#: A person's conversation has another id once the app was made anew in their workspace.
_NO_CONVERSATION = "channel_not_found"

_OPEN = "conversations.open"
_METHODS: Mapping[type[Plan], tuple[str, ...]] = {
    Post: ("chat.postMessage",),
    Update: ("chat.update",),
    Whisper: ("chat.postEphemeral",),
    Share: ("files.getUploadURLExternal", "files.completeUploadExternal"),
    Withdraw: ("conversations.history", "conversations.replies", "chat.delete"),
}


@dataclass(frozen=True)
class _Result:
    """How to save what became of a message.

    Attributes:
        posted_to: The conversation where it was posted, or may have been.
    """

    settle: Settle
    posted_to: str | None = None


@dataclass(frozen=True)
class Delivery:
    """Sends messages; safe to use from several threads and processes.

    Attributes:
        database: Where the outbox is.
        slack: The Web API.
        renderers: How each kind of message is shown.
        clocks: All three.
        settling: What each outcome means.
    """

    database: Database
    slack: SlackGateway
    renderers: Mapping[str, Renderer]
    clocks: Clocks
    settling: Settling

    @property
    def workspace(self) -> str:
        """The Slack team that the token speaks to; others in the same database have their own."""
        return self.slack.identity().team_id

    def deliver(self) -> int:
        """Send the most urgent message that may leave now.

        Returns:
            How many were claimed: 0 or 1.
        """
        lease = Lease(
            until=self.clocks.monotonic() + LEASE.total_seconds(), monotonic=self.clocks.monotonic
        )
        wall = self.clocks.wall()
        workspace = self.workspace
        claimed = self.database.run(
            lambda connection: outbox.claim(
                connection, wall=wall, lease=LEASE, limit=1, workspace=workspace
            )
        )
        for intent in claimed:
            self._deliver_one(intent, lease)
        return len(claimed)

    def seconds_until_due(self) -> float | None:
        """Return the real seconds until a retry, a look-up or the end of a lease, or None."""
        with self.database.read() as connection:
            instant = outbox.next_at(connection, workspace=self.workspace)
        return None if instant is None else (instant - self.clocks.wall()).total_seconds()

    def _deliver_one(self, intent: Intent, lease: Lease) -> None:
        """Send one message; whatever goes wrong with it, it is settled or tried again."""
        ids = {"kind": intent.kind, "subject": intent.subject, "seq": intent.seq}
        sent: list[_Result] = []
        error = attempt(
            lambda: sent.append(self._send(intent, lease)), what="outgoing message", **ids
        )
        if error is not None:
            settle = (
                self.settling.again if intent.attempts < _MOST_FAILURES else self.settling.never
            )
            self.database.run(settle(intent, error=type(error).__name__))
            return
        (result,) = sent
        error = attempt(lambda: self._save(intent, result), what="outcome of a message", **ids)
        if error is not None:
            # It may be in Slack by now: only a look-up may decide whether it is sent again.
            unknown = self.settling.unknown(intent, error=type(error).__name__)
            self._save(intent, replace(result, settle=unknown))

    def _save(self, intent: Intent, result: _Result) -> None:
        """Save what became of a message, or that there may be two if another looks after it."""

        def work(connection: Connection) -> bool:
            is_ours = result.settle(connection)
            if not is_ours and result.posted_to is not None:
                word = word_of_copies(intent, channel=result.posted_to)
                outbox.enqueue(connection, word, now=self.clocks.now())
            return is_ours

        if not self.database.run(work):
            _LOG.warning("A message was taken over by another sender", extra={"seq": intent.seq})

    def _send(self, intent: Intent, lease: Lease) -> _Result:
        """Do what this message needs, and return how to save what became of it."""
        wall = self.clocks.wall()
        with self.database.read() as connection:
            what = plan(connection, intent, renderers=self.renderers)
            closed = gates.closed(connection, wall=wall)
        if isinstance(what, Skip):
            return _Result(self.settling.unwanted(intent))
        if isinstance(what, Wait):
            return _Result(
                self.settling.again(intent, error="too early to say", wait=self.settling.quiet)
            )
        wait = rest(closed, intent.workspace, *_METHODS[type(what)])
        if wait is not None:
            return _Result(self.settling.again(intent, error="its method rests", wait=wait))
        match what:
            case Update():
                return self._update(intent, what, lease)
            case Withdraw(channel):
                outcome = withdraw(self.slack, what)
                return self._repeatable(intent, what, outcome, channel)
            case Post() | Whisper() | Share():
                return self._converse(intent, what, lease)

    def _converse(self, intent: Intent, what: Post | Whisper | Share, lease: Lease) -> _Result:
        """Open the conversation, and say or share there what is to be said."""
        channel = self._conversation(intent, what)
        if not isinstance(channel, str):
            return self._repeatable(intent, what, channel, "")
        if isinstance(what, Share):
            return self._share(intent, what, channel, lease)
        return self._say(intent, what, channel, lease)

    def _repeatable(self, intent: Intent, what: Plan, outcome: Outcome, channel: str) -> _Result:
        """Return how to save what came of a call that may be made twice."""
        return _Result(
            self.settling.settle(intent, what, outcome, channel=channel, may_repeat=True)
        )

    def _say(self, intent: Intent, what: Post | Whisper, channel: str, lease: Lease) -> _Result:
        """Post a message, or show it to one person."""
        if not lease.allows_a_call:
            return self._out_of_time(intent)
        outcome = self._try(intent, what, what.rendered, channel)
        if isinstance(outcome, Refused) and outcome.error in _BAD_BLOCKS:
            self._report_blocks(intent, outcome)
            outcome = self._try(intent, what, replace(what.rendered, blocks=()), channel)
        if isinstance(what, Post) and isinstance(outcome, Refused):
            return self._not_said(intent, what, outcome, channel)
        settle = self.settling.settle(intent, what, outcome, channel=channel, may_repeat=False)
        may_be_there = isinstance(what, Post) and isinstance(outcome, Done | Unknown)
        return _Result(settle, posted_to=channel if may_be_there else None)

    def _not_said(
        self, intent: Intent, what: Post | Share, refused: Refused, channel: str
    ) -> _Result:
        """Have it said outside of a thread that is gone, or elsewhere if nothing is said here."""
        if refused.error == _NO_THREAD and thread_in(channel, what.root):
            return _Result(self.settling.anew(intent, card=intent.thread, error=refused.error))
        if not _is_not_there(intent, refused):
            return self._repeatable(intent, what, refused, channel)
        elsewhere = self._elsewhere(intent, refused, channel)
        if not isinstance(elsewhere, str):
            return self._repeatable(intent, what, elsewhere, "")
        if elsewhere == channel:
            return self._repeatable(intent, what, refused, channel)
        return _Result(self.settling.elsewhere(intent, channel=elsewhere, error=refused.error))

    def _elsewhere(self, intent: Intent, refused: Refused, gone: str) -> str | Failure:
        """Return the direct messages where a message goes that cannot be said where it should."""
        person: str | None = intent.recipient
        if not is_person(intent.recipient):
            with self.database.read() as connection:
                person = stand_in(connection, intent=intent, now=self.clocks.now())
        if person is None:
            return refused
        known = self._direct(intent, person)
        return self._opened(intent, person) if known == gone else known

    def _try(
        self, intent: Intent, what: Post | Whisper, rendered: Rendered, channel: str
    ) -> Outcome:
        shown: dict[str, Any] = {"text": rendered.text, "blocks": list(rendered.blocks) or None}
        if isinstance(what, Post):
            return self.slack.post(
                channel=channel,
                key=intent.dedupe_key,
                thread_ts=thread_in(channel, what.root),
                **shown,
            )
        outcome = self.slack.post_ephemeral(channel=channel, user=what.only_for, **shown)
        if isinstance(outcome, Refused) and outcome.error in _NOT_THERE:
            return self._say_directly(intent, what.only_for, shown)
        return outcome

    def _say_directly(self, intent: Intent, person: str, shown: Mapping[str, Any]) -> Outcome:
        """Tell somebody directly what could not be shown to them where they acted."""
        direct = self._opened(intent, person)
        if not isinstance(direct, str):
            return direct
        return self.slack.post(channel=direct, key=intent.dedupe_key, thread_ts=None, **shown)

    def _update(self, intent: Intent, what: Update, lease: Lease) -> _Result:
        """Replace a card's content; post the card anew if its message is gone."""
        if not lease.allows_a_call:
            return self._out_of_time(intent)
        shown = what.rendered
        outcome = self.slack.update(
            channel=what.channel, ts=what.ts, text=shown.text, blocks=list(shown.blocks)
        )
        if isinstance(outcome, Refused):
            is_closed = _is_not_there(intent, outcome)
            if is_closed and not is_person(intent.recipient):
                return _Result(self.settling.anew(intent, card=intent.card, error=outcome.error))
            if is_closed or outcome.error in _GONE:
                return self._say_in_its_place(intent, what, lease)
        if isinstance(outcome, Refused) and outcome.error in _BAD_BLOCKS:
            self._report_blocks(intent, outcome)
            outcome = self.slack.update(
                channel=what.channel, ts=what.ts, text=shown.text, blocks=[]
            )
        if isinstance(outcome, Done):
            outcome = Done({**outcome.data, "ts": what.ts})
        return self._repeatable(intent, what, outcome, what.channel)

    def _say_in_its_place(self, intent: Intent, what: Update, lease: Lease) -> _Result:
        """Post a card anew. First it is saved that an unclear outcome is one of a post by now."""

        def save(connection: Connection) -> bool:
            return outbox.opened(connection, intent, channel=what.channel) and (
                outbox.save_progress(
                    connection, intent, progress={**(intent.progress or {}), IN_ITS_PLACE: True}
                )
            )

        if not self.database.run(save):
            return self._out_of_time(intent)
        return self._say(intent, Post(what.rendered), what.channel, lease)

    def _share(self, intent: Intent, what: Share, channel: str, lease: Lease) -> _Result:
        """Take a set of files as far as it goes."""
        progress = dict(intent.progress or {})

        def save(further: Mapping[str, Any]) -> bool:
            progress.update(further)
            return self.database.run(
                lambda connection: outbox.save_progress(connection, intent, progress=progress)
            )

        try:
            outcome = share(
                slack=self.slack,
                files=what.files,
                channel=channel,
                thread_ts=thread_in(channel, what.root),
                key=intent.dedupe_key,
                progress=progress,
                save=save,
                lease=lease,
            )
        except OutOfTime:
            return self._out_of_time(intent)
        if isinstance(outcome, Refused):
            return self._not_said(intent, what, outcome, channel)
        is_clear = not progress.get("is_sharing")
        settle = self.settling.settle(intent, what, outcome, channel=channel, may_repeat=is_clear)
        return _Result(settle, posted_to=channel if is_in_words(progress) else None)

    def _conversation(self, intent: Intent, what: Post | Whisper | Share) -> str | Failure:
        """Return the conversation to post to, opening direct messages first, and save it."""
        if intent.channel is not None:
            return intent.channel
        root = None if isinstance(what, Whisper) else what.root
        channel: str | Failure
        if is_person(intent.recipient):
            channel = self._direct(intent, intent.recipient)
        else:
            channel = intent.recipient if root is None else root.channel
        if isinstance(channel, str):
            self.database.run(partial(outbox.opened, intent=intent, channel=channel))
        return channel

    def _direct(self, intent: Intent, person: str) -> str | Failure:
        """Return the direct messages with somebody, which never change once open."""
        with self.database.read() as connection:
            known = people.dm_of(connection, workspace=intent.workspace, person=person)
        return self._opened(intent, person) if known is None else known

    def _opened(self, intent: Intent, person: str) -> str | Failure:
        """Open the direct messages with somebody, unless Slack wants that to wait."""
        wall = self.clocks.wall()
        with self.database.read() as connection:
            closed = gates.closed(connection, wall=wall)
        if (wait := rest(closed, intent.workspace, _OPEN)) is not None:
            return RateLimited(_OPEN, wait)
        outcome = self.slack.open_conversation(user=person)
        if not isinstance(outcome, Done):
            return outcome
        channel = str(outcome.data["channel"]["id"])
        save = partial(people.save_dm, workspace=intent.workspace, person=person, channel=channel)
        self.database.run(save)
        return channel

    def _out_of_time(self, intent: Intent) -> _Result:
        return _Result(self.settling.again(intent, error="out of time", wait=timedelta(0)))

    def _report_blocks(self, intent: Intent, outcome: Refused) -> None:
        _LOG.error(
            "Slack refuses the blocks of a %s: %s", intent.kind, outcome.detail or outcome.error
        )


def _is_not_there(intent: Intent, refused: Refused) -> bool:
    """Tell whether a person is not to be found where they were talked to, or a channel closed."""
    if is_person(intent.recipient):
        return refused.error == _NO_CONVERSATION
    return refused.error in _CLOSED


def rest(
    closed: Mapping[tuple[str, str], timedelta], workspace: str, *methods: str
) -> timedelta | None:
    """Return how long any of these methods still rests, or None if all of them may be called.

    Args:
        closed: What `gates.closed()` returned.
        workspace: The Slack team.
        methods: What is to be called.
    """
    waits = (closed.get((workspace, name)) for name in (*methods, ALL_METHODS))
    return max((wait for wait in waits if wait is not None), default=None)
