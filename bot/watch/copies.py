"""Copies: a sender that was stopped past its lease may post what another has posted as well.

Slack cannot be told which of two senders is the right one. So a sender that finds its lease lost
leaves word in the outbox, together with what it saves, and whoever delivers that word later keeps
the one message that counts and deletes the rest, until nothing is left to delete.
"""

from bot.gateways.outcomes import Done, Outcome, Refused
from bot.gateways.slack import SlackGateway
from bot.watch.plan import COPIES, Withdraw
from storage.outbox import Intent, NewMessage, Priority

#: Somebody else has deleted the message already.
_IS_GONE = "message_not_found"


def word_of_copies(intent: Intent, *, channel: str) -> NewMessage:
    """Return the word that a message may be in a conversation more than once.

    Args:
        intent: As the sender that lost its lease had claimed it.
        channel: Where that sender has posted, or may have posted.
    """
    return NewMessage(
        workspace=intent.workspace,
        kind=COPIES,
        subject=f"message:{intent.seq}",
        recipient=channel,
        priority=Priority.REP,
        dedupe_key=f"copies:{intent.seq}:{intent.lease_token}",
        facts={"of": intent.seq},
        order_key=f"copies:{intent.seq}",
    )


def withdraw(slack: SlackGateway, what: Withdraw) -> Outcome:
    """Delete all copies of a message but the one to keep. Safe to repeat.

    Returns:
        Done once no copy is left, otherwise the outcome of the call that failed.
    """
    found = slack.find(
        channel=what.channel,
        keys=frozenset({what.key}),
        since=what.since,
        thread_ts=what.thread_ts,
    )
    if not isinstance(found, dict):
        return found
    for ts in found.get(what.key, ()):
        if ts == what.keep:
            continue
        outcome = slack.delete(channel=what.channel, ts=ts)
        is_gone = isinstance(outcome, Refused) and outcome.error == _IS_GONE
        if not (is_gone or isinstance(outcome, Done)):
            return outcome
    return Done({})
