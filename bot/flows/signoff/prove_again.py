"""Run the proofs of signed versions again when people, hours or time off have changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet, tell_people
from bot.flows.signoff.case import Case, load, lock, subject_of
from bot.flows.signoff.summary import last_proof
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.sign_off_check import doubt_kinds, doubts, proof_doubts
from storage import timers, versions, views
from storage.database import Database
from storage.timers import NewTimer, TimerKind

_SIGNED = frozenset({VersionState.APPROVED, VersionState.ACTIVE, VersionState.PAUSED})


def prove_soon(connection: Connection, *, workspace: str, now: datetime) -> None:
    """Have the proofs of every signed version run again, because the team has changed.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.

    Source: rules.md, "Versions, hash, sign-off" (people are not in the hash).
    """
    heads = versions.running(connection, workspace=workspace)
    subjects = {subject_of(head.design, head.number) for head in heads}
    subjects |= {
        subject_of(line.design, line.latest_version)
        for line in views.all_designs(connection, workspace=workspace, limit=1000)
        if line.latest_state is VersionState.APPROVED and line.latest_version is not None
    }
    slot = now.isoformat()
    timers.schedule(
        connection,
        *(
            NewTimer(workspace, TimerKind.PROOF_RUN, subject, now, slot=slot)
            for subject in sorted(subjects)
        ),
    )


def proof_of(
    *, database: Database, workspace: str, subject: str, now: datetime
) -> tuple[str, ...]:
    """Return what the proofs find against a version now; empty for one that is gone.

    The proofs take a while, so this runs outside any transaction that writes.
    """
    with database.read() as connection:
        case = load(connection, workspace=workspace, subject=subject, now=now)
    if case is None:
        return ()
    return doubts(design=case.design, directory=case.directory, now=now)


def save_proof(
    connection: Connection,
    *,
    workspace: str,
    subject: str,
    found: Sequence[str],
    now: datetime,
) -> None:
    """Keep a proof that differs in kind from the one before; tell the signers if it got worse.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        subject: Id of the version.
        found: The doubts that the proofs found at `now`.
        now: The domain's instant, UTC-aware.
    """
    case = lock(connection, workspace=workspace, subject=subject, now=now)
    if case is None or case.version.state not in _SIGNED:
        return
    before = doubt_kinds(_before(case))
    after = doubt_kinds(found)
    if before == after:
        return
    case.record(AuditFact.PROOF_COMPUTED, data={"doubts": list(found)})
    show_packet(case)
    if after - before:
        facts = {"event": "proof", "doubts": list(found)}
        signers = [sign_off.person for sign_off in case.sign_offs]
        tell_people(case, people=signers, event=f"proof:{now.isoformat()}", facts=facts)


def _before(case: Case) -> tuple[str, ...]:
    """Return the doubts of the last run; before the first, those that were signed."""
    known = last_proof(case)
    if known is not None:
        return known
    return proof_doubts(feasibility=case.design.feasibility, coverage=case.design.coverage)
