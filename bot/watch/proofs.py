"""Full proofs, computed in the slow lane: of versions, and of drafts in front of their authors."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.blocks.define.place import Place
from bot.blocks.define.review import review_view
from bot.flows.define.prove import (
    look_again,
    proof_of_draft,
    review_for_window,
    save_draft_proof,
)
from bot.flows.signoff.prove_again import proof_of, save_proof
from bot.gateways.outcomes import Done
from bot.gateways.slack import SlackGateway
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


def prove_draft(timer: Timer, now: datetime, *, database: Database) -> Save:
    """Prove the draft whose review was opened; return how to save the proof."""
    proof = proof_of_draft(
        database=database, workspace=timer.workspace, draft=timer.subject, now=now
    )
    return partial(save_draft_proof, timer=timer, proof=proof, now=now)


def show_proof(timer: Timer, now: datetime, *, slack: SlackGateway, database: Database) -> Save:
    """Show the full proof in the window that waits for it, or that it is late; best effort.

    The external id is one rendering's own: a window that shows something newer has another.
    """
    form = review_for_window(database=database, timer=timer, now=now)
    if form is None or form.review is None:
        return _nothing
    view = review_view(
        place=Place(draft=form.draft, step=form.step, revision=form.revision),
        step=form.data.review,
        design=form.review.design,
        overlaps=form.review.overlaps,
        window=timer.slot,
        is_late=form.review.is_estimate,
    )
    outcome = slack.update_view(external_id=timer.slot, view=view)
    return _nothing if isinstance(outcome, Done) else partial(look_again, timer=timer, now=now)


def _nothing(_connection: Connection) -> None:
    """Save nothing."""
