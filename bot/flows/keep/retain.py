"""What is not needed any more is forgotten, each night."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.flows.drafting import question_of
from bot.flows.signoff.case import subject_of
from handoff.audit import AuditFact
from handoff.form import InvalidDraft
from storage import (
    audit,
    backtests,
    designs,
    drafts,
    events,
    intake,
    outbox,
    proofs,
    timers,
    versions,
)
from storage import directory as directories
from storage.database import Database

PROOFS_STAY = timedelta(days=2)
"""A proof that was computed just now may not be named yet."""
BACKTESTS_STAY = timedelta(days=30)
EVENTS_STAY = timedelta(days=30)
"""Slack sends an event again for an hour, and a form may stay open for days."""
DONE_STAYS = timedelta(days=30)
"""Timers that fired and messages that arrived, once what they are about has ended."""
UNSENT_STAYS = timedelta(days=90)
"""Messages that Slack would not take: so long an operator may have them sent again."""

#: So many rows are deleted in one transaction, so that nobody waits for it.
PART = 500


class Swept(NamedTuple):
    """How many rows of each kind were deleted."""

    timers: int = 0
    messages: int = 0


def named_proofs(*, database: Database, workspace: str, now: datetime) -> frozenset[str]:
    """Return the keys of the proofs that drafts, as they are now, and messages name.

    A draft has to be read for it, so this runs outside any transaction that writes.
    """
    with database.read() as connection:
        subjects = [
            subject_of(head.design, head.number)
            for design in designs.everyone(connection, workspace=workspace)
            for head in versions.of_design(connection, workspace=workspace, design=design.key)
        ]
        shown = proofs.named_by_messages(connection, workspace=workspace, subjects=subjects)
        return shown | _of_drafts(connection, workspace, now)


def sweep_done(*, database: Database, workspace: str, now: datetime) -> Swept:
    """Delete what is done and what nothing comes back to, in parts of a transaction each.

    What an open lead, a running escalation or a version that has not ended is about stays whole:
    there a timer or message that was there before is not set or sent again. The messages in Slack
    that show cards are never forgotten, for they are updated in place.

    Args:
        database: Where timers and messages are.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
    """
    with database.read() as connection:
        kept = _live_versions(connection, workspace)
    of: dict[str, Any] = {"workspace": workspace, "before": now - DONE_STAYS, "kept": kept}
    of_messages = of | {"unsent_before": now - UNSENT_STAYS}
    return Swept(
        timers=_in_parts(database, partial(timers.over, **of, limit=PART), timers.sweep),
        messages=_in_parts(
            database, partial(outbox.over, **of_messages, limit=PART), outbox.sweep
        ),
    )


def forget(
    connection: Connection,
    *,
    workspace: str,
    named: frozenset[str],
    now: datetime,
    wall: datetime,
    swept: Swept,
) -> None:
    """Delete what nobody comes back to: old answers, and the proofs that nothing names.

    Named by nothing is a proof that is no version's, and not what `named_proofs` found. Answers
    are those to backtests, to requests whose keys have expired, to events and to forms.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        named: Keys of proofs that stay.
        now: The domain's instant, UTC-aware.
        wall: The real clock, by which the keys of requests expire.
        swept: What `sweep_done` deleted, for the audit log.
    """
    intake.sweep(connection, workspace=workspace, wall=wall)
    events.sweep(connection, workspace=workspace, before=now - EVENTS_STAY)
    backtests.sweep(connection, workspace=workspace, before=now - BACKTESTS_STAY)
    proofs.sweep(connection, workspace=workspace, before=now - PROOFS_STAY, kept=named)
    if any(swept):
        audit.record(
            connection,
            workspace=workspace,
            kind=AuditFact.RECORDS_SWEPT,
            actor="handoff",
            subject=workspace,
            now=now,
            data=swept._asdict(),
        )


def _in_parts(
    database: Database,
    find: Callable[..., list[int]],
    sweep: Callable[..., int],
) -> int:
    """Find and delete rows part by part; return how many."""
    gone, after = 0, 0
    while True:
        with database.read() as connection:
            seqs = find(connection, after=after)
        if not seqs:
            return gone
        gone += database.run(partial(sweep, seqs=seqs))
        after = seqs[-1]


def _live_versions(connection: Connection, workspace: str) -> frozenset[str]:
    return frozenset(
        subject_of(head.design, head.number)
        for design in designs.everyone(connection, workspace=workspace)
        for head in versions.of_design(connection, workspace=workspace, design=design.key)
        if head.ended_at is None
    )


def _of_drafts(connection: Connection, workspace: str, now: datetime) -> set[str]:
    directory = directories.load(connection, workspace=workspace).directory
    found = set()
    for draft in drafts.everyone(connection, workspace=workspace):
        try:
            question = question_of(
                connection, workspace=workspace, draft=draft, directory=directory, now=now
            )
        except InvalidDraft:
            continue  # half filled in: there is no proof of it
        found.add(question.key)
    return found
