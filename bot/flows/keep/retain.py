"""What is not needed any more is forgotten, each night."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.flows.drafting import question_of
from bot.flows.signoff.case import subject_of
from handoff.form import InvalidDraft
from storage import backtests, designs, drafts, events, intake, proofs, versions
from storage import directory as directories
from storage.database import Database

PROOFS_STAY = timedelta(days=2)
"""A proof that was computed just now may not be named yet."""
BACKTESTS_STAY = timedelta(days=30)
EVENTS_STAY = timedelta(days=30)
"""Slack sends an event again for an hour, and a form may stay open for days."""


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


def forget(
    connection: Connection,
    *,
    workspace: str,
    named: frozenset[str],
    now: datetime,
    wall: datetime,
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
    """
    intake.sweep(connection, workspace=workspace, wall=wall)
    events.sweep(connection, workspace=workspace, before=now - EVENTS_STAY)
    backtests.sweep(connection, workspace=workspace, before=now - BACKTESTS_STAY)
    proofs.sweep(connection, workspace=workspace, before=now - PROOFS_STAY, kept=named)


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
