"""The proofs of signed versions, run again in the slow lane."""

from datetime import datetime
from functools import partial

from bot.flows.signoff.prove_again import proof_of, save_proof
from bot.watch.tick import Save
from storage.database import Database
from storage.timers import Timer


def prove_again(timer: Timer, now: datetime, *, database: Database) -> Save:
    """Run the proofs of a version against the present; return how to save the outcome."""
    workspace, subject = timer.workspace, timer.subject
    proven = proof_of(database=database, workspace=workspace, subject=subject, now=now)
    return partial(
        save_proof,
        workspace=workspace,
        subject=subject,
        proven=proven,
        slot=timer.slot,
        now=now,
    )
