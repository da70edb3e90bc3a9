"""Compare the reactions on waiting packets with what was heard of them: events may be lost."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.signoff.announce import packet_card
from bot.flows.signoff.case import lock, subject_of
from bot.flows.signoff.react import reconcile
from bot.flows.signoff.remind import RECONCILE_EVERY, ask_instead_of_the_away
from bot.gateways.outcomes import Done, Refused
from bot.gateways.slack import SlackGateway, SlackUnavailable
from bot.watch.tick import Save
from handoff.approval import VersionState
from storage import outbox, timers, views
from storage.database import Database
from storage.timers import NewTimer, Timer, TimerKind


@dataclass(frozen=True, kw_only=True)
class _Present:
    """The reactions on a packet: by name without skin tone, who put them there."""

    channel: str
    ts: str
    people: Mapping[str, Collection[str]]


def compare_reactions(
    timer: Timer, now: datetime, *, slack: SlackGateway, database: Database
) -> Save:
    """Ask Slack which reactions a packet carries; return how to bring the version into line.

    Raises:
        SlackUnavailable: if Slack could not be asked; the timer is tried again.
    """
    present = _present(slack, database, timer)

    def save(connection: Connection) -> None:
        case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
        if case is None or case.version.state is not VersionState.IN_REVIEW:
            return
        ask_instead_of_the_away(case)
        if present is not None:
            reconcile(case, channel=present.channel, ts=present.ts, present=present.people)
        _look_again(connection, timer, now)

    return save


def look_at_all(*, database: Database, workspace: str, now: datetime) -> None:
    """Look at every waiting packet once, now: after a start, events may have been missed."""
    slot = f"start:{now.isoformat()}"

    def work(connection: Connection) -> None:
        waiting = views.in_review(connection, workspace=workspace, limit=1000)
        subjects = [subject_of(line.design, line.version) for line in waiting]
        kind = TimerKind.SIGNOFF_RECONCILE
        new = [NewTimer(workspace, kind, subject, now, slot=slot) for subject in subjects]
        timers.schedule(connection, *new)

    database.run(work)


def _look_again(connection: Connection, timer: Timer, now: datetime) -> None:
    """Recurring times insert their successor; the extra look after a start has none."""
    if timer.slot.isdecimal():
        slot = str(int(timer.slot) + 1)
        due_at = now + RECONCILE_EVERY
        again = NewTimer(timer.workspace, timer.kind, timer.subject, due_at, slot=slot)
        timers.schedule(connection, again)


def _present(slack: SlackGateway, database: Database, timer: Timer) -> _Present | None:
    """Return the reactions that the packet carries; None if it is nowhere to be seen.

    It was not posted yet, or somebody deleted it, or its channel: asking again tells no more.
    """
    with database.read() as connection:
        found = outbox.card_messages(
            connection, workspace=timer.workspace, card=packet_card(timer.subject)
        )
    if not found:
        return None
    outcome = slack.reactions(channel=found[0].channel, ts=found[0].ts)
    if isinstance(outcome, Refused) and not outcome.is_shut_out:
        return None
    if not isinstance(outcome, Done):
        raise SlackUnavailable("reactions.get", outcome)
    message: Mapping[str, Any] = outcome.data.get("message") or {}
    people: defaultdict[str, set[str]] = defaultdict(set)
    for reaction in message.get("reactions") or ():
        people[str(reaction["name"]).partition("::")[0]].update(reaction["users"])
    return _Present(channel=found[0].channel, ts=found[0].ts, people=people)
